import { createHmac } from "node:crypto";
import type { Store, Transaction } from "./store.ts";
import type { EventType, WireEvent } from "./wire.ts";

/** Seconds before each further attempt. Stripe goes on for three days; here an hour shows the same. */
const RETRY_AFTER_SECONDS = [0, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 1200];
const TIMEOUT_MS = 10_000;

/** The endpoint of whoever runs the installation, made by hand and not through the API. */
export interface OperatorEndpoint {
  url: string;
  secret: string;
}

interface WebhookSettings {
  operatorEndpoint: OperatorEndpoint | null;
  log: (line: string) => void;
}

/** Where an event of this type goes: what the account has enabled, and the operator's. */
export function endpointsOf(
  data: Transaction,
  operator: OperatorEndpoint | null,
  type: EventType,
): (OperatorEndpoint & { id: string })[] {
  return [
    ...(operator === null ? [] : [{ ...operator, id: "operator" }]),
    ...data
      .list("webhook_endpoints")
      .filter(
        ({ enabled_events: events, status }) => status === "enabled" && (events.includes("*") || events.includes(type)),
      )
      .map(({ id, url, secret = "" }) => ({ id, url, secret })),
  ];
}

/** `t=…,v1=…`: HMAC-SHA256 over the time, a full stop and the body (docs.stripe.com/webhooks#verify-manually). */
function signPayload(payload: string, secret: string, timestamp: number): string {
  const signature = createHmac("sha256", secret).update(`${timestamp}.${payload}`).digest("hex");
  return `t=${timestamp},v1=${signature}`;
}

/**
 * Delivers stored events until each is answered 2xx or has had all its attempts. As at Stripe, events wait for each other
 * no more than their retries do: they may arrive out of order, and twice where an answer was lost.
 */
export class WebhookSender {
  readonly #store: Store;
  readonly #settings: WebhookSettings;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #sending = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(store: Store, settings: WebhookSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  /** Takes up the events whose delivery was not over when the process last ended. */
  resume(): void {
    for (const delivery of this.#store.begin().list("deliveries")) this.schedule(delivery.id);
  }

  schedule(id: string): void {
    const delivery = this.#store.begin().get("deliveries", id);
    if (delivery?.nextAttemptAt == null || this.#timers.has(id) || this.#stop.signal.aborted) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(id);
        const sending = this.#attempt(id).finally(() => this.#sending.delete(sending));
        this.#sending.add(sending);
      },
      Math.max(0, delivery.nextAttemptAt - Date.now()),
    );
    timer.unref();
    this.#timers.set(id, timer);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#sending);
  }

  async #attempt(id: string): Promise<void> {
    const data = this.#store.begin();
    const { eventId = "", endpointId } = data.get("deliveries", id) ?? {};
    const event = data.get("events", eventId);
    if (event === undefined) return;
    const endpoint = endpointsOf(data, this.#settings.operatorEndpoint, event.type).find(
      (candidate) => candidate.id === endpointId,
    );
    // An endpoint that was deleted or disabled since is told nothing more.
    const outcome = endpoint === undefined ? null : await this.#post(event, endpoint);
    if (this.#stop.signal.aborted && outcome !== null) return;

    const transaction = this.#store.begin();
    const delivery = transaction.get("deliveries", id);
    if (delivery === undefined) return;
    delivery.attempts += 1;
    const wait = RETRY_AFTER_SECONDS[delivery.attempts];
    delivery.nextAttemptAt = outcome === null || wait === undefined ? null : Date.now() + wait * 1000;
    transaction.put("deliveries", delivery);
    const pending = transaction
      .list("deliveries")
      .filter((each) => each.eventId === eventId && each.nextAttemptAt !== null).length;
    transaction.put("events", { ...event, pending_webhooks: pending });
    transaction.commit();
    if (outcome !== null) {
      const next = delivery.nextAttemptAt === null ? "given up" : `again in ${wait} s`;
      this.#settings.log(`stripe stand-in: ${event.type} ${eventId} not delivered (${outcome}), ${next}`);
    }
    this.schedule(id);
  }

  /** Null where the receiver answered 2xx, else what happened instead. */
  async #post(event: WireEvent, { url, secret }: OperatorEndpoint): Promise<string | null> {
    const payload = JSON.stringify(event, null, 2);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json; charset=utf-8",
          "stripe-signature": signPayload(payload, secret, Math.floor(Date.now() / 1000)),
          "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        },
        body: payload,
        redirect: "manual",
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      return response.ok ? null : `status ${response.status}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
