/** What the installed hooks call: puts commits into the outbox, then delivers the outbox. Nobody waits for it. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clone } from "./clone.ts";
import { readConnection } from "./connection.ts";
import { deliver, type Patience, patience } from "./deliver.ts";
import { readCommits } from "./git-log.ts";
import { addToOutbox, flushOutbox, type OutboxEntry, outboxFolder } from "./outbox.ts";
import { groupIntoPushes } from "./push-body.ts";
import { describeSource } from "./send.ts";

/** Reads what the hook lists: `ref refs/heads/main`, then the hashes that are new on it, oldest first; any number of times. */
export function readListed(input: string): OutboxEntry[] {
  const entries: OutboxEntry[] = [];
  for (const line of input.split("\n")) {
    const branch = /^ref refs\/heads\/(?<branch>.+)$/u.exec(line)?.groups?.["branch"];
    if (branch !== undefined) entries.push({ branch, hashes: [] });
    else if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u.test(line)) entries.at(-1)?.hashes.push(line);
  }
  return entries.filter(({ hashes }) => hashes.length > 0);
}

export async function runHook(clone: Clone, input: string, limits: Patience = patience): Promise<void> {
  for (const entry of readListed(input)) await addToOutbox(clone, entry);
  await deliverOutbox(clone, limits);
}

async function deliverOutbox(clone: Clone, limits: Patience): Promise<void> {
  await mkdir(outboxFolder(clone), { recursive: true });
  const log = join(outboxFolder(clone), "hook.log");
  try {
    const connection = await readConnection(clone);
    if (connection === null) return;
    await flushOutbox(clone, async ({ branch, hashes }) => {
      const source = await describeSource(clone, connection, branch);
      const commits = readCommits(clone, { kind: "listed", hashes }, "");
      for await (const push of groupIntoPushes(commits, source)) await deliver(connection, push, limits);
    });
    await writeFile(log, `${new Date().toISOString()} everything is delivered\n`);
  } catch (error) {
    // It stays in the outbox. Nobody is there to be told, so the reason is left where it can be found.
    await writeFile(log, `${new Date().toISOString()} ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
