import { claimStripeSettling } from "@billhook/database/stripe-settling";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import { settleAtStripe } from "../payments/settling.ts";

/** As many as one run tells Stripe of: each is a few requests, one after another. */
const MOST_INVOICES = 10;

/** Tells Stripe what a page that was closed, or an outage, left untold; what fails again waits a quarter of an hour. */
export async function settleStripe(_: Env, settings: Settings): Promise<void> {
  const db = serviceDatabase(settings);
  const claimed = await claimStripeSettling(db, MOST_INVOICES);
  if (!claimed.ok) throw new Error(`nothing claimed: ${claimed.error.cause}`);
  for (const invoiceId of claimed.value) {
    const problem = await settleAtStripe(settings, db, invoiceId);
    if (problem !== null) log("warn", "stripe_not_told", { invoice: invoiceId, status: problem.status });
  }
}
