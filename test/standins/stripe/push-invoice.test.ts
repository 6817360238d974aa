import {
  createStripeClient,
  type PushStore,
  pushInvoice,
  retrieveStripeInvoice,
  voidStripeInvoice,
} from "@billhook/billing/stripe";
import type { StripeInvoiceInput, StripeProgress } from "@billhook/billing/stripe-invoice";
import { invoiceFactsOf, parseStripeWebhook } from "@billhook/billing/stripe-webhook";
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { KeptProgress, makeInvoice } from "./fixtures.ts";
import { type Bench, SECRET_KEY, WEBHOOK_SECRET, openBench } from "./testing.ts";

let bench: Bench;
beforeAll(async () => {
  // As slow to be found as at Stripe: nothing here may lean on search.
  bench = await openBench({ searchDelaySeconds: 60 });
});
afterAll(async () => {
  await bench.close();
});

type Fault = (call: () => Promise<Response>, request: { method: string; path: string }) => Promise<Response>;

function clientThat(fault: Fault): Stripe {
  return createStripeClient({
    secretKey: SECRET_KEY,
    apiBase: bench.standin.url,
    maxNetworkRetries: 0,
    fetch: (input, init) => {
      const request = new Request(input, init);
      return fault(() => fetch(request), {
        method: request.method,
        path: new URL(request.url).pathname,
      });
    },
  });
}

async function invoicesOf(invoice: StripeInvoiceInput): Promise<Stripe.Invoice[]> {
  const found: Stripe.Invoice[] = [];
  for await (const each of bench.client.invoices.list({ limit: 100 })) {
    if (each.metadata?.["billhook_invoice_id"] === invoice.id) found.push(each);
  }
  return found;
}

async function expectOnce(invoice: StripeInvoiceInput): Promise<void> {
  const invoices = await invoicesOf(invoice);
  expect(invoices).toHaveLength(1);
  const [made] = invoices;
  expect([made?.status, made?.total, made?.number]).toEqual(["open", invoice.totalMinor, invoice.number]);
  const lines = await bench.client.invoices.listLineItems(made?.id ?? "", { limit: 100 });
  expect(lines.data.map((line) => line.metadata["billhook_line_id"])).toEqual(invoice.lines.map(({ id }) => id));
  const customers = await bench.client.customers.list({ email: invoice.client.email ?? "" });
  expect(customers.data).toHaveLength(1);
  const sent: string[] = [];
  for await (const event of bench.client.events.list({ type: "invoice.sent", limit: 100 })) {
    if ((event.data.object as Stripe.Invoice).id === made?.id) sent.push(event.id);
  }
  expect(sent).toHaveLength(1);
}

const push = (invoice: StripeInvoiceInput, client = bench.client, kept = new KeptProgress()) =>
  pushInvoice(client, invoice, "email", kept);

function storeWith(checkpoint: PushStore["checkpoint"]): PushStore {
  const { savePayment, saveCredit } = new KeptProgress();
  return { checkpoint, savePayment, saveCredit };
}

describe("an invoice is pushed", () => {
  test("with its number, its customer, its lines' exact totals, time and rate, and is sent", async () => {
    const invoice = makeInvoice();
    const saved: StripeProgress[] = [];
    const checkpoint = (progress: StripeProgress): Promise<void> => {
      saved.push(progress);
      return Promise.resolve();
    };
    const result = await pushInvoice(bench.client, invoice, "email", storeWith(checkpoint));
    if (!result.ok) throw new Error(result.detail);
    expect(result).toMatchObject({
      status: "open",
      hostedUrl: expect.stringContaining(bench.standin.url),
    });
    expect(
      saved.map((each) => [each.customerId !== null, each.stripeInvoiceId !== null, each.sentAt !== null]),
    ).toEqual([
      [true, false, false],
      [true, true, false],
      [true, true, true],
    ]);
    await expectOnce(invoice);
    const made = await bench.client.invoices.retrieve(result.stripeInvoiceId);
    expect(made.lines.data.map(({ amount, description }) => [amount, description])).toEqual([
      [18_667, "Fixed the sign-in form (2 h 20 m × €80.00)"],
      [5000, "Set-up fee"],
    ]);
    expect(made.customer_name).toBe("Harbour Rowing Club");
    expect(new Date((made.due_date ?? 0) * 1000).toISOString().slice(0, 10)).toBe(invoice.dueDate);
  });

  test("and pushing it again changes nothing", async () => {
    const invoice = makeInvoice();
    const first = await push(invoice);
    expect(await push(invoice)).toEqual(first);
    await expectOnce(invoice);
  });

  test("twice at once, and is one", async () => {
    const invoice = makeInvoice();
    const client = createStripeClient({ secretKey: SECRET_KEY, apiBase: bench.standin.url });
    const results = await Promise.all(Array.from({ length: 4 }, () => push(invoice, client)));
    expect(results.filter((result) => !result.ok)).toEqual([]);
    await expectOnce(invoice);
  });

  test("with 230 lines, in order", async () => {
    const invoice = makeInvoice(
      {},
      Array.from({ length: 230 }, (_, index) => ({
        description: index === 0 ? "x".repeat(700) : `Line ${index}`,
        seconds: 3600,
        hourlyRateMinor: index,
      })),
    );
    const result = await push(invoice);
    if (!result.ok) throw new Error(result.detail);
    const ids: (string | undefined)[] = [];
    for await (const line of bench.client.invoices.listLineItems(result.stripeInvoiceId, {
      limit: 100,
    })) {
      ids.push(line.metadata["billhook_line_id"]);
      expect(line.description?.length).toBeLessThanOrEqual(500);
    }
    expect(ids).toEqual(invoice.lines.map(({ id }) => id));
  });

  test("late, with a due date that has passed: it is due at once", async () => {
    const invoice = makeInvoice({ dueDate: "2026-01-31" });
    expect(await push(invoice)).toMatchObject({ ok: true });
  });

  test("to a customer that was made before and renamed since, who stays one customer", async () => {
    const first = makeInvoice();
    await push(first);
    const second = makeInvoice({
      client: { ...first.client, name: "Harbour Rowers", email: "new@client.example" },
    });
    // The index is behind and the e-mail address is new: only the key leads back to the customer.
    const result = await push(second);
    if (!result.ok) throw new Error(result.detail);
    const customer = await bench.client.customers.retrieve(result.customerId);
    expect(customer).toMatchObject({ name: "Harbour Rowers", email: "new@client.example" });
    expect((await invoicesOf(first))[0]?.customer).toBe(result.customerId);
  });
});

describe("whatever fails on the way, the next attempt completes the same invoice", () => {
  test("when an id could not be stored, the push stops, and the next one resumes", async () => {
    for (const failing of [0, 1, 2]) {
      const invoice = makeInvoice();
      let saves = -1;
      const checkpoint = (): Promise<void> => {
        saves += 1;
        return saves === failing ? Promise.reject(new Error("database away")) : Promise.resolve();
      };
      await expect(pushInvoice(bench.client, invoice, "email", storeWith(checkpoint))).rejects.toThrow("database away");
      expect(await push(invoice)).toMatchObject({ ok: true });
      await expectOnce(invoice);
    }
  });

  test("when Stripe keeps giving a kept error under one key, the step is made under the next", async () => {
    const invoice = makeInvoice();
    const client = createStripeClient({
      secretKey: SECRET_KEY,
      apiBase: bench.standin.url,
      maxNetworkRetries: 0,
      fetch: (input, init) => {
        const request = new Request(input, init);
        const key = request.headers.get("idempotency-key") ?? "";
        if (!key.startsWith("billhook:") || key.endsWith(":2")) return fetch(request);
        const headers = { "idempotent-replayed": "true" };
        return Promise.resolve(Response.json({ error: { message: "down" } }, { status: 500, headers }));
      },
    });
    expect(await push(invoice, client)).toMatchObject({ ok: true });
    await expectOnce(invoice);
  });
});

describe("what must not go out does not", () => {
  test.each([
    [
      "without an e-mail address",
      { client: { id: "c", name: "C", email: null, country: null, taxId: null } },
      "client_email_missing",
    ],
    ["whose lines do not add up", { totalMinor: 1 }, "total_mismatch"],
    ["in UGX, whose units Stripe leaves open", { currency: "UGX" }, "amount_not_chargeable"],
    ["in BHD, not a multiple of ten fils", { currency: "BHD" }, "amount_not_chargeable"],
    ["in MGA, not whole", { currency: "MGA" }, "amount_not_chargeable"],
  ] as const)("an invoice %s", async (_, change, code) => {
    const invoice = makeInvoice(change);
    expect(await push(invoice)).toMatchObject({
      ok: false,
      retryable: false,
      code,
    });
    expect(await invoicesOf(invoice)).toHaveLength(0);
  });

  test("a draft that somebody changed in Stripe is neither finalised nor sent", async () => {
    const invoice = makeInvoice();
    let drafts = 0;
    const stopping = clientThat((call, { path }) => {
      if (path.endsWith("/finalize")) return Promise.reject(new TypeError("network"));
      drafts += 1;
      return call();
    });
    await push(invoice, stopping);
    expect(drafts).toBeGreaterThan(0);
    const [draft] = await invoicesOf(invoice);
    await bench.client.invoices.addLines(draft?.id ?? "", {
      lines: [{ amount: 1, description: "Added by hand" }],
    });
    expect(await push(invoice)).toMatchObject({
      ok: false,
      retryable: false,
      code: "total_mismatch",
    });
    expect((await invoicesOf(invoice))[0]?.status).toBe("draft");
  });

  test("a refused key and a refused parameter say so in our words, with Stripe's in the detail", async () => {
    const refused = createStripeClient({
      secretKey: "sk_live_00000000",
      apiBase: bench.standin.url,
    });
    expect(await push(makeInvoice(), refused)).toMatchObject({
      ok: false,
      retryable: false,
      code: "stripe_key_refused",
    });
    const failure = await push(makeInvoice({ currency: "XTS" }));
    expect(failure).toMatchObject({
      ok: false,
      code: "stripe_refused",
      message: "Stripe did not accept this invoice.",
    });
    expect(failure.ok ? "" : failure.detail).toContain("Invalid currency: xts");
  });

  test("an invoice voided in Stripe is not sent again", async () => {
    const invoice = makeInvoice();
    await push(invoice);
    const [made] = await invoicesOf(invoice);
    expect(await voidStripeInvoice(bench.client, made?.id ?? "")).toEqual({
      ok: true,
      status: "void",
    });
    expect(await voidStripeInvoice(bench.client, made?.id ?? "")).toEqual({
      ok: true,
      status: "void",
    });
    expect(await push(invoice)).toMatchObject({
      code: "stripe_invoice_void",
    });
    expect(await invoicesOf(invoice)).toHaveLength(1);
  });

  test("a paid invoice can't be voided, and one that isn't there says so", async () => {
    const invoice = makeInvoice();
    const result = await push(invoice);
    if (!result.ok) throw new Error(result.detail);
    await bench.client.invoices.pay(result.stripeInvoiceId, { paid_out_of_band: true });
    expect(await voidStripeInvoice(bench.client, result.stripeInvoiceId)).toMatchObject({
      code: "invoice_already_paid",
    });
    expect(await retrieveStripeInvoice(bench.client, "in_none")).toMatchObject({
      code: "stripe_invoice_missing",
    });
  });
});

describe("currencies keep their amounts", () => {
  test.each([
    ["JPY", 15_000, 15_000],
    ["BHD", 15_120, 15_120],
    ["ISK", 15_000, 1_500_000],
    ["MGA", 1_500_000, 15_000],
    ["HUF", 15_055, 15_055],
  ])("%s: %i of our minor units are %i at Stripe, and come back the same", async (currency, ours, theirs) => {
    const invoice = makeInvoice({ currency }, [{ unitPriceMinor: ours }]);
    const result = await push(invoice);
    if (!result.ok) throw new Error(result.detail);
    expect((await bench.client.invoices.retrieve(result.stripeInvoiceId)).total).toBe(theirs);
    await bench.client.invoices.pay(result.stripeInvoiceId, { paid_out_of_band: true });
    const retrieved = await retrieveStripeInvoice(bench.client, result.stripeInvoiceId);
    expect(retrieved).toMatchObject({
      facts: { currency, totalMinor: ours, amountPaidMinor: ours, status: "paid" },
    });
  });
});

describe("webhooks from the stand-in", () => {
  test("are verified, and say what became of which invoice", async () => {
    const invoice = makeInvoice();
    const result = await push(invoice);
    if (!result.ok) throw new Error(result.detail);
    await fetch(result.hostedUrl ?? "", {
      method: "POST",
      body: new URLSearchParams({ card: "accepted" }),
    });
    const paid = await vi.waitFor(() => {
      const found = bench.received.find(
        ({ type, body }) => type === "invoice.paid" && body.includes(result.stripeInvoiceId),
      );
      if (found === undefined) throw new Error("not yet");
      return found;
    });
    const parsed = await parseStripeWebhook(paid.body, String(paid.headers["stripe-signature"]), WEBHOOK_SECRET);
    if (!parsed.ok) throw new Error(parsed.detail);
    expect(invoiceFactsOf(parsed.event)).toMatchObject({
      eventId: parsed.event.id,
      stripeInvoiceId: result.stripeInvoiceId,
      billhookInvoiceId: invoice.id,
      status: "paid",
      currency: "EUR",
      amountPaidMinor: 23_667,
      paidAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });
});
