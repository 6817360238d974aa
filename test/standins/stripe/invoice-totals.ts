import type { Context } from "./context.ts";
import { refuseRequest } from "./fault.ts";
import { splitTaxes, sumTaxes } from "./taxes.ts";
import type { WireInvoice, WireLineItem } from "./wire.ts";

/** Only a draft's content may change (docs.stripe.com/invoicing/integration/workflow-transitions). */
export function assertDraft(invoice: WireInvoice): void {
  if (invoice.status === "draft") return;
  throw refuseRequest("This invoice is no longer editable", {
    code: "invoice_not_editable",
    param: "invoice",
  });
}

/** Sets a draft's lines and every amount that follows from them. */
export function changeLines(invoice: WireInvoice, lines: WireLineItem[], context: Context): void {
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0);
  const taxes = sumTaxes(lines);
  const { added, contained } = splitTaxes(taxes);
  const total = subtotal + added;
  Object.assign(invoice, {
    lines: { ...invoice.lines, data: lines },
    subtotal,
    subtotal_excluding_tax: subtotal - contained,
    total,
    total_excluding_tax: total - added - contained,
    total_taxes: taxes,
    amount_due: Math.max(0, total),
    amount_remaining: Math.max(0, total),
  } satisfies Partial<WireInvoice>);
  context.data.put("invoices", invoice);
}
