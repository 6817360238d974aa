import { findWaitingDeliveries } from "@billhook/database/deliveries";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import type { DeliveryMessage } from "../pipeline/consume.ts";

/** Cloudflare Queues take at most 100 messages a call. */
const messagesPerCall = 100;

/** Queues again what was accepted and finished by nobody: the queue was not told, lost it, or a worker died over it. */
export async function sweepWaitingDeliveries(env: Env, settings: Settings): Promise<void> {
  const waiting = await findWaitingDeliveries(serviceDatabase(settings), settings.sweepAfterSeconds, 5 * messagesPerCall);
  if (!waiting.ok) {
    log("error", "sweep_failed", { cause: waiting.error.cause });
    return;
  }
  await queueDeliveries(env, waiting.value);
  if (waiting.value.length > 0) log("warn", "swept", { deliveries: waiting.value.length });
}

export async function queueDeliveries(env: Env, ids: string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += messagesPerCall) {
    const messages = ids.slice(start, start + messagesPerCall);
    await env.DELIVERIES.sendBatch(messages.map((deliveryId) => ({ body: { deliveryId } satisfies DeliveryMessage })));
  }
}
