/** The addresses at which clients see their invoices without signing in. */
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { InvoiceEvidence, InvoiceWithParties } from "./invoices.ts";

export interface InvoiceLinkChanges {
  /** With the entries, tickets and commits of each line. */
  show_evidence?: boolean;
  /** Tickets and commits lead to their hosts. */
  link_sources?: boolean;
  /** `YYYY-MM-DD`, the last day it opens, in the client's zone; null: it does not expire. */
  expires_on?: string | null;
}

export interface NewInvoiceLink {
  /** Made by the caller: what the ciphertext is bound to. */
  id: string;
  /** SHA-256, in hexadecimal. */
  tokenHash: string;
  ciphertext: string;
}

/** Answers the id of the invoice's live link: the new one's, or that of the one it has. */
export const createInvoiceLink = (
  db: BillhookClient,
  invoiceId: string,
  link: NewInvoiceLink,
  options: InvoiceLinkChanges,
) =>
  settle(
    db.rpc("create_invoice_link", {
      p_invoice_id: invoiceId,
      p_id: link.id,
      p_token_hash: link.tokenHash,
      p_ciphertext: link.ciphertext,
      p_options: { ...options },
    }),
  );

export const changeInvoiceLink = (db: BillhookClient, linkId: string, changes: InvoiceLinkChanges) =>
  settleVoid(db.rpc("change_invoice_link", { p_link_id: linkId, p_changes: { ...changes } }));

/** Not taken back: the token is forgotten. */
export const revokeInvoiceLink = (db: BillhookClient, linkId: string) =>
  settleVoid(db.rpc("revoke_invoice_link", { p_link_id: linkId }));

/** Service role: the encrypted token of an invoice's live link; `not_found` where it has none. */
export async function readInvoiceLinkSecret(
  db: BillhookClient,
  invoiceId: string,
): Promise<DatabaseResult<{ link_id: string; ciphertext: string }>> {
  const result = await settle(db.rpc("invoice_link_secret", { p_invoice_id: invoiceId }));
  return result.ok ? { ok: true, value: result.value as unknown as { link_id: string; ciphertext: string } } : result;
}

/** What a link opens. */
export interface LinkedInvoice {
  document: InvoiceWithParties;
  link_sources: boolean;
}

export interface LinkedInvoicePage extends LinkedInvoice {
  /** Open, and the due date has passed in the client's zone. */
  overdue: boolean;
  credit_notes: { number: string; issue_date: string; total_minor: number }[];
  /** Null where the workspace does not show it. */
  evidence: InvoiceEvidence | null;
}

/** Service role: the invoice behind a token; `not_found` where it is unknown, revoked or expired. */
export async function readLinkedInvoice(db: BillhookClient, tokenHash: string): Promise<DatabaseResult<LinkedInvoice>> {
  const result = await settle(db.rpc("open_invoice_link", { p_token_hash: tokenHash, p_whole: false }));
  return result.ok ? { ok: true, value: result.value as unknown as LinkedInvoice } : result;
}

/** As `readLinkedInvoice`, with all that the page shows. `counts`: somebody looked, once in ten minutes. */
export async function openInvoiceLink(
  db: BillhookClient,
  tokenHash: string,
  counts: boolean,
): Promise<DatabaseResult<LinkedInvoicePage>> {
  const result = await settle(db.rpc("open_invoice_link", { p_token_hash: tokenHash, p_counts: counts }));
  return result.ok ? { ok: true, value: result.value as unknown as LinkedInvoicePage } : result;
}
