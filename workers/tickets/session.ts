/** Asking a ticket system under its grant, within what may be spent now: one budget for all of a connection's questions. */
import type { BillhookClient } from "@billhook/database/client";
import { noteHostRequests, takeHostRequests } from "@billhook/database/hosts";
import { releaseGrantRefresh } from "@billhook/database/oauth";
import { type ConnectedTracker, noteTracker } from "@billhook/database/tickets";
import { type TrackerKind, trackerKinds } from "@billhook/domain/tracker";
import type { CallFailure, CallResult, RateBudget, Token } from "@billhook/http/result";
import { trackerFor } from "@billhook/trackers/registry";
import type { Tracker, TrackerConnection } from "@billhook/trackers/tracker";
import * as z from "zod";
import type { Settings } from "../env.ts";
import { inSeconds } from "../hosts/session.ts";
import { type AccessToken, readGrantToken, renewTokens, type TakenRefresh } from "../hosts/tokens.ts";
import { log } from "../log.ts";
import { describeTrackerFailure, nameOfTracker } from "./words.ts";

/** Requests that a go may take, whatever the system says is left. */
const mostRequests = 60;
/** Longer than a healthy system takes. */
const requestTimeoutMs = 6_000;
/** A system that did not answer is left alone for so long. */
const pauseSeconds = 30;

/** Most requests a minute, where a system has such a limit and its answers do not tell of it (each one's own pages). */
const minuteLimits: Partial<Record<TrackerKind, number>> = {
  clickup: 90,
  asana: 140,
  freshdesk: 90,
  "help-scout": 180,
  zendesk: 180,
};

/** What a person gives: a token, and whose it is where the system wants to know. */
const givenSchema = z.object({ username: z.string().nullable(), token: z.string() });
export type GivenToken = z.infer<typeof givenSchema>;

/** As it is encrypted; what OAuth hands out is the bare token. */
export const writeGivenToken = (given: GivenToken): string => JSON.stringify(given);

export function toToken(given: GivenToken): Token {
  return given.username === null
    ? { kind: "bearer", value: given.token }
    : { kind: "basic", username: given.username, password: given.token };
}

function readToken(secret: string): Token {
  if (!secret.startsWith("{")) return { kind: "bearer", value: secret };
  return toToken(givenSchema.parse(JSON.parse(secret)));
}

/** As the database keeps it. */
export const isTrackerKind = (kind: string): kind is TrackerKind => trackerKinds.some((known) => known === kind);

export class TrackerSession {
  readonly tracker: Tracker;
  readonly connection: TrackerConnection;
  readonly #id: string;
  readonly #grantId: string;
  readonly #granted: number;
  #sent = 0;
  #budget: RateBudget | null = null;
  #waitsUntil: string | null = null;
  #problem: string | null = null;
  #isRefused = false;

  constructor(
    connected: ConnectedTracker,
    kind: TrackerKind,
    grantId: string,
    token: Token,
    granted: number,
    signal: AbortSignal,
  ) {
    this.tracker = trackerFor(kind);
    this.#id = connected.id;
    this.#grantId = grantId;
    this.#granted = granted;
    this.connection = {
      baseUrl: connected.base_url,
      webUrl: connected.web_url,
      site: connected.site,
      token,
      signal,
      limits: { timeoutMs: requestTimeoutMs, attempts: 2, longestWaitMs: 500 },
      fetch: (input, init) => {
        this.#sent += 1;
        if (this.#sent > this.#granted) return Promise.reject(new Error("the budget of this go is spent"));
        return fetch(input, init);
      },
    };
  }

  /** Notes what an answer says of the budget, and what went wrong. */
  heed<T>(result: CallResult<T>): CallResult<T> {
    const { budget } = result;
    if (budget !== null && (budget.remaining ?? Infinity) <= (this.#budget?.remaining ?? Infinity))
      this.#budget = budget;
    if (!result.ok) this.#fail(result);
    return result;
  }

  #fail(failure: CallFailure): void {
    const { kind } = this.tracker;
    log("warn", "tracker_not_asked", { connection: this.#id, code: failure.code, detail: failure.detail });
    this.#problem = describeTrackerFailure(kind, failure.code);
    this.#isRefused = failure.code === "unauthorised";
    if (failure.code === "rate_limited") this.#waitsUntil = pauseAfter(failure);
    else if (failure.code === "unavailable") this.#waitsUntil = inSeconds(pauseSeconds);
  }

  /** Gives back what was not used and keeps how it went. */
  async close(db: BillhookClient): Promise<void> {
    const own = minuteLimits[this.tracker.kind];
    const told = this.#budget?.remaining ?? null;
    const counted = told === null && own !== undefined && this.#sent > 0;
    await Promise.all([
      noteHostRequests(db, this.#grantId, {
        unused: Math.max(0, this.#granted - this.#sent),
        limit: counted ? own : (this.#budget?.limit ?? null),
        remaining: counted ? Math.max(0, own - this.#sent) : told,
        resetAt: counted ? inSeconds(60) : (this.#budget?.resetAt ?? null),
        waitsUntil: this.#waitsUntil,
      }),
      this.#sent === 0 ? null : noteTracker(db, this.#id, this.#problem, this.#isRefused),
    ]);
  }
}

/** When a system that asked for a pause may be asked again: as it says, else in a minute. */
function pauseAfter(failure: CallFailure): string {
  if (failure.retryAfterSeconds !== null) return inSeconds(Math.max(1, Math.min(failure.retryAfterSeconds, 86_400)));
  return failure.budget?.remaining === 0 && failure.budget.resetAt !== null ? failure.budget.resetAt : inSeconds(60);
}

export type OpenedTracker =
  | { ok: true; session: TrackerSession }
  /** Nothing may be asked before `waitsUntil`; `reason` is for people. */
  | { ok: false; waitsUntil: string; reason: string };

/** Reserves requests of the connection's budget until the signal ends. */
export async function openTracker(
  db: BillhookClient,
  settings: Settings,
  connected: ConnectedTracker,
  signal: AbortSignal,
  wanted = mostRequests,
): Promise<OpenedTracker> {
  const { host, kind } = connected;
  if (!isTrackerKind(kind) || host === null)
    return { ok: false, waitsUntil: inSeconds(3600), reason: "It is not connected." };
  const name = nameOfTracker(kind);
  if (host.revoked_reason !== null) return { ok: false, waitsUntil: inSeconds(600), reason: host.revoked_reason };
  const [access, taken] = await Promise.all([
    readTrackerToken(db, settings, connected, kind),
    takeHostRequests(db, host.grant_id, wanted),
  ]);
  if (!access.ok) {
    if (access.cause !== null) log("warn", "tracker_token_not_read", { connection: connected.id, cause: access.cause });
    return { ok: false, waitsUntil: inSeconds(15), reason: access.reason };
  }
  if (!taken.ok) return { ok: false, waitsUntil: inSeconds(15), reason: "The database did not answer." };
  const { granted, waits_until: waitsUntil, is_paused: isPaused } = taken.value;
  if (granted === 0) {
    const reason = isPaused
      ? `${name} is left alone for a moment: it asked for that, or did not answer.`
      : describeTrackerFailure(kind, "rate_limited");
    return { ok: false, waitsUntil: waitsUntil ?? inSeconds(60), reason };
  }
  return {
    ok: true,
    session: new TrackerSession(connected, kind, host.grant_id, readToken(access.token), granted, signal),
  };
}

function readTrackerToken(
  db: BillhookClient,
  settings: Settings,
  { id, host }: ConnectedTracker,
  kind: TrackerKind,
): Promise<AccessToken> {
  const name = nameOfTracker(kind);
  if (host === null) return Promise.resolve({ ok: false, reason: "It is not connected.", cause: null });
  const end = async (): Promise<AccessToken> => {
    const reason = describeTrackerFailure(kind, "unauthorised");
    const noted = await noteTracker(db, id, reason, true);
    return { ok: false, reason, cause: noted.ok ? null : noted.error.cause };
  };
  const renew = async (taken: TakenRefresh): Promise<AccessToken> => {
    const application = settings.trackerOAuth[kind];
    const { oauth } = trackerFor(kind);
    if (oauth === undefined || application === undefined || application.baseUrl !== taken.base_url) {
      await releaseGrantRefresh(db, host.grant_id);
      const reason = `The access to ${name} cannot be renewed: its OAuth application is not configured here any more.`;
      return { ok: false, reason, cause: "no application" };
    }
    const ask = (token: string) => oauth.refreshTokens(application, token);
    return renewTokens(db, settings, host.grant_id, taken, { name, ask, end });
  };
  // In the way of a push nobody waits longer for another's refresh than for the system itself.
  return readGrantToken(db, settings, host, { name, renew, end }, 2_000);
}
