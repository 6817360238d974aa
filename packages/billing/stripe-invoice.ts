import { type StripeFailure, failStripe } from "./stripe-failure.ts";
import { toStripeAmount } from "./stripe-money.ts";

/** docs.stripe.com/changelog/2016-02-22/no-more-than-250-invoice-items */
const MOST_LINES = 250;

export interface StripeClientInput {
  /** Ours. */
  id: string;
  name: string;
  email: string | null;
}

export interface StripeLineInput {
  /** Ours, unique within the invoice. */
  id: string;
  description: string;
  /** Null for a fixed fee. */
  minutes: number | null;
  hourlyRateMinor: number | null;
  totalMinor: number;
  /** `2026-03-01`; both or none. */
  startDate: string | null;
  endDate: string | null;
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
  /** BCP 47, for times and rates in descriptions. */
  locale: string;
  /** ISO 8601; Stripe's invoice is never older. */
  finalizedAt: string;
  /** `2026-03-31`. */
  dueDate: string;
  /** Shown above the lines. */
  memo: string | null;
  client: StripeClientInput;
  lines: StripeLineInput[];
  /** Minor units; the sum of the lines. */
  totalMinor: number;
  progress: StripeProgress;
}

/** The total as Stripe is to show it, or why this invoice can't go to Stripe: found out before anything is made there. */
export function checkInvoice(invoice: StripeInvoiceInput): { ok: true; total: number } | StripeFailure {
  if (invoice.client.email === null || invoice.client.email.trim() === "") {
    return failStripe(
      "client_email_missing",
      "Stripe sends invoices by e-mail, and this client has no e-mail address.",
    );
  }
  if (invoice.lines.length > MOST_LINES) {
    return failStripe(
      "invoice_too_long",
      `Stripe takes at most ${MOST_LINES} lines; this invoice has ${invoice.lines.length}.`,
    );
  }
  if (invoice.totalMinor < 0) {
    return failStripe("amount_not_chargeable", "The total is below zero. Make a credit note instead.");
  }
  const sum = invoice.lines.reduce((total, line) => total + line.totalMinor, 0);
  if (sum !== invoice.totalMinor) {
    return failStripe("total_mismatch", "The lines of this invoice do not add up to its total. It was not sent.", {
      detail: `lines ${sum}, total ${invoice.totalMinor}`,
    });
  }
  for (const [index, line] of invoice.lines.entries()) {
    const amount = toStripeAmount(line.totalMinor, invoice.currency);
    if (!amount.ok) return failStripe("amount_not_chargeable", `Line ${index + 1}: ${amount.reason}`);
  }
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
