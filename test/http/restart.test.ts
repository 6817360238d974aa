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

const KILLS = 3;
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

/** Pushes one commit after the other until there is nobody to push to, and answers the hashes that were accepted. */
async function pushUntilDead(repository: ConnectedRepository, isDead: () => boolean): Promise<string[]> {
  const accepted: string[] = [];
  while (!isDead()) {
    const push = githubPush([{ message: "Work that must not be lost [1h]" }]);
    const answer = await deliverGithub(repository, JSON.stringify(push)).catch(() => null);
    if (answer?.status === 202) accepted.push(push.after);
  }
  return accepted;
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
  { timeout: 120_000 },
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
      const pushing = Promise.all(Array.from({ length: PUSHES_AT_ONCE }, () => pushUntilDead(repository, () => dead)));
      await new Promise((resolve) => setTimeout(resolve, 500 + 350 * kill));
      await running.end("SIGKILL");
      dead = true;
      accepted.push(...(await pushing).flat());
      running = await start();
    }
    expect(accepted.length).toBeGreaterThan(KILLS * 10);

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
