import { ensureEndpoint } from "@billhook/billing/stripe-account";
import type { BillhookClient } from "@billhook/database/client";
import { setStripeWebhook } from "@billhook/database/stripe-accounts";
import type { Settings } from "../env.ts";
import { log } from "../log.ts";
import { encryptSecret } from "../secrets.ts";
import { webhookUrlOf } from "./connect.ts";
import { stripeSecretContext } from "./secret.ts";
import type { StripeSession } from "./session.ts";

/** Stripe disables an endpoint that fails for days, and people delete them: one that Billhook made is made anew. */
export async function mendEndpoint(
  settings: Settings,
  db: BillhookClient,
  { client, account }: StripeSession,
): Promise<void> {
  const { id, webhook_endpoint_id: known } = account;
  // Of an endpoint that a person made, only they know where it is.
  if (known === null) return;
  const endpoint = await ensureEndpoint(client, webhookUrlOf(settings, id), known);
  if (!endpoint.ok) {
    log("warn", "stripe_endpoint_not_made", { account: id, detail: endpoint.detail });
    return;
  }
  if (endpoint.secret === null) return;
  const context = stripeSecretContext(id, "webhook");
  const ciphertext = await encryptSecret(settings.encryptionKeys, context, endpoint.secret);
  const set = await setStripeWebhook(db, id, endpoint.id, ciphertext);
  if (!set.ok) log("error", "stripe_webhook_not_kept", { account: id, cause: set.error.cause });
}
