/**
 * Rate limits, from their own headers.
 *
 * GitHub (docs.github.com, "Rate limits for the REST API"): `x-ratelimit-limit`, `-remaining`, `-reset` in epoch
 * seconds; a secondary limit is 403 or 429 with `retry-after`, or with only a sentence in the body. GitLab
 * (docs.gitlab.com, "Rate limits"): `ratelimit-*`, reset in epoch seconds, and `retry-after`. Bitbucket
 * (support.atlassian.com, "API request limits"): 429, `x-ratelimit-limit` and `x-ratelimit-nearlimit`, true with less
 * than a fifth left. Azure (learn.microsoft.com, "Rate and usage limits"): `x-ratelimit-*` once it is near. Zendesk
 * (developer.zendesk.com, "Rate limits"): `x-rate-limit`, `x-rate-limit-remaining`. Freshdesk (developers.freshdesk.com,
 * "Rate Limit"): `x-ratelimit-total`. Help Scout (developer.helpscout.com, "Rate Limiting"): `x-ratelimit-*-minute`, and
 * `x-ratelimit-retry-after`. Zoho Desk (desk.zoho.com, "API Limits"): the day's credits in `x-rate-limit-remaining-v3`. Linear
 * (linear.app/developers/rate-limiting): `x-ratelimit-requests-*`, reset in epoch milliseconds. Jira
 * (developer.atlassian.com, "Rate limiting"): the reset as a date.
 */
import type { RateBudget } from "./result.ts";

const limitNames = [
  "x-ratelimit-limit",
  "ratelimit-limit",
  "x-rate-limit",
  "x-ratelimit-total",
  "x-ratelimit-limit-minute",
  "x-ratelimit-requests-limit",
];
const remainingNames = [
  "x-ratelimit-remaining",
  "ratelimit-remaining",
  "x-rate-limit-remaining",
  "x-ratelimit-remaining-minute",
  "x-rate-limit-remaining-v3",
  "x-ratelimit-requests-remaining",
];
const resetNames = ["x-ratelimit-reset", "ratelimit-reset", "x-ratelimit-requests-reset"];

/** Null where the host says nothing of a limit. */
export function readBudget(headers: Headers, now = Date.now()): RateBudget | null {
  const read = (names: readonly string[]): number | null =>
    names.map((name) => toNumber(headers.get(name))).find((value) => value !== null) ?? null;
  const limit = read(limitNames);
  const isNear = headers.get("x-ratelimit-nearlimit") === "true";
  const remaining = read(remainingNames) ?? (isNear && limit !== null ? Math.floor(limit / 5) : null);
  const reset = read(resetNames);
  const resetDate = reset === null ? readDate(headers.get("x-ratelimit-reset")) : toIso(resetMoment(reset, now));
  if (limit === null && remaining === null && reset === null && resetDate === null) return null;
  return { limit, remaining, resetAt: resetDate };
}

/**
 * How many seconds the host wants to be left alone; null where it does not say. `Retry-After` is seconds or a date
 * (RFC 9110, section 10.2.3); it comes before the moment at which the budget is full again.
 */
export function readWait(headers: Headers, now = Date.now()): number | null {
  const after = (headers.get("retry-after") ?? headers.get("x-ratelimit-retry-after"))?.trim() ?? "";
  if (/^\d{1,9}$/.test(after)) return Number(after);
  const date = after === "" ? Number.NaN : Date.parse(after);
  if (!Number.isNaN(date)) return Math.max(0, Math.ceil((date - now) / 1000));
  const budget = readBudget(headers, now);
  if (budget?.remaining !== 0 || budget.resetAt === null) return null;
  return Math.max(1, Math.ceil((Date.parse(budget.resetAt) - now) / 1000));
}

/** Is a 403 a limit in disguise? GitHub's is, where nothing remains, a wait is asked for, or the body says so. */
export function isLimit(status: number, headers: Headers, body: string): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return headers.has("retry-after") || readBudget(headers)?.remaining === 0 || /\brate limit\b/i.test(body);
}

/** A moment in epoch milliseconds or seconds, or the seconds until then where the number is too small for one. */
function resetMoment(reset: number, now: number): number {
  if (reset > 1e12) return reset;
  return reset > 1e9 ? reset * 1000 : now + reset * 1000;
}

function readDate(value: string | null): string | null {
  const moment = /^\d{4}-\d\d-\d\dT/.test(value ?? "") ? Date.parse(value ?? "") : Number.NaN;
  return Number.isNaN(moment) ? null : toIso(moment);
}

function toNumber(value: string | null): number | null {
  return value !== null && /^\d{1,13}$/.test(value.trim()) ? Number(value) : null;
}

function toIso(moment: number): string | null {
  return moment < Date.UTC(10_000, 0) ? new Date(moment).toISOString() : null;
}
