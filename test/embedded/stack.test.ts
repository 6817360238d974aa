import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "./stack.ts";

const workerEntry = fileURLToPath(new URL("fixtures/worker.ts", import.meta.url));
const quick = { port: 0, demo: "none", withoutWebApp: true, workerEntry } as const;

let folder: string;
let stack: Stack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "billhook-stack-"));
  stack = await startStack({ ...quick, dataFolder: folder });
});

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

async function get(path: string): Promise<unknown> {
  return (await fetch(`${stack.appUrl}${path}`)).json();
}

async function post(path: string, body: string): Promise<void> {
  await (await fetch(`${stack.appUrl}${path}`, { method: "POST", body })).text();
}

describe("the Worker", () => {
  test("knows its own address, and no demo account where there is none", async () => {
    expect(await get("/api/any")).toEqual({ path: "/api/any", app_url: stack.appUrl, demo_email: "" });
  });

  test("is not asked for pages, which come from the assets whatever their address", async () => {
    for (const path of ["/", "/inbox?group=ticket", "/invoices/1"]) {
      const response = await fetch(`${stack.appUrl}${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toContain("text/html");
    }
  });

  test("reaches Supabase", async () => {
    expect((await fetch(`${stack.appUrl}/api/supabase`)).status).toBe(200);
  });

  test("keeps documents", async () => {
    await post("/api/store", "a document");
    expect(await get("/api/stored")).toMatchObject({ stored: "a document" });
  });

  test("consumes what it queues, and at once", async () => {
    await post("/api/queue", JSON.stringify({ id: 7 }));
    await expect
      .poll(() => get("/api/stored"), { timeout: 2000, interval: 20 })
      .toMatchObject({ queued: JSON.stringify({ queue: "billhook-deliveries", bodies: [{ id: 7 }] }) });
  });

  test("finds the database away and back again when a test says so", async () => {
    stack.setDatabaseAway(true);
    expect((await fetch(`${stack.appUrl}/api/supabase`)).status).toBe(500);
    stack.setDatabaseAway(false);
    expect((await fetch(`${stack.appUrl}/api/supabase`)).status).toBe(200);
  });

  test("has its schedules run when asked", async () => {
    await stack.runCron("7 * * * *");
    expect(await get("/api/stored")).toMatchObject({ cron: "7 * * * *" });
  });
});

describe("Supabase", () => {
  const client = (key: string): ReturnType<typeof createClient> =>
    createClient(stack.supabaseUrl, key, { auth: { persistSession: false } });

  test("runs every session in UTC", async () => {
    expect(await stack.query("show timezone")).toEqual([{ TimeZone: "UTC" }]);
  });

  test("refuses a request without a key instead of making it the service role", async () => {
    expect((await fetch(`${stack.supabaseUrl}/rest/v1/workspaces`)).status).toBe(401);
  });

  test("gives nobody a privilege that the migrations did not", async () => {
    const read = (): Promise<unknown[]> =>
      stack.query(`select grantee, table_name, privilege_type from information_schema.role_table_grants
        where table_schema = 'public' and grantee in ('anon', 'authenticated', 'service_role') order by 1, 2, 3`);
    const before = await read();
    await client(stack.publishableKey).from("workspaces").select();
    expect(await read()).toEqual(before);
  });

  test("passes a business error on with its code, as PostgREST does", async () => {
    await stack.query(`create function public.fail_for_test(code text) returns void language plpgsql as
      $$ begin raise exception 'what happened' using errcode = code, detail = 'where', hint = 'what to do'; end $$`);
    await stack.query("grant execute on function public.fail_for_test(text) to service_role");
    await stack.query("notify pgrst, 'reload schema'");
    const statuses: Record<string, number> = {
      BH001: 400,
      P0001: 400,
      "23514": 400,
      "40001": 500,
      "53300": 503,
      PT409: 409,
    };
    for (const [code, status] of Object.entries(statuses)) {
      const response = await fetch(`${stack.supabaseUrl}/rest/v1/rpc/fail_for_test`, {
        method: "POST",
        headers: { apikey: stack.secretKey, "content-type": "application/json" },
        body: JSON.stringify({ code }),
      });
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ code, message: "what happened", details: "where", hint: "what to do" });
    }
  });

  test("answers with the JSON that PostgREST gives for each type", async () => {
    await stack.query(`create function public.values_for_test()
      returns table (at timestamptz, wall timestamp, day date, hours numeric, cents bigint, many numeric[], bytes bytea)
      language sql stable as $$
        select '2026-01-02 03:04:05.123456+02'::timestamptz, '2026-01-02 03:04:05'::timestamp, '2026-01-02'::date,
          2.50::numeric, 123456789012::bigint, array[1.10, 2], '\\x01ff'::bytea $$`);
    await stack.query("grant execute on function public.values_for_test() to service_role");
    await stack.query("notify pgrst, 'reload schema'");
    const { data } = await client(stack.secretKey).rpc("values_for_test").single();
    expect(data).toEqual({
      at: "2026-01-02T01:04:05.123456+00:00",
      wall: "2026-01-02T03:04:05",
      day: "2026-01-02",
      hours: 2.5,
      cents: 123456789012,
      many: [1.1, 2],
      bytes: "\\x01ff",
    });
  });

  test("keeps the identities of requests apart that arrive at once", async () => {
    await stack.query(`create function public.who_for_test() returns jsonb language sql as
      $$ select jsonb_build_object('uid', auth.uid(), 'email', auth.email(), 'role', current_user) $$`);
    await stack.query("grant execute on function public.who_for_test() to anon, authenticated, service_role");
    await stack.query("notify pgrst, 'reload schema'");
    const users = await Promise.all(
      ["one", "two", "three"].map(async (name) => {
        const email = `${name}@example.com`;
        const signedIn = client(stack.publishableKey);
        const { data } = await signedIn.auth.signUp({ email, password: "a password" });
        return { signedIn, expected: { uid: data.user?.id, email, role: "authenticated" } };
      }),
    );
    const callers = [
      ...users,
      { signedIn: client(stack.secretKey), expected: { uid: null, email: null, role: "service_role" } },
      { signedIn: client(stack.publishableKey), expected: { uid: null, email: null, role: "anon" } },
    ];
    await Promise.all(
      Array.from({ length: 20 }, () => callers)
        .flat()
        .map(async ({ signedIn, expected }) => {
          const { data, error } = await signedIn.rpc("who_for_test");
          expect(error).toBeNull();
          expect(data).toEqual(expected);
        }),
    );
  });
});

describe("the data folder", () => {
  test("keeps secrets from other users of the machine", async () => {
    for (const name of ["keys.json", "stack.json"]) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
  });

  test("takes one stack at a time", async () => {
    await expect(startStack({ ...quick, dataFolder: folder })).rejects.toThrow(/in use by another stack/);
  });

  test("leaves room for a second stack beside it", async () => {
    const other = await mkdtemp(join(tmpdir(), "billhook-stack-"));
    const second = await startStack({ ...quick, dataFolder: other });
    expect(second.appUrl).not.toBe(stack.appUrl);
    expect(second.secretKey).not.toBe(stack.secretKey);
    expect((await fetch(`${second.appUrl}/api/any`)).status).toBe(200);
    await second.stop();
    await rm(other, { recursive: true, force: true });
  });

  test("a taken port is named", async () => {
    const other = await mkdtemp(join(tmpdir(), "billhook-stack-"));
    const port = Number(new URL(stack.appUrl).port);
    await expect(startStack({ ...quick, port, dataFolder: other })).rejects.toThrow(`Port ${port} is taken`);
    await rm(other, { recursive: true, force: true });
  });
});
