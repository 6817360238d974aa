import type { LinkedInvoicePage } from "@billhook/database/invoice-links";
import { beforeAll, expect, it } from "vitest";
import { anonymous, type Caller, service, useDatabase } from "./database.ts";
import {
  createInvoice,
  makeApproved,
  makeCommit,
  makeOpenInvoice,
  makeWorkspace,
  type Person,
  push,
  type Workspace,
} from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
let other: Workspace;
beforeAll(async () => {
  [workspace, other] = [await makeWorkspace(database()), await makeWorkspace(database())];
});

const tokenHash = (): string => `${crypto.randomUUID()}${crypto.randomUUID()}`.replaceAll("-", "");

async function makeLink(
  invoiceId: string,
  options: Record<string, unknown> = {},
  person: Person = workspace.owner,
): Promise<{ id: string; hash: string }> {
  const hash = tokenHash();
  const id = await database().rpc<string>(person, "create_invoice_link", {
    p_invoice_id: invoiceId,
    p_id: crypto.randomUUID(),
    p_token_hash: hash,
    p_ciphertext: "k1.nonce.ciphertext",
    p_options: options,
  });
  return { id, hash };
}

const open = (hash: string, counts = false, caller: Caller = service): Promise<LinkedInvoicePage | null> =>
  database().rpc(caller, "open_invoice_link", { p_token_hash: hash, p_counts: counts });
const change = (id: string, changes: Record<string, unknown>, person: Person = workspace.owner): Promise<unknown> =>
  database().rpc(person, "change_invoice_link", { p_link_id: id, p_changes: changes });
const revoke = (id: string, person: Person = workspace.owner): Promise<unknown> =>
  database().rpc(person, "revoke_invoice_link", { p_link_id: id });
const linkOf = (id: string) =>
  database().one<{ show_evidence: boolean; link_sources: boolean; opened_count: number; revoked_at: Date | null }>(
    "select * from public.invoice_links where id = $1",
    [id],
  );

it("an invoice has one live address, however often and by however many it is asked for", async () => {
  const invoice = await makeOpenInvoice(database(), workspace);
  const first = await makeLink(invoice.id);
  const second = await makeLink(invoice.id, {}, workspace.admin);
  expect(second.id).toBe(first.id);
  expect(await open(second.hash)).toBeNull();
  const page = await open(first.hash);
  expect(page).toMatchObject({ overdue: false, credit_notes: [], evidence: null, link_sources: false });
  expect(page?.document.invoice.number).toBe(invoice.number);
});

it("only a manager of the workspace makes, changes and revokes an address, and a draft has none", async () => {
  const invoice = await makeOpenInvoice(database(), workspace);
  const link = await makeLink(invoice.id);
  for (const [person, code] of [
    [workspace.member, "BH001"],
    [workspace.viewer, "BH001"],
    [other.owner, "BH002"],
  ] as const) {
    await expect(makeLink(invoice.id, {}, person)).rejects.toMatchObject({ code });
    await expect(change(link.id, { show_evidence: true }, person)).rejects.toMatchObject({ code });
    await expect(revoke(link.id, person)).rejects.toMatchObject({ code });
  }
  expect(await linkOf(link.id)).toMatchObject({ show_evidence: false, revoked_at: null });
  const draft = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 1));
  await expect(makeLink(draft)).rejects.toMatchObject({ code: "BH005" });
});

it("nobody but the service opens an address or reads what is behind it, whoever they are", async () => {
  const { id } = await makeOpenInvoice(database(), workspace);
  const { hash } = await makeLink(id);
  for (const caller of [anonymous, workspace.owner, other.owner]) {
    await expect(open(hash, false, caller)).rejects.toMatchObject({ code: "42501" });
    await expect(database().rpc(caller, "invoice_link_secret", { p_invoice_id: id })).rejects.toMatchObject({
      code: "42501",
    });
    await expect(database().as(caller, "select token_hash from public.invoice_link_secrets")).rejects.toMatchObject({
      code: "42501",
    });
  }
});

it("a revoked address shows nothing, its token is gone, and the next one is another", async () => {
  const invoice = await makeOpenInvoice(database(), workspace);
  const first = await makeLink(invoice.id);
  await revoke(first.id);
  await revoke(first.id);
  expect(await open(first.hash, true)).toBeNull();
  expect(await database().query("select 1 from public.invoice_link_secrets where link_id = $1", [first.id])).toEqual(
    [],
  );
  await expect(change(first.id, { show_evidence: true })).rejects.toMatchObject({ code: "BH005" });
  const second = await makeLink(invoice.id);
  expect(second.id).not.toBe(first.id);
  expect(await open(first.hash)).toBeNull();
  expect(await open(second.hash)).not.toBeNull();
  expect(await linkOf(first.id)).toMatchObject({ opened_count: 0 });
});

it("an address opens through its last day in the client's zone, and again when the day is moved", async () => {
  const { id } = await makeOpenInvoice(database(), workspace);
  await database().query("update public.clients set timezone = 'Pacific/Kiritimati' where id = $1", [
    workspace.clientId,
  ]);
  const { today } = await database().one<{ today: string }>(
    "select ((now() at time zone 'Pacific/Kiritimati')::date)::text as today",
  );
  const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
  const link = await makeLink(id, { expires_on: today });
  expect(await open(link.hash)).not.toBeNull();
  await change(link.id, { expires_on: yesterday });
  expect(await open(link.hash, true)).toBeNull();
  await change(link.id, { show_evidence: false });
  expect(await open(link.hash)).toBeNull();
  await change(link.id, { expires_on: null });
  expect(await open(link.hash)).not.toBeNull();
  expect(await linkOf(link.id)).toMatchObject({ opened_count: 0 });
  await expect(change(link.id, { expires_on: "infinity" })).rejects.toMatchObject({ code: "BH003" });
});

it("looks count once in ten minutes, and the audit keeps each", async () => {
  const { id } = await makeOpenInvoice(database(), workspace);
  const link = await makeLink(id);
  await open(link.hash);
  expect(await linkOf(link.id)).toMatchObject({ opened_count: 0 });
  await Promise.all([1, 2, 3].map(() => open(link.hash, true)));
  expect(await linkOf(link.id)).toMatchObject({ opened_count: 1 });
  await database().query(
    "update public.invoice_links set last_opened_at = last_opened_at - interval '11 minutes' where id = $1",
    [link.id],
  );
  await open(link.hash, true);
  expect(await linkOf(link.id)).toMatchObject({ opened_count: 2 });
  const told = await database().query<{ action: string; actor_id: string | null }>(
    "select action, actor_id from public.audit_events where entity_id = $1 and action <> 'update' order by id",
    [link.id],
  );
  expect(told).toEqual([
    { action: "create", actor_id: workspace.owner.userId },
    { action: "open", actor_id: null },
    { action: "open", actor_id: null },
  ]);
});

it("a page shows payments, what is credited, and the evidence of each line where the workspace wants it", async () => {
  const db = database();
  const commit = makeCommit({ message: "Round the total\n\nNot for the client.", url: "https://git.example/c/1" });
  const drafts = await push(db, workspace.repositoryId, [commit]);
  await db.rpc(workspace.member, "approve_drafts", { p_ids: drafts });
  const id = await createInvoice(db, workspace, drafts);
  await db.rpc(workspace.owner, "finalise_invoice", { p_invoice_id: id });
  await db.rpc(workspace.owner, "record_payment", {
    p_invoice_id: id,
    p_payment: { amount_minor: 1000, paid_on: "2026-03-03", note: "Not for the client." },
  });
  await db.rpc(workspace.owner, "credit_invoice", {
    p_invoice_id: id,
    p_credit: { id: crypto.randomUUID(), amount_minor: 500 },
  });
  const link = await makeLink(id, { show_evidence: true, link_sources: true });
  const page = await open(link.hash);
  expect(page).toMatchObject({
    link_sources: true,
    document: { payments: [{ amount_minor: 1000, paid_on: "2026-03-03" }] },
    credit_notes: [{ number: expect.stringMatching(/^CN-/) as string, total_minor: 500 }],
  });
  const [line] = page?.document.lines ?? [];
  expect(page?.evidence?.lines).toMatchObject([
    {
      line_id: line?.id,
      entries: [
        {
          date: "2026-03-02",
          seconds: 3600,
          description: "Added a page",
          commits: [{ hash: commit.hash.slice(0, 7), subject: "Round the total", url: "https://git.example/c/1" }],
        },
      ],
    },
  ]);
  expect(JSON.stringify({ ...page, document: null })).not.toContain("Not for the client");
  await change(link.id, { show_evidence: false });
  expect((await open(link.hash))?.evidence).toBeNull();

  // The client's next page begins as this one was left.
  await change(link.id, { show_evidence: true });
  const next = await makeLink((await makeOpenInvoice(db, workspace)).id);
  expect(await linkOf(next.id)).toMatchObject({ show_evidence: true, link_sources: true });
});

it("a token under an old encryption key is found and put under the new one", async () => {
  const { id } = await makeLink((await makeOpenInvoice(database(), workspace)).id);
  const { rows } = await database().as(service, "select * from public.stale_ciphertexts('k2', 1000)");
  const found = rows.find((row) => row["owner_id"] === id);
  expect(found).toMatchObject({ kind: "link", purpose: "token", ciphertext: "k1.nonce.ciphertext" });
  const changes = [{ kind: "link", id, before: "k1.nonce.ciphertext", after: "k2.new" }];
  expect(await database().rpc(service, "replace_ciphertexts", { p_changes: JSON.stringify(changes) })).toBe(1);
});
