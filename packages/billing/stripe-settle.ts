import type Stripe from "stripe";
import { issueCredit } from "./stripe-credit.ts";
import type { StripeInvoiceInput, StripePaymentInput } from "./stripe-invoice.ts";
import { noonOf } from "./stripe-invoice.ts";
import { amountFor, fromStripeAmount } from "./stripe-money.ts";
import { postOnce } from "./stripe-post.ts";

const PAYMENT_ID = "billhook_payment_id";

/** How far Stripe was told of a payment that came by another way. */
export interface PaymentProgress {
  id: string;
  recordId: string | null;
  /** What of it counts towards Stripe's `amount_paid`, our minor units: kept before it takes effect. */
  toldMinor: number;
  done: boolean;
}

export interface SettlingStore {
  savePayment: (progress: PaymentProgress) => Promise<void>;
  saveCredit: (id: string, stripeCreditNoteId: string) => Promise<void>;
}

/**
 * Tells Stripe what happened to a finalised invoice here: money that came by another way, credit notes, and that it was
 * written off, so that the client is asked for what is still owed. Each is looked for before it is made. Returns the
 * invoice as it is then.
 */
export async function settleInvoice(
  client: Stripe,
  invoice: StripeInvoiceInput,
  finalised: Stripe.Invoice,
  store: SettlingStore,
): Promise<Stripe.Invoice> {
  let current = finalised;
  for (const payment of invoice.payments) current = await tellPayment(client, invoice, payment, current, store);
  for (const credit of invoice.credits) {
    const noteId = await issueCredit(client, invoice, credit, current.id);
    await store.saveCredit(credit.id, noteId);
    current = await client.invoices.retrieve(current.id);
  }
  if (invoice.writtenOff && current.status === "open") {
    current = await postOnce<Stripe.Invoice>(
      `stripe-invoice:${current.id}:uncollectible`,
      (options) => client.invoices.markUncollectible(current.id, {}, options),
      async () => {
        const now = await client.invoices.retrieve(current.id);
        return now.status === "open" ? null : now;
      },
    );
  }
  return current;
}

/**
 * Reports a payment and attaches it to the invoice. More than what remains to be paid is not told: Stripe would keep it as
 * credit for the next invoice, which is not what was agreed here. Of an invoice that is paid there, nothing is.
 */
async function tellPayment(
  client: Stripe,
  invoice: StripeInvoiceInput,
  payment: StripePaymentInput,
  current: Stripe.Invoice,
  store: SettlingStore,
): Promise<Stripe.Invoice> {
  const attached = await findAttached(client, current.id, payment.id);
  if (attached !== null) {
    const toldMinor = fromStripeAmount(attached.amount_paid ?? 0, attached.currency);
    await store.savePayment({ id: payment.id, recordId: recordOf(attached), toldMinor, done: true });
    return await client.invoices.retrieve(current.id);
  }
  const open = current.status === "open" || current.status === "uncollectible";
  const remaining = open ? fromStripeAmount(current.amount_remaining, current.currency) : 0;
  const minor = Math.min(payment.amountMinor, remaining);
  if (minor === 0) {
    await store.savePayment({ id: payment.id, recordId: payment.recordId, toldMinor: 0, done: true });
    return current;
  }
  const recordId = await report(client, invoice, payment, amountFor(minor, invoice.currency));
  await store.savePayment({ id: payment.id, recordId, toldMinor: minor, done: false });
  const after = await postOnce<Stripe.Invoice>(
    `stripe-invoice:${current.id}:attach:${recordId}`,
    (options) => client.invoices.attachPayment(current.id, { payment_record: recordId }, options),
    async () =>
      (await findAttached(client, current.id, payment.id)) === null ? null : await client.invoices.retrieve(current.id),
  );
  await store.savePayment({ id: payment.id, recordId, toldMinor: minor, done: true });
  return after;
}

/** A report alone changes no invoice. Its key has the amount, which another attempt may find to be less. */
async function report(
  client: Stripe,
  invoice: StripeInvoiceInput,
  payment: StripePaymentInput,
  value: number,
): Promise<string> {
  const at = Math.min(noonOf(payment.paidOn), Math.floor(Date.now() / 1000 / 86_400) * 86_400);
  const params: Stripe.PaymentRecordReportPaymentParams = {
    amount_requested: { currency: invoice.currency.toLowerCase(), value },
    description: invoice.number,
    initiated_at: at,
    outcome: "guaranteed",
    guaranteed: { guaranteed_at: at },
    payment_method_details: { type: "custom", custom: { display_name: payment.method ?? "Paid directly" } },
    metadata: { [PAYMENT_ID]: payment.id, billhook_invoice_id: invoice.id },
  };
  const made = await postOnce<{ id: string }>(
    `payment:${payment.id}:${value}`,
    (options) => client.paymentRecords.reportPayment(params, options),
    () => Promise.resolve(null),
  );
  return made.id;
}

async function findAttached(
  client: Stripe,
  stripeInvoiceId: string,
  paymentId: string,
): Promise<Stripe.InvoicePayment | null> {
  for await (const each of client.invoicePayments.list({ invoice: stripeInvoiceId, limit: 100 })) {
    const recordId = recordOf(each);
    if (recordId === null) continue;
    const record = await client.paymentRecords.retrieve(recordId);
    if (record.metadata[PAYMENT_ID] === paymentId) return each;
  }
  return null;
}

function recordOf(payment: Stripe.InvoicePayment): string | null {
  const { payment_record: record } = payment.payment;
  return typeof record === "string" ? record : (record?.id ?? null);
}
