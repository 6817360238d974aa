import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Bench, SECRET_KEY, WEBHOOK_SECRET, openBench } from "./testing.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => {
  await bench.close();
});

async function post(path: string, form: string, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${bench.standin.url}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${SECRET_KEY}`,
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    },
    body: form,
  });
}

async function newDraft(currency = "eur"): Promise<Stripe.Invoice> {
  const customer = await bench.client.customers.create({ email: "accounts@client.example" });
  return await bench.client.invoices.create({
    customer: customer.id,
    currency,
    collection_method: "send_invoice",
    days_until_due: 14,
  });
}

describe("requests are checked as Stripe checks them", () => {
  test.each([
    ["an unknown parameter", "/v1/customers", "colour=red", "parameter_unknown", "Received unknown parameter: colour"],
    [
      "an unknown nested parameter",
      "/v1/customers",
      "address[planet]=mars",
      "parameter_unknown",
      "Received unknown parameter: address[planet]",
    ],
    [
      "a bad enum",
      "/v1/invoices",
      "collection_method=pigeon",
      undefined,
      "Invalid collection_method: must be one of charge_automatically or send_invoice",
    ],
    ["a scalar for a hash", "/v1/customers", "invoice_settings=1", undefined, "Invalid object"],
    ["a hash for a scalar", "/v1/customers", "name[first]=a", undefined, 'Invalid string: {"first":"a"}'],
    ["a fraction of a cent", "/v1/invoiceitems", "amount=10.5", "parameter_invalid_integer", "Invalid integer: 10.5"],
    ["a word for a boolean", "/v1/invoices", "auto_advance=yes", undefined, "Invalid boolean: yes"],
    ["a missing parameter", "/v1/invoices/in_1/add_lines", "", "parameter_missing", "Missing required param: lines."],
    [
      "thirteen decimal places",
      "/v1/invoiceitems",
      "quantity_decimal=1.1234567890123",
      undefined,
      "Invalid decimal: 1.1234567890123; must have at most 12 decimal places",
    ],
    ["a currency that does not exist", "/v1/invoices", "currency=xyz", undefined, /^Invalid currency: xyz\./],
  ])("%s is refused", async (_, path, form, code, message) => {
    const customer = await bench.client.customers.create({});
    const full = path === "/v1/invoices" ? `${form}&customer=${customer.id}` : form;
    const response = await post(path, full);
    const body = (await response.json()) as {
      error: { code?: string; type: string; message: string };
    };
    expect(response.status).toBe(400);
    expect(body.error.type).toBe("invalid_request_error");
    expect(body.error.code).toBe(code);
    expect(body.error.message).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });

  test("a parameter that Stripe has and the stand-in does not simulate is answered 501", async () => {
    const response = await post("/v1/customers", "balance=5");
    expect(response.status).toBe(501);
  });

  test("a key of no account, no key, another API version and an unknown address are refused", async () => {
    const get = (path: string, headers: Record<string, string>): Promise<Response> =>
      fetch(`${bench.standin.url}${path}`, { headers });
    expect((await get("/v1/customers", {})).status).toBe(401);
    expect((await get("/v1/customers", { authorization: "Bearer sk_live_abcdefgh" })).status).toBe(401);
    const authorization = `Bearer ${SECRET_KEY}`;
    expect((await get("/v1/customers", { authorization, "stripe-version": "2020-08-27" })).status).toBe(400);
    expect((await get("/v1/coupons", { authorization })).status).toBe(404);
  });

  test("it listens on the loopback address only", () => {
    expect(new URL(bench.standin.url).hostname).toBe("127.0.0.1");
  });
});

describe("customers", () => {
  test("a customer is listed by e-mail, searched by metadata, updated, and gone once deleted", async () => {
    const { client } = bench;
    const made = await client.customers.create({
      name: "Łódź Tramways",
      email: "trams@client.example",
      metadata: { ref: "42" },
    });
    expect((await client.customers.list({ email: "trams@client.example" })).data.map(({ id }) => id)).toEqual([
      made.id,
    ]);
    const found = await client.customers.search({ query: 'metadata["ref"]:"42"' });
    expect(found.data.map(({ id }) => id)).toEqual([made.id]);
    const updated = await client.customers.update(made.id, {
      name: "Trams",
      metadata: { ref: "", more: "1" },
    });
    expect([updated.name, updated.metadata]).toEqual(["Trams", { more: "1" }]);
    await client.customers.del(made.id);
    await expect(client.customers.retrieve(made.id)).rejects.toMatchObject({
      code: "resource_missing",
    });
  });

  test("pages go from new to old and fit together", async () => {
    const emails = Array.from({ length: 7 }, () => "pages@client.example");
    const ids: string[] = [];
    for (const email of emails) ids.push((await bench.client.customers.create({ email })).id);
    const seen: string[] = [];
    for await (const customer of bench.client.customers.list({
      email: "pages@client.example",
      limit: 3,
    })) {
      seen.push(customer.id);
    }
    expect(seen).toEqual(ids.toReversed());
  });
});

describe("invoices", () => {
  test("a draft takes items, is finalised once, sent, and paid on its hosted page", async () => {
    const { client } = bench;
    const draft = await newDraft();
    const customer = draft.customer as string;
    await client.invoiceItems.create({
      customer,
      invoice: draft.id,
      amount: 18_000,
      currency: "eur",
      description: "A",
    });
    await client.invoiceItems.create({
      customer,
      invoice: draft.id,
      currency: "eur",
      unit_amount_decimal: Stripe.Decimal.from("8000"),
      quantity_decimal: Stripe.Decimal.from("2.333333333333"),
    });
    const open = await client.invoices.finalizeInvoice(draft.id);
    expect([open.status, open.total, open.amount_due]).toEqual(["open", 18_000 + 18_667, 36_667]);
    expect(open.number).toMatch(/^\w+-0001$/);
    await expect(client.invoices.finalizeInvoice(draft.id)).rejects.toMatchObject({
      code: "invoice_not_editable",
    });
    await expect(
      client.invoiceItems.create({ customer, invoice: draft.id, amount: 1, currency: "eur" }),
    ).rejects.toMatchObject({ code: "invoice_not_editable" });
    await client.invoices.sendInvoice(draft.id);

    const url = open.hosted_invoice_url ?? "";
    expect(await (await fetch(url)).text()).toContain("Pay €366.67");
    const declined = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ card: "declined" }),
    });
    expect(await declined.text()).toContain("The card was declined.");
    const paid = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ card: "accepted" }),
    });
    expect(await paid.text()).toContain("This invoice is paid.");
    const after = await client.invoices.retrieve(draft.id, { expand: ["customer"] });
    expect([after.status, after.amount_paid, after.attempt_count]).toEqual(["paid", 36_667, 1]);
    expect(after.customer).toMatchObject({ id: customer, object: "customer" });
    await expect(client.invoices.voidInvoice(draft.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  test("the other ways out: void, uncollectible then paid, paid elsewhere, deleted as a draft", async () => {
    const { client } = bench;
    const open = async (): Promise<string> => {
      const draft = await newDraft();
      await client.invoices.addLines(draft.id, { lines: [{ amount: 500 }] });
      return (await client.invoices.finalizeInvoice(draft.id)).id;
    };
    expect((await client.invoices.voidInvoice(await open())).status).toBe("void");
    const lost = await open();
    expect((await client.invoices.markUncollectible(lost)).status).toBe("uncollectible");
    expect((await client.invoices.pay(lost, { paid_out_of_band: true })).status).toBe("paid");
    await expect(client.invoices.pay(await open(), { payment_method: "pm_card_chargeDeclined" })).rejects.toMatchObject(
      {
        code: "card_declined",
      },
    );
    const draft = await newDraft();
    await client.invoices.del(draft.id);
    await expect(client.invoices.retrieve(draft.id)).rejects.toMatchObject({ statusCode: 404 });
  });

  test("an invoice with nothing due is paid as soon as it is finalised", async () => {
    const draft = await newDraft();
    expect((await bench.client.invoices.finalizeInvoice(draft.id)).status).toBe("paid");
  });

  test("an invoice comes with its first ten lines, and lists all of them in order", async () => {
    const draft = await newDraft();
    const lines = Array.from({ length: 25 }, (_, index) => ({ amount: index + 1 }));
    const filled = await bench.client.invoices.addLines(draft.id, { lines });
    expect([filled.lines.data.length, filled.lines.has_more, filled.total]).toEqual([10, true, 325]);
    const amounts: number[] = [];
    for await (const line of bench.client.invoices.listLineItems(draft.id, { limit: 10 })) amounts.push(line.amount);
    expect(amounts).toEqual(lines.map(({ amount }) => amount));
  });

  test("a number is used once, a 251st line is refused, and so is a client without an e-mail address", async () => {
    const { client } = bench;
    const first = await newDraft();
    await client.invoices.update(first.id, { number: "INV-1" });
    await expect(client.invoices.update((await newDraft()).id, { number: "INV-1" })).rejects.toMatchObject({
      param: "number",
    });
    const lines = Array.from({ length: 251 }, () => ({ amount: 1 }));
    await expect(client.invoices.addLines(first.id, { lines })).rejects.toMatchObject({
      statusCode: 400,
    });
    expect((await client.invoices.retrieve(first.id)).total).toBe(0);
    const silent = await client.customers.create({});
    await expect(
      client.invoices.create({
        customer: silent.id,
        collection_method: "send_invoice",
        days_until_due: 1,
      }),
    ).rejects.toThrow("Missing email");
  });

  test.each([
    ["jpy", 4321, true],
    ["bhd", 4320, true],
    ["bhd", 4321, false],
    ["isk", 4300, true],
    ["isk", 4321, false],
  ])("%s %i can be charged: %s", async (currency, amount, allowed) => {
    const draft = await newDraft(currency);
    await bench.client.invoices.addLines(draft.id, { lines: [{ amount }] });
    const finalized = bench.client.invoices.finalizeInvoice(draft.id);
    if (allowed) expect((await finalized).total).toBe(amount);
    else await expect(finalized).rejects.toThrow("evenly divisible");
  });
});

describe("idempotency keys", () => {
  test("the same key and parameters get the first answer again, and nothing happens twice", async () => {
    const headers = { "idempotency-key": "same" };
    const first = await post("/v1/customers", "name=Ada&metadata[a]=1", headers);
    const second = await post("/v1/customers", "metadata[a]=1&name=Ada", headers);
    expect([first.headers.get("idempotent-replayed"), second.headers.get("idempotent-replayed")]).toEqual([
      null,
      "true",
    ]);
    expect(second.headers.get("original-request")).toBe(first.headers.get("request-id"));
    expect(await second.json()).toEqual(await first.json());
  });

  test("the same key with other parameters, or elsewhere, is an idempotency error", async () => {
    const headers = { "idempotency-key": "other" };
    await post("/v1/customers", "name=Ada", headers);
    for (const response of [
      await post("/v1/customers", "name=Grace", headers),
      await post("/v1/invoices", "customer=cus_1", headers),
    ]) {
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { type: "idempotency_error" } });
    }
  });

  test("an error of the operation is kept under its key; a refused parameter is not", async () => {
    const kept = { "idempotency-key": "kept-error" };
    await post("/v1/invoices", "customer=cus_none", kept);
    const again = await post("/v1/invoices", "customer=cus_none", kept);
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([404, "true"]);
    const refused = { "idempotency-key": "refused" };
    await post("/v1/customers", "colour=red", refused);
    expect((await post("/v1/customers", "name=Ada", refused)).status).toBe(200);
  });

  test("of two requests at once with one key, the second is told so", async () => {
    const slow = await openBench({ latencyMs: 100 });
    const create = (): Promise<Stripe.Customer> => slow.client.customers.create({}, { idempotencyKey: "at-once" });
    const outcomes = await Promise.allSettled([create(), create()]);
    const refused = outcomes.find((outcome) => outcome.status === "rejected");
    expect(refused?.reason).toMatchObject({ statusCode: 409, code: "idempotency_key_in_use" });
    expect((await slow.client.customers.list()).data).toHaveLength(1);
    await slow.close();
  });
});

describe("webhooks", () => {
  test("each step is told, signed so that the stripe package accepts it", async () => {
    bench.received.length = 0;
    const draft = await newDraft();
    await bench.client.invoices.addLines(draft.id, { lines: [{ amount: 500 }] });
    await bench.client.invoices.sendInvoice(draft.id);
    await bench.client.invoices.markUncollectible(draft.id);
    await bench.client.invoices.voidInvoice(draft.id);
    await vi.waitFor(() => {
      expect(bench.received.map(({ type }) => type).toSorted()).toEqual([
        "invoice.created",
        "invoice.finalized",
        "invoice.marked_uncollectible",
        "invoice.sent",
        "invoice.updated",
        "invoice.voided",
      ]);
    });
    for (const { body, headers } of bench.received) {
      const signature = String(headers["stripe-signature"]);
      const event = await Stripe.webhooks.constructEventAsync(body, signature, WEBHOOK_SECRET);
      expect((event.data.object as Stripe.Invoice).id).toBe(draft.id);
    }
  });

  test("what was not answered 2xx is sent again, also after a restart", async () => {
    const own = await openBench({ dataDir: mkdtempSync(join(tmpdir(), "stripe-standin-")) });
    own.reply.status = 503;
    const customer = await own.client.customers.create({});
    await own.client.invoices.create({ customer: customer.id });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(own.received).toHaveLength(0);
    own.reply.status = 200;
    await own.restart();
    await vi.waitFor(() => expect(own.received.map(({ type }) => type)).toEqual(["invoice.created"]), 5000);
    const [event] = (await own.client.events.list()).data;
    await vi.waitFor(async () => {
      expect((await own.client.events.retrieve(event?.id ?? "")).pending_webhooks).toBe(0);
    });
    await own.close();
  });
});

describe("what it keeps", () => {
  test("everything answered is there after a restart, keys included, even where the journal ends in half a line", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "stripe-standin-"));
    const own = await openBench({ dataDir });
    const made = await own.client.customers.create({ name: "Ada" }, { idempotencyKey: "before" });
    await own.standin.close();
    const journal = join(dataDir, "journal.ndjson");
    writeFileSync(journal, `${readFileSync(journal, "utf8")}[["customers","cus_half",{"id`);
    await own.restart();
    expect((await own.client.customers.retrieve(made.id)).id).toBe(made.id);
    expect((await own.client.customers.create({ name: "Ada" }, { idempotencyKey: "before" })).id).toBe(made.id);
    expect((await own.client.customers.list()).data).toHaveLength(1);
    await own.close();
  });
});
