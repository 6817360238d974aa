import type { Database } from "@billhook/database/types.generated";
import type { Tone } from "../../ui/badge.tsx";

type InvoiceColumns = Database["public"]["Tables"]["invoices"]["Row"];

/** A row of `invoice_list`. Amounts are minor units of `currency`. */
export interface InvoiceRow extends InvoiceColumns {
  client_name: string;
  client_locale: string;
  /** Open, and the due date has passed in the client's zone. */
  overdue: boolean;
  line_count: number;
}

export const invoiceStates = ["draft", "open", "overdue", "paid", "void", "uncollectible"] as const;
export type InvoiceState = (typeof invoiceStates)[number];

/** The state people see: overdue is an open invoice past its due date. */
export function stateOf(invoice: Pick<InvoiceRow, "status" | "overdue">): InvoiceState {
  if (invoice.status === "open" && invoice.overdue) return "overdue";
  return invoiceStates.find((state) => state === invoice.status) ?? "draft";
}

export const stateNames: Readonly<Record<InvoiceState, string>> = {
  draft: "Draft",
  open: "Open",
  overdue: "Overdue",
  paid: "Paid",
  void: "Void",
  uncollectible: "Uncollectible",
};

export const stateTones: Readonly<Record<InvoiceState, Tone>> = {
  draft: "neutral",
  open: "accent",
  overdue: "danger",
  paid: "ok",
  void: "neutral",
  uncollectible: "warn",
};

export const readState = (value: string | undefined): InvoiceState | null =>
  invoiceStates.find((state) => state === value) ?? null;

export const paymentStates = ["processing", "declined", "action_required"] as const;
/** Where a payment at Stripe stands that is neither made nor missing. */
export type PaymentState = (typeof paymentStates)[number];

export const paymentStateOf = (invoice: Pick<InvoiceRow, "status" | "stripe_payment_state">): PaymentState | null =>
  invoice.status === "open" ? (paymentStates.find((state) => state === invoice.stripe_payment_state) ?? null) : null;

/** What is still to be paid, in minor units. */
export const amountDue = (invoice: Pick<InvoiceRow, "total_minor" | "amount_paid_minor" | "credited_minor">): number =>
  Math.max(0, invoice.total_minor - invoice.amount_paid_minor - invoice.credited_minor);
