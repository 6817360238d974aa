import { createHmac } from "node:crypto";
import { createStripeClient } from "@billhook/billing/stripe";
import Stripe from "stripe";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Bench, openBench } from "./testing.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ accounts: ["harbour", "quay"] });
});
afterAll(async () => {
  await bench.close();
});

const clientWith = (secretKey: string): Stripe =>
  createStripeClient({ secretKey, apiBase: bench.standin.url, maxNetworkRetries: 0 });

async function faultOf(call: Promise<unknown>): Promise<{ status: number | undefined; message: string }> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Stripe.errors.StripeError)) throw new Error("nothing was refused");
  return { status: error.statusCode, message: error.message };
}

async function sendInvoice(client: Stripe): Promise<Stripe.Invoice> {
  const customer = await client.customers.create({ email: "accounts@client.example" });
  const invoice = await client.invoices.create({
    customer: customer.id,
    currency: "eur",
    collection_method: "send_invoice",
    days_until_due: 14,
  });
  await client.invoices.addLines(invoice.id, { lines: [{ amount: 1000, description: "Work" }] });
  return await client.invoices.finalizeInvoice(invoice.id);
}

test("each account, and each mode of it, has its own data", async () => {
  const made = await clientWith("rk_test_harbour").customers.create({ name: "Lantern Studio" });
  expect((await clientWith("sk_test_harbour_2").customers.retrieve(made.id)).id).toBe(made.id);
  for (const key of ["rk_test_quay", "rk_live_harbour"]) {
    expect(await faultOf(clientWith(key).customers.retrieve(made.id))).toMatchObject({ status: 404 });
  }
  expect((await clientWith("rk_live_quay").accounts.retrieveCurrent()).id).toBe("acct_quay");
  expect(made.livemode).toBe(false);
  expect((await clientWith("sk_live_quay").customers.create({})).livemode).toBe(true);
});

test("a restricted key is refused what it may not do, with the account's id, and a revoked one everything", async () => {
  const key = "rk_test_quay_narrow";
  bench.standin.restrictKey(key, { customer: "write", invoice: "read" });
  const client = clientWith(key);
  await client.customers.create({});
  await client.invoices.list();
  const refused = await faultOf(client.accounts.retrieveCurrent());
  expect(refused.status).toBe(403);
  expect(refused.message).toContain("on account 'acct_quay'. Having the 'rak_accounts_kyc_basic_read' permission");
  expect(await faultOf(client.invoices.create({ customer: "cus_1" }))).toMatchObject({ status: 403 });
  bench.standin.restrictKey(key, null);
  await client.webhookEndpoints.list();
  bench.standin.revokeKey(key);
  expect(await faultOf(client.customers.list())).toMatchObject({ status: 401 });
});

test("an endpoint is told the events it wants, signed with its own secret, until it is deleted", async () => {
  const client = clientWith("sk_live_harbour");
  bench.received.length = 0;
  const operatorUrl = (await clientWith("sk_test_harbour").webhookEndpoints.list()).data;
  expect(operatorUrl).toEqual([]);
  const endpoint = await client.webhookEndpoints.create({
    url: bench.receiverUrl,
    enabled_events: ["invoice.finalized", "invoice.voided"],
  });
  const invoice = await sendInvoice(client);
  await vi.waitFor(() => expect(bench.received.map(({ type }) => type)).toEqual(["invoice.finalized"]));
  const [told] = bench.received;
  const [time = "", signature = ""] = String(told?.headers["stripe-signature"]).split(",");
  const signed = createHmac("sha256", endpoint.secret ?? "").update(`${time.slice(2)}.${told?.body ?? ""}`);
  expect(signature).toBe(`v1=${signed.digest("hex")}`);
  expect(JSON.parse(told?.body ?? "")).toMatchObject({ livemode: true });
  expect((await client.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined();
  await client.webhookEndpoints.del(endpoint.id);
  await client.invoices.voidInvoice(invoice.id);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(bench.received).toHaveLength(1);
});

test("customers are found by a part of their name or address", async () => {
  const client = clientWith("sk_test_quay");
  const one = await client.customers.create({ name: "Northwind Ferries", email: "billing@north.example" });
  const found = await client.customers.search({ query: 'name~"wind fer" OR email~"wind fer"' });
  expect(found.data.map(({ id }) => id)).toEqual([one.id]);
});
