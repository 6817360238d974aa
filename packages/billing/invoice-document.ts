/** What an invoice says, ready to be set: the PDF prints it and computes nothing. */

export interface InvoiceParty {
  name: string;
  /** Lines separated by line feeds. */
  address: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  email: string | null;
  taxId: string | null;
}

/** Where to pay. */
export interface InvoiceAccount {
  /** Null: the biller's own name. */
  holder: string | null;
  /** In capitals, without spaces. */
  iban: string | null;
  bic: string | null;
  bankName: string | null;
}

/** A picture, `data:image/png;base64,…`, and its size in pixels. */
export interface InvoiceLogo {
  dataUrl: string;
  width: number;
  height: number;
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
  /** Of what is not time: thousandths of a piece, and the price of one. */
  quantityThousandths: number | null;
  unitPriceMinor: number | null;
  /** What the line's own discount took off; 0 for none. */
  discountMinor: number;
  totalMinor: number;
}

/** What was done, for the appendix. */
export interface InvoiceEvidenceEntry {
  /** `2026-03-31`. */
  date: string;
  description: string;
  seconds: number;
  ticket: string | null;
  commits: { hash: string; subject: string; repository: string | null }[];
  /** How many commits more there are. */
  commitsLeftOut: number;
}

export interface InvoiceEvidenceLine {
  description: string;
  seconds: number | null;
  entries: InvoiceEvidenceEntry[];
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
    account: InvoiceAccount;
    /** Lines separated by line feeds: what else there is to say about where to pay. */
    bankDetails: string | null;
    paymentCode: "automatic" | "epc" | "swiss" | "none";
    /** `#1f5f5b`. */
    accentColor: string;
    logo: InvoiceLogo | null;
  };
  client: InvoiceParty & { contactName: string | null };
  kind: "invoice" | "credit_note";
  /** What is written across every page. */
  mark: "draft" | "void" | "test" | null;
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
  /** By day, of an invoice that somebody paid something of; below zero it went back. */
  payments: { date: string; amountMinor: number }[];
  creditedMinor: number;
  /** What is left to pay; of a credit note, what it comes to. */
  dueMinor: number;
  notes: string | null;
  /** By line; null for no appendix. */
  evidence: { lines: InvoiceEvidenceLine[]; entriesLeftOut: number } | null;
}
