import { createStripeClient, pushInvoice, retrieveStripeInvoice, voidStripeInvoice } from "@billhook/billing/stripe";
import type { StripeInvoiceInput, StripeProgress } from "@billhook/billing/stripe-invoice";
import { invoiceFactsOf, parseStripeWebhook } from "@billhook/billing/stripe-webhook";
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Bench, SECRET_KEY, WEBHOOK_SECRET, openBench } from "./testing.ts";

let bench: Bench;
beforeAll(async () => {
  // As slow to be found as at Stripe: nothing here may lean on search.
  bench = await openBench({ searchDelaySeconds: 60 });
});
afterAll(async () => {
  await bench.close();
});

const NO_PROGRESS: StripeProgress = { customerId: null, stripeInvoiceId: null, sentAt: null };
let sequence = 0;

function newInvoice(change: Partial<StripeInvoiceInput> = {}): StripeInvoiceInput {
  sequence += 1;
  const id = `invoice-${sequence}`;
  return {
    id,
    number: `INV-2026-${String(sequence).padStart(4, "0")}`,
    currency: "EUR",
    locale: "en",
    finalizedAt: new Date().toISOString(),
    dueDate: new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10),
    memo: "Work in March",
    client: {
      id: `client-${sequence}`,
      name: "Harbour Rowing Club",
      email: `accounts-${sequence}@client.example`,
    },
    lines: [
      {
        id: `${id}-1`,
        description: "Fixed the sign-in form",
        minutes: 140,
        hourlyRateMinor: 8000,
        // 140 minutes at 80.00 are 186.666…
        totalMinor: 18_667,
        startDate: "2026-03-02",
        endDate: "2026-03-04",
      },
      {
        id: `${id}-2`,
        description: "Set-up fee",
        minutes: null,
        hourlyRateMinor: null,
        totalMinor: 5000,
        startDate: null,
        endDate: null,
      },
    ],
    totalMinor: 23_667,
    progress: NO_PROGRESS,
    ...change,
  };
}

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

const ignoreProgress = (): Promise<void> => Promise.resolve();

describe("an invoice is pushed", () => {
  test("with its number, its customer, its lines' exact totals, time and rate, and is sent", async () => {
    const invoice = newInvoice();
    const saved: StripeProgress[] = [];
    const result = await pushInvoice(bench.client, invoice, (progress) => {
      saved.push(progress);
      return Promise.resolve();
    });
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
    const invoice = newInvoice();
    const first = await pushInvoice(bench.client, invoice, ignoreProgress);
    expect(await pushInvoice(bench.client, invoice, ignoreProgress)).toEqual(first);
    await expectOnce(invoice);
  });

  test("twice at once, and is one", async () => {
    const invoice = newInvoice();
    const client = createStripeClient({ secretKey: SECRET_KEY, apiBase: bench.standin.url });
    const results = await Promise.all(Array.from({ length: 4 }, () => pushInvoice(client, invoice, ignoreProgress)));
    expect(results.filter((result) => !result.ok)).toEqual([]);
    await expectOnce(invoice);
  });

  test("with 230 lines, in order", async () => {
    const lines = Array.from({ length: 230 }, (_, index) => ({
      ...newInvoice().lines[1],
      id: `many-${index}`,
      description: index === 0 ? "x".repeat(700) : `Line ${index}`,
      minutes: 60,
      hourlyRateMinor: index,
      totalMinor: index,
      startDate: null,
      endDate: null,
    }));
    const invoice = newInvoice({
      lines,
      totalMinor: lines.reduce((sum, line) => sum + line.totalMinor, 0),
    });
    const result = await pushInvoice(bench.client, invoice, ignoreProgress);
    if (!result.ok) throw new Error(result.detail);
    const ids: (string | undefined)[] = [];
    for await (const line of bench.client.invoices.listLineItems(result.stripeInvoiceId, {
      limit: 100,
    })) {
      ids.push(line.metadata["billhook_line_id"]);
      expect(line.description?.length).toBeLessThanOrEqual(500);
    }
    expect(ids).toEqual(lines.map(({ id }) => id));
  });

  test("late, with a due date that has passed: it is due at once", async () => {
    const invoice = newInvoice({ dueDate: "2026-01-31" });
    expect(await pushInvoice(bench.client, invoice, ignoreProgress)).toMatchObject({ ok: true });
  });

  test("to a customer that was made before and renamed since, who stays one customer", async () => {
    const first = newInvoice();
    await pushInvoice(bench.client, first, ignoreProgress);
    const second = newInvoice({
      client: { ...first.client, name: "Harbour Rowers", email: "new@client.example" },
    });
    // The index is behind and the e-mail address is new: only the key leads back to the customer.
    const result = await pushInvoice(bench.client, second, ignoreProgress);
    if (!result.ok) throw new Error(result.detail);
    const customer = await bench.client.customers.retrieve(result.customerId);
    expect(customer).toMatchObject({ name: "Harbour Rowers", email: "new@client.example" });
    expect((await invoicesOf(first))[0]?.customer).toBe(result.customerId);
  });
});

describe("whatever fails on the way, the next attempt completes the same invoice", async () => {
  const steps: string[] = [];
  test("the steps are known", async () => {
    const client = clientThat((call, { method, path }) => {
      steps.push(`${method} ${path}`);
      return call();
    });
    expect(await pushInvoice(client, newInvoice(), ignoreProgress)).toMatchObject({ ok: true });
    expect(steps.filter((step) => step.startsWith("POST"))).toHaveLength(6);
  });

  const faults: [name: string, fault: (call: () => Promise<Response>) => Promise<Response>][] = [
    ["before the request arrived", () => Promise.reject(new TypeError("network"))],
    [
      "after it took effect, its answer lost",
      async (call) => {
        await call();
        throw new TypeError("network");
      },
    ],
    [
      "because Stripe was overloaded",
      () =>
        Promise.resolve(Response.json({ error: { type: "invalid_request_error", message: "slow" } }, { status: 429 })),
    ],
    ["because Stripe was down", () => Promise.resolve(Response.json({ error: { message: "down" } }, { status: 500 }))],
  ];
  test.each(
    faults.flatMap(([name, fault]) => [
      [name, "its progress stored", true, fault] as const,
      [name, "its progress lost", false, fault] as const,
    ]),
  )("at each step, %s, %s", async (_, __, stored, fault) => {
    for (let failing = 0; failing < steps.length; failing += 1) {
      const invoice = newInvoice();
      let progress = NO_PROGRESS;
      const save = (reached: StripeProgress): Promise<void> => {
        if (stored) progress = reached;
        return Promise.resolve();
      };
      let step = -1;
      const client = clientThat((call) => {
        step += 1;
        return step === failing ? fault(call) : call();
      });
      const first = await pushInvoice(client, invoice, save);
      expect(first).toMatchObject({ ok: false, retryable: true });
      const second = await pushInvoice(bench.client, { ...invoice, progress }, save);
      expect(second).toMatchObject({ ok: true, status: "open" });
      await expectOnce(invoice);
    }
  });

  test("when an id could not be stored, the push stops, and the next one resumes", async () => {
    for (const failing of [0, 1, 2]) {
      const invoice = newInvoice();
      let saves = -1;
      const save = (): Promise<void> => {
        saves += 1;
        return saves === failing ? Promise.reject(new Error("database away")) : Promise.resolve();
      };
      await expect(pushInvoice(bench.client, invoice, save)).rejects.toThrow("database away");
      expect(await pushInvoice(bench.client, invoice, ignoreProgress)).toMatchObject({ ok: true });
      await expectOnce(invoice);
    }
  });

  test("when Stripe keeps giving a kept error under one key, the step is made under the next", async () => {
    const invoice = newInvoice();
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
    expect(await pushInvoice(client, invoice, ignoreProgress)).toMatchObject({ ok: true });
    await expectOnce(invoice);
  });
});

describe("what must not go out does not", () => {
  test.each([
    ["without an e-mail address", { client: { id: "c", name: "C", email: null } }, "client_email_missing"],
    ["whose lines do not add up", { totalMinor: 1 }, "total_mismatch"],
    ["in UGX, whose units Stripe leaves open", { currency: "UGX" }, "amount_not_chargeable"],
    ["in BHD, not a multiple of ten fils", { currency: "BHD" }, "amount_not_chargeable"],
    ["in MGA, not whole", { currency: "MGA" }, "amount_not_chargeable"],
  ] as const)("an invoice %s", async (_, change, code) => {
    const invoice = newInvoice(change);
    expect(await pushInvoice(bench.client, invoice, ignoreProgress)).toMatchObject({
      ok: false,
      retryable: false,
      code,
    });
    expect(await invoicesOf(invoice)).toHaveLength(0);
  });

  test("a draft that somebody changed in Stripe is neither finalised nor sent", async () => {
    const invoice = newInvoice();
    let drafts = 0;
    const stopping = clientThat((call, { path }) => {
      if (path.endsWith("/finalize")) return Promise.reject(new TypeError("network"));
      drafts += 1;
      return call();
    });
    await pushInvoice(stopping, invoice, ignoreProgress);
    expect(drafts).toBeGreaterThan(0);
    const [draft] = await invoicesOf(invoice);
    await bench.client.invoices.addLines(draft?.id ?? "", {
      lines: [{ amount: 1, description: "Added by hand" }],
    });
    expect(await pushInvoice(bench.client, invoice, ignoreProgress)).toMatchObject({
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
    expect(await pushInvoice(refused, newInvoice(), ignoreProgress)).toMatchObject({
      ok: false,
      retryable: false,
      code: "stripe_key_refused",
    });
    const failure = await pushInvoice(bench.client, newInvoice({ currency: "XTS" }), ignoreProgress);
    expect(failure).toMatchObject({
      ok: false,
      code: "stripe_refused",
      message: "Stripe did not accept this invoice.",
    });
    expect(failure.ok ? "" : failure.detail).toContain("Invalid currency: xts");
  });

  test("an invoice voided in Stripe is not sent again", async () => {
    const invoice = newInvoice();
    await pushInvoice(bench.client, invoice, ignoreProgress);
    const [made] = await invoicesOf(invoice);
    expect(await voidStripeInvoice(bench.client, made?.id ?? "")).toEqual({
      ok: true,
      status: "void",
    });
    expect(await voidStripeInvoice(bench.client, made?.id ?? "")).toEqual({
      ok: true,
      status: "void",
    });
    expect(await pushInvoice(bench.client, invoice, ignoreProgress)).toMatchObject({
      code: "stripe_invoice_void",
    });
    expect(await invoicesOf(invoice)).toHaveLength(1);
  });

  test("a paid invoice can't be voided, and one that isn't there says so", async () => {
    const invoice = newInvoice();
    const result = await pushInvoice(bench.client, invoice, ignoreProgress);
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
    const [line] = newInvoice().lines;
    if (line === undefined) throw new Error("no line");
    const invoice = newInvoice({
      currency,
      totalMinor: ours,
      lines: [{ ...line, totalMinor: ours }],
    });
    const result = await pushInvoice(bench.client, invoice, ignoreProgress);
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
    const invoice = newInvoice();
    const result = await pushInvoice(bench.client, invoice, ignoreProgress);
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
