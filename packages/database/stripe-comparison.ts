/** Both sides of the invoices at Stripe, laid beside each other. All but the last as the service role. */
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { StripeAccount } from "./stripe-accounts.ts";

/** An invoice as Stripe lists it; amounts in our minor units. */
export interface ListedInvoice {
  stripe_invoice_id: string;
  /** The id of ours that it carries. */
  invoice_id: string | null;
  status: string;
  currency: string;
  total_minor: number;
  amount_paid_minor: number;
  number: string | null;
  customer_id: string | null;
  /** ISO 8601. */
  paid_at: string | null;
}

export interface ComparisonOutcome {
  /** Differences that nobody accepted. */
  open: number;
  /** Invoices with one that was not there before. */
  found: number;
  /** What was only not heard of, and is applied now. */
  healed: number;
}

export async function findDueComparisons(db: BillhookClient): Promise<DatabaseResult<StripeAccount[]>> {
  const result = await settle(db.rpc("due_stripe_comparisons", {}));
  return result.ok ? { ok: true, value: result.value as unknown as StripeAccount[] } : result;
}

/** Ids at Stripe of invoices that are to be compared and were not listed. */
export const findUnlistedInvoices = (db: BillhookClient, accountId: string, listed: string[]) =>
  settle(db.rpc("unlisted_stripe_invoices", { p_account_id: accountId, p_listed: listed }));

export async function compareStripeInvoices(
  db: BillhookClient,
  accountId: string,
  comparison: { invoices: ListedInvoice[]; missing: string[]; listedAt: string; quiet: string },
): Promise<DatabaseResult<ComparisonOutcome>> {
  const result = await settle(
    db.rpc("compare_stripe_invoices", {
      p_account_id: accountId,
      p_facts: comparison.invoices.map((invoice) => ({ ...invoice })),
      p_missing: comparison.missing,
      p_listed_at: comparison.listedAt,
      p_quiet: comparison.quiet,
    }),
  );
  return result.ok ? { ok: true, value: result.value as unknown as ComparisonOutcome } : result;
}

/** As the person. */
export const acceptStripeDifference = (db: BillhookClient, id: string) =>
  settleVoid(db.rpc("accept_stripe_difference", { p_id: id }));
