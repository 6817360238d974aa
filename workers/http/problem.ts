import type { DatabaseError, DatabaseErrorCode } from "@billhook/database/errors";

const titles: Record<number, string> = {
  400: "Bad request",
  401: "Unauthorised",
  403: "Forbidden",
  404: "Not found",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported content type",
  422: "Invalid input",
  500: "Internal error",
  502: "Bad gateway",
  503: "Unavailable",
};

/** An error as problem details (RFC 9457). `detail` says what the caller can do; `field` names the input concerned. */
export function problem(
  status: number,
  detail: string,
  extra: { field?: string; retryAfterSeconds?: number } = {},
): Response {
  const body = {
    type: "about:blank",
    title: titles[status] ?? "Error",
    status,
    detail,
    ...(extra.field === undefined ? {} : { field: extra.field }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(extra.retryAfterSeconds === undefined ? {} : { "retry-after": String(extra.retryAfterSeconds) }),
    },
  });
}

const statuses: Record<DatabaseErrorCode, number> = {
  not_allowed: 403,
  not_found: 404,
  invalid_input: 422,
  wrong_state: 409,
  already_invoiced: 409,
  mixed_invoice: 422,
  nothing_to_invoice: 422,
  over_cap: 409,
  conflict: 409,
  signed_out: 401,
  unavailable: 503,
  unexpected: 500,
};

export function databaseProblem(error: DatabaseError): Response {
  const status = statuses[error.code];
  return problem(status, error.message, {
    ...(error.field === null ? {} : { field: error.field }),
    ...(status === 503 ? { retryAfterSeconds: 10 } : {}),
  });
}
