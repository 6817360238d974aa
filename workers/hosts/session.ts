/** Asking a repository's host under its grant, within what may be spent now. */
import type { BillhookClient } from "@billhook/database/client";
import { noteHostRequests, takeHostRequests } from "@billhook/database/hosts";
import type { RepositoryHost } from "@billhook/database/repository-host";
import type { DatabaseResult } from "@billhook/database/errors";
import type { Provider } from "@billhook/domain/push";
import type { ForgeApi, ForgeConnection, ForgeFailure, ForgeResult } from "@billhook/forges/api";
import { apiFor } from "@billhook/forges/api-registry";
import type { RateBudget, Token } from "@billhook/http/result";
import type { Settings } from "../env.ts";
import { readAccessToken } from "./tokens.ts";
import { describeFailure, nameOfHost } from "./words.ts";

/** Longer than a healthy host takes, and short enough for several tries within one go. */
const requestTimeoutMs = 6_000;

/** Below the address that people know a host by. Others have the API where the address says. */
const apiPaths: Partial<Record<Provider, string>> = {
  github: "/api/v3",
  gitlab: "/api/v4",
  gitea: "/api/v1",
  "bitbucket-server": "/rest/api/1.0",
};
const publicHosts = new Set([
  "github.com",
  "www.github.com",
  "api.github.com",
  "gitlab.com",
  "bitbucket.org",
  "api.bitbucket.org",
]);

/** The root of the API from a connection's base URL: people give the address they open in the browser, or the API's. */
function apiRootOf(provider: Provider, baseUrl: string | null): string | null {
  if (baseUrl === null || !URL.canParse(baseUrl)) return null;
  const url = new URL(baseUrl);
  if (publicHosts.has(url.hostname)) return null;
  const address = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  const path = apiPaths[provider];
  return path === undefined || address.endsWith(path) ? address : `${address}${path}`;
}

/** Atlassian's and Azure's tokens belong to a user, given as `user:token`. */
function toToken(provider: Provider, token: string): Token {
  const colon = token.indexOf(":");
  if (colon < 0 || !["bitbucket", "bitbucket-server", "azure"].includes(provider))
    return { kind: "bearer", value: token };
  return { kind: "basic", username: token.slice(0, colon), password: token.slice(colon + 1) };
}

/** The requests of one go under one grant: how many may be sent, until when, and what the host says of its budget. */
export class HostSession {
  readonly provider: Provider;
  readonly api: ForgeApi;
  readonly grantId: string;
  readonly signal: AbortSignal;
  readonly #token: Token;
  readonly #baseUrl: string | null;
  readonly #granted: number;
  #sent = 0;
  #budget: RateBudget | null = null;
  #waitsUntil: string | null = null;

  constructor(provider: Provider, host: RepositoryHost, token: string, granted: number, seconds: number) {
    this.provider = provider;
    this.api = apiFor(provider);
    this.grantId = host.grant_id;
    this.signal = AbortSignal.timeout(seconds * 1000);
    this.#token = toToken(provider, token);
    this.#baseUrl = apiRootOf(provider, host.base_url);
    this.#granted = granted;
  }

  /** Is nothing left of this go? A question that is under way is let through to its end. */
  get isSpent(): boolean {
    return this.signal.aborted || this.#sent >= this.#granted;
  }

  connection(repository: string): ForgeConnection {
    return {
      baseUrl: this.#baseUrl,
      repository,
      token: this.#token,
      signal: this.signal,
      limits: { timeoutMs: requestTimeoutMs, attempts: 2, longestWaitMs: 1000 },
      fetch: (input, init) => {
        this.#sent += 1;
        return fetch(input, init);
      },
    };
  }

  /** Notes what an answer says of the budget. */
  heed<T>(result: ForgeResult<T>): ForgeResult<T> {
    const { budget } = result;
    if (budget !== null) {
      const isLess = (budget.remaining ?? Infinity) <= (this.#budget?.remaining ?? Infinity);
      if (isLess || budget.resetAt !== this.#budget?.resetAt) this.#budget = budget;
    }
    return result;
  }

  /** Everybody who uses the grant leaves the host alone until then. */
  waitUntil(moment: string): void {
    this.#waitsUntil = moment;
  }

  close(db: BillhookClient): Promise<DatabaseResult<null>> {
    return noteHostRequests(db, this.grantId, {
      unused: Math.max(0, this.#granted - this.#sent),
      limit: this.#budget?.limit ?? null,
      remaining: this.#budget?.remaining ?? null,
      resetAt: this.#budget?.resetAt ?? null,
      waitsUntil: this.#waitsUntil,
    });
  }
}

export type OpenedSession =
  | { ok: true; session: HostSession }
  /** Nothing may be asked before `waitsUntil`. */
  | { ok: false; waitsUntil: string; reason: string; cause: string | null };

/** Reserves up to `wanted` requests of the grant for a go of so many seconds; `keep` is the part left for what is urgent. */
export async function openSession(
  db: BillhookClient,
  settings: Settings,
  provider: Provider,
  host: RepositoryHost,
  go: { wanted: number; seconds: number; keep?: number },
): Promise<OpenedSession> {
  const access = await readAccessToken(db, settings, provider, host);
  if (!access.ok) return { ok: false, waitsUntil: inSeconds(15), reason: access.reason, cause: access.cause };
  const taken = await takeHostRequests(db, host.grant_id, go.wanted, go.keep ?? 0);
  if (!taken.ok)
    return { ok: false, waitsUntil: inSeconds(15), reason: "The database did not answer.", cause: taken.error.cause };
  const { granted, waits_until: waitsUntil, is_paused: isPaused } = taken.value;
  if (granted === 0) {
    const reason = isPaused
      ? `${nameOfHost(provider)} is left alone for a moment: it asked for that, or did not answer.`
      : describeFailure(provider, "rate_limited", null);
    return { ok: false, waitsUntil: waitsUntil ?? inSeconds(60), reason, cause: null };
  }
  return { ok: true, session: new HostSession(provider, host, access.token, granted, go.seconds) };
}

export const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

/** When a host that asked for a pause may be asked again: as it says, else in a minute. */
export function pauseAfter(failure: ForgeFailure): string {
  if (failure.retryAfterSeconds !== null) return inSeconds(Math.max(1, Math.min(failure.retryAfterSeconds, 86_400)));
  return failure.budget?.remaining === 0 && failure.budget.resetAt !== null ? failure.budget.resetAt : inSeconds(60);
}

/** Seconds until a host that does not answer is tried again: 5, 10, 20, 40. */
export const retryAfterFailures = (failures: number): number => 5 * 2 ** Math.min(Math.max(failures - 1, 0), 6);
