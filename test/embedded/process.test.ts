import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@supabase/supabase-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runStackProcess, type StackProcess } from "./fixtures/child.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "billhook-process-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const exists = (name: string): Promise<boolean> =>
  stat(join(folder, name)).then(
    () => true,
    () => false,
  );

async function isAnswered(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

describe("npm run dev", () => {
  test(
    "prints where to go, describes itself in stack.json, and ends cleanly when told to",
    { timeout: 120_000 },
    async () => {
      const stack = await runStackProcess("../main.ts", folder, ["--port", "0", "--data", folder, "--empty"]);
      expect(stack.file).toEqual({
        app_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        supabase_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        publishable_key: expect.stringMatching(/^sb_publishable_/),
        secret_key: expect.stringMatching(/^sb_secret_/),
        demo: expect.objectContaining({ email: "demo@billhook.example", password: expect.any(String) }),
      });
      const { demo } = stack.file;
      const client = createClient(stack.file.supabase_url, stack.file.publishable_key, {
        auth: { persistSession: false },
      });
      const { error } = await client.auth.signInWithPassword({
        email: demo?.email ?? "",
        password: demo?.password ?? "",
      });
      expect(error).toBeNull();
      await expect.poll(stack.output).toContain(stack.file.app_url);
      expect(stack.output()).toContain(demo?.password);

      expect(await stack.end("SIGTERM")).toBe(0);
      expect(await exists("stack.json")).toBe(false);
      expect(await exists("lock")).toBe(false);
      expect(await isAnswered(stack.file.app_url)).toBe(false);
    },
  );
});

describe("a stack that is killed", () => {
  test("leaves nothing running behind, and starts again on the same ports", async () => {
    const first = await runStackProcess("run-stack.ts", folder, [folder]);
    await first.end("SIGKILL");
    await expect.poll(() => isAnswered(first.file.app_url), { timeout: 2000 }).toBe(false);

    const port = new URL(first.file.app_url).port;
    const second = await runStackProcess("run-stack.ts", folder, [folder, port]);
    expect(second.file.app_url).toBe(first.file.app_url);
    expect(second.file.secret_key).toBe(first.file.secret_key);
    expect(await second.end("SIGTERM")).toBe(0);
  });

  test("still has everything it had answered, however often that happens", { timeout: 120_000 }, async () => {
    const accepted: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const stack = await runStackProcess("run-stack.ts", folder, [folder]);
      await expect.poll(stack.output).toContain("table made");
      expect(await readKept(stack)).toEqual(expect.arrayContaining(accepted));
      const delay = 200 + 400 * Math.random();
      const killed = new Promise((resolve) => setTimeout(resolve, delay)).then(() => stack.end("SIGKILL"));
      await Promise.all([
        killed,
        ...Array.from({ length: 3 }, async (_, writer) => {
          for (let count = 0; ; count += 1) {
            const name = `round ${round}, writer ${writer}, ${count}`;
            if (!(await keep(stack, name))) return;
            accepted.push(name);
          }
        }),
      ]);
    }
    expect(accepted.length).toBeGreaterThan(20);
    const last = await runStackProcess("run-stack.ts", folder, [folder]);
    expect(await readKept(last)).toEqual(expect.arrayContaining(accepted));
    await last.end("SIGTERM");
  });

  test("its documents are still there", async () => {
    const first = await runStackProcess("run-stack.ts", folder, [folder]);
    await (await fetch(`${first.file.app_url}/api/store`, { method: "POST", body: "kept" })).text();
    await first.end("SIGKILL");
    const second = await runStackProcess("run-stack.ts", folder, [folder]);
    expect(await (await fetch(`${second.file.app_url}/api/stored`)).json()).toMatchObject({ stored: "kept" });
    await second.end("SIGTERM");
  });

  test("is told from a running one by its lock, even when its process number is used again", async () => {
    const first = await runStackProcess("run-stack.ts", folder, [folder]);
    await first.end("SIGKILL");
    const lock = JSON.parse(await readFile(join(folder, "lock"), "utf8")) as { pid: number; started: string };
    expect(lock.pid).toBe(first.process.pid);
    await writeFile(join(folder, "lock"), JSON.stringify({ pid: process.pid, started: lock.started }));
    const second = await runStackProcess("run-stack.ts", folder, [folder]);
    expect(await second.end("SIGTERM")).toBe(0);
  });
});

/** Writes one row over HTTP; whether the answer arrived. */
async function keep(stack: StackProcess, name: string): Promise<boolean> {
  const response = await fetch(`${stack.file.supabase_url}/rest/v1/kept`, {
    method: "POST",
    headers: { apikey: stack.file.secret_key, "content-type": "application/json" },
    body: JSON.stringify({ name }),
  }).catch(() => undefined);
  return response?.status === 201;
}

/** Everything written, in pages of what one answer holds. */
async function readKept(stack: StackProcess): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const url = `${stack.file.supabase_url}/rest/v1/kept?select=name&order=name&limit=1000&offset=${names.length}`;
    const response = await fetch(url, { headers: { apikey: stack.file.secret_key } });
    const rows = (await response.json()) as { name: string }[];
    if (rows.length === 0) return names;
    names.push(...rows.map(({ name }) => name));
  }
}
