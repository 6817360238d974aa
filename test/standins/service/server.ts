/**
 * What every stand-in for somebody's API has: an HTTP server on 127.0.0.1 with tokens, rate limits, switchable faults
 * and deliveries to webhooks. What is behind it, and in what form, is in the folders beside this.
 */
import { createHmac } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { type Fault, Faults, type FaultScope, errorPage } from "./faults.ts";

export interface ServiceStandinOptions {
  /** A free port where it is not given. */
  port?: number;
  /** The tokens that are valid. */
  tokens: Iterable<string>;
  /** Requests a token has in each window; the service's own limit where it is not given. */
  rateLimit?: { requests: number; windowSeconds: number };
  /** How long each answer takes. */
  latencyMs?: number;
}

export interface Delivery {
  hookId: string;
  url: string;
  headers: Record<string, string>;
  body: string;
  /** The receiver's answer; null where there was none. */
  status: number | null;
}

export interface RateState {
  limit: number;
  remaining: number;
  /** Epoch seconds. */
  resetAt: number;
}

/** How a service says what every service says. */
export interface ServiceRules {
  /** Where the API is below the server: `/api/v3`. */
  apiPath: string;
  rateLimit: { requests: number; windowSeconds: number };
  rateHeaders: (rate: RateState) => Record<string, string>;
  /** The answer to one request too many. */
  limited: (retryAfterSeconds: number | null, secondary: boolean) => { status: 400 | 403 | 429; body: unknown };
  unauthorised: () => { status: 401 | 203; body: unknown };
  forbidden?: () => { status: 403; body: unknown };
  notFound: () => unknown;
}

export type StandinContext = Context<{ Bindings: HttpBindings; Variables: { fault: Fault | null; token: string } }>;

export class ServiceStandin {
  readonly tokens: Set<string>;
  readonly faults = new Faults();
  /** What was asked of the API, in order: `GET /path?query`. */
  readonly requests: string[] = [];
  readonly deliveries: Delivery[] = [];
  /** To add to, before the first request: the service's OAuth routes. */
  readonly app = new Hono<{ Bindings: HttpBindings; Variables: { fault: Fault | null; token: string } }>();
  readonly #rules: ServiceRules;
  readonly #options: ServiceStandinOptions;
  readonly #rates = new Map<string, RateState>();
  readonly #server = createAdaptorServer({ fetch: this.app.fetch });
  readonly #underWay = new Set<Promise<unknown>>();
  #ids = 0;
  #port = 0;

  constructor(rules: ServiceRules, options: ServiceStandinOptions) {
    this.#rules = rules;
    this.#options = options;
    this.tokens = new Set(options.tokens);
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#options.port ?? 0, "127.0.0.1", resolve);
    });
    // Kept, because a request may still be under way when the server has no address any more.
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** `http://127.0.0.1:PORT` */
  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The root of the API: a connection's `baseUrl`. */
  get url(): string {
    return this.origin + this.#rules.apiPath;
  }

  /** Makes the service fail from now on; see `Fault`. */
  fail(fault: Fault, scope: FaultScope = {}): void {
    this.faults.add(fault, scope);
  }

  /** Ends all faults, and gives every token its whole budget back. */
  heal(): void {
    this.faults.clear();
    this.#rates.clear();
  }

  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  async deliver(hook: { id: string; url: string }, headers: Record<string, string>, body: string): Promise<Delivery> {
    const delivery: Delivery = { hookId: hook.id, url: hook.url, headers, body, status: null };
    const sending = fetch(hook.url, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) })
      .then(async (response) => {
        delivery.status = response.status;
        await response.arrayBuffer();
      })
      .catch(() => {});
    this.#underWay.add(sending);
    await sending;
    this.#underWay.delete(sending);
    this.deliveries.push(delivery);
    return delivery;
  }

  /** Guards every request to the API: faults, the token, the budget. To be called before the routes are added. */
  guard(tokenOf: (header: string, c: StandinContext) => string | null): void {
    this.app.use(`${this.#rules.apiPath}/*`, async (c, next) => {
      const url = new URL(c.req.url);
      this.requests.push(`${c.req.method} ${url.pathname}${url.search}`);
      await sleep(this.#options.latencyMs ?? 0);
      const fault = this.faults.strike(url.pathname + url.search);
      c.set("fault", fault);
      if (fault !== null) {
        const answer = await this.#misbehave(c, fault);
        if (answer !== null) return answer;
      }
      const token = tokenOf(c.req.header("authorization") ?? "", c);
      if (token === null || !this.tokens.has(token)) return this.#answer(this.#rules.unauthorised());
      c.set("token", token);
      const rate = this.#spend(token);
      if (rate.remaining < 0) {
        const wait = Math.max(1, rate.resetAt - Math.floor(Date.now() / 1000));
        return this.#answer(this.#rules.limited(wait, false), this.#rules.rateHeaders({ ...rate, remaining: 0 }));
      }
      await next();
      for (const [name, value] of Object.entries(this.#rules.rateHeaders(rate))) c.res.headers.set(name, value);
      if (fault?.kind === "cut-short") {
        const text = await c.res.text();
        c.res = new Response(text.slice(0, text.length / 2), { status: c.res.status, headers: c.res.headers });
      }
      return undefined;
    });
    this.app.notFound(() => Response.json(this.#rules.notFound(), { status: 404 }));
  }

  /** Adds a route below the API's root. */
  route(method: string, path: string, handler: (c: StandinContext) => Response | Promise<Response>): void {
    this.app.on(method, this.#rules.apiPath + path, handler);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    if ("closeAllConnections" in this.#server) this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #spend(token: string): RateState {
    const { requests, windowSeconds } = this.#options.rateLimit ?? this.#rules.rateLimit;
    const now = Math.floor(Date.now() / 1000);
    const known = this.#rates.get(token);
    const rate =
      known !== undefined && known.resetAt > now
        ? known
        : { limit: requests, remaining: requests, resetAt: now + windowSeconds };
    const spent = { ...rate, remaining: rate.remaining - 1 };
    this.#rates.set(token, spent);
    return spent;
  }

  async #misbehave(c: StandinContext, fault: Fault): Promise<Response | null> {
    const html = { "content-type": "text/html; charset=utf-8" };
    switch (fault.kind) {
      case "unreachable":
        c.env.incoming.socket.destroy();
        return new Response(null, { status: 500 });
      case "error":
        return new Response(errorPage(fault.status), { status: fault.status, headers: html });
      case "web-page":
        return new Response(errorPage(200), { headers: html });
      case "slow":
        await sleep(fault.delayMs);
        return null;
      case "rate-limited":
      case "secondary-limit": {
        const wait = fault.retryAfterSeconds;
        const isSecondary = fault.kind === "secondary-limit";
        const { requests, windowSeconds } = this.#rules.rateLimit;
        const resetAt = Math.ceil(Date.now() / 1000) + (wait ?? windowSeconds);
        const headers = this.#rules.rateHeaders({ limit: requests, remaining: isSecondary ? 17 : 0, resetAt });
        if (wait !== null) headers["retry-after"] = String(wait);
        return this.#answer(this.#rules.limited(wait, isSecondary), headers);
      }
      case "revoked":
        return this.#answer(this.#rules.unauthorised());
      case "forbidden":
        return this.#answer(this.#rules.forbidden?.() ?? { status: 403, body: { message: "Forbidden" } });
      case "nonsense":
        return Response.json(fault.body ?? { nonsense: [1, "two", null] });
      case "endless":
        return new Response(endless(), { headers: { "content-type": "application/json" } });
      case "cut-short":
      case "lying-totals":
      case "empty-lists":
        return null;
    }
  }

  #answer({ status, body }: { status: number; body: unknown }, headers: Record<string, string> = {}): Response {
    return typeof body === "string"
      ? new Response(body, { status, headers: { ...headers, "content-type": "text/html; charset=utf-8" } })
      : Response.json(body, { status, headers });
  }
}

/** `Bearer x`, `token x`, or the password of a basic authorisation. */
export function tokenOf(header: string): string | null {
  const [, scheme = "", value = ""] = /^(\w+) +(.+)$/.exec(header) ?? [];
  if (/^(?:bearer|token)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return null;
  const text = Buffer.from(value, "base64").toString("utf8");
  return text.slice(text.indexOf(":") + 1);
}

export const hmacHex = (secret: string, body: string): string =>
  createHmac("sha256", secret).update(body).digest("hex");

/** Does the host hide that there is more, or make more up? */
export const isLying = (c: StandinContext): boolean => c.get("fault")?.kind === "lying-totals";

/** The items of a list, or none where the host has lost them. */
export const unlessLost = <T>(c: StandinContext, items: T[]): T[] =>
  c.get("fault")?.kind === "empty-lists" ? [] : items;

/** A number in the query, within bounds. */
export function readNumber(c: StandinContext, name: string, fallback: number, most: number): number {
  const value = Number(c.req.query(name) ?? fallback);
  return Number.isInteger(value) && value >= 0 ? Math.min(value, most) : fallback;
}

const sleep = (milliseconds: number): Promise<void> =>
  milliseconds > 0
    ? new Promise((resolve) => {
        setTimeout(resolve, milliseconds);
      })
    : Promise.resolve();

function endless(): ReadableStream<Uint8Array> {
  const chunk = new TextEncoder().encode(`["${"x".repeat(256 * 1024)}",`);
  return new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
}
