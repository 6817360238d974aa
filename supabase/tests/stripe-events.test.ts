import { beforeAll, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import {
  connectStripe,
  createInvoice,
  makeApproved,
  makeOpenInvoice,
  makeWorkspace,
  type Workspace,
} from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
});

interface Event {
  type: string;
  status: string;
  /** Seconds after the first. */
  at: number;
}

const finalized: Event = { type: "invoice.finalized", status: "open", at: 1 };
const sent: Event = { type: "invoice.sent", status: "open", at: 2 };
const uncollectible: Event = { type: "invoice.marked_uncollectible", status: "uncollectible", at: 3 };
const paid: Event = { type: "invoice.paid", status: "paid", at: 4 };
const succeeded: Event = { type: "invoice.payment_succeeded", status: "paid", at: 5 };
const voided: Event = { type: "invoice.voided", status: "void", at: 4 };

const time = (seconds: number): string => new Date(Date.UTC(2026, 3, 1, 12, 0, seconds)).toISOString();

const apply = (
  invoiceId: string,
  event: Event,
  id = `${invoiceId} ${event.type}`,
  accountId: string | null = null,
): Promise<string> =>
  database().rpc<string>(service, "apply_stripe_event", {
    p_event_id: id,
    p_event_type: event.type,
    p_event_at: time(event.at),
    p_stripe_invoice_id: `in_${invoiceId}`,
    p_invoice_id: invoiceId,
    p_status: event.status,
    p_amount_paid_minor: event.status === "paid" ? 9000 : 0,
    p_paid_at: event.status === "paid" ? time(4) : null,
    p_account_id: accountId,
  });

const read = (id: string) =>
  database().one(
    `select status, stripe_status, stripe_invoice_id, stripe_event_at::text, sent_at::text,
       paid_at::text, voided_at::text, amount_paid_minor
     from public.invoices where id = $1`,
    [id],
  );

function permute<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) => permute(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

describe("Stripe's events", () => {
  const withoutTime = (events: Event[]) => events.map((event) => ({ ...event, at: 1 }));
  it.each([
    ["paid", [finalized, sent, paid, succeeded]],
    ["void", [finalized, sent, voided]],
    ["paid", [finalized, sent, uncollectible, paid]],
    ["void", [finalized, sent, uncollectible, voided]],
    ["uncollectible", [finalized, sent, uncollectible]],
    ["paid", withoutTime([finalized, sent, paid])],
    ["void", withoutTime([finalized, sent, voided])],
    ["uncollectible", withoutTime([finalized, uncollectible])],
  ])("end in the same state, %s, in any order and any number of times (%#)", async (status, events) => {
    const states: unknown[] = [];
    for (const order of permute(events)) {
      const { id } = await makeOpenInvoice(database(), workspace, 1);
      const outcomes: string[] = [];
      for (const event of order) outcomes.push(await apply(id, event));
      const state = await read(id);
      for (const event of order) expect(await apply(id, event)).toBe(outcomes[order.indexOf(event)]);
      expect(await read(id)).toEqual(state);
      states.push({ ...state, stripe_invoice_id: null });
    }
    expect(states[0]).toMatchObject({ status, stripe_status: status });
    for (const state of states) expect(state).toEqual(states[0]);
  });

  it("of a void invoice return its work, as voiding here does", async () => {
    const db = database();
    const { id, draftIds } = await makeOpenInvoice(db, workspace, 1);
    await apply(id, voided);
    expect(await db.one("select status, invoice_id from public.draft_line_items where id = $1", [draftIds[0]])).toEqual(
      {
        status: "approved",
        invoice_id: null,
      },
    );
    expect(await read(id)).toMatchObject({ voided_at: "2026-04-01 12:00:04+00" });
  });

  it("never take a payment back, and tell of it once", async () => {
    const db = database();
    const { id, number } = await makeOpenInvoice(db, workspace, 1);
    await apply(id, paid);
    await apply(id, succeeded);
    expect(await apply(id, voided)).toBe("older");
    expect(await read(id)).toMatchObject({ status: "paid", amount_paid_minor: 9000 });
    expect(
      await db.query("select kind, body, occurrences from public.notifications where subject_id = $1", [id]),
    ).toEqual([{ kind: "invoice_paid", body: number, occurrences: 1 }]);
  });

  it("that tell of money for an invoice which is void here are kept as a mismatch, and the workspace is told", async () => {
    const db = database();
    const { id } = await makeOpenInvoice(db, workspace, 1);
    await db.rpc(workspace.admin, "void_invoice", { p_invoice_id: id });
    expect(await apply(id, paid)).toBe("mismatch");
    expect(await read(id)).toMatchObject({ status: "void" });
    expect(await db.query("select kind from public.notifications where subject_id = $1", [id])).toEqual([
      { kind: "invoice_failed" },
    ]);
  });

  it("of an invoice still in draft, or of none of ours, change nothing", async () => {
    const db = database();
    const draft = await createInvoice(db, workspace, await makeApproved(db, workspace, 1));
    expect(await apply(draft, finalized)).toBe("mismatch");
    expect(await read(draft)).toMatchObject({ status: "draft", stripe_invoice_id: null });
    const unknown = crypto.randomUUID();
    expect([await apply(unknown, paid), await apply(unknown, paid)]).toEqual(["unrelated", "unrelated"]);
  });

  it("find the invoice by Stripe's own id before the one in its metadata", async () => {
    const db = database();
    const [one, two] = [await makeOpenInvoice(db, workspace, 1), await makeOpenInvoice(db, workspace, 1)];
    await db.rpc(service, "save_stripe_progress", { p_invoice_id: one.id, p_progress: { invoice_id: `in_${two.id}` } });
    await apply(two.id, paid);
    expect([(await read(one.id))["status"], (await read(two.id))["status"]]).toEqual(["paid", "open"]);
  });

  it("of a failed payment tell the workspace and leave the invoice open", async () => {
    const db = database();
    const { id } = await makeOpenInvoice(db, workspace, 1);
    expect(await apply(id, { type: "invoice.payment_failed", status: "open", at: 3 })).toBe("applied");
    expect(await read(id)).toMatchObject({ status: "open" });
    expect(await db.query("select kind from public.notifications where subject_id = $1", [id])).toEqual([
      { kind: "invoice_failed" },
    ]);
  });
});

describe("what Stripe has made so far", () => {
  it("is kept step by step, and its late answer does not undo a payment", async () => {
    const db = database();
    const { id } = await makeOpenInvoice(db, workspace, 1);
    const save = (progress: Record<string, string>) =>
      db.rpc(service, "save_stripe_progress", { p_invoice_id: id, p_progress: progress });
    const accountId = await connectStripe(db, workspace);
    await save({ account_id: accountId, customer_id: "cus_1" });
    await save({ error: "The card was declined." });
    await save({ invoice_id: `in_${id}`, status: "open", sent_at: time(2) });
    expect(
      await db.one(
        "select stripe_customer_id, stripe_invoice_id, stripe_status, stripe_error, sent_at::text from public.invoices where id = $1",
        [id],
      ),
    ).toEqual({
      stripe_customer_id: "cus_1",
      stripe_invoice_id: `in_${id}`,
      stripe_status: "open",
      stripe_error: null,
      sent_at: "2026-04-01 12:00:02+00",
    });
    expect(
      await db.query("select customer_id from public.stripe_customers where account_id = $1", [accountId]),
    ).toEqual([{ customer_id: "cus_1" }]);
    await apply(id, paid, `${id} paid`, accountId);
    await save({ status: "open", hosted_url: "https://pay.example/1" });
    expect(await read(id)).toMatchObject({ status: "paid", stripe_status: "paid", sent_at: "2026-04-01 12:00:02+00" });
  });
});
