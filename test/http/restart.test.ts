import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BillhookClient, createDatabaseClient } from "@billhook/database/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runStackProcess, type StackProcess } from "../embedded/fixtures/child.ts";
import { choosePorts } from "../embedded/ports.ts";
import {
  callApi,
  type ConnectedRepository,
  deliverGithub,
  eventually,
  githubPush,
  signUpWithWorkspace,
} from "./harness.ts";

const KILLS = 10;
/** Each kill comes in the middle of more: a thousand in all. */
const PUSHES_A_KILL = 100;
const PUSHES_AT_ONCE = 16;

let dataFolder: string;
let running: StackProcess;
beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "billhook-restart-"));
});
afterAll(async () => {
  await running.end("SIGTERM");
  await rm(dataFolder, { recursive: true, force: true });
});

/** Pushes one commit after the other until there is nobody to push to, and adds the hashes that were accepted. */
async function pushUntilDead(
  repository: ConnectedRepository,
  accepted: string[],
  isDead: () => boolean,
): Promise<void> {
  while (!isDead()) {
    const push = githubPush([{ message: "Work that must not be lost [1h]" }]);
    const answer = await deliverGithub(repository, JSON.stringify(push)).catch(() => null);
    if (answer?.status === 202) accepted.push(push.after);
  }
}

/** Every recorded hash, page by page: PostgREST answers a thousand rows at a time. */
async function readHashes(service: BillhookClient): Promise<string[]> {
  const hashes: string[] = [];
  for (;;) {
    const { data } = await service
      .from("commits")
      .select("hash")
      .order("id")
      .range(hashes.length, hashes.length + 999);
    if (data === null || data.length === 0) return hashes;
    hashes.push(...data.map(({ hash }) => hash));
  }
}

test(
  "every push that was accepted before a kill -9 is there exactly once after the restart",
  { timeout: 300_000 },
  async () => {
    const { app: port } = await choosePorts(0);
    const start = () => runStackProcess("../../http/fixtures/run-product.ts", dataFolder, [dataFolder, String(port)]);
    running = await start();
    const stack = () => ({
      appUrl: running.file.app_url,
      supabaseUrl: running.file.supabase_url,
      publishableKey: running.file.publishable_key,
    });
    const person = await signUpWithWorkspace(stack());
    const connected = await callApi(stack(), "POST", "/api/repositories", {
      token: person.token,
      body: { project_id: person.projectId, provider: "github" },
    });
    const repository = (await connected.json()) as ConnectedRepository;

    const accepted: string[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      let dead = false;
      const pushing = Promise.all(
        Array.from({ length: PUSHES_AT_ONCE }, () => pushUntilDead(repository, accepted, () => dead)),
      );
      const enough = (kill + 1) * PUSHES_A_KILL;
      await eventually("pushes to be accepted", async () => accepted.length >= enough, 30_000);
      await running.end("SIGKILL");
      dead = true;
      await pushing;
      running = await start();
    }
    expect(accepted.length).toBeGreaterThanOrEqual(KILLS * PUSHES_A_KILL);

    const service = createDatabaseClient({ url: running.file.supabase_url, key: running.file.secret_key });
    await eventually(
      "everything accepted to be recorded",
      async () => {
        const { count } = await service
          .from("webhook_deliveries")
          .select("*", { count: "exact", head: true })
          .neq("status", "done");
        return count === 0;
      },
      60_000,
    );
    const recorded = await readHashes(service);
    expect(accepted.filter((hash) => !recorded.includes(hash))).toEqual([]);
    expect(new Set(recorded).size).toBe(recorded.length);
    const { count: drafts } = await service.from("draft_line_items").select("*", { count: "exact", head: true });
    expect(drafts).toBe(recorded.length);
  },
);
