import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BillhookClient, createDatabaseClient } from "@billhook/database/client";
import { acceptDeliveries, beginDeliveries, findWebhookTargets } from "@billhook/database/deliveries";
import { approveDrafts, deferDrafts, updateDrafts } from "@billhook/database/drafts";
import { createInvoice, finaliseInvoice, readInvoice, voidInvoice } from "@billhook/database/invoices";
import { connectRepository } from "@billhook/database/repositories";
import { createWorkspace } from "@billhook/database/workspaces";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase } from "../../test/embedded/database.ts";
import { loadKeys } from "../../test/embedded/keys.ts";
import { choosePorts } from "../../test/embedded/ports.ts";
import { serveSupabase } from "../../test/embedded/supabase.ts";
import { seedDrafts } from "../../test/bench/inbox-seed.ts";
import { findChanges, loadChanges, loadScope, loadWatermark } from "../../web/src/features/inbox/inbox-loading.ts";
import type { InboxRow } from "../../web/src/features/inbox/inbox-row.ts";
import { TestDatabase } from "./database.ts";
import { makeCommit, record } from "./stories.ts";

// The same rules as seen through PostgREST: status codes, error codes, and the table that turns them into words.

const undo: (() => Promise<void>)[] = [];
let database: TestDatabase;
let url: string;
let publishableKey: string;
let clientFor: (key: "publishable" | "secret", accessToken?: string) => BillhookClient;

beforeAll(async () => {
  Object.assign(process.env, { LITE_TELEMETRY: "0" });
  const folder = await mkdtemp(join(tmpdir(), "billhook-rest-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const connection = await openDatabase(join(folder, "postgres"));
  undo.push(() => connection.close());
  database = new TestDatabase(connection);
  const keys = await loadKeys(folder);
  const { supabase: port } = await choosePorts(0);
  const server = await serveSupabase({ connection, keys, port, appUrl: "http://127.0.0.1", log: () => undefined });
  undo.push(server.stop);
  url = `http://127.0.0.1:${port}`;
  publishableKey = keys.publishable_key;
  clientFor = (key, accessToken) =>
    createDatabaseClient({
      url,
      key: key === "secret" ? keys.secret_key : keys.publishable_key,
      ...(accessToken === undefined ? {} : { accessToken }),
    });
});
afterAll(async () => {
  for (const step of undo.toReversed()) await step();
});

async function signUp(email: string): Promise<BillhookClient> {
  const answer = await fetch(`${url}/auth/v1/signup`, {
    method: "POST",
    headers: { apikey: publishableKey, "content-type": "application/json" },
    body: JSON.stringify({ email, password: "correct horse battery" }),
  });
  const session = (await answer.json()) as { access_token?: string };
  if (session.access_token === undefined) throw new Error(JSON.stringify(session));
  return clientFor("publishable", session.access_token);
}

/** The value of a result that has to be one. */
function valueOf<T>(result: { ok: true; value: T } | { ok: false; error: { cause: string } }): T {
  if (!result.ok) throw new Error(result.error.cause);
  return result.value;
}

async function makeStudio(email: string) {
  const person = await signUp(email);
  const workspaceId = valueOf(
    await createWorkspace(person, { name: "Studio", currency: "EUR", timezone: "Europe/Berlin", displayName: null }),
  );
  const { data: client } = await person
    .from("clients")
    .insert({ workspace_id: workspaceId, name: "Client" })
    .select("id")
    .single();
  const clientId = client?.id ?? "";
  const { data: project } = await person
    .from("projects")
    .insert({ workspace_id: workspaceId, client_id: clientId, name: "Project", hourly_rate_minor: 9000 })
    .select("id")
    .single();
  return { person, workspaceId, clientId, projectId: project?.id ?? "" };
}

it("a push becomes an invoice, and what a person does wrong on the way is told in words", async () => {
  const { person, workspaceId, clientId, projectId } = await makeStudio("studio@example.com");
  const stranger = await makeStudio("stranger@example.com");
  const service = clientFor("secret");
  const repositoryId = crypto.randomUUID();
  const connection = {
    id: repositoryId,
    projectId,
    provider: "github",
    name: null,
    url: null,
    baseUrl: null,
    grant: null,
  };
  valueOf(await connectRepository(person, { ...connection, webhookSecret: "k1:secret" }));
  expect(await connectRepository(stranger.person, { ...connection, webhookSecret: "k1:secret" })).toMatchObject({
    ok: false,
    error: { code: "not_found" },
  });
  const targets = valueOf(await findWebhookTargets(service, [repositoryId, crypto.randomUUID()]));
  expect([...targets.values()]).toMatchObject([{ provider: "github", secrets: ["k1:secret"], address_ranges: null }]);
  expect(await findWebhookTargets(person, [repositoryId])).toMatchObject({ ok: false, error: { code: "not_allowed" } });

  const repository = { externalId: "7", name: "studio/site", url: null, defaultBranch: "main" };
  const delivery = {
    repositoryId,
    deliveryId: "d-1",
    event: "push",
    verdict: "push" as const,
    reason: null,
    repository,
    push: { provider: "github" as const, repository, pusher: null, changes: [] },
    bodyBytes: 10,
    sourceAddress: null,
  };
  const [acceptance] = valueOf(await acceptDeliveries(service, [delivery]));
  if (acceptance?.outcome !== "stored") throw new Error(acceptance?.outcome);
  expect(valueOf(await acceptDeliveries(service, [delivery]))).toMatchObject([
    { outcome: "repeated", id: acceptance.id },
  ]);
  expect(valueOf(await beginDeliveries(service, [acceptance.id]))).toMatchObject([
    { id: acceptance.id, event: { changes: [] } },
  ]);
  const [commit, second] = [makeCommit(), makeCommit()];
  await record(database, [{ delivery_id: acceptance.id, commits: [commit, second] }]);
  const ids = [commit.draft.draft_id, second.draft.draft_id];

  expect((await person.from("inbox_drafts").select("id, minutes, total_minor").order("id")).data).toEqual(
    ids.toSorted().map((id) => ({ id, minutes: 60, total_minor: 9000 })),
  );
  expect((await stranger.person.from("inbox_drafts").select("id")).data).toEqual([]);
  expect((await clientFor("publishable").from("inbox_drafts").select("id")).status).toBe(401);

  expect(await updateDrafts(person, ids, { minutes: 1500 })).toMatchObject({
    ok: false,
    error: { code: "invalid_input", message: "Hours must be between 0 and 24.", field: "minutes" },
  });
  const raw = await person.rpc("update_drafts", { p_ids: ids, p_changes: { minutes: -1 } });
  expect([raw.status, raw.error?.code, raw.error?.details]).toEqual([400, "BH003", "minutes"]);
  expect(valueOf(await updateDrafts(stranger.person, ids, { minutes: 1 })).skipped.map((each) => each.code)).toEqual([
    "not_found",
    "not_found",
  ]);
  expect(valueOf(await deferDrafts(person, ids, null)).skipped).toEqual([]);
  expect(await createInvoice(person, clientId, ids)).toMatchObject({ ok: false, error: { code: "wrong_state" } });
  expect(valueOf(await approveDrafts(person, ids)).changed).toHaveLength(2);
  expect(await createInvoice(person, clientId, [])).toMatchObject({ ok: false, error: { code: "nothing_to_invoice" } });

  const [one, two] = await Promise.all([createInvoice(person, clientId, ids), createInvoice(person, clientId, ids)]);
  const invoiceId = valueOf(one);
  expect(valueOf(two)).toBe(invoiceId);
  expect(await createInvoice(person, clientId, ids.slice(1))).toMatchObject({
    ok: false,
    error: { code: "already_invoiced" },
  });
  expect(await finaliseInvoice(stranger.person, invoiceId)).toMatchObject({ ok: false, error: { code: "not_found" } });
  const number = valueOf(await finaliseInvoice(person, invoiceId));
  expect(number).toMatch(/^INV-\d{4}-0001$/);
  expect(valueOf(await readInvoice(person, invoiceId))).toMatchObject({
    invoice: { number, total_minor: 18_000 },
    workspace: { id: workspaceId },
    lines: [{ position: 1 }, { position: 2 }],
  });
  expect(await readInvoice(stranger.person, invoiceId)).toMatchObject({ ok: false, error: { code: "not_found" } });
  expect(await voidInvoice(person, invoiceId)).toEqual({ ok: true, value: null });

  const changed = await service.from("invoices").update({ total_minor: 1, subtotal_minor: 1 }).eq("id", invoiceId);
  expect([changed.status, changed.error?.code]).toEqual([400, "BH005"]);
  const forged = await service.from("audit_events").delete().eq("workspace_id", workspaceId);
  expect([forged.status, forged.error?.code]).toEqual([403, "42501"]);
});

it("an inbox of thousands of lines is loaded in its order and each line once, and so is a change to all of them", async () => {
  const { person, workspaceId, clientId, projectId } = await makeStudio("agency@example.com");
  await database.query(seedDrafts(workspaceId, clientId, projectId, 2300));
  const loaded: InboxRow[] = [];
  const sizes: number[] = [];
  await loadScope(person, workspaceId, "draft", (rows, total) => {
    expect(total).toBe(2300);
    sizes.push(rows.length);
    loaded.push(...rows);
  });
  expect(sizes).toEqual([100, 1000, 1000, 200]);
  const inOrder = await database.query<{ id: string }>(
    "select id from public.draft_line_items where workspace_id = $1 order by start_date desc, id",
    [workspaceId],
  );
  expect(loaded.map(({ id }) => id)).toEqual(inOrder.map(({ id }) => id));

  const since = await loadWatermark(person, workspaceId);
  await database.query("update public.draft_line_items set category = 'feature' where workspace_id = $1", [
    workspaceId,
  ]);
  const marks = valueOf(await findChanges(person, workspaceId, since, 10_000));
  const changed = new Set<string>();
  valueOf(await loadChanges(person, workspaceId, marks, (rows) => rows.forEach(({ id }) => changed.add(id))));
  expect([marks.length, changed.size]).toEqual([2300, 2300]);
  // Ten seconds later nothing of it is asked for again but the last of its millisecond.
  const newest = marks.at(-1)?.updated_at ?? "";
  expect(valueOf(await findChanges(person, workspaceId, newest, 10_000)).length).toBeLessThan(500);
});
