/** With which account of Stripe something is done for a workspace, and what that tells about the account. */
import { createStripeClient } from "@billhook/billing/stripe";
import { checkStripeAccount, readKeyMode } from "@billhook/billing/stripe-account";
import type { StripeFailure } from "@billhook/billing/stripe-failure";
import type { BillhookClient } from "@billhook/database/client";
import {
  findOperatorAccount,
  keepOperatorAccount,
  readStripeAccountForInvoice,
  reportStripeAccount,
  type StripeAccount,
  type StripeAccountForInvoice,
} from "@billhook/database/stripe-accounts";
import type { Settings } from "../env.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { log } from "../log.ts";
import { decryptSecret } from "../secrets.ts";
import { stripeSecretContext } from "./secret.ts";

export type StripeClient = ReturnType<typeof createStripeClient>;

export interface StripeSession {
  client: StripeClient;
  account: StripeAccount;
  /** Keeps what an answer says about the account's key: that it is refused, or works again. */
  heed: (answer: { ok: true } | StripeFailure) => Promise<void>;
}

const notConnected =
  "Stripe is not connected. Connect your account under Settings, Payments, or send the PDF yourself.";

/** A client for a key, at Stripe's own address or the stand-in's. */
export const clientWith = (settings: Settings, secretKey: string): StripeClient =>
  createStripeClient({
    secretKey,
    ...(settings.stripe.apiBase === null ? {} : { apiBase: settings.stripe.apiBase }),
  });

/** What people call the account: its name where Stripe told it. */
export const nameAccount = ({ name, account_id: id }: StripeAccount): string => name ?? id ?? "the installation's";

/**
 * The account that an invoice is in, or else goes to: the workspace's own, or the installation's where that serves it.
 * An invoice that was begun in one account is never gone on with in another. Otherwise the problem to answer.
 */
export async function openStripeForInvoice(
  settings: Settings,
  db: BillhookClient,
  invoiceId: string,
): Promise<(StripeSession & { customerId: string | null }) | Response> {
  const found = await readStripeAccountForInvoice(db, invoiceId);
  if (!found.ok) return databaseProblem(found.error);
  const session = await openFound(settings, db, found.value);
  if (session instanceof Response) return session;
  const { bound, customers, is_test: isTest } = found.value;
  if (bound === null && session.account.livemode === isTest) {
    return problem(
      409,
      isTest
        ? "This is a test, and Stripe is connected in live mode. Tests go to Stripe with a key of its test mode only."
        : "Stripe is connected in test mode, and this invoice has a number of your books. Connect a live key under Settings, Payments. For practice, turn on test invoices under Settings.",
    );
  }
  return { ...session, customerId: customers[session.account.id] ?? null };
}

function openFound(
  settings: Settings,
  db: BillhookClient,
  { bound, account, workspace_id: workspaceId, is_first_workspace: isFirst }: StripeAccountForInvoice,
): Promise<StripeSession | Response> {
  if (bound?.source === "operator") return openOperators(settings, db, workspaceId, bound);
  if (bound !== null) return openStripeAccount(settings, db, bound);
  if (account !== null) return openStripeAccount(settings, db, account);
  return servesWorkspace(settings, workspaceId, isFirst)
    ? openOperators(settings, db, workspaceId, null)
    : Promise.resolve(problem(409, notConnected));
}

/** A workspace's own account, with its key. */
export async function openStripeAccount(
  settings: Settings,
  db: BillhookClient,
  account: StripeAccount,
): Promise<StripeSession | Response> {
  if (account.source === "operator") return await openOperators(settings, db, account.workspace_id, account);
  if (account.key === null) {
    return problem(
      409,
      `This is in the Stripe account ${nameAccount(account)}, which is disconnected. Connect it again under Settings, Payments: no other account can go on with it.`,
    );
  }
  const context = stripeSecretContext(account.id, "key");
  const key = await decryptSecret(settings.encryptionKeys, context, account.key);
  return { client: clientWith(settings, key), account, heed: (answer) => heed(db, account, answer) };
}

/** Whether the installation's key may be used for a workspace: one deployment's money has one owner. */
export const servesWorkspace = ({ stripe: { operator } }: Settings, workspaceId: string, isFirst: boolean): boolean =>
  operator !== null &&
  (operator.workspaceId === null ? isFirst : operator.workspaceId === "*" || operator.workspaceId === workspaceId);

/** The installation's account; `bound` where an invoice is in it already, which must still be the same one. */
async function openOperators(
  settings: Settings,
  db: BillhookClient,
  workspaceId: string,
  bound: StripeAccount | null,
): Promise<StripeSession | Response> {
  const { operator, apiBase } = settings.stripe;
  if (operator === null) return problem(409, notConnected);
  const client = clientWith(settings, operator.secretKey);
  const keyDigest = await digest(operator.secretKey);
  const session = (account: StripeAccount): StripeSession => ({
    client,
    account,
    heed: (answer) => heed(db, account, answer),
  });
  if (bound?.key_digest === keyDigest) return session(bound);
  const known = await findOperatorAccount(db, workspaceId, keyDigest);
  if (!known.ok) return databaseProblem(known.error);
  if (known.value === null) {
    const checked = await checkStripeAccount(client);
    if (!checked.ok) return stripeProblem(checked);
    const kept = await keepOperatorAccount(db, workspaceId, {
      accountId: checked.accountId,
      name: checked.name,
      // What stands in for Stripe moves no money in either mode: it takes the books' invoices.
      livemode: apiBase !== null || readKeyMode(operator.secretKey) === "live",
      keyDigest,
    });
    if (!kept.ok) return databaseProblem(kept.error);
  }
  const account = known.value === null ? await findOperatorAccount(db, workspaceId, keyDigest) : known;
  if (!account.ok) return databaseProblem(account.error);
  if (account.value === null || (bound !== null && account.value.id !== bound.id)) {
    return problem(
      409,
      `This is in the Stripe account ${bound === null ? "" : nameAccount(bound)}, and the installation has the key of another one now.`,
    );
  }
  return session(account.value);
}

async function heed(db: BillhookClient, account: StripeAccount, answer: { ok: true } | StripeFailure): Promise<void> {
  if (answer.ok) {
    if (account.state === "key_refused") await reportStripeAccount(db, account.id, { state: "connected" });
    return;
  }
  const { code, detail } = answer;
  if (code !== "stripe_key_refused" && code !== "stripe_permission_missing") return;
  log("warn", code, { account: account.id, detail });
  const permission = /'(rak_\w+)'/.exec(detail)?.[1];
  const told = await reportStripeAccount(db, account.id, {
    state: code === "stripe_key_refused" ? "key_refused" : "permissions_missing",
    missing: permission === undefined ? [] : [permission],
    problem:
      code === "stripe_key_refused"
        ? `Stripe refuses the key of ${nameAccount(account)}. Replace it.`
        : `The key of ${nameAccount(account)} lacks a permission${permission === undefined ? "" : `: ${permission}`}.`,
  });
  if (!told.ok) log("error", "stripe_account_not_reported", { account: account.id, cause: told.error.cause });
}

export const stripeProblem = (failure: StripeFailure): Response =>
  failure.retryable ? problem(503, failure.message, { retryAfterSeconds: 10 }) : problem(422, failure.message);

/** Tells whether it is still the same key, without keeping it. */
async function digest(key: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
  return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
