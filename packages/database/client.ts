import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { type DatabaseResult, toDatabaseError } from "./errors.ts";
import type { Database } from "./types.generated.ts";

export type BillhookClient = SupabaseClient<Database>;

/** A client without a session of its own: with the secret key, or with the token of the person on whose behalf it asks. */
export function createDatabaseClient(options: {
  url: string;
  key: string;
  accessToken?: string;
  /** After this a query counts as unanswered: hosts of webhooks wait ten seconds. */
  timeoutMs?: number;
}): BillhookClient {
  const { timeoutMs, accessToken = options.key } = options;
  return createClient<Database>(options.url, options.key, {
    // Given here, it takes the place of a session: nothing is made or waited for that would look after one.
    accessToken: () => Promise.resolve(accessToken),
    ...(timeoutMs === undefined
      ? {}
      : { global: { fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) }) } }),
  });
}

/** What supabase-js answers. */
export interface Answer<T> {
  data: T;
  error: Parameters<typeof toDatabaseError>[0] | null;
  status: number;
}

/** Awaits a query or procedure; the answer is a value either way. Only a bug throws. */
export async function settle<T>(query: PromiseLike<Answer<T>>): Promise<DatabaseResult<NonNullable<T>>> {
  try {
    const { data, error, status } = await query;
    if (error !== null) return { ok: false, error: toDatabaseError(error, status) };
    if (data === null || data === undefined) {
      return { ok: false, error: toDatabaseError({ message: "no row", code: "PGRST116" }, status) };
    }
    return { ok: true, value: data };
  } catch (error) {
    return { ok: false, error: toDatabaseError({ message: String(error) }, 0) };
  }
}

/** As `settle`, for procedures that return nothing. */
export async function settleVoid(query: PromiseLike<Answer<unknown>>): Promise<DatabaseResult<null>> {
  try {
    const { error, status } = await query;
    return error === null ? { ok: true, value: null } : { ok: false, error: toDatabaseError(error, status) };
  } catch (error) {
    return { ok: false, error: toDatabaseError({ message: String(error) }, 0) };
  }
}
