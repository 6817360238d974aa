/** Lays the invoices of an account beside what Stripe has of them. */
import type { StripeFailure } from "@billhook/billing/stripe-failure";
import { type ListedFacts, listInvoiceFacts, readInvoiceFactsById } from "@billhook/billing/stripe-list";
import type { BillhookClient } from "@billhook/database/client";
import type { DatabaseError } from "@billhook/database/errors";
import {
  type ComparisonOutcome,
  compareStripeInvoices,
  findUnlistedInvoices,
  type ListedInvoice,
} from "@billhook/database/stripe-comparison";
import type { StripeSession } from "./session.ts";

const DAY_SECONDS = 86_400;
/** What was made earlier and is not open any more is looked at one by one, where it is open here. */
const DAYS_LISTED = 35;

type Compared =
  | { ok: true; outcome: ComparisonOutcome }
  | { ok: false; stripe: StripeFailure }
  | { ok: false; database: DatabaseError };

/** `quiet`: what changed here that long before is still on its way and not compared. */
export async function compareAccount(
  db: BillhookClient,
  { client, account, heed }: StripeSession,
  quiet: string,
): Promise<Compared> {
  const now = Date.now();
  const listed = await listInvoiceFacts(client, Math.floor(now / 1000) - DAYS_LISTED * DAY_SECONDS);
  await heed(listed);
  if (!listed.ok) return { ok: false, stripe: listed };
  const ids = listed.invoices.map(({ stripeInvoiceId }) => stripeInvoiceId);
  const unlisted = await findUnlistedInvoices(db, account.id, ids);
  if (!unlisted.ok) return { ok: false, database: unlisted.error };
  const others = await readInvoiceFactsById(client, unlisted.value);
  if (!others.ok) return { ok: false, stripe: others };
  const compared = await compareStripeInvoices(db, account.id, {
    invoices: [...listed.invoices, ...others.invoices].map(toListed),
    missing: others.missing,
    listedAt: new Date(now).toISOString(),
    quiet,
  });
  return compared.ok ? { ok: true, outcome: compared.value } : { ok: false, database: compared.error };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const toListed = (facts: ListedFacts): ListedInvoice => ({
  stripe_invoice_id: facts.stripeInvoiceId,
  // Anybody with the dashboard can write what is no id of ours.
  invoice_id: facts.billhookInvoiceId !== null && uuid.test(facts.billhookInvoiceId) ? facts.billhookInvoiceId : null,
  status: facts.status,
  currency: facts.currency,
  total_minor: facts.totalMinor,
  amount_paid_minor: facts.amountPaidMinor,
  number: facts.number,
  customer_id: facts.customerId,
  paid_at: facts.paidAt,
});
