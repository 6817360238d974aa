import { taxesOf } from "@billhook/database/invoices";
import { useState } from "react";
import { useFormat } from "../../data/format.ts";
import { taxLabel } from "../../data/tax-rates.ts";
import { Button } from "../../ui/button.tsx";
import { lazyPart } from "../../lib/lazy-part.tsx";
import type { InvoiceRow } from "./invoice-state.ts";
import type { InvoiceDraft } from "./use-invoice-draft.ts";

const DiscountDialog = lazyPart(async () => (await import("./discount-dialog.tsx")).DiscountDialog);

/** From the sum of the lines to the total: discount, taxable amount and tax by rate. The database computed each of them. */
export function InvoiceSum({ invoice, draft }: { invoice: InvoiceRow; draft: InvoiceDraft | null }) {
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const money = (minor: number): string => format.money(minor, invoice.currency, invoice.client_id);
  const taxes = taxesOf(invoice.taxes);
  const discounted = invoice.discount_total_minor > 0;
  const detailed = discounted || taxes.length > 0;
  return (
    <>
      <dl className="flex flex-col gap-1">
        {detailed && <Amount name="Lines">{money(invoice.lines_minor)}</Amount>}
        {discounted && (
          <Amount name={invoice.discount_percent === null ? "Discount" : `Discount ${invoice.discount_percent}%`}>
            −{money(invoice.discount_total_minor)}
          </Amount>
        )}
        {taxes.length > 0 && <Amount name="Without tax">{money(invoice.subtotal_minor)}</Amount>}
        {taxes.map((tax) => (
          <Amount
            key={`${tax.category} ${tax.percent}`}
            name={taxes.length > 1 ? `${taxLabel(tax)} on ${money(tax.taxable_minor)}` : taxLabel(tax)}
          >
            {money(tax.tax_minor)}
          </Amount>
        ))}
        <div className="flex items-baseline justify-between gap-3 border-t border-line pt-1.5 first:border-t-0 first:pt-0">
          {detailed && <dt className="font-medium">Total</dt>}
          {!detailed && <dt className="sr-only">Total</dt>}
          <dd className="text-xl font-semibold">{money(invoice.total_minor)}</dd>
        </div>
      </dl>
      {taxes
        .filter(({ note }) => note !== null)
        .map((tax) => (
          <p key={`${tax.category} ${tax.percent}`} className="mt-1.5 text-sm text-muted">
            {tax.note}
          </p>
        ))}
      {invoice.prices_include_tax && taxes.length > 0 && (
        <p className="mt-1.5 text-sm text-muted">The prices include the tax.</p>
      )}
      {draft !== null && (
        <Button size="sm" className="mt-2" onClick={() => setAsking(true)}>
          Discount and tax…
        </Button>
      )}
      {asking && draft !== null && (
        <DiscountDialog invoice={invoice} draft={draft} onClose={() => setAsking(false)} fallback={null} />
      )}
    </>
  );
}

function Amount({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-3">
      <dt className="min-w-0 text-muted">{name}</dt>
      <dd className="whitespace-nowrap">{children}</dd>
    </div>
  );
}
