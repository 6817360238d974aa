import type Stripe from "stripe";
import type { StripeTaxInput } from "./stripe-invoice.ts";

type GivenTax = Stripe.InvoiceAddLinesParams.Line.TaxAmount;

/** What Stripe takes as the name of a tax. */
const MOST_CHARACTERS = 50;

/** Why a tax is what it is, by our category (EN 16931, BT-118). */
const REASONS: Readonly<Record<string, NonNullable<GivenTax["taxability_reason"]>>> = {
  standard: "standard_rated",
  zero: "zero_rated",
  exempt: "product_exempt",
  reverse_charge: "reverse_charge",
  small_business: "not_collecting",
  outside_scope: "not_subject_to_tax",
};

/**
 * A tax whose amount is ours: Stripe shows it and adds it up, and does not compute it
 * (docs.stripe.com/invoicing/taxes/manual-tax-amounts).
 */
export function giveTax(tax: StripeTaxInput, amount: number, taxable: number, inclusive: boolean): GivenTax {
  const reason = REASONS[tax.category];
  return {
    amount,
    taxable_amount: taxable,
    ...(reason === undefined ? {} : { taxability_reason: reason }),
    tax_rate_data: {
      display_name: Array.from(tax.name).slice(0, MOST_CHARACTERS).join(""),
      percentage: tax.percent,
      inclusive,
    },
  };
}

/** Whether two amounts are of one tax: a category and a rate make one group of the breakdown (BG-23). */
export const isSameTax = (a: StripeTaxInput | null, b: StripeTaxInput | null): boolean =>
  a?.category === b?.category && a?.percent === b?.percent;
