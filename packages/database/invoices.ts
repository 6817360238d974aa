import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { Database, Json } from "./types.generated.ts";

/** An invoice draft from approved drafts of one client and currency; asked twice, it answers the same invoice's id. */
export const createInvoice = (db: BillhookClient, clientId: string, draftIds: string[]) =>
  settle(db.rpc("create_invoice", { p_client_id: clientId, p_draft_ids: draftIds }));

export const addToInvoice = (db: BillhookClient, invoiceId: string, draftIds: string[]) =>
  settle(db.rpc("add_to_invoice", { p_invoice_id: invoiceId, p_draft_ids: draftIds }));

export const removeFromInvoice = (db: BillhookClient, lineIds: string[]) =>
  settle(db.rpc("remove_from_invoice", { p_line_ids: lineIds }));

export interface InvoiceLineChanges {
  description?: string;
  /** A second, quieter paragraph. */
  detail?: string | null;
  /** At most one of the two; either takes the other's place. Per cent, with three decimals at most, or minor units. */
  discount_percent?: number | null;
  discount_minor?: number | null;
  /** Null: no tax is spoken of. */
  tax_rate_id?: string | null;
  /** The following of a fee or an expense only. */
  kind?: "fee" | "expense";
  quantity_thousandths?: number;
  unit_price_minor?: number;
}

export const updateInvoiceLine = (db: BillhookClient, lineId: string, changes: InvoiceLineChanges) =>
  settle(db.rpc("update_invoice_line", { p_line_id: lineId, p_changes: { ...changes } }));

/** Adds a fee or an expense; answers the line's id. */
export const addInvoiceLine = (
  db: BillhookClient,
  invoiceId: string,
  line: InvoiceLineChanges & { description: string },
) => settle(db.rpc("add_invoice_line", { p_invoice_id: invoiceId, p_line: { ...line } }));

/** All lines of the draft, in the order they are to have. */
export const orderInvoiceLines = (db: BillhookClient, invoiceId: string, lineIds: string[]) =>
  settle(db.rpc("order_invoice_lines", { p_invoice_id: invoiceId, p_line_ids: lineIds }));

export interface InvoiceChanges {
  /** `YYYY-MM-DD`; null: the day it is finalised, in the workspace's zone. */
  issue_date?: string | null;
  payment_terms_days?: number;
  notes?: string | null;
  /** At most one of the two; either takes the other's place. */
  discount_percent?: number | null;
  discount_minor?: number | null;
  prices_include_tax?: boolean;
  tax_rounding?: "total" | "line";
  /** The PDF shows the entries, tickets and commits behind the lines. */
  evidence_appendix?: boolean;
}

export const updateInvoice = (db: BillhookClient, invoiceId: string, changes: InvoiceChanges) =>
  settle(db.rpc("update_invoice", { p_invoice_id: invoiceId, p_changes: { ...changes } }));

/** Discards an invoice draft; its drafts stay approved. */
export const deleteInvoice = (db: BillhookClient, invoiceId: string) =>
  settleVoid(db.rpc("delete_invoice", { p_invoice_id: invoiceId }));

/** How many lines stayed away, as their work is elsewhere by now. */
export interface Restored {
  invoice_id: string;
  left_out: number;
}

/** Brings back a draft that was discarded in the last seven days, as it was. */
export async function restoreInvoice(db: BillhookClient, invoiceId: string): Promise<DatabaseResult<Restored>> {
  const result = await settle(db.rpc("restore_invoice", { p_invoice_id: invoiceId }));
  return result.ok ? { ok: true, value: result.value as unknown as Restored } : result;
}

/** Puts lines that were taken off an invoice draft together back in their places. */
export async function restoreInvoiceLines(db: BillhookClient, lineIds: string[]): Promise<DatabaseResult<Restored>> {
  const result = await settle(db.rpc("restore_invoice_lines", { p_line_ids: lineIds }));
  return result.ok ? { ok: true, value: result.value as unknown as Restored } : result;
}

/** Answers the invoice's number; asked twice, the same one. */
export const finaliseInvoice = (db: BillhookClient, invoiceId: string) =>
  settle(db.rpc("finalise_invoice", { p_invoice_id: invoiceId }));

/** Everything on the invoice is unbilled again. Where Stripe has the invoice, ask the Worker instead. */
export const voidInvoice = (db: BillhookClient, invoiceId: string) =>
  settleVoid(db.rpc("void_invoice", { p_invoice_id: invoiceId }));

type Tables = Database["public"]["Tables"];

/** What was done for an invoice's lines: a thousand entries and a thousand commits at most. */
export interface InvoiceEvidence {
  /** How many entries there are. */
  entries: number;
  lines: {
    line_id: string;
    entries: {
      /** `YYYY-MM-DD`. */
      date: string;
      description: string;
      seconds: number;
      ticket_key: string | null;
      ticket_title: string | null;
      ticket_url: string | null;
      commits: { hash: string; subject: string; repository: string | null; url: string | null }[];
      commits_left_out: number;
    }[];
  }[];
}

/** All that the PDF and the payment provider show of an invoice. */
export interface InvoiceWithParties {
  invoice: Tables["invoices"]["Row"];
  client: Tables["clients"]["Row"];
  workspace: Tables["workspaces"]["Row"];
  /** By position. */
  lines: Tables["invoice_lines"]["Row"][];
  /** The number of the invoice that a credit note corrects. */
  corrects: string | null;
  /** By day; below zero it went back. */
  payments: { amount_minor: number; paid_on: string }[];
  /** Null where it is not shown. */
  evidence: InvoiceEvidence | null;
}

export async function readInvoice(db: BillhookClient, invoiceId: string): Promise<DatabaseResult<InvoiceWithParties>> {
  const result = await settle(db.rpc("invoice_document", { p_invoice_id: invoiceId }));
  return result.ok ? { ok: true, value: result.value as unknown as InvoiceWithParties } : result;
}

/** Is the person a manager of the invoice's workspace, and the invoice in one of these states? */
export const checkInvoiceManager = (db: BillhookClient, invoiceId: string, statuses: string[]) =>
  settleVoid(db.rpc("check_invoice_manager", { p_invoice_id: invoiceId, p_statuses: statuses }));

export interface StripeProgress {
  /** The row of the account that the invoice is in from now on. */
  account_id?: string;
  customer_id?: string;
  invoice_id?: string;
  hosted_url?: string;
  status?: string;
  /** ISO 8601 instant. */
  sent_at?: string;
  /** For people; absent clears it. */
  error?: string;
}

/** Service role: what Stripe has made so far, after each step. */
export const saveStripeProgress = (db: BillhookClient, invoiceId: string, progress: StripeProgress) =>
  settleVoid(db.rpc("save_stripe_progress", { p_invoice_id: invoiceId, p_progress: { ...progress } }));

/** Service role. */
export const saveInvoicePdf = (db: BillhookClient, invoiceId: string, key: string) =>
  settleVoid(db.rpc("save_invoice_pdf", { p_invoice_id: invoiceId, p_pdf_key: key }));

export interface StripeEventFacts {
  /** The row of the account that told of it; null: the installation's. */
  accountId: string | null;
  eventId: string;
  type: string;
  /** ISO 8601 instant at which Stripe made the event. */
  createdAt: string;
  stripeInvoiceId: string;
  billhookInvoiceId: string | null;
  status: string;
  /** Minor units. */
  amountPaidMinor: number | null;
  paidAt: string | null;
}

/** Service role: handles an event once. Answers applied, older, unrelated or mismatch. */
export const applyStripeEvent = (db: BillhookClient, event: StripeEventFacts) =>
  settle(
    db.rpc("apply_stripe_event", {
      p_event_id: event.eventId,
      p_event_type: event.type,
      p_event_at: event.createdAt,
      p_stripe_invoice_id: event.stripeInvoiceId,
      p_invoice_id: event.billhookInvoiceId,
      p_status: event.status,
      p_amount_paid_minor: event.amountPaidMinor,
      p_paid_at: event.paidAt,
      p_account_id: event.accountId,
    }),
  );

/** The parties as they were copied at finalisation. */
export interface Biller {
  name: string;
  address: string | null;
  email: string | null;
  tax_id: string | null;
  bank_details: string | null;
  locale: string;
  time_display: "hm" | "decimal";
  /** The following not on invoices of before there was a choice. */
  country?: string | null;
  account_holder?: string | null;
  iban?: string | null;
  bic?: string | null;
  bank_name?: string | null;
  payment_code?: string;
  /** `#1f5f5b`. */
  accent_color?: string;
  logo_id?: string | null;
}

export interface Recipient {
  name: string;
  contact_name: string | null;
  email: string | null;
  address: string | null;
  country: string | null;
  tax_id: string | null;
  locale: string;
}

/** The tax of one category and rate, as `private.refresh_invoice` keeps it in `invoices.taxes`. */
export interface InvoiceTax {
  name: string;
  category: string;
  percent: number;
  /** Why nothing is charged, or what else the law wants said. */
  note: string | null;
  taxable_minor: number;
  tax_minor: number;
}

export const taxesOf = (value: Json): InvoiceTax[] => value as unknown as InvoiceTax[];

export const billerOf = (value: Json): Biller => value as unknown as Biller;
export const recipientOf = (value: Json): Recipient => value as unknown as Recipient;
