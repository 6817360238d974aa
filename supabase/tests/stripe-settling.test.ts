import { beforeAll, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import { connectStripe, makeOpenInvoice, makeWorkspace, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
let accountId: string;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
  accountId = await connectStripe(database(), workspace, { account_id: "acct_settling" });
});

const call = <T>(name: string, parameters: Record<string, unknown>): Promise<T> =>
  database().rpc<T>(workspace.admin, name, parameters);
const tell = <T>(name: string, parameters: Record<string, unknown>): Promise<T> =>
  database().rpc<T>(service, name, parameters);
const readInvoice = (id: string) => database().one("select * from public.invoice_list where id = $1", [id]);
const pay = (id: string, amount: number) =>
  call<string>("record_payment", { p_invoice_id: id, p_payment: { amount_minor: amount, paid_on: "2026-03-10" } });

/** 180.00, open at Stripe. */
async function makeSentInvoice(): Promise<string> {
  const { id } = await makeOpenInvoice(database(), workspace, 2);
  const progress = { account_id: accountId, invoice_id: `in_${id}`, status: "open", sent_at: "2026-03-01T00:00:00Z" };
  await tell("save_stripe_progress", { p_invoice_id: id, p_progress: progress });
  return id;
}

const apply = (id: string, type: string, status: string, paid: number, at = 0) =>
  tell<string>("apply_stripe_event", {
    p_event_id: `evt_${crypto.randomUUID()}`,
    p_event_type: type,
    p_event_at: new Date(Date.UTC(2026, 3, 1, 12, 0, at)).toISOString(),
    p_stripe_invoice_id: `in_${id}`,
    p_status: status,
    p_amount_paid_minor: paid,
    p_account_id: accountId,
  });
const refund = (id: string, amount: number, refundId: string, succeeded = true, account: string | null = accountId) =>
  tell<string>("apply_stripe_refund", {
    p_event_id: `evt_${crypto.randomUUID()}`,
    p_event_type: "refund.created",
    p_event_at: "2026-04-02T00:00:00Z",
    p_stripe_invoice_id: `in_${id}`,
    p_refund_id: refundId,
    p_amount_minor: amount,
    p_succeeded: succeeded,
    p_account_id: account,
  });
const claim = async (): Promise<string[]> =>
  (await database().query<{ id: string }>("select id from public.claim_stripe_settling(100) id")).map(({ id }) => id);
const age = () =>
  database().query(
    "update public.invoice_payments set created_at = created_at - interval '1 hour' where workspace_id = $1",
    [workspace.id],
  );

describe("a payment that Stripe was told of", () => {
  it("is not counted again when Stripe says what was paid, in whatever order", async () => {
    const id = await makeSentInvoice();
    const told = await pay(id, 8000);
    const progress = { record_id: "pr_1", minor: 8000, done: false };
    await tell("save_stripe_payment", { p_payment_id: told, p_progress: progress });
    await apply(id, "invoice.updated", "open", 8000, 2);
    expect(await readInvoice(id)).toMatchObject({ status: "open", amount_paid_minor: 8000 });
    await apply(id, "invoice.paid", "paid", 18_000, 3);
    expect(await readInvoice(id)).toMatchObject({ status: "paid", amount_paid_minor: 18_000 });
    await apply(id, "invoice.updated", "paid", 8000, 1);
    expect(await readInvoice(id)).toMatchObject({ amount_paid_minor: 18_000 });
    await expect(call("remove_payment", { p_payment_id: told })).rejects.toMatchObject({ code: "BH005" });
  });

  it("is claimed with credit notes and write-offs until it is told, by one at a time", async () => {
    const [paid, credited, writtenOff, untouched] = [
      await makeSentInvoice(),
      await makeSentInvoice(),
      await makeSentInvoice(),
      await makeSentInvoice(),
    ];
    const payment = await pay(paid, 100);
    await call("credit_and_refund", { p_invoice_id: credited, p_credit: { amount_minor: 500 } });
    await call("write_off_invoice", { p_invoice_id: writtenOff });
    await age();
    const first = await claim();
    expect(first).toContain(paid);
    expect(first).toContain(writtenOff);
    expect(first).not.toContain(untouched);
    expect(await claim()).not.toContain(paid);

    const [note] = await database().query<{ id: string; refund_by_stripe: boolean }>(
      "select id, refund_by_stripe from public.invoices where corrects_id = $1",
      [credited],
    );
    expect(note?.refund_by_stripe).toBe(true);
    const document = await call<{ payments: unknown[]; credits: { lines: unknown[] }[] }>("stripe_document", {
      p_invoice_id: credited,
    });
    expect(document.credits.map(({ lines }) => lines.length)).toEqual([1]);
    await tell("save_stripe_credit", { p_credit_note_id: note?.id, p_stripe_credit_note_id: "cn_1" });
    await tell("save_stripe_payment", {
      p_payment_id: payment,
      p_progress: { record_id: "pr_2", minor: 100, done: true },
    });
    expect(await call("stripe_document", { p_invoice_id: credited })).toMatchObject({ credits: [] });
    expect(await call("stripe_document", { p_invoice_id: paid })).toMatchObject({ payments: [] });
  });
});

describe("money at Stripe", () => {
  it("that is on its way is not overdue, and a decline is said until it is paid", async () => {
    const id = await makeSentInvoice();
    expect(await readInvoice(id)).toMatchObject({ overdue: false });
    await database().query("alter table public.invoices disable trigger guard");
    await database().query("update public.invoices set due_date = '2026-01-01' where id = $1", [id]);
    await database().query("alter table public.invoices enable trigger guard");
    expect(await readInvoice(id)).toMatchObject({ overdue: true });
    const stand = (state: string | null, account = accountId) =>
      tell("save_payment_state", { p_stripe_invoice_id: `in_${id}`, p_state: state, p_account_id: account });
    await stand("processing", crypto.randomUUID());
    expect(await readInvoice(id)).toMatchObject({ stripe_payment_state: null });
    await stand("processing");
    expect(await readInvoice(id)).toMatchObject({ stripe_payment_state: "processing", overdue: false });
    await apply(id, "invoice.payment_failed", "open", 0, 5);
    expect(await readInvoice(id)).toMatchObject({ stripe_payment_state: "declined", overdue: true });
    await apply(id, "invoice.paid", "paid", 18_000, 6);
    await stand("processing");
    expect(await readInvoice(id)).toMatchObject({ stripe_payment_state: null, status: "paid" });
  });

  it("that went back is booked once, whatever comes first, and taken back where the refund failed", async () => {
    const id = await makeSentInvoice();
    expect(await refund(id, 5000, "re_1")).toBe("applied");
    await apply(id, "invoice.paid", "paid", 18_000, 1);
    for (const _ of [1, 2]) await refund(id, 5000, "re_1");
    expect(await readInvoice(id)).toMatchObject({ status: "open", amount_paid_minor: 13_000 });
    await call("credit_invoice", { p_invoice_id: id, p_credit: { amount_minor: 5000 } });
    expect(await readInvoice(id)).toMatchObject({ status: "paid" });
    await refund(id, 5000, "re_1", false);
    expect(await readInvoice(id)).toMatchObject({ status: "paid", amount_paid_minor: 18_000 });
  });

  it("of another account's invoice changes nothing", async () => {
    const id = await makeSentInvoice();
    const other = await connectStripe(database(), await makeWorkspace(database()), { account_id: "acct_other" });
    expect(await refund(id, 1, "re_other", true, other)).toBe("unrelated");
    expect(await readInvoice(id)).toMatchObject({ amount_paid_minor: 0 });
  });
});
