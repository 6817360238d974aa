import Stripe from "stripe";
import { type StripeFailure, failStripe } from "./stripe-failure.ts";
import { digestParams, postOnce } from "./stripe-post.ts";

/** Where a payment at Stripe stands that is neither made nor missing. */
export type PaymentState = "processing" | "declined" | "action_required";

export interface SavedMethod {
  id: string;
  /** Stripe's type: `card`, `sepa_debit`, … */
  type: string;
  brand: string | null;
  last4: string | null;
}

/** What a customer's invoices are charged to by default; null where nothing is on file. */
export async function findSavedMethod(client: Stripe, customerId: string): Promise<SavedMethod | null> {
  const customer = await client.customers.retrieve(customerId, {
    expand: ["invoice_settings.default_payment_method"],
  });
  const method = customer.deleted === true ? null : customer.invoice_settings.default_payment_method;
  if (method === null || typeof method === "string") return null;
  const details = method.card ?? method.sepa_debit ?? method.us_bank_account;
  return { id: method.id, type: method.type, brand: method.card?.brand ?? null, last4: details?.last4 ?? null };
}

export interface StandingInvoice {
  invoice: Stripe.Invoice;
  intent: Stripe.PaymentIntent | null;
}

/** An invoice with its own payment: Stripe makes one when it finalises it, which can succeed once. */
export async function retrieveWithPayment(client: Stripe, stripeInvoiceId: string): Promise<StandingInvoice> {
  const invoice = await client.invoices.retrieve(stripeInvoiceId, {
    expand: ["payments.data.payment.payment_intent"],
  });
  const own = invoice.payments?.data.find((payment) => payment.is_default)?.payment.payment_intent ?? null;
  return { invoice, intent: typeof own === "string" ? null : own };
}

/** Null where nothing is under way: not tried yet, or paid. */
export function paymentStateOf({ invoice, intent }: StandingInvoice): PaymentState | null {
  if (invoice.status === "paid" || intent === null) return null;
  if (intent.status === "processing") return "processing";
  if (intent.status === "requires_action") return "action_required";
  return intent.last_payment_error === null ? null : "declined";
}

/**
 * Charges an open invoice to what the customer has on file. Where the payment is already under way, or made, nothing is
 * charged. A further attempt after a decline has a key of its own, made of the charge that was declined: asked twice for
 * the same attempt, Stripe makes one.
 */
export async function chargeInvoice(
  client: Stripe,
  stripeInvoiceId: string,
  customerId: string,
): Promise<{ ok: true; invoice: Stripe.Invoice } | (StripeFailure & { payment: PaymentState | null })> {
  const standing = await retrieveWithPayment(client, stripeInvoiceId);
  const { invoice, intent } = standing;
  if (invoice.status !== "open" || intent?.status === "processing") return { ok: true, invoice };
  const method = await findSavedMethod(client, customerId);
  if (method === null) {
    const message = "The client has no card on file at Stripe. Send the invoice instead.";
    return { ...failStripe("card_missing", message), payment: null };
  }
  const charge = intent?.latest_charge ?? null;
  const attempt = await digestParams({
    method: method.id,
    amount: invoice.amount_remaining,
    after: typeof charge === "string" ? charge : charge?.id,
  });
  try {
    const charged = await postOnce<Stripe.Invoice>(
      `stripe-invoice:${stripeInvoiceId}:pay:${attempt}`,
      (options) => client.invoices.pay(stripeInvoiceId, { payment_method: method.id }, options),
      async () => {
        const now = await retrieveWithPayment(client, stripeInvoiceId);
        return now.invoice.status === "paid" || now.intent?.status === "processing" ? now.invoice : null;
      },
    );
    return { ok: true, invoice: charged };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeCardError)) throw error;
    const detail = [error.code, error.decline_code, error.requestId, error.message].join(" · ");
    const now = paymentStateOf(await retrieveWithPayment(client, stripeInvoiceId));
    if (now === "action_required" || error.code === "authentication_required") {
      const message = "The bank wants the client to confirm the payment. Send them the payment page.";
      return { ...failStripe("payment_action_required", message, { detail }), payment: "action_required" };
    }
    const message = "The card was declined. Ask the client for another one, or send the invoice.";
    return { ...failStripe("card_declined", message, { detail }), payment: "declined" };
  }
}
