import {
  type InvoiceTotals,
  type PricedInvoice,
  type PricedLine,
  computeInvoice,
  taxCategories,
} from "@billhook/domain/invoice-totals";
import fc from "fast-check";
import { expect, it } from "vitest";
import { useDatabase } from "./database.ts";

const database = useDatabase();

const percent = fc.oneof(
  fc.constantFrom(1, 5, 10, 19, 50, 100),
  fc.integer({ min: 1, max: 100_000 }).map((n) => n / 1000),
);
const discount = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ discount_percent: null, discount_minor: null }) },
  percent.map((value) => ({ discount_percent: value, discount_minor: null })),
  fc.integer({ min: 1, max: 50_000 }).map((value) => ({ discount_percent: null, discount_minor: value })),
);
const price = fc.oneof(
  fc.record({ seconds: fc.integer({ min: 0, max: 400_000 }), hourly_rate_minor: fc.integer({ min: 0, max: 30_000 }) }),
  fc.record({
    quantity_thousandths: fc.integer({ min: 1, max: 50_000 }),
    unit_price_minor: fc.oneof(fc.nat(20), fc.nat(100_000_000)),
  }),
);
const taxes = fc.uniqueArray(
  fc.oneof(
    percent.map((value) => ({ tax_category: "standard" as const, tax_percent: value })),
    fc
      .constantFrom(...taxCategories.filter((category) => category !== "standard"))
      .map((category) => ({ tax_category: category, tax_percent: 0 })),
    fc.constant({ tax_category: null, tax_percent: null }),
  ),
  { minLength: 1, maxLength: 4, selector: (tax) => JSON.stringify(tax) },
);
const invoices: fc.Arbitrary<PricedInvoice> = taxes.chain((rates) =>
  fc
    .record({
      prices_include_tax: fc.boolean(),
      tax_rounding: fc.constantFrom("total", "line"),
      own: discount,
      lines: fc.array(
        fc.tuple(price, discount, fc.constantFrom(...rates)).map(([priced, off, tax]): PricedLine => ({
          seconds: null,
          hourly_rate_minor: null,
          quantity_thousandths: null,
          unit_price_minor: null,
          ...priced,
          ...off,
          ...tax,
        })),
        { maxLength: 12 },
      ),
    })
    .map(({ own, ...invoice }) => ({ ...invoice, ...own })),
);

const sumOf = <T>(rows: readonly T[], amount: (row: T) => number): number =>
  rows.reduce((sum, row) => sum + amount(row), 0);

it("an invoice comes to the same in the database and while a person edits it, and all of its sums agree", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(invoices, { minLength: 40, maxLength: 60, size: "max" }), async (batch) => {
      const rows = await database().query<{ totals: InvoiceTotals }>(
        `select private.compute_invoice(e.value) as totals from jsonb_array_elements($1::jsonb) with ordinality e order by ordinality`,
        [JSON.stringify(batch)],
      );
      expect(rows.map(({ totals }) => totals)).toEqual(batch.map(computeInvoice));
      for (const [at, { totals }] of rows.entries()) {
        const invoice = batch[at];
        expect(totals.total_minor).toBe(totals.subtotal_minor + totals.tax_minor);
        expect(sumOf(totals.lines, (line) => line.total_minor)).toBe(totals.lines_minor);
        expect(sumOf(totals.lines, (line) => line.taxable_minor)).toBe(totals.subtotal_minor);
        expect(sumOf(totals.lines, (line) => line.tax_minor)).toBe(totals.tax_minor);
        expect(sumOf(totals.taxes, (tax) => tax.tax_minor)).toBe(totals.tax_minor);
        const paid = totals.lines_minor - totals.discount_total_minor;
        expect((invoice?.prices_include_tax ?? false) ? totals.total_minor : totals.subtotal_minor).toBe(paid);
        for (const line of totals.lines) {
          expect(Math.min(line.total_minor, line.taxable_minor, line.tax_minor)).toBeGreaterThanOrEqual(0);
          expect(line.total_minor).toBeLessThanOrEqual(line.amount_minor);
        }
      }
    }),
    { numRuns: 12 },
  );
});

it("tax is rounded once per rate, or on each line, and prices that include it stay what they are", () => {
  const line = (unit: number): PricedLine => ({
    seconds: null,
    hourly_rate_minor: null,
    quantity_thousandths: 1000,
    unit_price_minor: unit,
    tax_category: "standard",
    tax_percent: 19,
  });
  const terms = { prices_include_tax: false, tax_rounding: "total", lines: [line(103), line(103), line(103)] };
  // 19% of 3.09 is 0.5871; of 1.03 it is 0.1957, rounded up three times.
  expect(computeInvoice(terms)).toMatchObject({ subtotal_minor: 309, tax_minor: 59, total_minor: 368 });
  expect(computeInvoice({ ...terms, tax_rounding: "line" })).toMatchObject({
    subtotal_minor: 309,
    tax_minor: 60,
    total_minor: 369,
  });
  expect(computeInvoice({ ...terms, prices_include_tax: true })).toMatchObject({
    subtotal_minor: 260,
    tax_minor: 49,
    total_minor: 309,
  });
  expect(computeInvoice({ ...terms, discount_percent: 10 })).toMatchObject({
    lines_minor: 309,
    discount_total_minor: 31,
    subtotal_minor: 278,
    tax_minor: 53,
    total_minor: 331,
    taxes: [{ category: "standard", percent: 19, taxable_minor: 278, tax_minor: 53 }],
  });
});
