import type Stripe from "stripe";
import * as z from "zod";
import { type PaymentState, paymentStateOf, retrieveWithPayment } from "./stripe-charge.ts";
import { type StripeFailure, failureOf } from "./stripe-failure.ts";
import { fromStripeAmount } from "./stripe-money.ts";
import { type StripeEvent, lookedUpEvents } from "./stripe-webhook.ts";

const refundSchema = z.object({ id: z.string(), object: z.literal("refund"), payment_intent: z.string().nullish() });
const intentSchema = z.object({ id: z.string(), object: z.literal("payment_intent") });

/** Whether an event names no invoice and is about the money of one. */
export const isLookedUp = ({ type }: StripeEvent): boolean => lookedUpEvents.some((each) => each === type);

export type LookedUp =
  | { ok: true; kind: "nothing" }
  | { ok: true; kind: "payment"; stripeInvoiceId: string; state: PaymentState | null }
  | {
      ok: true;
      kind: "refund";
      stripeInvoiceId: string;
      refundId: string;
      /** Our minor units. */
      amountMinor: number;
      /** False where the money came back to the account. */
      succeeded: boolean;
    };

/**
 * What an event says of the money of an invoice. It is read anew at Stripe, so that the order in which events arrive does
 * not matter.
 */
export async function lookUpEvent(client: Stripe, event: StripeEvent): Promise<LookedUp | StripeFailure> {
  const refund = refundSchema.safeParse(event.data.object);
  const intent = intentSchema.safeParse(event.data.object);
  const intentId = refund.success ? refund.data.payment_intent : intent.data?.id;
  if (intentId === undefined || intentId === null) return { ok: true, kind: "nothing" };
  try {
    const stripeInvoiceId = await findInvoiceOf(client, intentId);
    if (stripeInvoiceId === null) return { ok: true, kind: "nothing" };
    if (!refund.success) {
      const state = paymentStateOf(await retrieveWithPayment(client, stripeInvoiceId));
      return { ok: true, kind: "payment", stripeInvoiceId, state };
    }
    const now = await client.refunds.retrieve(refund.data.id);
    return {
      ok: true,
      kind: "refund",
      stripeInvoiceId,
      refundId: now.id,
      amountMinor: fromStripeAmount(now.amount, now.currency),
      succeeded: now.status !== "failed" && now.status !== "canceled",
    };
  } catch (error) {
    return failureOf(error);
  }
}

/** The invoice that a payment intent is for; null where it is for none. */
async function findInvoiceOf(client: Stripe, intentId: string): Promise<string | null> {
  const { data } = await client.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: intentId },
    limit: 1,
  });
  const invoice = data[0]?.invoice ?? null;
  return typeof invoice === "string" ? invoice : (invoice?.id ?? null);
}
