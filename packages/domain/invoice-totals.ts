/**
 * What an invoice comes to, for previews while a person edits. What is billed is computed by `private.compute_invoice` in the
 * database, on the same JSON; a property test holds the two equal. Terms BT-… and rules BR-… are those of EN 16931-1:2017.
 */
import { lineTotalMinor } from "./money.ts";

export const taxCategories = [
  "standard",
  "zero",
  "exempt",
  "reverse_charge",
  "small_business",
  "outside_scope",
] as const;
export type TaxCategory = (typeof taxCategories)[number];

/** A percentage has three decimals at most; amounts are minor units, not negative. */
interface Discount {
  discount_percent?: number | null;
  discount_minor?: number | null;
}

export interface PricedLine extends Discount {
  /** Time at an hourly rate; or null, and a quantity at a price. */
  seconds: number | null;
  hourly_rate_minor: number | null;
  /** Thousandths of a piece. */
  quantity_thousandths: number | null;
  unit_price_minor: number | null;
  /** Null: no tax is spoken of. */
  tax_category: string | null;
  tax_percent: number | null;
}

export interface PricedInvoice extends Discount {
  prices_include_tax: boolean;
  /** `total`: once per rate, as BR-CO-17 has it; `line`: on each line. */
  tax_rounding: string;
  lines: readonly PricedLine[];
}

export interface LineTotals {
  /** Before the line's discount. */
  amount_minor: number;
  /** BT-131, with tax where prices include it. */
  total_minor: number;
  /** The line's parts of `subtotal_minor` and `tax_minor`, which they add up to. */
  taxable_minor: number;
  tax_minor: number;
}

/** One group of BG-23: a category and a rate. */
export interface TaxTotals {
  category: string;
  percent: number;
  taxable_minor: number;
  tax_minor: number;
}

export interface InvoiceTotals {
  lines: LineTotals[];
  /** BT-106. */
  lines_minor: number;
  /** BT-107. */
  discount_total_minor: number;
  taxes: TaxTotals[];
  /** BT-109, without tax. */
  subtotal_minor: number;
  /** BT-110. */
  tax_minor: number;
  /** BT-112. */
  total_minor: number;
}

/** Percentages are thousandths of a per cent in here. */
const HUNDRED_PER_CENT = 100_000n;

const thousandthsOf = (percent: number): bigint => BigInt(Math.round(percent * 1000));

/** Rounded half up; neither number is negative. 0 where there is nothing to divide by. */
function divideRounded(numerator: bigint, denominator: bigint): bigint {
  return denominator === 0n ? 0n : (2n * numerator + denominator) / (2n * denominator);
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function toNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError("the total is not a safe integer");
  return Number(value);
}

/** What a discount takes off an amount, never more than all of it. */
function discountOf(amount: bigint, discount: Discount): bigint {
  const percent = discount.discount_percent ?? null;
  return least(
    amount,
    percent === null
      ? BigInt(discount.discount_minor ?? 0)
      : divideRounded(amount * thousandthsOf(percent), HUNDRED_PER_CENT),
  );
}

const amountOf = (line: PricedLine): bigint =>
  line.seconds === null
    ? divideRounded(BigInt(line.quantity_thousandths ?? 0) * BigInt(line.unit_price_minor ?? 0), 1000n)
    : BigInt(lineTotalMinor(line.seconds, line.hourly_rate_minor ?? 0));

interface WorkingLine {
  amount: bigint;
  total: bigint;
  category: string;
  percent: bigint;
  /** Less the line's part of the invoice's discount. */
  base: bigint;
  tax: bigint;
}

/**
 * The one computation of an invoice, in minor units. Halves are rounded up. Throws a RangeError where an amount passes the
 * safe integers.
 */
export function computeInvoice(invoice: PricedInvoice): InvoiceTotals {
  const lines = invoice.lines.map((line): WorkingLine => {
    const amount = amountOf(line);
    const total = amount - discountOf(amount, line);
    const percent = thousandthsOf(line.tax_percent ?? 0);
    return { amount, total, category: line.tax_category ?? "", percent, base: total, tax: 0n };
  });
  const sum = lines.reduce((all, { total }) => all + total, 0n);
  const discount = discountOf(sum, invoice);
  const groups = groupByTax(lines);

  // Each line, and so each group, bears its part of the discount (BT-92 with BT-95); the parts add up to it.
  let upto = 0n;
  for (const line of groups.flat()) {
    const before = divideRounded(discount * upto, sum);
    upto += line.total;
    line.base = line.total - (divideRounded(discount * upto, sum) - before);
  }

  const taxes = groups.map((group) => taxGroup(group, invoice));
  const result = (line: WorkingLine): LineTotals => ({
    amount_minor: toNumber(line.amount),
    total_minor: toNumber(line.total),
    taxable_minor: toNumber(invoice.prices_include_tax ? line.base - line.tax : line.base),
    tax_minor: toNumber(line.tax),
  });
  const subtotal = taxes.reduce((all, { taxable }) => all + taxable, 0n);
  const tax = taxes.reduce((all, group) => all + group.tax, 0n);
  return {
    lines: lines.map(result),
    lines_minor: toNumber(sum),
    discount_total_minor: toNumber(discount),
    taxes: taxes
      .filter(({ category }) => category !== "")
      .map((group) => ({
        category: group.category,
        percent: Number(group.percent) / 1000,
        taxable_minor: toNumber(group.taxable),
        tax_minor: toNumber(group.tax),
      })),
    subtotal_minor: toNumber(subtotal),
    tax_minor: toNumber(tax),
    total_minor: toNumber(subtotal + tax),
  };
}

/** The lines of each category and rate, in their order; the groups by category and rate. */
function groupByTax(lines: readonly WorkingLine[]): WorkingLine[][] {
  const groups = new Map<string, WorkingLine[]>();
  for (const line of lines) {
    const key = `${line.category} ${line.percent}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  const nameOf = (group: WorkingLine[]): string => group[0]?.category ?? "";
  const percentOf = (group: WorkingLine[]): number => Number(group[0]?.percent ?? 0n);
  return [...groups.values()].toSorted((a, b) =>
    nameOf(a) === nameOf(b) ? percentOf(a) - percentOf(b) : nameOf(a) < nameOf(b) ? -1 : 1,
  );
}

/** The tax of a group, rounded once (BR-CO-17) or line by line, and each line's part of it. */
function taxGroup(group: readonly WorkingLine[], invoice: PricedInvoice) {
  const percent = group[0]?.percent ?? 0n;
  const whole = invoice.prices_include_tax ? HUNDRED_PER_CENT + percent : HUNDRED_PER_CENT;
  const base = group.reduce((all, line) => all + line.base, 0n);
  const rounded = divideRounded(base * percent, whole);
  let upto = 0n;
  for (const line of group) {
    const before = divideRounded(rounded * upto, base);
    upto += line.base;
    line.tax =
      invoice.tax_rounding === "line"
        ? divideRounded(line.base * percent, whole)
        : divideRounded(rounded * upto, base) - before;
  }
  const tax = group.reduce((all, line) => all + line.tax, 0n);
  return { category: group[0]?.category ?? "", percent, taxable: invoice.prices_include_tax ? base - tax : base, tax };
}
