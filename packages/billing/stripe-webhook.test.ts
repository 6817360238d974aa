import Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { invoiceFactsOf, parseStripeWebhook } from "./stripe-webhook.ts";

const SECRET = "whsec_test";

function invoiceEvent(type: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: "evt_1",
    object: "event",
    api_version: "2026-10-28.endive",
    created: 1_772_625_600,
    type,
    data: {
      object: {
        id: "in_1",
        object: "invoice",
        status: "paid",
        currency: "jpy",
        total: 15_000,
        amount_paid: 15_000,
        hosted_invoice_url: null,
        customer: "cus_1",
        metadata: { billhook_invoice_id: "a" },
        status_transitions: { paid_at: 1_772_625_599 },
        ...change,
      },
    },
  };
}

async function sign(payload: string, secret = SECRET, timestamp = Math.floor(Date.now() / 1000)): Promise<string> {
  return await Stripe.webhooks.generateTestHeaderStringAsync({
    payload,
    secret,
    timestamp,
    cryptoProvider: Stripe.createSubtleCryptoProvider(),
  });
}

describe("a webhook", () => {
  test("with a good signature is read, as text or as bytes", async () => {
    const payload = JSON.stringify(invoiceEvent("invoice.paid", { metadata: { billhook_invoice_id: "Ω-1" } }));
    for (const body of [payload, new TextEncoder().encode(payload)]) {
      const parsed = await parseStripeWebhook(body, await sign(payload), SECRET);
      expect(parsed).toMatchObject({ ok: true, event: { id: "evt_1", type: "invoice.paid" } });
    }
  });

  test("is refused where the signature is missing, malformed, old, another's, or of another body", async () => {
    const payload = JSON.stringify(invoiceEvent("invoice.paid"));
    const old = Math.floor(Date.now() / 1000) - 301;
    const refused: [body: string, header: string | null][] = [
      [payload, null],
      [payload, ""],
      [payload, "t=1,v1="],
      [payload, "nonsense"],
      [payload, await sign(payload, SECRET, old)],
      [payload, await sign(payload, "whsec_other")],
      [`${payload} `, await sign(payload)],
    ];
    for (const [body, header] of refused) {
      expect(await parseStripeWebhook(body, header, SECRET)).toMatchObject({
        ok: false,
        code: "bad_signature",
      });
    }
  });

  test("that is signed but no event is malformed", async () => {
    for (const payload of ["{", "[]", "null", '{"id":"evt_1","object":"event"}']) {
      expect(await parseStripeWebhook(payload, await sign(payload), SECRET)).toMatchObject({
        ok: false,
        code: "malformed",
      });
    }
  });
});

describe("the facts of an event", () => {
  const facts = async (event: Record<string, unknown>): Promise<ReturnType<typeof invoiceFactsOf>> => {
    const payload = JSON.stringify(event);
    const parsed = await parseStripeWebhook(payload, await sign(payload), SECRET);
    if (!parsed.ok) throw new Error(parsed.detail);
    return invoiceFactsOf(parsed.event);
  };

  test("are its invoice's, in our units and times", async () => {
    expect(await facts(invoiceEvent("invoice.paid"))).toEqual({
      eventId: "evt_1",
      createdAt: "2026-03-04T12:00:00.000Z",
      stripeInvoiceId: "in_1",
      billhookInvoiceId: "a",
      customerId: "cus_1",
      status: "paid",
      currency: "JPY",
      totalMinor: 15_000,
      amountPaidMinor: 15_000,
      paidAt: "2026-03-04T11:59:59.000Z",
      hostedUrl: null,
    });
  });

  test("name no invoice of ours where Billhook did not make it", async () => {
    expect(await facts(invoiceEvent("invoice.paid", { metadata: {} }))).toMatchObject({
      billhookInvoiceId: null,
    });
  });

  test("are nothing for an event we have no use for", async () => {
    expect(await facts(invoiceEvent("invoice.upcoming"))).toBeNull();
    expect(await facts({ ...invoiceEvent("customer.created"), data: { object: { id: "cus_1" } } })).toBeNull();
  });
});
