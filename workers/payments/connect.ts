/** Connecting an account of Stripe whose key was just given: checked there, kept encrypted, told where to send its events. */
import { checkStripeAccount, deleteEndpoint, ensureEndpoint } from "@billhook/billing/stripe-account";
import type { BillhookClient } from "@billhook/database/client";
import {
  connectStripeAccount,
  findStripeAccount,
  findStripeAccountById,
  type StripeAccount,
} from "@billhook/database/stripe-accounts";
import type { Settings } from "../env.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { log } from "../log.ts";
import { encryptSecret } from "../secrets.ts";
import { stripeSecretContext } from "./secret.ts";
import { clientWith, stripeProblem } from "./session.ts";

export interface GivenKey {
  workspaceId: string;
  userId: string;
  key: string;
  mode: "live" | "test";
  /** The account that the key must belong to; null: any. */
  accountId: string | null;
}

export const webhookUrlOf = (settings: Settings, id: string): string => `${settings.appUrl}/api/webhooks/stripe/${id}`;

/** The account as it is kept, or the problem to answer. */
export async function keepStripeAccount(
  settings: Settings,
  db: BillhookClient,
  { workspaceId, userId, key, mode, accountId }: GivenKey,
): Promise<StripeAccount | Response> {
  const client = clientWith(settings, key);
  const checked = await checkStripeAccount(client);
  if (!checked.ok) {
    log("warn", "stripe_account_not_checked", { workspace: workspaceId, code: checked.code, detail: checked.detail });
    return checked.code === "stripe_key_refused"
      ? problem(422, "Stripe does not know this key. Compare it with the one shown there.", { field: "api_key" })
      : stripeProblem(checked);
  }
  const livemode = mode === "live";
  const found = await findStripeAccount(db, workspaceId, checked.accountId, livemode);
  if (!found.ok) return databaseProblem(found.error);
  if (accountId !== null && found.value?.id !== accountId) {
    return problem(
      422,
      "This key belongs to another account, or to its other mode. To change the account, disconnect this one first.",
      { field: "api_key" },
    );
  }
  const id = found.value?.id ?? crypto.randomUUID();
  const known = found.value?.webhook ?? null;
  const knownEndpoint = known === null ? null : (found.value?.webhook_endpoint_id ?? null);
  const endpoint =
    known !== null && knownEndpoint === null
      ? null
      : await ensureEndpoint(client, webhookUrlOf(settings, id), knownEndpoint);
  if (endpoint !== null && !endpoint.ok) {
    if ("code" in endpoint && endpoint.retryable) return stripeProblem(endpoint);
    log("info", "stripe_endpoint_not_made", { workspace: workspaceId, detail: endpoint.detail });
  }
  const made = endpoint?.ok === true ? endpoint : null;
  const fresh = made?.secret ?? null;
  const context = stripeSecretContext(id, "webhook");
  const webhook = fresh === null ? known : await encryptSecret(settings.encryptionKeys, context, fresh);
  const connected = await connectStripeAccount(
    db,
    workspaceId,
    userId,
    {
      id,
      account_id: checked.accountId,
      name: checked.name,
      livemode,
      key_hint: `${key.slice(0, 8)}…${key.slice(-4)}`,
      state: checked.missing.length === 0 ? "connected" : "permissions_missing",
      missing_permissions: checked.missing,
      problem: null,
      webhook_endpoint_id: made?.id ?? knownEndpoint,
    },
    { key: await encryptSecret(settings.encryptionKeys, stripeSecretContext(id, "key"), key), webhook },
  );
  if (!connected.ok) {
    // Another account is connected, or was at the same moment: nothing here would listen to this endpoint.
    if (made !== null && fresh !== null) await deleteEndpoint(client, made.id);
    return databaseProblem(connected.error);
  }
  const kept = await findStripeAccountById(db, connected.value);
  if (!kept.ok) return databaseProblem(kept.error);
  return kept.value ?? problem(404, "There is no such account.");
}
