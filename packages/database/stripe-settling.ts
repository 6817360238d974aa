/** What Stripe is told of an invoice, and what it tells of the invoice's money. */
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { Database } from "./types.generated.ts";

type Tables = Database["public"]["Tables"];

export interface StripeDocumentLine extends Omit<Tables["invoice_lines"]["Row"], "tax"> {
  tax: { category: string; percent: number } | null;
}

export interface StripeDocument {
  invoice: Tables["invoices"]["Row"];
  client: Tables["clients"]["Row"];
  workspace: Tables["workspaces"]["Row"];
  /** By position. */
  lines: StripeDocumentLine[];
  /** Those that Stripe has not been told of, oldest first. */
  payments: Tables["invoice_payments"]["Row"][];
  credits: (Tables["invoices"]["Row"] & { lines: StripeDocumentLine[] })[];
}

export async function readStripeDocument(
  db: BillhookClient,
  invoiceId: string,
): Promise<DatabaseResult<StripeDocument>> {
  const result = await settle(db.rpc("stripe_document", { p_invoice_id: invoiceId }));
  return result.ok ? { ok: true, value: result.value as unknown as StripeDocument } : result;
}

/** Service role, as all that follows. `minor` is kept before Stripe counts it. */
export const saveStripePayment = (
  db: BillhookClient,
  paymentId: string,
  progress: { record_id: string | null; minor: number; done: boolean },
) => settleVoid(db.rpc("save_stripe_payment", { p_payment_id: paymentId, p_progress: progress }));

export const saveStripeCredit = (db: BillhookClient, creditNoteId: string, stripeCreditNoteId: string) =>
  settleVoid(
    db.rpc("save_stripe_credit", { p_credit_note_id: creditNoteId, p_stripe_credit_note_id: stripeCreditNoteId }),
  );

/** Where the payment of an open invoice stands; `accountId` null: in the installation's account. */
export const savePaymentState = (
  db: BillhookClient,
  stripeInvoiceId: string,
  state: string | null,
  accountId: string | null,
) =>
  settleVoid(
    db.rpc("save_payment_state", {
      p_stripe_invoice_id: stripeInvoiceId,
      // The generated types know of no null where there is no default.
      p_state: state as string,
      p_account_id: accountId,
    }),
  );

export interface RefundFacts {
  accountId: string | null;
  eventId: string;
  type: string;
  /** ISO 8601 instant at which Stripe made the event. */
  createdAt: string;
  stripeInvoiceId: string;
  refundId: string;
  /** Minor units. */
  amountMinor: number;
  succeeded: boolean;
}

/** Books a refund once. Answers applied or unrelated. */
export const applyStripeRefund = (db: BillhookClient, refund: RefundFacts) =>
  settle(
    db.rpc("apply_stripe_refund", {
      p_event_id: refund.eventId,
      p_event_type: refund.type,
      p_event_at: refund.createdAt,
      p_stripe_invoice_id: refund.stripeInvoiceId,
      p_refund_id: refund.refundId,
      p_amount_minor: refund.amountMinor,
      p_succeeded: refund.succeeded,
      p_account_id: refund.accountId,
    }),
  );

/** Invoices of which Stripe has not heard everything; nobody else is given them for a quarter of an hour. */
export const claimStripeSettling = (db: BillhookClient, limit: number) =>
  settle(db.rpc("claim_stripe_settling", { p_limit: limit }));
