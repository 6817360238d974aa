import { createHmac } from "node:crypto";
import type { Store } from "./store.ts";
import type { WireEvent } from "./wire.ts";

/** Seconds before each further attempt. Stripe goes on for three days; here an hour shows the same. */
const RETRY_AFTER_SECONDS = [0, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 1200];
const TIMEOUT_MS = 10_000;

export interface WebhookSettings {
  url: string;
  secret: string;
  log: (line: string) => void;
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

  schedule(eventId: string): void {
    const delivery = this.#store.begin().get("deliveries", eventId);
    if (delivery?.nextAttemptAt == null || this.#timers.has(eventId) || this.#stop.signal.aborted) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(eventId);
        const sending = this.#attempt(eventId).finally(() => this.#sending.delete(sending));
        this.#sending.add(sending);
      },
      Math.max(0, delivery.nextAttemptAt - Date.now()),
    );
    timer.unref();
    this.#timers.set(eventId, timer);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#sending);
  }

  async #attempt(eventId: string): Promise<void> {
    const event = this.#store.begin().get("events", eventId);
    if (event === undefined) return;
    const outcome = await this.#post(event);
    if (this.#stop.signal.aborted && outcome !== null) return;

    const transaction = this.#store.begin();
    const delivery = transaction.get("deliveries", eventId);
    if (delivery === undefined) return;
    delivery.attempts += 1;
    const wait = RETRY_AFTER_SECONDS[delivery.attempts];
    delivery.nextAttemptAt = outcome === null || wait === undefined ? null : Date.now() + wait * 1000;
    transaction.put("deliveries", delivery);
    transaction.put("events", {
      ...event,
      pending_webhooks: delivery.nextAttemptAt === null ? 0 : 1,
    });
    transaction.commit();
    if (outcome !== null) {
      const next = delivery.nextAttemptAt === null ? "given up" : `again in ${wait} s`;
      this.#settings.log(`stripe stand-in: ${event.type} ${eventId} not delivered (${outcome}), ${next}`);
    }
    this.schedule(eventId);
  }

  /** Null where the receiver answered 2xx, else what happened instead. */
  async #post(event: WireEvent): Promise<string | null> {
    const payload = JSON.stringify(event, null, 2);
    try {
      const response = await fetch(this.#settings.url, {
        method: "POST",
        headers: {
          "content-type": "application/json; charset=utf-8",
          "stripe-signature": signPayload(payload, this.#settings.secret, Math.floor(Date.now() / 1000)),
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
