/** What a client's page shows, from what the link opened: the document is the one that the PDF prints. */
import type { InvoiceDocument, InvoiceLogo } from "@billhook/billing/invoice-document";
import type { LinkedInvoicePage } from "@billhook/database/invoice-links";
import type { InvoiceEvidence } from "@billhook/database/invoices";
import { documentOf } from "../documents/invoice-document.ts";

/** What the client is told first; `issued` is a credit note. */
export type PageState = "open" | "overdue" | "paid" | "settled" | "void" | "issued";

export type EvidenceEntry = InvoiceEvidence["lines"][number]["entries"][number];

export interface LineEvidence {
  entries: EvidenceEntry[];
  /** What they come to where the line rounds that; null where it does not. */
  roundedFrom: number | null;
}

export interface InvoicePage {
  invoice: InvoiceDocument;
  state: PageState;
  isTest: boolean;
  creditNotes: { number: string; issueDate: string; totalMinor: number }[];
  /** Still to be paid, in minor units. */
  balanceMinor: number;
  /** Stripe's page, where the invoice can be paid there. */
  payUrl: string | null;
  /** By line, in their order; null where the workspace does not show it. */
  evidence: LineEvidence[] | null;
  /** Entries that there was no room for. */
  entriesLeftOut: number;
}

export function invoicePageOf(opened: LinkedInvoicePage, now: Date, logo: InvoiceLogo | null = null): InvoicePage {
  const { document, evidence, credit_notes: creditNotes } = opened;
  const { invoice, lines } = document;
  const shown = documentOf(document, now, logo);
  const owed = (invoice.status === "open" || invoice.status === "uncollectible") && shown.dueMinor > 0;
  const payable = owed && !invoice.is_test && invoice.stripe_status !== null && invoice.stripe_status !== "void";
  const address = (url: string | null): string | null => (opened.link_sources ? webAddress(url) : null);
  return {
    invoice: shown,
    state: stateOf(opened),
    isTest: invoice.is_test,
    creditNotes: creditNotes.map((note) => ({
      number: note.number,
      issueDate: note.issue_date,
      totalMinor: note.total_minor,
    })),
    balanceMinor: owed ? shown.dueMinor : 0,
    payUrl: payable ? webAddress(invoice.stripe_hosted_url) : null,
    evidence:
      evidence &&
      lines.map((line) => ({
        entries: entriesOf(evidence, line.id).map((entry) => linkEntry(entry, address)),
        roundedFrom: line.entry_seconds === line.seconds ? null : line.entry_seconds,
      })),
    entriesLeftOut: evidence === null ? 0 : evidence.entries - evidence.lines.flatMap(({ entries }) => entries).length,
  };
}

const entriesOf = ({ lines }: InvoiceEvidence, lineId: string): EvidenceEntry[] =>
  lines.find(({ line_id: id }) => id === lineId)?.entries ?? [];

const linkEntry = (entry: EvidenceEntry, address: (url: string | null) => string | null): EvidenceEntry => ({
  ...entry,
  ticket_url: address(entry.ticket_url),
  commits: entry.commits.map((commit) => ({ ...commit, url: address(commit.url) })),
});

/** That its money was given up is the workspace's own affair: to the client such an invoice is open. */
function stateOf({ document: { invoice }, overdue }: LinkedInvoicePage): PageState {
  if (invoice.kind === "credit_note") return "issued";
  if (invoice.status === "void") return "void";
  if (invoice.status === "paid") return invoice.amount_paid_minor > 0 ? "paid" : "settled";
  return overdue ? "overdue" : "open";
}

/** An address a click may lead to: of the web, and nothing that runs. */
export function webAddress(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
}
