import { isLookedUp, lookUpEvent } from "@billhook/billing/stripe-lookup";
import { invoiceFactsOf, parseStripeWebhook, type StripeEvent } from "@billhook/billing/stripe-webhook";
import { applyStripeEvent } from "@billhook/database/invoices";
import { applyStripeRefund, savePaymentState } from "@billhook/database/stripe-settling";
import { findStripeAccountById, reportStripeAccount, type StripeAccount } from "@billhook/database/stripe-accounts";
import { serviceDatabase, type Settings } from "../env.ts";
import { readBody } from "../http/body.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";
import { log } from "../log.ts";
import { stripeSecretContext } from "../payments/secret.ts";
import { clientWith, nameAccount, openStripeAccount, type StripeClient } from "../payments/session.ts";
import { decryptSecret } from "../secrets.ts";

/** POST /api/webhooks/stripe: of the installation's own account. */
export async function receiveOperatorStripeWebhook(request: Request, settings: Settings): Promise<Response> {
  const secret = settings.stripe.operator?.webhookSecret ?? null;
  if (secret === null) return problem(404, "Stripe is not configured here.");
  const event = await readEvent(request, secret);
  return event instanceof Response ? event : await applyEvent(settings, event, null);
}

/** POST /api/webhooks/stripe/{id}: of the account with that id, signed with the secret of its own endpoint. */
export async function receiveStripeWebhook(request: Request, settings: Settings, id: string): Promise<Response> {
  const unknown = problem(404, "There is no such account.");
  if (!isUuid(id)) return unknown;
  const db = serviceDatabase(settings);
  const found = await findStripeAccountById(db, id);
  if (!found.ok) return databaseProblem(found.error);
  if (found.value?.webhook == null) return unknown;
  const account = found.value;
  const context = stripeSecretContext(id, "webhook");
  const event = await readEvent(request, await decryptSecret(settings.encryptionKeys, context, found.value.webhook));
  if (event instanceof Response) return event;
  // A platform's endpoint also hears of the accounts connected to it, and a test clock's of the other mode.
  const isOthers = (event.account !== undefined && event.account !== account.account_id) || !isOfMode(event, account);
  if (isOthers) {
    log("warn", "stripe_event_of_another_account", { event: event.id, account: id });
    return Response.json({ outcome: "unrelated" });
  }
  if (event.type === "account.application.deauthorized") {
    const problemText = `Access to ${nameAccount(account)} was taken back at Stripe. Give it a new key.`;
    const told = await reportStripeAccount(db, id, { state: "key_refused", problem: problemText });
    return told.ok ? Response.json({ outcome: "applied" }) : databaseProblem(told.error);
  }
  return await applyEvent(settings, event, id);
}

const isOfMode = ({ livemode }: StripeEvent, account: StripeAccount): boolean =>
  livemode === undefined || livemode === account.livemode;

/** Verified on the raw bytes before anything is read of it. */
async function readEvent(request: Request, secret: string): Promise<StripeEvent | Response> {
  const body = await readBody(request, 1024 * 1024);
  if (body === null) return problem(413, "The body is larger than 1 MB.");
  const parsed = await parseStripeWebhook(body, request.headers.get("stripe-signature"), secret);
  if (parsed.ok) return parsed.event;
  log("warn", "stripe_event_refused", { code: parsed.code, detail: parsed.detail });
  return parsed.code === "bad_signature"
    ? problem(401, "The signature does not match.")
    : problem(400, "This is not an event.");
}

/** What an event says of money without naming the invoice; null for any other event. */
async function applyLookedUp(
  settings: Settings,
  event: StripeEvent,
  accountId: string | null,
): Promise<Response | null> {
  if (!isLookedUp(event)) return null;
  const db = serviceDatabase(settings);
  const client = await openClient(settings, db, accountId);
  if (client instanceof Response) return client;
  const looked = await lookUpEvent(client, event);
  if (!looked.ok) {
    log("error", "stripe_event_not_looked_up", { event: event.id, code: looked.code, detail: looked.detail });
    return problem(503, "What the event is about could not be read; send it again.", { retryAfterSeconds: 60 });
  }
  if (looked.kind === "nothing") return Response.json({ outcome: "unrelated" });
  const { stripeInvoiceId } = looked;
  const applied =
    looked.kind === "payment"
      ? await savePaymentState(db, stripeInvoiceId, looked.state, accountId)
      : await applyStripeRefund(db, {
          accountId,
          eventId: event.id,
          type: event.type,
          createdAt: new Date(event.created * 1000).toISOString(),
          stripeInvoiceId,
          refundId: looked.refundId,
          amountMinor: looked.amountMinor,
          succeeded: looked.succeeded,
        });
  if (!applied.ok) {
    log("error", "stripe_event_not_stored", { event: event.id, cause: applied.error.cause });
    return problem(503, "The event could not be stored; send it again.", { retryAfterSeconds: 30 });
  }
  return Response.json({ outcome: applied.value ?? "applied" });
}

/** A client for the account that an event came from. */
async function openClient(
  settings: Settings,
  db: ReturnType<typeof serviceDatabase>,
  accountId: string | null,
): Promise<StripeClient | Response> {
  const { operator } = settings.stripe;
  if (accountId === null) {
    return operator === null
      ? problem(404, "Stripe is not configured here.")
      : clientWith(settings, operator.secretKey);
  }
  const found = await findStripeAccountById(db, accountId);
  if (!found.ok) return databaseProblem(found.error);
  if (found.value === null) return problem(404, "There is no such account.");
  const session = await openStripeAccount(settings, db, found.value);
  return session instanceof Response ? session : session.client;
}

/** Handled once, in any order. 2xx only when it is stored. */
async function applyEvent(settings: Settings, event: StripeEvent, accountId: string | null): Promise<Response> {
  const looked = await applyLookedUp(settings, event, accountId);
  if (looked !== null) return looked;
  const facts = invoiceFactsOf(event);
  if (facts === null) return Response.json({ outcome: "ignored" });
  const applied = await applyStripeEvent(serviceDatabase(settings), { ...facts, type: event.type, accountId });
  if (!applied.ok) {
    log("error", "stripe_event_not_stored", { event: facts.eventId, cause: applied.error.cause });
    return problem(503, "The event could not be stored; send it again.", { retryAfterSeconds: 30 });
  }
  if (applied.value === "mismatch" || applied.value === "unrelated") {
    const { eventId, stripeInvoiceId } = facts;
    log("warn", `stripe_event_${applied.value}`, { event: eventId, invoice: stripeInvoiceId, account: accountId });
  }
  return Response.json({ outcome: applied.value });
}
