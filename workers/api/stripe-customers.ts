/** Which customer of its account a client is: looked for there, and chosen. */
import { readCustomer, searchCustomers } from "@billhook/billing/stripe-customers";
import { linkStripeCustomer, readStripeAccountInUse, type StripeAccount } from "@billhook/database/stripe-accounts";
import * as z from "zod";
import { serviceDatabase, type Settings } from "../env.ts";
import { readJson } from "../http/json.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { openStripeAccount, servesWorkspace, stripeProblem, type StripeSession } from "../payments/session.ts";
import { findOwn } from "./stripe-accounts.ts";

/** GET /api/stripe/accounts/{id}/customers?query=: by a part of the name or address, or by id; the newest without one. */
export async function searchStripeCustomers(
  request: Request,
  settings: Settings,
  id: string,
  query: string,
): Promise<Response> {
  const own = await findOwn(request, settings, id);
  if (own instanceof Response) return own;
  const session = await openForCustomers(settings, own.account);
  if (session instanceof Response) return session;
  const found = await searchCustomers(session.client, query.slice(0, 200));
  await session.heed(found);
  if (!found.ok) return stripeProblem(found);
  return Response.json({ customers: found.customers }, { headers: { "cache-control": "private, no-store" } });
}

/** The installation's customers are nobody's business but of the workspace that its account serves. */
async function openForCustomers(settings: Settings, account: StripeAccount): Promise<StripeSession | Response> {
  const db = serviceDatabase(settings);
  if (account.source === "operator") {
    const used = await readStripeAccountInUse(db, account.workspace_id);
    if (!used.ok) return databaseProblem(used.error);
    if (!servesWorkspace(settings, account.workspace_id, used.value.is_first_workspace)) {
      return problem(409, "The installation's account does not serve this workspace. Connect your own.");
    }
  }
  return await openStripeAccount(settings, db, account);
}

const choiceSchema = z.object({ client_id: z.uuid(), customer_id: z.string().trim().min(1).max(255) });

/** POST /api/stripe/accounts/{id}/customers: the client is this customer from now on. */
export async function chooseStripeCustomer(request: Request, settings: Settings, id: string): Promise<Response> {
  const body = await readJson(request.clone() as Request, choiceSchema);
  if (body instanceof Response) return body;
  const own = await findOwn(request, settings, id);
  if (own instanceof Response) return own;
  const session = await openForCustomers(settings, own.account);
  if (session instanceof Response) return session;
  const found = await readCustomer(session.client, body.customer_id);
  await session.heed(found);
  if (!found.ok) {
    return found.code === "stripe_customer_missing"
      ? problem(422, found.message, { field: "customer_id" })
      : stripeProblem(found);
  }
  const linked = await linkStripeCustomer(serviceDatabase(settings), body.client_id, id, own.userId, found.customer);
  return linked.ok ? new Response(null, { status: 204 }) : databaseProblem(linked.error);
}
