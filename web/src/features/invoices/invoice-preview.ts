import { type InvoiceTax, taxesOf } from "@billhook/database/invoices";
import { type PricedLine, computeInvoice } from "@billhook/domain/invoice-totals";
import type { Json } from "@billhook/database/types.generated";
import type { InvoiceLine } from "./invoice-data.ts";
import type { InvoiceRow } from "./invoice-state.ts";

type Tax = InvoiceLine["tax"];

export const pricedLine = (line: Omit<PricedLine, "tax_category" | "tax_percent">, tax: Tax): PricedLine => ({
  seconds: line.seconds,
  hourly_rate_minor: line.hourly_rate_minor,
  quantity_thousandths: line.quantity_thousandths,
  unit_price_minor: line.unit_price_minor,
  discount_percent: line.discount_percent ?? null,
  discount_minor: line.discount_minor ?? null,
  tax_category: tax?.category ?? null,
  tax_percent: tax?.percent ?? null,
});

/** The invoice and its lines with the totals that the database will compute for them. */
export function previewInvoice(
  invoice: InvoiceRow,
  lines: readonly InvoiceLine[],
): { invoice: InvoiceRow; lines: InvoiceLine[] } {
  const {
    lines: amounts,
    taxes,
    ...totals
  } = computeInvoice({
    ...invoice,
    lines: lines.map((line) => pricedLine(line, line.tax)),
  });
  const known = taxesOf(invoice.taxes);
  const named = taxes.map((group): InvoiceTax => {
    const same = (tax: { category: string; percent: number }): boolean =>
      tax.category === group.category && tax.percent === group.percent;
    const name = lines.find(({ tax }) => tax !== null && same(tax))?.tax?.name ?? "";
    return { ...group, name, note: known.find(same)?.note ?? null };
  });
  return {
    invoice: { ...invoice, ...totals, taxes: named as unknown as Json, line_count: lines.length },
    lines: lines.map((line, index) => ({ ...line, ...amounts[index] })),
  };
}
