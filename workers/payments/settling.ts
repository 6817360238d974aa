/** Keeps an invoice at Stripe in step with what happens to it here. */
import { type PushStore, settleStripeInvoice } from "@billhook/billing/stripe";
import type { StripeFailure } from "@billhook/billing/stripe-failure";
import type { BillhookClient } from "@billhook/database/client";
import type { DatabaseResult } from "@billhook/database/errors";
import { saveStripeProgress } from "@billhook/database/invoices";
import { readStripeDocument, saveStripeCredit, saveStripePayment } from "@billhook/database/stripe-settling";
import { stripeInputOf } from "../documents/stripe-input.ts";
import type { Settings } from "../env.ts";
import { databaseProblem } from "../http/problem.ts";
import { log } from "../log.ts";
import { openStripeForInvoice, stripeProblem } from "./session.ts";

/** Keeps in the database what Stripe has reached, step by step; it throws where that cannot be kept, which stops the push. */
export function storeOf(db: BillhookClient, invoiceId: string, accountId: string): PushStore {
  const keep = async (saving: Promise<DatabaseResult<null>>): Promise<void> => {
    const saved = await saving;
    if (!saved.ok) throw new Error(`progress not saved: ${saved.error.cause}`);
  };
  return {
    checkpoint: ({ customerId, stripeInvoiceId, sentAt }) =>
      keep(
        saveStripeProgress(db, invoiceId, {
          account_id: accountId,
          ...(customerId === null ? {} : { customer_id: customerId }),
          ...(stripeInvoiceId === null ? {} : { invoice_id: stripeInvoiceId }),
          ...(sentAt === null ? {} : { sent_at: sentAt }),
        }),
      ),
    savePayment: ({ id, recordId, toldMinor, done }) =>
      keep(saveStripePayment(db, id, { record_id: recordId, minor: toldMinor, done })),
    saveCredit: (id, stripeCreditNoteId) => keep(saveStripeCredit(db, id, stripeCreditNoteId)),
  };
}

/**
 * Tells Stripe of the payments by other ways, the credit notes and the write-off of an invoice that is there already. Nothing
 * to tell is fine. Null once it is told, else the problem to answer.
 */
export async function settleAtStripe(
  settings: Settings,
  db: BillhookClient,
  invoiceId: string,
): Promise<Response | null> {
  const read = await readStripeDocument(db, invoiceId);
  if (!read.ok) return databaseProblem(read.error);
  const { invoice, payments, credits } = read.value;
  const atStripe = invoice.stripe_invoice_id;
  const writtenOff = invoice.status === "uncollectible" && invoice.stripe_status === "open";
  if (atStripe === null || (payments.length === 0 && credits.length === 0 && !writtenOff)) return null;
  const stripe = await openStripeForInvoice(settings, db, invoiceId);
  if (stripe instanceof Response) return stripe;
  const store = storeOf(db, invoiceId, stripe.account.id);
  const settled = await settleStripeInvoice(
    stripe.client,
    stripeInputOf(read.value, stripe.customerId),
    atStripe,
    store,
  );
  await stripe.heed(settled);
  if (!settled.ok) return await keepFailure(db, invoiceId, settled);
  const saved = await saveStripeProgress(db, invoiceId, { status: settled.status });
  return saved.ok ? null : databaseProblem(saved.error);
}

/** Logs what Stripe refused, keeps it on the invoice for people, and makes the answer of it. */
export async function keepFailure(db: BillhookClient, invoiceId: string, failure: StripeFailure): Promise<Response> {
  log("error", "invoice_not_told_to_stripe", { invoice: invoiceId, code: failure.code, detail: failure.detail });
  await saveStripeProgress(db, invoiceId, { error: failure.message });
  return stripeProblem(failure);
}
