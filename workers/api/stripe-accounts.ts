/** The account of Stripe that a workspace sends its invoices with: connected by a key, checked, and let go. */
import { deleteEndpoint, readKeyMode } from "@billhook/billing/stripe-account";
import {
  checkStripeManager,
  disconnectStripeAccount,
  findStripeAccountById,
  setStripeWebhook,
  type StripeAccount,
} from "@billhook/database/stripe-accounts";
import { checkWorkspaceManager } from "@billhook/database/trackers";
import * as z from "zod";
import { serviceDatabase, type Settings } from "../env.ts";
import { readJson } from "../http/json.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";
import { log } from "../log.ts";
import { compareAccount } from "../payments/compare.ts";
import { keepStripeAccount, webhookUrlOf } from "../payments/connect.ts";
import { stripeSecretContext } from "../payments/secret.ts";
import { openStripeAccount, stripeProblem } from "../payments/session.ts";
import { decryptSecret, encryptSecret } from "../secrets.ts";

const keySchema = z.object({
  workspace_id: z.uuid(),
  api_key: z.string().trim().max(300),
  /** An account that is given another key. */
  id: z.uuid().optional(),
});

/** What the page needs to go on with, and no secret. */
const describe = (settings: Settings, account: StripeAccount) => ({
  id: account.id,
  account_id: account.account_id,
  name: account.name,
  livemode: account.livemode,
  state: account.state,
  missing_permissions: account.missing_permissions,
  webhook_url: webhookUrlOf(settings, account.id),
  // Where Billhook could not make the endpoint, its secret is to be pasted.
  webhook_set: account.webhook !== null,
});

const privately = { "cache-control": "private, no-store" };

/** POST /api/stripe/accounts: connects the account a key belongs to, or gives a connected one another key. */
export async function createStripeAccount(request: Request, settings: Settings): Promise<Response> {
  const person = databaseOfPerson(request, settings);
  if (person instanceof Response) return person;
  const body = await readJson(request, keySchema);
  if (body instanceof Response) return body;
  const manager = await checkWorkspaceManager(person, body.workspace_id);
  if (!manager.ok) return databaseProblem(manager.error);
  const mode = readKeyMode(body.api_key);
  if (mode === null) {
    const detail = "Paste a restricted key: it begins with rk_live_, or rk_test_ for practice.";
    return problem(422, detail, { field: "api_key" });
  }
  const kept = await keepStripeAccount(settings, serviceDatabase(settings), {
    workspaceId: body.workspace_id,
    userId: manager.value,
    key: body.api_key,
    mode,
    accountId: body.id ?? null,
  });
  if (kept instanceof Response) return kept;
  log("info", "stripe_account_connected", { account: kept.id, workspace: body.workspace_id, state: kept.state });
  return Response.json(describe(settings, kept), { status: 201, headers: privately });
}

/** POST /api/stripe/accounts/{id}/check: asks Stripe again with the key it has, after its permissions were changed there. */
export async function checkStripeAccountAgain(request: Request, settings: Settings, id: string): Promise<Response> {
  const own = await findOwn(request, settings, id);
  if (own instanceof Response) return own;
  const { account, workspaceId, userId } = own;
  if (account.key === null) return problem(409, "This account is disconnected.");
  const key = await decryptSecret(settings.encryptionKeys, stripeSecretContext(id, "key"), account.key);
  const kept = await keepStripeAccount(settings, serviceDatabase(settings), {
    workspaceId,
    userId,
    key,
    mode: account.livemode ? "live" : "test",
    accountId: id,
  });
  return kept instanceof Response ? kept : Response.json(describe(settings, kept), { headers: privately });
}

const secretSchema = z.object({
  secret: z
    .string()
    .trim()
    .regex(/^whsec_[\x21-\x7e]{8,200}$/, "begins with whsec_"),
});

/** POST /api/stripe/accounts/{id}/webhook-secret: that of an endpoint which a person made at Stripe. */
export async function replaceStripeWebhookSecret(request: Request, settings: Settings, id: string): Promise<Response> {
  const body = await readJson(request.clone() as Request, secretSchema);
  if (body instanceof Response) return body;
  const own = await findOwn(request, settings, id);
  if (own instanceof Response) return own;
  const context = stripeSecretContext(id, "webhook");
  const ciphertext = await encryptSecret(settings.encryptionKeys, context, body.secret);
  const set = await setStripeWebhook(serviceDatabase(settings), id, null, ciphertext);
  return set.ok ? new Response(null, { status: 204 }) : databaseProblem(set.error);
}

/** POST /api/stripe/accounts/{id}/compare: at once what is done each night. 200 {open, found, healed}. */
export async function compareStripeAccount(request: Request, settings: Settings, id: string): Promise<Response> {
  const own = await findOwn(request, settings, id);
  if (own instanceof Response) return own;
  const db = serviceDatabase(settings);
  const session = await openStripeAccount(settings, db, own.account);
  if (session instanceof Response) return session;
  const compared = await compareAccount(db, session, "0 seconds");
  if (compared.ok) return Response.json(compared.outcome, { headers: privately });
  return "stripe" in compared ? stripeProblem(compared.stripe) : databaseProblem(compared.database);
}

/** DELETE /api/stripe/accounts/{id}: its endpoint is taken away at Stripe, where the key still can, and its secrets here. */
export async function removeStripeAccount(request: Request, settings: Settings, id: string): Promise<Response> {
  const own = await findOwn(request, settings, id);
  if (own instanceof Response) return own;
  const { account } = own;
  if (account.key !== null && account.webhook_endpoint_id !== null) {
    const session = await openStripeAccount(settings, serviceDatabase(settings), account);
    if (!(session instanceof Response)) {
      const deleted = await deleteEndpoint(session.client, account.webhook_endpoint_id);
      if (!deleted.ok) log("info", "stripe_endpoint_not_deleted", { account: id, detail: deleted.detail });
    }
  }
  const gone = await disconnectStripeAccount(own.person, id);
  return gone.ok ? new Response(null, { status: 204 }) : databaseProblem(gone.error);
}

/** The account, for a person who may change it; otherwise the problem to answer. */
export async function findOwn(request: Request, settings: Settings, id: string) {
  const person = databaseOfPerson(request, settings);
  if (person instanceof Response) return person;
  if (!isUuid(id)) return problem(404, "There is no such account.");
  const checked = await checkStripeManager(person, id);
  if (!checked.ok) return databaseProblem(checked.error);
  const manager = await checkWorkspaceManager(person, checked.value);
  if (!manager.ok) return databaseProblem(manager.error);
  const found = await findStripeAccountById(serviceDatabase(settings), id);
  if (!found.ok) return databaseProblem(found.error);
  if (found.value === null) return problem(404, "There is no such account.");
  return { person, account: found.value, workspaceId: checked.value, userId: manager.value };
}
