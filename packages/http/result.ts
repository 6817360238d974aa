/** What a call to somebody's API needs, and what comes of it. Nothing here throws: a failure is a value with a code. */

/** `header`: a key in a header of its own, or in `authorization` without a scheme. */
export type Token =
  | { kind: "bearer"; value: string }
  | { kind: "basic"; username: string; password: string }
  | { kind: "header"; name: string; value: string };

export interface Connection {
  /** The root of the API where it is not the public one; a path in front of it is kept. */
  baseUrl: string | null;
  token: Token | null;
  fetch?: typeof fetch;
  /** Stops the work; what was under way fails as `unavailable`. */
  signal?: AbortSignal;
  limits?: Partial<CallLimits>;
}

export interface CallLimits {
  /** How long one request may take, its body included. */
  timeoutMs: number;
  /** How often a read is tried in all. What changes something there is tried once. */
  attempts: number;
  /** A longer wait is left to the caller: the failure says how long. */
  longestWaitMs: number;
}

/** What is left of a grant's requests, as the last answer told it. */
export interface RateBudget {
  limit: number | null;
  /** At most this many; null where nobody says. */
  remaining: number | null;
  /** ISO 8601. */
  resetAt: string | null;
}

export type CallFailureCode =
  /** The token is not valid (any more): the grant was revoked, or expired. */
  | "unauthorised"
  /** The token is valid and may not do this. */
  | "forbidden"
  /** No such thing, or none that this token may see. */
  | "not_found"
  /** Too many requests: wait, for as long as `retryAfterSeconds` says where it was said. */
  | "rate_limited"
  /** Down, slow or broken for now: try again later. */
  | "unavailable"
  /** The request was refused, or the answer makes no sense. */
  | "unexpected";

/** `detail` is for the log: what was asked and how it was answered, without the other side's words and any secret. */
export interface CallFailure<Code extends string = CallFailureCode> {
  ok: false;
  code: Code;
  retryAfterSeconds: number | null;
  detail: string;
  budget: RateBudget | null;
}

export type CallResult<T, Code extends string = CallFailureCode> =
  | { ok: true; value: T; budget: RateBudget | null }
  | CallFailure<Code>;
