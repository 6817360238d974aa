import { type StripeFailure, failStripe } from "./stripe-failure.ts";
import { toStripeAmount } from "./stripe-money.ts";

/** docs.stripe.com/changelog/2016-02-22/no-more-than-250-invoice-items */
const MOST_LINES = 250;

export interface StripeClientInput {
  /** Ours. */
  id: string;
  name: string;
  email: string | null;
  /** ISO 3166-1 alpha-2; where a bank transfer's account is to be. */
  country: string | null;
  taxId: string | null;
}

export interface StripeTaxInput {
  /** As our invoice calls it. */
  name: string;
  category: string;
  /** 0 where nothing is charged. */
  percent: number;
}

/** Amounts are minor units, computed by our engine: Stripe is given them and computes nothing. */
interface TaxedAmounts {
  /** Without tax, after the line's part of every discount. */
  taxableMinor: number;
  taxMinor: number;
  /** Null: no tax is spoken of. */
  tax: StripeTaxInput | null;
}

export interface StripeLineInput extends TaxedAmounts {
  /** Ours, unique within the invoice. */
  id: string;
  description: string;
  /** Null for a fixed fee. */
  minutes: number | null;
  hourlyRateMinor: number | null;
  /** Thousandths of a piece, of a fee. */
  quantityThousandths: number | null;
  unitPriceMinor: number | null;
  /** What the line's own discount took off. */
  discountMinor: number;
  /** After the line's own discount, with tax where prices include it. */
  totalMinor: number;
  /** `2026-03-01`; both or none. */
  startDate: string | null;
  endDate: string | null;
}

/** Money that came by another way than Stripe. */
export interface StripePaymentInput {
  /** Ours. */
  id: string;
  amountMinor: number;
  /** `2026-03-31`. */
  paidOn: string;
  method: string | null;
  /** What earlier attempts reached, as `PaymentProgress` has it. */
  recordId: string | null;
}

export interface StripeCreditInput {
  /** Ours. */
  id: string;
  number: string;
  reason: string | null;
  lines: (TaxedAmounts & { id: string; description: string })[];
  subtotalMinor: number;
  totalMinor: number;
  /** What of it was paid by Stripe goes back by Stripe; else it goes back by another way. */
  refund: boolean;
}

/** What earlier attempts reached, as the `checkpoint` of `pushInvoice` was given it. */
export interface StripeProgress {
  customerId: string | null;
  stripeInvoiceId: string | null;
  /** ISO 8601. */
  sentAt: string | null;
}

export interface StripeInvoiceInput {
  /** Ours. */
  id: string;
  /** Billhook's number, which Stripe is to print. */
  number: string;
  /** ISO 4217, upper case. */
  currency: string;
  /** BCP 47, for times, rates and words in descriptions. */
  locale: string;
  /** ISO 8601; Stripe's invoice is never older. */
  finalizedAt: string;
  /** `2026-03-31`. */
  dueDate: string;
  /** Shown above the lines. */
  memo: string | null;
  /** Shown at the end: why no tax is charged, and the biller's tax number. */
  footer: string | null;
  client: StripeClientInput;
  /** Stripe's types, in which the client may pay; null: as the account is set up. */
  paymentMethods: string[] | null;
  pricesIncludeTax: boolean;
  lines: StripeLineInput[];
  /** The discount on the whole invoice, and its percentage where it has one. */
  discountMinor: number;
  discountPercent: number | null;
  /** Without tax. */
  subtotalMinor: number;
  taxMinor: number;
  totalMinor: number;
  /** Nobody expects its money any more. */
  writtenOff: boolean;
  /** Those that Stripe does not know of, oldest first. */
  payments: StripePaymentInput[];
  credits: StripeCreditInput[];
  progress: StripeProgress;
}

const sumOf = <T>(items: readonly T[], amount: (item: T) => number): number =>
  items.reduce((sum, item) => sum + amount(item), 0);

/** The total as Stripe is to show it, or why this invoice can't go to Stripe: found out before anything is made there. */
export function checkInvoice(invoice: StripeInvoiceInput): { ok: true; total: number } | StripeFailure {
  if (invoice.client.email === null || invoice.client.email.trim() === "") {
    return failStripe(
      "client_email_missing",
      "Stripe sends invoices by e-mail, and this client has no e-mail address.",
    );
  }
  const count = invoice.lines.length + (invoice.discountMinor > 0 ? 1 : 0);
  if (count > MOST_LINES) {
    return failStripe("invoice_too_long", `Stripe takes at most ${MOST_LINES} lines; this invoice has ${count}.`);
  }
  if (invoice.totalMinor < 0) {
    return failStripe("amount_not_chargeable", "The total is below zero. Make a credit note instead.");
  }
  const listed = sumOf(invoice.lines, (line) => line.totalMinor) - invoice.discountMinor;
  const taxable = sumOf(invoice.lines, (line) => line.taxableMinor);
  const tax = sumOf(invoice.lines, (line) => line.taxMinor);
  if (
    listed !== (invoice.pricesIncludeTax ? invoice.totalMinor : invoice.subtotalMinor) ||
    taxable !== invoice.subtotalMinor ||
    tax !== invoice.taxMinor ||
    taxable + tax !== invoice.totalMinor
  ) {
    return failStripe("total_mismatch", "The lines of this invoice do not add up to its total. It was not sent.", {
      detail: `lines ${listed}, without tax ${taxable} (${invoice.subtotalMinor}), tax ${tax} (${invoice.taxMinor}), total ${invoice.totalMinor}`,
    });
  }
  for (const [index, line] of invoice.lines.entries()) {
    for (const minor of [line.totalMinor, line.taxableMinor, line.taxMinor]) {
      const amount = toStripeAmount(minor, invoice.currency);
      if (!amount.ok) return failStripe("amount_not_chargeable", `Line ${index + 1}: ${amount.reason}`);
    }
  }
  const discount = toStripeAmount(invoice.discountMinor, invoice.currency);
  if (!discount.ok) return failStripe("amount_not_chargeable", `The discount: ${discount.reason}`);
  const total = toStripeAmount(invoice.totalMinor, invoice.currency);
  return total.ok ? { ok: true, total: total.amount } : failStripe("amount_not_chargeable", total.reason);
}

/**
 * Noon UTC of a date, in seconds: Stripe takes instants and shows them in the account's zone, where noon is the same
 * date from UTC-12 to UTC+11.
 */
export function noonOf(date: string): number {
  return Date.parse(`${date}T12:00:00Z`) / 1000;
}
