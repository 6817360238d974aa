import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { invoiceActions, signPayload, type StripeInvoice } from "./invoice-actions.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());
const { openInvoice, invoiceOf, send, askStripe, deliverEvent } = invoiceActions(() => harness);

describe("a word from Stripe", () => {
  const paid = (invoice: StripeInvoice) => ({
    ...invoice,
    status: "paid",
    amount_paid: invoice.total,
    status_transitions: { paid_at: Math.floor(Date.now() / 1000) },
  });

  test("with a wrong, missing or old signature is answered 401 and changes nothing", async () => {
    const { id } = await openInvoice(harness.owner);
    const sent = await send(harness.owner, id);
    const invoice = paid(await askStripe<StripeInvoice>(`/invoices/${sent.stripe_invoice_id}`));
    expect((await deliverEvent("invoice.paid", invoice, { secret: "whsec_guess" })).status).toBe(401);
    const payload = JSON.stringify({
      id: "evt_1",
      object: "event",
      type: "invoice.paid",
      created: 1,
      data: { object: invoice },
    });
    const post = (headers: Record<string, string>) =>
      fetch(`${harness.stack.appUrl}/api/webhooks/stripe`, { method: "POST", headers, body: payload });
    expect((await post({})).status).toBe(401);
    const old = signPayload(payload, harness.stack.keys.stripe_webhook_secret, Math.floor(Date.now() / 1000) - 600);
    expect((await post({ "stripe-signature": old })).status).toBe(401);
    expect(await invoiceOf(id)).toMatchObject({ status: "open" });
  });

  test("about an invoice that is not ours, or an event of no use, is answered 200 and changes nothing", async () => {
    const invoice = {
      id: `in_${randomUUID()}`,
      object: "invoice",
      status: "paid",
      currency: "eur",
      total: 1,
      amount_paid: 1,
    };
    const unknown = await deliverEvent("invoice.paid", invoice);
    expect(unknown.status).toBe(200);
    expect(await unknown.json()).toEqual({ outcome: "unrelated" });
    expect((await deliverEvent("customer.created", { id: "cus_1", object: "customer" })).status).toBe(200);
  });

  test("that arrives many times at once and later counts once", async () => {
    const { id } = await openInvoice(harness.owner);
    const sent = await send(harness.owner, id);
    const invoice = paid(await askStripe<StripeInvoice>(`/invoices/${sent.stripe_invoice_id}`));
    const event = { id: `evt_${randomUUID()}` };
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliverEvent("invoice.paid", invoice, event)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect((await deliverEvent("invoice.paid", invoice, event)).status).toBe(200);
    expect(await invoiceOf(id)).toMatchObject({ status: "paid", amount_paid_minor: 19_500 });
    const { data } = await harness.owner.database.from("notifications").select("occurrences").eq("subject_id", id);
    expect(data).toEqual([{ occurrences: 1 }]);
  });

  test("that arrives after a later one does not take it back", async () => {
    const { id } = await openInvoice(harness.owner);
    const sent = await send(harness.owner, id);
    const open = await askStripe<StripeInvoice>(`/invoices/${sent.stripe_invoice_id}`);
    const now = Math.floor(Date.now() / 1000);
    const later = { created: now + 20 };
    const earlier = { created: now - 20 };
    expect((await deliverEvent("invoice.paid", paid(open), later)).status).toBe(200);
    const finalised = await deliverEvent("invoice.finalized", { ...open, status: "open" }, earlier);
    expect(await finalised.json()).toEqual({ outcome: "older" });
    const overdue = await deliverEvent("invoice.overdue", { ...open, status: "open" }, { created: now + 40 });
    expect(overdue.status).toBe(200);
    expect(await invoiceOf(id)).toMatchObject({ status: "paid" });
  });

  test("that it was voided there unbills its time here", async () => {
    const { id } = await openInvoice(harness.owner);
    const sent = await send(harness.owner, id);
    const open = await askStripe<StripeInvoice>(`/invoices/${sent.stripe_invoice_id}`);
    expect((await deliverEvent("invoice.voided", { ...open, status: "void" })).status).toBe(200);
    expect(await invoiceOf(id)).toMatchObject({ status: "void" });
    const { count } = await harness.service
      .from("draft_line_items")
      .select("*", { count: "exact", head: true })
      .eq("invoice_id", id);
    expect(count).toBe(0);
  });

  test("that is signed and no event is answered 400", async () => {
    const payload = JSON.stringify({ hello: "world" });
    const signature = signPayload(payload, harness.stack.keys.stripe_webhook_secret, Math.floor(Date.now() / 1000));
    const answer = await fetch(`${harness.stack.appUrl}/api/webhooks/stripe`, {
      method: "POST",
      headers: { "stripe-signature": signature },
      body: payload,
    });
    expect(answer.status).toBe(400);
  });
});
