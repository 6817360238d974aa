import type Stripe from "stripe";
import type { StripeInvoiceInput } from "./stripe-invoice.ts";
import { lineIdOf, linesOf, listLines } from "./stripe-lines.ts";
import { amountFor } from "./stripe-money.ts";

const sumTaxes = (taxes: { amount: number }[] | null): number =>
  (taxes ?? []).reduce((sum, tax) => sum + tax.amount, 0);

/** Where Stripe's sums differ from ours, for the log; null where total, total without tax and tax are the same. */
export function differenceOfTotals(invoice: StripeInvoiceInput, found: Stripe.Invoice): string | null {
  const pairs: [name: string, theirs: number | null, ours: number][] = [
    ["total", found.total, invoice.totalMinor],
    ["without tax", found.total_excluding_tax, invoice.subtotalMinor],
    ["tax", sumTaxes(found.total_taxes), invoice.taxMinor],
  ];
  for (const [name, theirs, minor] of pairs) {
    const ours = amountFor(minor, invoice.currency);
    if (theirs !== ours) return `${name}: Stripe ${theirs}, ours ${ours}`;
  }
  return null;
}

/**
 * The same for a draft, line by line: amount, tax and what it is computed on. Stripe's breakdown by rate is the sum of its
 * lines, as ours is; where every line is the same, so is every rate.
 */
export async function differenceOfDraft(
  client: Stripe,
  invoice: StripeInvoiceInput,
  draft: Stripe.Invoice,
): Promise<string | null> {
  const totals = differenceOfTotals(invoice, draft);
  if (totals !== null) return totals;
  const wanted = linesOf(invoice);
  const found = new Map((await listLines(client, draft.id)).map((line) => [lineIdOf(line), line]));
  if (found.size !== wanted.length) return `${found.size} lines at Stripe, ${wanted.length} here`;
  for (const line of wanted) {
    const id = lineIdOf({ metadata: line.metadata as Stripe.Metadata });
    const theirs = found.get(id);
    const ours = [line.amount, ...(line.tax_amounts || []).flatMap((tax) => [tax.amount, tax.taxable_amount])];
    const shown = [theirs?.amount, ...(theirs?.taxes ?? []).flatMap((tax) => [tax.amount, tax.taxable_amount])];
    if (ours.join() !== shown.join()) return `line ${id}: Stripe ${shown.join(" ")}, ours ${ours.join(" ")}`;
  }
  return null;
}
