import {
  createStripeClient,
  type PushedInvoice,
  type PushFailure,
  pushInvoice,
  settleStripeInvoice,
  voidStripeInvoice,
} from "@billhook/billing/stripe";
import type { StripeFailure } from "@billhook/billing/stripe-failure";
import type { StripeInvoiceInput } from "@billhook/billing/stripe-invoice";
import type Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { creditOf, KeptProgress, makeTaxedInvoice } from "./fixtures.ts";
import { type Bench, openBench, SECRET_KEY } from "./testing.ts";

let bench: Bench;
/** Keys that Stripe knows from another request; it goes on refusing them. */
const takenKeys = new Set<string>();
// One for each test: the stand-in looks through all it has.
beforeEach(async () => {
  takenKeys.clear();
  bench = await openBench({ searchDelaySeconds: 60 });
});
afterEach(async () => {
  await bench.close();
});

type Call = () => Promise<Response>;
interface Fault {
  /** What the step that fails says, where it is not completed by itself. */
  code: string | null;
  retryable: boolean;
  /** Tried at every request of a run, not at one. */
  everywhere: boolean;
  takesKey?: boolean;
  answer: (call: Call) => Promise<Response>;
}

const refuse = (status: number, error: object, headers: Record<string, string> = {}): Fault["answer"] => {
  return () => Promise.resolve(Response.json({ error }, { status, headers }));
};

const keyTaken = refuse(400, { type: "idempotency_error", message: "other parameters" });

/** What can happen to one request. */
const faults: Record<string, Fault> = {
  "never arrived": {
    code: "stripe_unreachable",
    retryable: true,
    everywhere: true,
    answer: () => Promise.reject(new TypeError("network")),
  },
  "took effect, its answer lost": {
    code: "stripe_unreachable",
    retryable: true,
    everywhere: true,
    answer: async (call) => {
      await call();
      throw new TypeError("network");
    },
  },
  "came too fast": {
    code: "stripe_busy",
    retryable: true,
    everywhere: false,
    answer: refuse(429, { type: "invalid_request_error", message: "slow" }, { "retry-after": "1" }),
  },
  "met Stripe down": {
    code: "stripe_unavailable",
    retryable: true,
    everywhere: false,
    answer: refuse(500, { message: "down" }),
  },
  "met the same request at work": {
    code: "stripe_busy",
    retryable: true,
    everywhere: false,
    answer: refuse(409, { type: "idempotency_error", code: "idempotency_key_in_use", message: "in use" }),
  },
  "had a key that was used for another request": {
    code: null,
    retryable: false,
    everywhere: true,
    takesKey: true,
    answer: keyTaken,
  },
  "met a key that was revoked": {
    code: "stripe_key_refused",
    retryable: false,
    everywhere: false,
    answer: refuse(401, { type: "invalid_request_error", message: "Invalid API Key" }),
  },
  "met an account that was disconnected": {
    code: "stripe_permission_missing",
    retryable: false,
    everywhere: false,
    answer: refuse(403, { type: "invalid_request_error", message: "no access" }),
  },
};

/** A client whose nth request fails once, in process. */
function clientThat(nth: number, fault: Fault, onCall: (method: string, keyed: boolean) => void = () => {}): Stripe {
  let step = -1;
  return createStripeClient({
    secretKey: SECRET_KEY,
    apiBase: bench.standin.url,
    maxNetworkRetries: 0,
    fetch: (input, init) => {
      const request = new Request(input, init);
      step += 1;
      onCall(request.method, request.headers.has("idempotency-key"));
      const call: Call = () => bench.standin.fetch(request);
      const key = request.headers.get("idempotency-key") ?? "";
      if (step === nth && fault.takesKey === true) takenKeys.add(key);
      if (takenKeys.has(key)) return keyTaken(call);
      return step === nth ? fault.answer(call) : call();
    },
  });
}

const never: Fault = { code: null, retryable: false, everywhere: true, answer: (call) => call() };
const whole = (): Stripe => clientThat(-1, never);

async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of list) all.push(each);
  return all;
}

/** What Stripe has of one of our invoices. */
async function lookUp(invoice: StripeInvoiceInput) {
  const client = whole();
  const [customer] = (await client.customers.list({ email: invoice.client.email ?? "" })).data;
  const invoices = await collect(client.invoices.list({ customer: customer?.id ?? "", limit: 100 }));
  const [made] = invoices;
  const id = made?.id ?? "";
  const notes = await collect(client.creditNotes.list({ invoice: id, limit: 100 }));
  const payments = await collect(client.invoicePayments.list({ invoice: id, limit: 100 }));
  const events = await collect(client.events.list({ type: "invoice.sent", limit: 100 }));
  return {
    count: invoices.length,
    status: made?.status,
    totals: [made?.subtotal, made?.total_excluding_tax, made?.total],
    taxes: (made?.total_taxes ?? []).map((tax) => [tax.taxable_amount, tax.amount]),
    paid: made?.amount_paid,
    remaining: made?.amount_remaining,
    notes: notes.map((note) => [
      note.total_excluding_tax,
      note.total,
      note.pre_payment_amount,
      note.out_of_band_amount,
    ]),
    refunds: notes.flatMap((note) => note.refunds.map((refund) => refund.amount_refunded)),
    payments: payments.filter(({ status }) => status === "paid").map((payment) => payment.amount_paid),
    sent: events.filter(({ data }) => (data.object as Stripe.Invoice).id === id).length,
  };
}

type Act = (client: Stripe, invoice: StripeInvoiceInput, kept: KeptProgress) => Promise<Outcome>;
type Outcome = PushedInvoice | PushFailure | StripeFailure | { ok: true };

const push =
  (by: "email" | "card"): Act =>
  (client, invoice, kept) =>
    pushInvoice(client, kept.resume(invoice), by, kept);
const settle: Act = (client, invoice, kept) =>
  settleStripeInvoice(client, kept.resume(invoice), kept.progress.stripeInvoiceId ?? "", kept);
const withdraw: Act = (client, _, kept) => voidStripeInvoice(client, kept.progress.stripeInvoiceId ?? "");

/** A customer of ours with a method on file, before the invoice is made. */
async function putOnFile(invoice: StripeInvoiceInput, method: string): Promise<void> {
  const client = whole();
  const { email, name, id } = invoice.client;
  const customer = await client.customers.create({
    ...(email === null ? {} : { email }),
    name,
    metadata: { billhook_client_id: id },
  });
  const { id: own } = await client.paymentMethods.attach(method, { customer: customer.id });
  await client.customers.update(customer.id, { invoice_settings: { default_payment_method: own } });
}

const sendFirst = async (invoice: StripeInvoiceInput, kept: KeptProgress): Promise<void> => {
  const sent = await push("email")(whole(), { ...invoice, payments: [], credits: [], writtenOff: false }, kept);
  expect(sent).toMatchObject({ ok: true, status: "open" });
};
const transfer = (amountMinor: number) => [
  { id: `payment-${Math.random()}`, amountMinor, paidOn: "2026-03-20", method: "Bank transfer", recordId: null },
];

interface Scenario {
  invoice: () => StripeInvoiceInput;
  prepare: (invoice: StripeInvoiceInput, kept: KeptProgress) => Promise<void>;
  act: Act;
  found: Partial<Awaited<ReturnType<typeof lookUp>>>;
}

const taxes = [
  [19_501, 4095],
  [3510, 316],
];
const totals = [23_011, 23_011, 27_422];
const untouched = (): Promise<void> => Promise.resolve();

const scenarios: Record<string, Scenario> = {
  "an invoice is sent": {
    invoice: makeTaxedInvoice,
    prepare: untouched,
    act: push("email"),
    found: { status: "open", paid: 0, remaining: 27_422, sent: 1, notes: [], payments: [] },
  },
  "an invoice that was paid in part is sent": {
    invoice: () => makeTaxedInvoice({ payments: transfer(10_000) }),
    prepare: untouched,
    act: push("email"),
    found: { status: "open", paid: 10_000, remaining: 17_422, sent: 1, payments: [10_000] },
  },
  "a card on file is charged": {
    invoice: makeTaxedInvoice,
    prepare: (invoice) => putOnFile(invoice, "pm_card_visa"),
    act: push("card"),
    found: { status: "paid", paid: 27_422, remaining: 0, sent: 0, payments: [27_422] },
  },
  "a debit on file is started": {
    invoice: makeTaxedInvoice,
    prepare: (invoice) => putOnFile(invoice, "pm_sepaDebit"),
    act: push("card"),
    found: { status: "open", paid: 0, payments: [] },
  },
  "a payment in full and a write-off are told": {
    invoice: () => makeTaxedInvoice({ payments: transfer(27_422), writtenOff: true }),
    prepare: sendFirst,
    act: settle,
    found: { status: "paid", paid: 27_422, remaining: 0, payments: [27_422], sent: 1 },
  },
  "a write-off is told": {
    invoice: () => makeTaxedInvoice({ writtenOff: true }),
    prepare: sendFirst,
    act: settle,
    found: { status: "uncollectible", paid: 0, sent: 1 },
  },
  "a credit note on an open invoice is issued": {
    invoice: () => {
      const invoice = makeTaxedInvoice();
      return { ...invoice, credits: [creditOf(invoice, 2)] };
    },
    prepare: sendFirst,
    act: settle,
    found: { status: "open", remaining: 3268, notes: [[20_310, 24_154, 24_154, null]] },
  },
  "a credit note on a paid invoice is issued and refunded": {
    invoice: () => {
      const invoice = makeTaxedInvoice();
      return { ...invoice, credits: [creditOf(invoice, 2, true)] };
    },
    prepare: async (invoice, kept) => {
      await putOnFile(invoice, "pm_card_visa");
      await push("card")(whole(), { ...invoice, credits: [] }, kept);
    },
    act: settle,
    found: { status: "paid", paid: 27_422, notes: [[20_310, 24_154, 0, null]], refunds: [24_154] },
  },
  "an invoice is voided": {
    invoice: makeTaxedInvoice,
    prepare: sendFirst,
    act: withdraw,
    found: { status: "void", sent: 1 },
  },
};

describe.each(Object.entries(scenarios))("when %s", (_, { invoice, prepare, act, found }) => {
  const attempt = async (nth: number, fault: Fault, stored: boolean): Promise<void> => {
    const made = invoice();
    const kept = new KeptProgress();
    await prepare(made, kept);
    const before = kept.progress;
    const first = await act(clientThat(nth, fault), made, kept);
    if (fault.code !== null) expect(first).toMatchObject({ ok: false, code: fault.code, retryable: fault.retryable });
    if (!stored) {
      kept.progress = before;
      kept.payments.clear();
      kept.credits.clear();
    }
    expect(await act(whole(), made, kept)).toMatchObject({ ok: true });
    expect(await lookUp(made)).toMatchObject({ count: 1, totals, taxes, ...found });
  };

  /** The requests of one run in which nothing fails, and whether each changes something under a key. */
  const record = async (): Promise<boolean[]> => {
    const made = invoice();
    const kept = new KeptProgress();
    await prepare(made, kept);
    const calls: boolean[] = [];
    const client = clientThat(-1, never, (_method, keyed) => calls.push(keyed));
    expect(await act(client, made, kept)).toMatchObject({ ok: true });
    expect(await lookUp(made)).toMatchObject({ count: 1, totals, taxes, ...found });
    return calls;
  };

  let recorded: boolean[] | null = null;

  test.each(Object.entries(faults))("and one request %s, the next attempt completes it, once", async (name, fault) => {
    recorded ??= await record();
    const keyed = recorded.flatMap((isKeyed, nth) => (isKeyed ? [nth] : []));
    const steps = fault.everywhere
      ? recorded.flatMap((isKeyed, nth) => (isKeyed || name === "never arrived" ? [nth] : []))
      : // What comes before Stripe looks at the request leaves what the first kind leaves; here it is one step for each.
        [keyed[Object.keys(faults).indexOf(name) % keyed.length] ?? 0];
    for (const nth of steps) await attempt(nth, fault, nth % 2 === 0);
  });
});
