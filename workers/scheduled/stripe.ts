import { findDueComparisons } from "@billhook/database/stripe-comparison";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import { compareAccount } from "../payments/compare.ts";
import { mendEndpoint } from "../payments/endpoint.ts";
import { openStripeAccount } from "../payments/session.ts";

/**
 * Each night, in its workspace's zone: what an account says of its invoices beside what is known of them here, and whether
 * it still tells of them by itself.
 */
export async function compareStripeAccounts(_env: Env, settings: Settings): Promise<void> {
  const db = serviceDatabase(settings);
  const due = await findDueComparisons(db);
  if (!due.ok) {
    log("error", "stripe_comparisons_not_read", { cause: due.error.cause });
    return;
  }
  for (const account of due.value) {
    const session = await openStripeAccount(settings, db, account);
    if (session instanceof Response) {
      log("warn", "stripe_not_compared", { account: account.id, status: session.status });
      continue;
    }
    const compared = await compareAccount(db, session, "15 minutes");
    await mendEndpoint(settings, db, session);
    if (compared.ok) log("info", "stripe_compared", { account: account.id, ...compared.outcome });
    else {
      const cause = "stripe" in compared ? compared.stripe.detail : compared.database.cause;
      log("error", "stripe_not_compared", { account: account.id, cause });
    }
  }
}
