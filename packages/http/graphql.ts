/** GraphQL over HTTP (graphql.org, "Serving over HTTP"): one document, its data, and the errors beside it. */
import * as z from "zod";
import { failure, type Host, readJson } from "./call.ts";
import type { CallFailureCode, CallResult, Connection } from "./result.ts";

/** An error by its code alone: `NOT_FOUND`, `RATE_LIMITED`; its words stay with the service. */
export interface GraphqlError {
  code: string;
  path: (string | number)[];
}

const errorSchema = z
  .object({
    type: z.string().max(100).optional().catch(undefined),
    path: z.array(z.union([z.string(), z.number()])).catch([]),
    extensions: z
      .object({ code: z.string().max(100).optional().catch(undefined) })
      .nullish()
      .catch(null),
  })
  .catch({ path: [] });
const answerSchema = z.object({ data: z.unknown().optional(), errors: z.array(errorSchema).nullish().catch(null) });

const codes: Readonly<Record<string, CallFailureCode>> = {
  RATE_LIMITED: "rate_limited",
  RATELIMITED: "rate_limited",
  AUTHENTICATION_ERROR: "unauthorised",
  UNAUTHENTICATED: "unauthorised",
  FORBIDDEN: "forbidden",
  INSUFFICIENT_SCOPES: "forbidden",
  NOT_FOUND: "not_found",
  INTERNAL: "unavailable",
  INTERNAL_SERVER_ERROR: "unavailable",
};

/**
 * The data, as far as there is any, and what was wrong with the rest. Without any data it is a failure, by the first
 * error's code. A query may be repeated; a mutation is sent once.
 */
export async function askGraphql<T>(
  host: Host,
  connection: Connection,
  schema: z.ZodType<T>,
  { path, document, variables }: { path: string; document: string; variables?: Readonly<Record<string, unknown>> },
): Promise<CallResult<{ data: T; errors: GraphqlError[] }>> {
  const isRead = !/^\s*mutation\b/.test(document);
  const call = { method: "POST", path, isRead, body: { query: document, variables: variables ?? {} } } as const;
  const read = await readJson(host, connection, answerSchema, call);
  if (!read.ok) return read;
  const { data, errors } = read.value.body;
  const said = (errors ?? []).map((error) => ({ code: error.extensions?.code ?? error.type ?? "", path: error.path }));
  if (data === null || data === undefined) {
    const [first] = said;
    const code = codes[first?.code ?? ""] ?? "unexpected";
    return failure(code, call, `was answered with the error “${named(first?.code)}”`, read.budget);
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return { ok: true, value: { data: parsed.data, errors: said }, budget: read.budget };
  const where = parsed.error.issues[0]?.path.join(".") ?? "";
  return failure("unexpected", call, `answered another form than expected, at “${where}”`, read.budget);
}

/** A code is a word in capitals or camel case; anything else stays out of the log. */
const named = (code: string | undefined): string =>
  /^[A-Za-z_]{1,60}$/.test(code ?? "") ? (code ?? "") : "without a code";
