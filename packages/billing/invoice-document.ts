/** What an invoice says, ready to be set: the PDF prints it and computes nothing. */

export interface InvoiceParty {
  name: string;
  /** Lines separated by line feeds. */
  address: string | null;
  email: string | null;
  taxId: string | null;
}

export interface InvoiceDocumentLine {
  description: string;
  /** A second, quieter paragraph. */
  detail: string | null;
  /** The ticket's key, as the client knows it. */
  ticket: string | null;
  /** `2026-03-31`; both or none, and the same where the work was done in a day. */
  startDate: string | null;
  endDate: string | null;
  /** Null for a fixed fee. */
  seconds: number | null;
  hourlyRateMinor: number | null;
  totalMinor: number;
}

export interface InvoiceDocumentTax {
  /** `VAT 19%`. */
  label: string;
  taxableMinor: number;
  taxMinor: number;
  /** Why nothing is charged, or what else the law wants said. */
  note: string | null;
}

export interface InvoiceDocument {
  biller: InvoiceParty & {
    /** Lines separated by line feeds: where to pay. */
    bankDetails: string | null;
  };
  client: InvoiceParty & { contactName: string | null };
  kind: "invoice" | "credit_note";
  /** The number of the invoice that a credit note corrects. */
  corrects: string | null;
  /** Null for a draft, which is marked as one. */
  number: string | null;
  /** `2026-03-31`. */
  issueDate: string;
  dueDate: string | null;
  /** ISO 4217. */
  currency: string;
  /** BCP 47: the client's, for amounts and dates. */
  locale: string;
  /** `2 h 15 m` or `2.25 h`. */
  timeDisplay: "hm" | "decimal";
  lines: InvoiceDocumentLine[];
  /** The sum of the lines. */
  linesMinor: number;
  subtotalMinor: number;
  taxMinor: number;
  /** What is taken off the sum of the lines; 0 for nothing. */
  discountMinor: number;
  taxes: InvoiceDocumentTax[];
  totalMinor: number;
  notes: string | null;
}
