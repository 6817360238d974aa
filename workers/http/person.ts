import type { BillhookClient } from "@billhook/database/client";
import { personDatabase, type Settings } from "../env.ts";
import { problem } from "./problem.ts";

/**
 * The database as the person who asks, by the Supabase access token in the Authorization header. The token is verified
 * by the database at the first query; here it only has to be there.
 */
export function databaseOfPerson(request: Request, settings: Settings): BillhookClient | Response {
  const token = /^Bearer ([A-Za-z0-9._~+/=-]+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
  return token === undefined
    ? problem(401, "Sign in: send your access token as a bearer token.")
    : personDatabase(settings, token);
}
