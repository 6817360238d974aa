import { computeInvoice } from "@billhook/domain/invoice-totals";
import type { PushStore } from "@billhook/billing/stripe";
import type {
  StripeCreditInput,
  StripeInvoiceInput,
  StripeProgress,
  StripeTaxInput,
} from "@billhook/billing/stripe-invoice";
import type { PaymentProgress } from "@billhook/billing/stripe-settle";

const NO_PROGRESS: StripeProgress = { customerId: null, stripeInvoiceId: null, sentAt: null };
export const VAT: StripeTaxInput = { name: "VAT", category: "standard", percent: 21 };
export const REDUCED: StripeTaxInput = { name: "Reduced VAT", category: "standard", percent: 9 };

export interface FixtureLine {
  description?: string;
  /** Time at an hourly rate, or a fee of `unitPriceMinor`. */
  seconds?: number;
  hourlyRateMinor?: number;
  quantityThousandths?: number;
  unitPriceMinor?: number;
  discountMinor?: number;
  tax?: StripeTaxInput | null;
}

interface FixtureTerms {
  pricesIncludeTax?: boolean;
  rounding?: "total" | "line";
  discountPercent?: number | null;
}

let sequence = 0;

/** An invoice as our engine computes it: 2 h 20 m at 80.00, and a fee of 50.00, without tax. */
export function makeInvoice(
  change: Partial<StripeInvoiceInput> = {},
  given: readonly FixtureLine[] = [
    { description: "Fixed the sign-in form", seconds: 8400, hourlyRateMinor: 8000 },
    { description: "Set-up fee", unitPriceMinor: 5000 },
  ],
  terms: FixtureTerms = {},
): StripeInvoiceInput {
  sequence += 1;
  const id = `invoice-${sequence}`;
  const totals = computeInvoice({
    prices_include_tax: terms.pricesIncludeTax ?? false,
    tax_rounding: terms.rounding ?? "total",
    discount_percent: terms.discountPercent ?? null,
    lines: given.map((line) => ({
      seconds: line.seconds ?? null,
      hourly_rate_minor: line.hourlyRateMinor ?? null,
      quantity_thousandths: line.seconds === undefined ? (line.quantityThousandths ?? 1000) : null,
      unit_price_minor: line.unitPriceMinor ?? null,
      discount_minor: line.discountMinor ?? null,
      tax_category: line.tax?.category ?? null,
      tax_percent: line.tax?.percent ?? null,
    })),
  });
  return {
    id,
    number: `INV-2026-${String(sequence).padStart(4, "0")}`,
    currency: "EUR",
    locale: "en",
    finalizedAt: new Date().toISOString(),
    dueDate: new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10),
    memo: "Work in March",
    footer: null,
    client: {
      id: `client-${sequence}`,
      name: "Harbour Rowing Club",
      email: `accounts-${sequence}@client.example`,
      country: "NL",
      taxId: null,
    },
    paymentMethods: null,
    pricesIncludeTax: terms.pricesIncludeTax ?? false,
    lines: given.map((line, index) => ({
      id: `${id}-${index + 1}`,
      description: line.description ?? `Line ${index + 1}`,
      minutes: line.seconds === undefined ? null : Math.round(line.seconds / 60),
      hourlyRateMinor: line.hourlyRateMinor ?? null,
      quantityThousandths: line.seconds === undefined ? (line.quantityThousandths ?? 1000) : null,
      unitPriceMinor: line.unitPriceMinor ?? null,
      discountMinor: (totals.lines[index]?.amount_minor ?? 0) - (totals.lines[index]?.total_minor ?? 0),
      totalMinor: totals.lines[index]?.total_minor ?? 0,
      taxableMinor: totals.lines[index]?.taxable_minor ?? 0,
      taxMinor: totals.lines[index]?.tax_minor ?? 0,
      tax: line.tax ?? null,
      startDate: line.seconds === undefined ? null : "2026-03-02",
      endDate: line.seconds === undefined ? null : "2026-03-04",
    })),
    discountMinor: totals.discount_total_minor,
    discountPercent: terms.discountPercent ?? null,
    subtotalMinor: totals.subtotal_minor,
    taxMinor: totals.tax_minor,
    totalMinor: totals.total_minor,
    writtenOff: false,
    payments: [],
    credits: [],
    progress: NO_PROGRESS,
    ...change,
  };
}

/** With two taxes and 10 per cent off: 274.22 in all. */
export const makeTaxedInvoice = (change: Partial<StripeInvoiceInput> = {}): StripeInvoiceInput =>
  makeInvoice(
    change,
    [
      { description: "Fixed the sign-in form", seconds: 8400, hourlyRateMinor: 8000, tax: VAT },
      { description: "A book", quantityThousandths: 3000, unitPriceMinor: 1333, discountMinor: 99, tax: REDUCED },
      { description: "Set-up fee", unitPriceMinor: 3001, tax: VAT },
    ],
    { discountPercent: 10 },
  );

/** A credit note over the first lines of an invoice. */
export function creditOf(invoice: StripeInvoiceInput, lines = invoice.lines.length, refund = false): StripeCreditInput {
  const credited = invoice.lines.slice(0, lines);
  const subtotalMinor = credited.reduce((sum, line) => sum + line.taxableMinor, 0);
  return {
    id: `credit-${invoice.id}`,
    number: invoice.number.replace("INV", "CN"),
    reason: "Agreed on the phone",
    lines: credited.map((line) => ({ ...line, id: `credit-${line.id}` })),
    subtotalMinor,
    totalMinor: subtotalMinor + credited.reduce((sum, line) => sum + line.taxMinor, 0),
    refund,
  };
}

/** Keeps what a push reaches, as the database does. */
export class KeptProgress implements PushStore {
  progress: StripeProgress = NO_PROGRESS;
  readonly payments = new Map<string, PaymentProgress>();
  readonly credits = new Map<string, string>();

  readonly checkpoint = (progress: StripeProgress): Promise<void> => {
    this.progress = progress;
    return Promise.resolve();
  };
  readonly savePayment = (progress: PaymentProgress): Promise<void> => {
    this.payments.set(progress.id, progress);
    return Promise.resolve();
  };
  readonly saveCredit = (id: string, stripeId: string): Promise<void> => {
    this.credits.set(id, stripeId);
    return Promise.resolve();
  };

  /** The invoice as the next attempt finds it. */
  resume(invoice: StripeInvoiceInput): StripeInvoiceInput {
    return {
      ...invoice,
      progress: this.progress,
      payments: invoice.payments
        .filter(({ id }) => this.payments.get(id)?.done !== true)
        .map((payment) => ({ ...payment, recordId: this.payments.get(payment.id)?.recordId ?? null })),
      credits: invoice.credits.filter(({ id }) => !this.credits.has(id)),
    };
  }
}
