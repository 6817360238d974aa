import type Stripe from "stripe";
import { type Context, newId } from "./context.ts";
import { missingResource, refuseRequest } from "./fault.ts";
import type { Wire, WireLineItem, WireTaxRate } from "./wire.ts";

/** What a line of an invoice, or of a credit note, says of one tax. */
export type WireTax = NonNullable<WireLineItem["taxes"]>[number];
type GivenTax = Wire<Stripe.InvoiceAddLinesParams.Line.TaxAmount>;

const MOST_TAXES = 20;
const MOST_CHARACTERS = 50;

/**
 * Taxes whose amounts are given: Stripe takes them as they are, and makes or finds the rate they name (API reference,
 * "Bulk add invoice line items", tax_amounts).
 */
export function readTaxAmounts(given: GivenTax[] | "" | null | undefined, context: Context): WireTax[] {
  if (given === undefined || given === null || given === "") return [];
  if (given.length > MOST_TAXES) throw refuseRequest(`A line has up to ${MOST_TAXES} tax amounts.`);
  return given.map((tax) => {
    const rate = findOrCreateRate(tax.tax_rate_data, context);
    return taxOf(rate, tax.amount, tax.taxable_amount, tax.taxability_reason ?? "not_available");
  });
}

/** The same on a credit note, which names the rate by its id. */
export function readCreditedTaxes(
  given: Wire<Stripe.CreditNoteCreateParams.Line.TaxAmount>[] | "" | null | undefined,
  context: Context,
): WireTax[] {
  if (given === undefined || given === null || given === "") return [];
  return given.map((tax) => {
    const rate = context.data.get("taxrates", tax.tax_rate);
    if (rate === undefined) throw missingResource("tax rate", tax.tax_rate, "tax_rate");
    return taxOf(rate, tax.amount, tax.taxable_amount, "not_available");
  });
}

/** The sum of each rate over all lines. */
export function sumTaxes(lines: { taxes: WireTax[] | null }[]): WireTax[] {
  const sums = new Map<string, WireTax>();
  for (const tax of lines.flatMap((line) => line.taxes ?? [])) {
    const key = `${tax.tax_rate_details?.tax_rate} ${tax.taxability_reason}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { ...tax });
    else {
      sum.amount += tax.amount;
      sum.taxable_amount = (sum.taxable_amount ?? 0) + (tax.taxable_amount ?? 0);
    }
  }
  return [...sums.values()];
}

/** What taxes add to the lines' amounts, and what the amounts contain of them. */
export function splitTaxes(taxes: WireTax[]): { added: number; contained: number } {
  const sumOf = (behaviour: string): number =>
    taxes.filter((tax) => tax.tax_behavior === behaviour).reduce((sum, tax) => sum + tax.amount, 0);
  return { added: sumOf("exclusive"), contained: sumOf("inclusive") };
}

function taxOf(rate: WireTaxRate, amount: number, taxable: number, reason: WireTax["taxability_reason"]): WireTax {
  return {
    amount,
    tax_behavior: rate.inclusive ? "inclusive" : "exclusive",
    tax_rate_details: { tax_rate: rate.id },
    taxability_reason: reason,
    taxable_amount: taxable,
    type: "tax_rate_details",
  };
}

function findOrCreateRate(given: GivenTax["tax_rate_data"], context: Context): WireTaxRate {
  if (given.display_name.length > MOST_CHARACTERS) {
    throw refuseRequest(`Invalid string: display_name; must be at most ${MOST_CHARACTERS} characters`, {
      param: "tax_rate_data[display_name]",
    });
  }
  if (given.percentage < 0 || given.percentage > 100) {
    throw refuseRequest("Invalid percentage: must be between 0 and 100", { param: "tax_rate_data[percentage]" });
  }
  const data = JSON.stringify(given);
  const known = context.data.list("taxrates").find((rate) => rate.data === data);
  if (known !== undefined) return known;
  const { display_name, inclusive, percentage } = given;
  const rate = { id: newId("txr"), data, display_name, inclusive, percentage };
  context.data.put("taxrates", rate);
  return rate;
}
