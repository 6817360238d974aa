import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabaseClient } from "@billhook/database/client";
import { expect, test } from "vitest";
import { runStackProcess } from "../embedded/fixtures/child.ts";
import { choosePorts } from "../embedded/ports.ts";
import { makeLongHistory } from "../standins/forge/histories.ts";
import { startGithubStandin } from "../standins/github/server.ts";
import { callApi, eventually, signUpWithWorkspace } from "./harness.ts";

test(
  "an import killed in the middle goes on after the restart, and has every commit once",
  { timeout: 150_000 },
  async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), "billhook-import-restart-"));
    const { clone, hashes } = makeLongHistory(700);
    const standin = await startGithubStandin({
      tokens: ["good-token"],
      latencyMs: 150,
      repositories: [{ owner: "example", name: "shop", path: clone.path }],
    });
    const { app: port } = await choosePorts(0);
    const start = () => runStackProcess("../../http/fixtures/run-product.ts", dataFolder, [dataFolder, String(port)]);
    let running = await start();
    try {
      const { app_url: appUrl, supabase_url: supabaseUrl, publishable_key: publishableKey } = running.file;
      const person = await signUpWithWorkspace({ supabaseUrl, publishableKey });
      const post = (path: string, body: object) => callApi({ appUrl }, "POST", path, { token: person.token, body });
      const connected = await post("/api/repositories", {
        project_id: person.projectId,
        provider: "github",
        name: "example/shop",
        base_url: standin.url,
        access_token: "good-token",
      });
      const { id: repositoryId } = (await connected.json()) as { id: string };
      const asked = await post(`/api/repositories/${repositoryId}/imports`, { as: "drafts" });
      expect(asked.status).toBe(202);
      const database = () => createDatabaseClient({ url: running.file.supabase_url, key: running.file.secret_key });
      const readJob = async () =>
        (await database().from("import_jobs").select("status, found, imported, skipped").single()).data;

      for (const found of [100, 300]) {
        await eventually("some pages", async () => ((await readJob())?.found ?? 0) >= found, 60_000);
        await running.end("SIGKILL");
        running = await start();
      }
      await eventually("the end", async () => (await readJob())?.status === "done", 100_000);
      expect(await readJob()).toMatchObject({ found: 700, imported: 700, skipped: 0 });
      const { data } = await database().from("commits").select("hash");
      expect(data?.map(({ hash }) => hash).toSorted()).toEqual(hashes.toSorted());
      const { count } = await database().from("draft_line_items").select("*", { count: "exact", head: true });
      expect(count).toBe(700);
    } finally {
      await running.end("SIGTERM");
      await standin.close();
      clone.close();
      await rm(dataFolder, { recursive: true, force: true });
    }
  },
);
