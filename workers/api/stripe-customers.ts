/** Which customer of its account a client is: looked for there, and chosen. */
import { readCustomer, searchCustomers } from "@billhook/billing/stripe-customers";
import { linkStripeCustomer } from "@billhook/database/stripe-accounts";
import * as z from "zod";
import { serviceDatabase, type Settings } from "../env.ts";
import { readJson } from "../http/json.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { openStripeAccount, stripeProblem } from "../payments/session.ts";
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
  const session = await openStripeAccount(settings, serviceDatabase(settings), own.account);
  if (session instanceof Response) return session;
  const found = await searchCustomers(session.client, query.slice(0, 200));
  await session.heed(found);
  if (!found.ok) return stripeProblem(found);
  return Response.json({ customers: found.customers }, { headers: { "cache-control": "private, no-store" } });
}

const choiceSchema = z.object({ client_id: z.uuid(), customer_id: z.string().trim().min(1).max(255) });

/** POST /api/stripe/accounts/{id}/customers: the client is this customer from now on. */
export async function chooseStripeCustomer(request: Request, settings: Settings, id: string): Promise<Response> {
  const body = await readJson(request.clone() as Request, choiceSchema);
  if (body instanceof Response) return body;
  const own = await findOwn(request, settings, id);
  if (own instanceof Response) return own;
  const db = serviceDatabase(settings);
  const session = await openStripeAccount(settings, db, own.account);
  if (session instanceof Response) return session;
  const found = await readCustomer(session.client, body.customer_id);
  await session.heed(found);
  if (!found.ok) {
    return found.code === "stripe_customer_missing"
      ? problem(422, found.message, { field: "customer_id" })
      : stripeProblem(found);
  }
  const linked = await linkStripeCustomer(db, body.client_id, id, own.userId, found.customer);
  return linked.ok ? new Response(null, { status: 204 }) : databaseProblem(linked.error);
}
