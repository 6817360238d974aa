/**
 * Requests to somebody's API: authorised, timed, capped, tried again where that is safe, and never throwing.
 *
 * A read is repeated after a passing fault, with exponential backoff and full jitter, or after the wait the host asks
 * for where that is short; a longer one is handed to the caller, who has a queue to wait in. What changes something at
 * the host is sent once: its answer may have been lost after it was done.
 */
import type * as z from "zod";
import { isLimit, readBudget, readWait } from "./rate-limit.ts";
import type { CallFailure, CallFailureCode, CallLimits, CallResult, Connection, RateBudget, Token } from "./result.ts";

/** What differs between hosts before the first path. */
export interface Host {
  /** The public API's root; null for hosts that have none. */
  root: string | null;
  headers: Readonly<Record<string, string>>;
  /** The headers that carry the token. */
  authorise: (token: Token) => Readonly<Record<string, string>>;
  /** What an error's body says (its beginning) where its status does not: null where it says nothing. */
  explain?: (status: number, said: string) => CallFailureCode | null;
}

export interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the root, starting with a slash, each part encoded. */
  path: string;
  query?: Readonly<Record<string, string | number | null | undefined>>;
  /** A query as the host gave it for its next page; comes instead of `query`. */
  search?: string;
  accept?: string;
  body?: unknown;
  /** A POST that changes nothing, and so may be repeated. */
  isRead?: boolean;
  maxBytes?: number;
  /** Reads no further than the cap and takes what there is. */
  headOnly?: boolean;
  /** What an answer without a body (204) stands for, where JSON is read. */
  whenEmpty?: unknown;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Null where it was larger than the cap. */
  text: string | null;
  /** True where the text is only its beginning. */
  isCut: boolean;
}

const defaults: CallLimits = { timeoutMs: 20_000, attempts: 3, longestWaitMs: 5_000 };
const firstBackoffMs = 400;
const mostRedirects = 3;
const mostBytes = 16 * 1024 * 1024;

/** The answer of any status below 400, or a failure. */
export async function send(host: Host, connection: Connection, call: Call): Promise<CallResult<Answer>> {
  const url = addressOf(host, connection, call);
  if (url === null) return failure("unexpected", call, "has no valid address to go to");
  const limits = { ...defaults, ...connection.limits };
  const isRead = call.isRead ?? (call.method ?? "GET") === "GET";

  for (let attempt = 1; ; attempt += 1) {
    const result = await sendOnce(host, connection, call, url, limits);
    if (result.ok || !isRead || attempt >= limits.attempts) return result;
    if (result.code !== "rate_limited" && result.code !== "unavailable") return result;
    const hint = result.retryAfterSeconds;
    if (hint === null && result.code === "rate_limited") return result;
    const backoff = Math.min(firstBackoffMs * 2 ** attempt, limits.longestWaitMs);
    const wait = hint === null ? Math.random() * backoff : hint * 1000;
    if (wait > limits.longestWaitMs || connection.signal?.aborted === true) return result;
    await new Promise((resolve) => {
      setTimeout(resolve, wait);
    });
  }
}

/** Parses a JSON answer. */
export async function readJson<T>(
  host: Host,
  connection: Connection,
  schema: z.ZodType<T>,
  call: Call,
): Promise<CallResult<{ body: T; headers: Headers }>> {
  const sent = await send(host, connection, call);
  if (!sent.ok) return sent;
  const { headers, text } = sent.value;
  if (text === null) return failure("unexpected", call, "answered more than can be read", sent.budget);
  if (isPage(headers, text)) return failure("unavailable", call, "answered a web page", sent.budget);
  let value: unknown;
  try {
    value = sent.value.status === 204 && call.whenEmpty !== undefined ? call.whenEmpty : JSON.parse(text);
  } catch {
    return failure("unavailable", call, "answered no valid JSON", sent.budget);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    return failure("unexpected", call, `answered another form than expected, at “${where}”`, sent.budget);
  }
  return { ok: true, value: { body: parsed.data, headers }, budget: sent.budget };
}

/** Reads an answer as text; null where it is larger than the cap, or a web page in place of what was asked for. */
export async function readText(host: Host, connection: Connection, call: Call): Promise<CallResult<string | null>> {
  const sent = await send(host, connection, call);
  if (!sent.ok) return sent;
  const { headers, text } = sent.value;
  const value = text !== null && isPage(headers, text) ? null : text;
  return { ok: true, value, budget: sent.budget };
}

/** `detail` gets the path alone: a query may hold what somebody searched for, and a header holds the token. */
export function failure<Code extends string>(
  code: Code,
  call: Pick<Call, "method" | "path">,
  what: string,
  budget: RateBudget | null = null,
  retryAfterSeconds: number | null = null,
): CallFailure<Code> {
  return { ok: false, code, retryAfterSeconds, detail: `${call.method ?? "GET"} ${call.path} ${what}`, budget };
}

/** Another value with the same outcome. */
export function mapResult<T, U, Code extends string>(
  result: CallResult<T, Code>,
  change: (value: T) => U,
): CallResult<U, Code> {
  return result.ok ? { ...result, value: change(result.value) } : result;
}

/** May the token do what the call asks? A failure that says nothing about it stays one. */
export async function probe(host: Host, connection: Connection, call: Call): Promise<CallResult<boolean>> {
  const sent = await send(host, connection, call);
  if (sent.ok) return { ...sent, value: true };
  const isRefusal = ["unauthorised", "forbidden", "not_found"].includes(sent.code);
  return isRefusal ? { ok: true, value: false, budget: sent.budget } : sent;
}

export function authorise(token: Token): Readonly<Record<string, string>> {
  switch (token.kind) {
    case "bearer":
      return { authorization: `Bearer ${token.value}` };
    case "basic":
      return { authorization: basic(token.username, token.password) };
    case "header":
      return { [token.name]: token.value };
  }
}

export function basic(username: string, password: string): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(""))}`;
}

/** Each part of `a/b` encoded for a path, the slashes kept. */
export const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

async function sendOnce(
  host: Host,
  connection: Connection,
  call: Call,
  start: URL,
  limits: CallLimits,
): Promise<CallResult<Answer>> {
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  const signal = connection.signal ? AbortSignal.any([deadline, connection.signal]) : deadline;
  const headers = new Headers({ accept: "application/json", "user-agent": "Billhook", ...host.headers });
  if (call.accept !== undefined) headers.set("accept", call.accept);
  const init: RequestInit = { method: call.method ?? "GET", headers, signal, redirect: "manual" };
  try {
    for (const [name, value] of Object.entries(connection.token === null ? {} : host.authorise(connection.token))) {
      headers.set(name, value);
    }
    if (call.body !== undefined) {
      headers.set("content-type", "application/json");
      init.body = JSON.stringify(call.body);
    }
    let url = start;
    for (let hop = 0; ; hop += 1) {
      const response = await (connection.fetch ?? fetch)(url, init);
      if (response.status < 300 || response.status === 304 || response.status >= 400) {
        return await judge(host, call, response);
      }
      await response.body?.cancel();
      const next = redirectTarget(url, response, init.method === "GET");
      if (next === "sign-in") return failure("unauthorised", call, "was sent to a sign-in page");
      if (next === null || hop >= mostRedirects) return failure("unexpected", call, "was sent where it must not go");
      url = next;
    }
  } catch {
    // Whatever fetch throws may quote the request; its words stay here.
    const why = connection.signal?.aborted === true ? "was stopped" : "";
    return failure("unavailable", call, why || (deadline.aborted ? "took too long" : "could not be delivered"));
  }
}

async function judge(host: Host, call: Call, response: Response): Promise<CallResult<Answer>> {
  const { status, headers } = response;
  const budget = readBudget(headers);
  if (status === 203 && /^text\/html\b/i.test(headers.get("content-type") ?? "")) {
    // Azure DevOps shows its sign-in page this way to a token it does not know.
    await response.body?.cancel();
    return failure("unauthorised", call, "was answered with a sign-in page", budget);
  }
  if (status < 400) {
    const body = await readBody(response, call.maxBytes ?? mostBytes, call.headOnly === true);
    return { ok: true, value: { status, headers, ...body }, budget };
  }
  const isRead = status === 403 || host.explain !== undefined;
  const said = isRead ? ((await readBody(response, 64 * 1024, true)).text ?? "") : "";
  if (!isRead) await response.body?.cancel();
  const answered = `was answered ${status}`;
  const code = host.explain?.(status, said) ?? codeOf(status);
  if (code === "rate_limited" || isLimit(status, headers, said)) {
    return failure("rate_limited", call, answered, budget, readWait(headers) ?? (status === 403 ? 60 : null));
  }
  return failure(code, call, answered, budget, status === 503 ? readWait(headers) : null);
}

function codeOf(status: number): CallFailureCode {
  if (status === 401 || status === 407) return "unauthorised";
  if (status === 403 || status === 451) return "forbidden";
  if (status === 404 || status === 410) return "not_found";
  if (status === 408 || status === 425 || status >= 500) return "unavailable";
  return "unexpected";
}

/** A renamed repository answers with its new address. The token goes nowhere but to the host it belongs to. */
function redirectTarget(from: URL, response: Response, isGet: boolean): URL | "sign-in" | null {
  const location = response.headers.get("location");
  if (location === null || !URL.canParse(location, from)) return null;
  const to = new URL(location, from);
  // A sign-in page is where a host sends those it does not know.
  if (/\/_?(?:sign_?in|login)\b/i.test(to.pathname)) return "sign-in";
  const isUpgrade = from.protocol === "http:" && to.protocol === "https:" && from.hostname === to.hostname;
  if (to.origin !== from.origin && !(isUpgrade && to.port === "")) return null;
  // 301, 302 and 303 turn a POST into a GET (RFC 9110, section 15.4), which would do something else.
  return isGet || response.status === 307 || response.status === 308 ? to : null;
}

/** Text in UTF-8, else byte by byte, so that no two texts become one. */
async function readBody(
  response: Response,
  maxBytes: number,
  headOnly: boolean,
): Promise<Pick<Answer, "text" | "isCut">> {
  const declared = Number(response.headers.get("content-length") ?? "0");
  if (declared > maxBytes && !headOnly) {
    await response.body?.cancel();
    return { text: null, isCut: true };
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) break;
    chunks.push(part.value);
    size += part.value.byteLength;
    if (size <= maxBytes) continue;
    await reader?.cancel();
    if (!headOnly) return { text: null, isCut: true };
    break;
  }
  const isCut = size > maxBytes;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), isCut };
  } catch {
    return { text: new TextDecoder("latin1").decode(bytes), isCut };
  }
}

function isPage(headers: Headers, text: string): boolean {
  return /^text\/html\b/i.test(headers.get("content-type") ?? "") || /^\s*<(?:!doctype html|html)\b/i.test(text);
}

function addressOf(host: Host, { baseUrl }: Connection, call: Call): URL | null {
  const root = (baseUrl ?? host.root ?? "").replace(/\/+$/, "");
  if (!/^https?:\/\//i.test(root) || !URL.canParse(root + call.path)) return null;
  const url = new URL(root + call.path);
  url.username = "";
  url.password = "";
  if (call.search !== undefined) url.search = call.search;
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== null && value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}
