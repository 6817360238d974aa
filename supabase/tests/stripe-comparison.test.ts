import { beforeAll, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import { connectStripe, makeOpenInvoice, makeWorkspace, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
let accountId: string;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
  accountId = await connectStripe(database(), workspace);
});

interface Fact {
  stripe_invoice_id: string;
  invoice_id: string | null;
  status: string;
  currency: string;
  total_minor: number;
  amount_paid_minor: number;
  number: string | null;
  customer_id: string | null;
  paid_at: string | null;
}

/** An invoice that was sent a day ago, and how Stripe lists it. */
async function makeSent(): Promise<{ id: string; number: string; fact: Fact }> {
  const { id, number } = await makeOpenInvoice(database(), workspace, 1);
  await database().rpc(service, "save_stripe_progress", {
    p_invoice_id: id,
    p_progress: {
      account_id: accountId,
      customer_id: "cus_1",
      invoice_id: `in_${id}`,
      status: "open",
      sent_at: "2026-03-02T12:00:00Z",
    },
  });
  const { total } = await database().one<{ total: string }>(
    "select total_minor::text as total from public.invoices where id = $1",
    [id],
  );
  const fact: Fact = {
    stripe_invoice_id: `in_${id}`,
    invoice_id: id,
    status: "open",
    currency: "EUR",
    total_minor: Number(total),
    amount_paid_minor: 0,
    number,
    customer_id: "cus_1",
    paid_at: null,
  };
  return { id, number, fact };
}

const compare = (facts: Fact[], missing: string[] = [], quiet = "0 seconds", account = accountId) =>
  database().rpc<{ open: number; found: number; healed: number }>(service, "compare_stripe_invoices", {
    p_account_id: account,
    p_facts: facts,
    p_missing: missing,
    p_listed_at: new Date(Date.now() + 1000).toISOString(),
    p_quiet: quiet,
  });
const differencesOf = (stripeInvoiceId: string) =>
  database().query(
    "select kind, ours, theirs from public.stripe_differences where stripe_invoice_id = $1 order by kind",
    [stripeInvoiceId],
  );
const told = () =>
  database().query<{ body: string; occurrences: number }>(
    "select body, occurrences from public.notifications where kind = 'stripe_differs' and subject_id = $1",
    [accountId],
  );
const statusOf = (id: string) =>
  database().one("select status, amount_paid_minor::integer as paid from public.invoices where id = $1", [id]);

describe("both sides of an invoice at Stripe", () => {
  it.each([
    ["the total", { total_minor: 1 }, { kind: "total", theirs: "1 EUR" }],
    ["the number", { number: "INV-OTHER" }, { kind: "number", theirs: "INV-OTHER" }],
    ["the customer", { customer_id: "cus_2" }, { kind: "customer", ours: "cus_1", theirs: "cus_2" }],
    ["what is not finalised there", { status: "draft" }, { kind: "status", ours: "open", theirs: "draft" }],
  ])("that differ in %s are kept and told once, until they are equal again", async (_name, change, difference) => {
    const { number, fact } = await makeSent();
    expect(await compare([fact])).toEqual({ open: 0, found: 0, healed: 0 });
    expect(await compare([{ ...fact, ...change }])).toEqual({ open: 1, found: 1, healed: 0 });
    expect(await compare([{ ...fact, ...change }])).toEqual({ open: 1, found: 0, healed: 0 });
    expect(await differencesOf(fact.stripe_invoice_id)).toEqual([expect.objectContaining(difference)]);
    expect(await told()).toEqual([{ body: number, occurrences: 1 }]);
    expect(await compare([fact])).toEqual({ open: 0, found: 0, healed: 0 });
    expect(await differencesOf(fact.stripe_invoice_id)).toEqual([]);
    expect(await told()).toEqual([]);
  });

  it("are the same where what was paid went back: it is owed again here, and paid for good there", async () => {
    const { id, fact } = await makeSent();
    const paid = { ...fact, status: "paid", amount_paid_minor: fact.total_minor, paid_at: "2026-03-03T10:00:00Z" };
    expect(await compare([paid])).toMatchObject({ healed: 1 });
    await database().rpc(service, "apply_stripe_refund", {
      p_event_id: `evt_${id}`,
      p_event_type: "refund.created",
      p_event_at: "2026-03-04T00:00:00Z",
      p_stripe_invoice_id: fact.stripe_invoice_id,
      p_refund_id: `re_${id}`,
      p_amount_minor: fact.total_minor,
      p_succeeded: true,
      p_account_id: accountId,
    });
    expect(await statusOf(id)).toMatchObject({ status: "open" });
    expect(await compare([paid])).toEqual({ open: 0, found: 0, healed: 0 });
    expect(await statusOf(id)).toMatchObject({ status: "open" });
  });

  it("are the same after a payment, a void or a write-off that was not heard of: it is applied as its event", async () => {
    const [paid, voided, lost, part] = [await makeSent(), await makeSent(), await makeSent(), await makeSent()];
    const total = paid.fact.total_minor;
    const facts = [
      { ...paid.fact, status: "paid", amount_paid_minor: total, paid_at: "2026-03-03T10:00:00Z" },
      { ...voided.fact, status: "void" },
      { ...lost.fact, status: "uncollectible" },
      { ...part.fact, amount_paid_minor: 1000 },
    ];
    expect(await compare(facts)).toEqual({ open: 0, found: 0, healed: 4 });
    expect(await statusOf(paid.id)).toEqual({ status: "paid", paid: total });
    expect(await statusOf(voided.id)).toMatchObject({ status: "void" });
    expect(await statusOf(lost.id)).toMatchObject({ status: "uncollectible" });
    expect(await statusOf(part.id)).toEqual({ status: "open", paid: 1000 });
    const { left } = await database().one<{ left: number }>(
      "select count(*)::integer as left from public.draft_line_items where invoice_id = $1",
      [voided.id],
    );
    expect(left).toBe(0);
    expect(await compare(facts)).toEqual({ open: 0, found: 0, healed: 0 });
  });

  it("that differ in their total are not healed, however they were settled", async () => {
    const { id, fact } = await makeSent();
    const other = { ...fact, status: "paid", total_minor: 5, amount_paid_minor: 5 };
    expect(await compare([other])).toMatchObject({ found: 1, healed: 0 });
    expect(await statusOf(id)).toEqual({ status: "open", paid: 0 });
    expect(await differencesOf(fact.stripe_invoice_id)).toHaveLength(3);
    await compare([fact]);
  });

  it("are told of where Stripe has none, or one with an id of ours that is nothing here", async () => {
    const { fact } = await makeSent();
    const stranger = { ...fact, stripe_invoice_id: "in_twice", number: "INV-TWICE" };
    expect(await compare([stranger], [fact.stripe_invoice_id])).toEqual({ open: 2, found: 2, healed: 0 });
    expect(await differencesOf(fact.stripe_invoice_id)).toMatchObject([{ kind: "missing_there" }]);
    expect(await differencesOf("in_twice")).toEqual([{ kind: "missing_here", ours: null, theirs: "INV-TWICE, open" }]);
    // What was made by hand in the same account is no business of ours, nor is what was never finalised.
    const others = [
      { ...fact, stripe_invoice_id: "in_by_hand", invoice_id: null },
      { ...stranger, status: "draft" },
    ];
    expect(await compare([fact, ...others])).toEqual({ open: 0, found: 0, healed: 0 });
  });

  it("are no difference to a workspace that shares the account with another one", async () => {
    const { fact } = await makeSent();
    const other = await makeWorkspace(database());
    const theirs = await connectStripe(database(), other);
    expect(await compare([fact], [], "0 seconds", theirs)).toEqual({ open: 0, found: 0, healed: 0 });
  });

  it("are left alone while what happened here is on its way", async () => {
    const { fact } = await makeSent();
    expect(await compare([{ ...fact, customer_id: "cus_3" }], [], "15 minutes")).toMatchObject({ open: 0 });
  });

  it("may stay as they are where a manager says so, until they become others", async () => {
    const { fact } = await makeSent();
    const moved = { ...fact, customer_id: "cus_moved" };
    await compare([moved]);
    const { id } = await database().one<{ id: string }>(
      "select id from public.stripe_differences where stripe_invoice_id = $1",
      [fact.stripe_invoice_id],
    );
    const accept = (who: Workspace["owner"]) => database().rpc(who, "accept_stripe_difference", { p_id: id });
    await expect(accept(workspace.member)).rejects.toMatchObject({ code: "BH001" });
    await accept(workspace.owner);
    expect(await told()).toEqual([]);
    expect(await compare([moved])).toEqual({ open: 0, found: 0, healed: 0 });
    expect(await compare([{ ...moved, customer_id: "cus_again" }])).toMatchObject({ open: 1 });
    await compare([fact]);
  });
});

it("an account is due each night, and by day where that was missed", async () => {
  const due = async () => {
    const accounts = await database().rpc<{ id: string }[]>(service, "due_stripe_comparisons", { p_limit: 100 });
    return accounts.some(({ id }) => id === accountId);
  };
  const at = (hours: number) =>
    database().query(
      "update public.stripe_accounts set compared_at = now() - make_interval(hours => $2) where id = $1",
      [accountId, hours],
    );
  const zone = (offset: number) =>
    // The sign is POSIX's: west is positive.
    database().query(
      `update public.workspaces set timezone = 'Etc/GMT' || case when $2 >= 0 then '-' else '+' end || abs($2) where id = $1`,
      [workspace.id, offset],
    );
  const hour = new Date().getUTCHours();
  const toLocal = (wanted: number) => ((wanted - hour + 36) % 24) - 12;
  await zone(toLocal(2));
  await at(20);
  expect(await due()).toBe(true);
  await at(1);
  expect(await due()).toBe(false);
  await zone(toLocal(12));
  await at(20);
  expect(await due()).toBe(false);
  await at(27);
  expect(await due()).toBe(true);
});
