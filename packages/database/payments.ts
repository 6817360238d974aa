import { type BillhookClient, settle, settleVoid } from "./client.ts";

export interface NewPayment {
  /** From the page, so that asking twice is the same as once. */
  id: string;
  /** Minor units of the invoice's currency; below zero: money that went back. */
  amount_minor: number;
  /** `YYYY-MM-DD`. */
  paid_on: string;
  method?: string;
  note?: string;
}

export const recordPayment = (db: BillhookClient, invoiceId: string, payment: NewPayment) =>
  settle(db.rpc("record_payment", { p_invoice_id: invoiceId, p_payment: { ...payment } }));

/** Takes back one that was booked by mistake; what Stripe received is not changed here. */
export const removePayment = (db: BillhookClient, paymentId: string) =>
  settleVoid(db.rpc("remove_payment", { p_payment_id: paymentId }));

export const writeOffInvoice = (db: BillhookClient, invoiceId: string) =>
  settleVoid(db.rpc("write_off_invoice", { p_invoice_id: invoiceId }));

/** Lines, or an amount with its tax; neither: what is left of the invoice. */
export interface Credit {
  /** Of the credit note; from the page, so that asking twice is the same as once. */
  id: string;
  line_ids?: string[];
  amount_minor?: number;
  reason?: string;
  /** Makes the work of the lines billable again. */
  release?: boolean;
}

/** Answers the id of the credit note, which has its number. */
export const creditInvoice = (db: BillhookClient, invoiceId: string, credit: Credit) =>
  settle(db.rpc("credit_invoice", { p_invoice_id: invoiceId, p_credit: { ...credit } }));

/** The same, and what Stripe received of it goes back by Stripe. */
export const creditAndRefund = (db: BillhookClient, invoiceId: string, credit: Credit) =>
  settle(db.rpc("credit_and_refund", { p_invoice_id: invoiceId, p_credit: { ...credit } }));

/** A new draft with the fees and expenses of an invoice; answers its id. */
export const duplicateInvoice = (db: BillhookClient, invoiceId: string) =>
  settle(db.rpc("duplicate_invoice", { p_invoice_id: invoiceId }));
