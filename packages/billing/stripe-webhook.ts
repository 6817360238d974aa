import Stripe from "stripe";
import * as z from "zod";
import { type InvoiceFacts, isInvoiceObject, readInvoiceFacts } from "./stripe-facts.ts";

/** Those after which an invoice may be in another state than before. */
export const usedEvents = [
  "invoice.created",
  "invoice.finalized",
  "invoice.marked_uncollectible",
  "invoice.overdue",
  "invoice.overpaid",
  "invoice.paid",
  "invoice.payment_action_required",
  "invoice.payment_failed",
  "invoice.payment_succeeded",
  "invoice.sent",
  "invoice.updated",
  "invoice.voided",
] as const satisfies Stripe.WebhookEndpointCreateParams.EnabledEvent[];
const usedTypes = new Set<string>(usedEvents);

/** Those that name no invoice and are about the money of one: Stripe is asked which, and how it stands by now. */
export const lookedUpEvents = [
  "payment_intent.payment_failed",
  "payment_intent.processing",
  "refund.created",
  "refund.failed",
  "refund.updated",
] as const satisfies Stripe.WebhookEndpointCreateParams.EnabledEvent[];

const eventSchema = z.object({
  id: z.string(),
  object: z.literal("event"),
  type: z.string(),
  created: z.int(),
  livemode: z.boolean().optional(),
  /** Of a connected account, where the endpoint is a platform's. */
  account: z.string().optional(),
  data: z.object({ object: z.unknown() }),
});

export type StripeEvent = z.infer<typeof eventSchema>;
export type ParsedWebhook =
  | { ok: true; event: StripeEvent }
  | { ok: false; code: "bad_signature" | "malformed"; detail: string };

/**
 * Verifies the raw body against `Stripe-Signature` (HMAC-SHA256, at most five minutes old) and reads the event. The
 * signature comes first: a body that isn't Stripe's is never parsed.
 */
export async function parseStripeWebhook(
  rawBody: Uint8Array | string,
  signatureHeader: string | null,
  secret: string,
): Promise<ParsedWebhook> {
  if (signatureHeader === null) return { ok: false, code: "bad_signature", detail: "no Stripe-Signature header" };
  const body = typeof rawBody === "string" ? rawBody : new TextDecoder().decode(rawBody);
  let event: unknown;
  try {
    event = await Stripe.webhooks.constructEventAsync(
      body,
      signatureHeader,
      secret,
      undefined,
      Stripe.createSubtleCryptoProvider(),
    );
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    // The package throws its own error for a wrong signature and a plain one for an empty `v1=`: both are refused.
    return {
      ok: false,
      code: error instanceof SyntaxError ? "malformed" : "bad_signature",
      detail,
    };
  }
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) return { ok: false, code: "malformed", detail: z.prettifyError(parsed.error) };
  return { ok: true, event: parsed.data };
}

export interface InvoiceEventFacts extends InvoiceFacts {
  /** Unique: the same event may arrive more than once. */
  eventId: string;
  /** ISO 8601 in UTC, whole seconds: an older event may arrive after a newer one, and must not undo it. */
  createdAt: string;
}

/** What an event says of an invoice, as it was when the event was made; null for an event we have no use for. */
export function invoiceFactsOf(event: StripeEvent): InvoiceEventFacts | null {
  if (!usedTypes.has(event.type) || !isInvoiceObject(event.data.object)) return null;
  return {
    eventId: event.id,
    createdAt: new Date(event.created * 1000).toISOString(),
    ...readInvoiceFacts(event.data.object),
  };
}
