/**
 * Commits a hook has seen and that are not delivered yet: one small file each in the clone's git folder, removed once
 * Billhook has stored them. So a stack that was not running when somebody committed hears of it with the next commit.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Clone } from "./clone.ts";
import { parseJson } from "./stack.ts";

const entrySchema = z.object({
  branch: z.string().min(1),
  hashes: z.array(z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u)).min(1),
});

export type OutboxEntry = z.infer<typeof entrySchema>;

/** Tells apart what one process adds within a millisecond. */
let counter = 0;

export const outboxFolder = (clone: Clone): string => join(clone.gitFolder, "billhook");

export async function addToOutbox(clone: Clone, entry: OutboxEntry): Promise<void> {
  const folder = outboxFolder(clone);
  await mkdir(folder, { recursive: true });
  counter += 1;
  // Names sort in the order they were made.
  const name = `${Date.now().toString().padStart(15, "0")}-${process.pid}-${counter}`;
  const draft = join(folder, `${name}.part`);
  await writeFile(draft, JSON.stringify(entry));
  await rename(draft, join(folder, `${name}.json`));
}

/** Delivers every entry, oldest first, and removes it when `send` has returned. One that is not readable is removed. */
export async function flushOutbox(clone: Clone, send: (entry: OutboxEntry) => Promise<void>): Promise<number> {
  const folder = outboxFolder(clone);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).toSorted();
  let sent = 0;
  for (const name of names) {
    const file = join(folder, name);
    // Another hook may have delivered it meanwhile.
    const text = await readFile(file, "utf8").catch(() => null);
    if (text === null) continue;
    const entry = entrySchema.safeParse(parseJson(text));
    if (entry.success) {
      await send(entry.data);
      sent += 1;
    }
    await rm(file, { force: true });
  }
  return sent;
}
