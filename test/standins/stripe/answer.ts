import { setTimeout as sleep } from "node:timers/promises";
import { type Context, newId } from "./context.ts";
import { StripeFault, refuseRequest } from "./fault.ts";
import { type FormFields, parseForm } from "./form.ts";
import { presentAnswer, shortenLines } from "./present.ts";
import { type Handler, ROUTES } from "./routes.ts";
import { type KeyPermissions, checkPermission } from "./permissions.ts";
import { type RequestSchemas, decodeForm } from "./schema.ts";
import type { Store, StoredAnswer } from "./store.ts";
import { type OperatorEndpoint, endpointsOf } from "./webhooks.ts";

export interface AnswererSettings {
  schemas: RequestSchemas;
  accountId: string;
  livemode: boolean;
  /** Told of everything, beside the account's own endpoints. */
  operatorEndpoint: OperatorEndpoint | null;
  store: Store;
  baseUrl: string;
  latencyMs: number;
  searchDelaySeconds: number;
  /** Called after the commit for every endpoint of every event recorded in it. */
  deliver: (deliveryId: string) => void;
}

export interface Answer {
  status: number;
  body: unknown;
  headers: Record<string, string>;
}

interface Call {
  route: string;
  method: string;
  path: string;
  id: string;
  handler: Handler;
  form: FormFields;
  /** What makes two requests the same request: its parameters, in any order. */
  canonical: string;
  idempotencyKey: string | null;
  requestId: string;
}

/** Takes an API request of one account through its key's permissions, its schema, its idempotency key and its handler. */
export class Answerer {
  readonly #settings: AnswererSettings;
  readonly #inFlight = new Set<string>();

  constructor(settings: AnswererSettings) {
    this.#settings = settings;
  }

  async answer(request: Request, key: string, permissions: KeyPermissions | null): Promise<Answer> {
    const requestId = newId("req");
    try {
      this.#checkVersion(request.headers);
      const { accountId } = this.#settings;
      checkPermission({ key, permissions, accountId }, request.method, new URL(request.url).pathname);
      return await this.#once(await readCall(request, requestId));
    } catch (error) {
      if (error instanceof StripeFault) return faultAnswer(error, requestId);
      throw error;
    }
  }

  /** Runs something in a transaction of its own, with its events; a refusal changes nothing. */
  run<T>(
    work: (context: Context) => T,
    requestId = newId("req"),
    key: string | null = null,
    more?: (result: T) => StoredAnswer,
  ): T {
    const data = this.#settings.store.begin();
    const { accountId, livemode, operatorEndpoint } = this.#settings;
    const deliveries: string[] = [];
    const now = Math.floor(Date.now() / 1000);
    try {
      const result = work({
        data,
        now,
        accountId,
        livemode,
        baseUrl: this.#settings.baseUrl,
        searchableUntil: now - this.#settings.searchDelaySeconds,
        emit: (type, object) => {
          const id = newId("evt");
          data.put("events", {
            id,
            object: "event",
            api_version: this.#settings.schemas.apiVersion,
            created: now,
            data: { object: structuredClone(object.object === "invoice" ? shortenLines(object) : object) },
            livemode,
            pending_webhooks: 1,
            request: { id: requestId, idempotency_key: key },
            type,
          });
          for (const endpoint of endpointsOf(data, operatorEndpoint, type)) {
            const delivery = `${id} ${endpoint.id}`;
            deliveries.push(delivery);
            data.put("deliveries", {
              id: delivery,
              eventId: id,
              endpointId: endpoint.id,
              attempts: 0,
              nextAttemptAt: Date.now(),
            });
          }
        },
      });
      if (more !== undefined) data.put("answers", more(result));
      data.commit();
      return result;
    } finally {
      for (const id of deliveries) this.#settings.deliver(id);
    }
  }

  #checkVersion(headers: Headers): void {
    const version = headers.get("stripe-version");
    if (version !== null && version !== this.#settings.schemas.apiVersion) {
      throw refuseRequest(`Invalid Stripe API version: ${version}`);
    }
  }

  /**
   * The same key and parameters: the first answer again, errors included. Not kept is what never reached the handler: a
   * refused parameter, or a second request while the first is at work (API reference, "Idempotent requests").
   */
  async #once(call: Call): Promise<Answer> {
    const { store, latencyMs } = this.#settings;
    const key = call.idempotencyKey;
    const params = this.#decode(call);
    if (key === null) {
      await sleep(latencyMs);
      return this.#execute(call, params);
    }
    const earlier = store.begin().get("answers", key);
    if (earlier !== undefined) return replay(earlier, call);
    if (this.#inFlight.has(key)) {
      throw new StripeFault(
        409,
        "idempotency_error",
        `There is currently another in-progress request using this Idempotent Key: ${key}. Please try again later.`,
        { code: "idempotency_key_in_use" },
      );
    }
    this.#inFlight.add(key);
    try {
      await sleep(latencyMs);
      return this.#execute(call, params);
    } finally {
      this.#inFlight.delete(key);
    }
  }

  #decode(call: Call): object {
    const schema = this.#settings.schemas.routes[call.route];
    if (schema === undefined) throw new Error(`no schema for ${call.route}`);
    return decodeForm(this.#settings.schemas, schema, call.form) as object;
  }

  #execute(call: Call, params: object): Answer {
    const { idempotencyKey: key, requestId, method, path, canonical } = call;
    const keep = (status: number, body: unknown): StoredAnswer => {
      const created = Math.floor(Date.now() / 1000);
      return { id: key ?? "", created, method, path, params: canonical, status, body, requestId };
    };
    try {
      const body = this.run(
        (context) => presentAnswer(call.handler(params, context, call.id), params, context),
        requestId,
        key,
        key === null ? undefined : (result) => keep(200, result),
      );
      return { status: 200, body, headers: answerHeaders(requestId) };
    } catch (error) {
      if (!(error instanceof StripeFault)) throw error;
      if (key !== null && error.status !== 501) {
        const data = this.#settings.store.begin();
        data.put("answers", keep(error.status, { error: error.error }));
        data.commit();
      }
      throw error;
    }
  }
}

async function readCall(request: Request, requestId: string): Promise<Call> {
  const url = new URL(request.url);
  const text = request.method === "POST" ? await request.text() : url.search.slice(1);
  const type = request.headers.get("content-type") ?? "application/x-www-form-urlencoded";
  if (request.method === "POST" && text !== "" && !type.startsWith("application/x-www-form-urlencoded")) {
    throw refuseRequest(`Invalid request (check that your POST content type is application/x-www-form-urlencoded).`);
  }
  const found = matchRoute(request.method, url.pathname);
  if (found === null) {
    throw new StripeFault(
      404,
      "invalid_request_error",
      `Unrecognized request URL (${request.method}: ${url.pathname}). The stand-in serves what belongs to invoices.`,
    );
  }
  const form = parseForm(text);
  if (!form.ok) throw refuseRequest(`Invalid parameter: ${form.name}`, { param: form.name });
  const key = request.method === "POST" ? request.headers.get("idempotency-key") : null;
  if (key !== null && key.length > 255) {
    throw new StripeFault(400, "idempotency_error", "Idempotency keys can have up to 255 characters.");
  }
  return {
    ...found,
    method: request.method,
    path: url.pathname,
    form: form.fields,
    canonical: [...new URLSearchParams(text)]
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join("&"),
    idempotencyKey: key,
    requestId,
  };
}

function matchRoute(method: string, path: string): { route: string; id: string; handler: Handler } | null {
  const given = path.split("/");
  for (const [route, handler] of Object.entries(ROUTES)) {
    const [routeMethod, pattern = ""] = route.split(" ");
    const parts = pattern.split("/");
    if (routeMethod !== method || parts.length !== given.length) continue;
    const matches = parts.every((part, index) => part === ":id" || part === given[index]);
    if (matches) return { route, handler, id: decodeURIComponent(given[parts.indexOf(":id")] ?? "") };
  }
  return null;
}

function replay(earlier: StoredAnswer, call: Call): Answer {
  const advice = `Try using a key other than '${earlier.id}' if you meant to execute a different request.`;
  if (earlier.method !== call.method || earlier.path !== call.path) {
    throw new StripeFault(
      400,
      "idempotency_error",
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${call.path}' vs '${earlier.path}'). ${advice}`,
    );
  }
  if (earlier.params !== call.canonical) {
    throw new StripeFault(
      400,
      "idempotency_error",
      `Keys for idempotent requests can only be used with the same parameters they were first used with. ${advice}`,
    );
  }
  const headers = { "idempotent-replayed": "true", "original-request": earlier.requestId };
  return {
    status: earlier.status,
    body: earlier.body,
    headers: { ...answerHeaders(call.requestId), ...headers },
  };
}

export function faultAnswer(fault: StripeFault, requestId: string): Answer {
  return { status: fault.status, body: { error: fault.error }, headers: answerHeaders(requestId) };
}

function answerHeaders(requestId: string): Record<string, string> {
  return { "request-id": requestId };
}
