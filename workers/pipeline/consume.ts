/** The queue's consumer: a batch in three round trips, whatever its size; each message acknowledged or retried by itself. */
import type { BillhookClient } from "@billhook/database/client";
import {
  beginDeliveries,
  type BegunDelivery,
  failDeliveries,
  noteDeliveryErrors,
  recordDeliveries,
} from "@billhook/database/deliveries";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import { processDeliveries } from "./process.ts";

export interface DeliveryMessage {
  /** webhook_deliveries.id */
  deliveryId: string;
}

/** After so many attempts a delivery is shown as failed, to be replayed by a person. */
const maximumAttempts = 10;

const backoffSeconds = (attempts: number): number => Math.min(600, 2 ** Math.min(attempts, 10)) + Math.floor(Math.random() * 3);

export async function consumeDeliveries(batch: MessageBatch<DeliveryMessage>, settings: Settings): Promise<void> {
  const db = serviceDatabase(settings);
  const ids = [...new Set(batch.messages.map((message) => message.body.deliveryId))];
  const begun = await beginDeliveries(db, ids);
  if (!begun.ok) {
    log("error", "batch_not_begun", { cause: begun.error.cause, size: ids.length });
    for (const message of batch.messages) message.retry({ delaySeconds: backoffSeconds(message.attempts) });
    return;
  }

  const failures = await recordAll(db, begun.value);
  const attemptsOf = new Map(begun.value.map((delivery) => [delivery.id, delivery.attempts]));
  const exhausted = [...failures].filter(([id]) => (attemptsOf.get(id) ?? 0) >= maximumAttempts);
  await Promise.all([
    ...exhausted.map(([id, reason]) => failDeliveries(db, [id], reason)),
    ...[...failures].filter(([id]) => !exhausted.some(([other]) => other === id)).map(([id, reason]) => noteDeliveryErrors(db, [id], reason)),
  ]);
  for (const message of batch.messages) {
    const { deliveryId } = message.body;
    if (failures.has(deliveryId) && !exhausted.some(([id]) => id === deliveryId)) {
      message.retry({ delaySeconds: backoffSeconds(message.attempts) });
    } else {
      message.ack();
    }
  }
}

/** What the queue gave up on. The row keeps the payload; a person can replay it. */
export async function consumeDeadLetters(batch: MessageBatch<DeliveryMessage>, settings: Settings): Promise<void> {
  const ids = batch.messages.map((message) => message.body.deliveryId);
  const failed = await failDeliveries(serviceDatabase(settings), ids, "It kept failing. Replay it, or look at the log.");
  if (failed.ok) batch.ackAll();
  else batch.retryAll({ delaySeconds: 60 });
}

/**
 * Processes and writes; answers why, for each delivery that could not be. One bad delivery does not hold up the others:
 * a batch that fails for another reason than an outage is tried again one by one.
 */
async function recordAll(db: BillhookClient, deliveries: BegunDelivery[]): Promise<Map<string, string>> {
  if (deliveries.length === 0) return new Map();
  const failure = await recordBatch(db, deliveries);
  if (failure === null) return new Map();
  if (deliveries.length === 1 || failure.outage) return new Map(deliveries.map(({ id }) => [id, failure.reason]));
  const failures = new Map<string, string>();
  for (const delivery of deliveries) {
    for (const [id, reason] of await recordAll(db, [delivery])) failures.set(id, reason);
  }
  return failures;
}

async function recordBatch(db: BillhookClient, deliveries: BegunDelivery[]): Promise<{ outage: boolean; reason: string } | null> {
  try {
    const processed = await processDeliveries(db, deliveries);
    const recorded = processed.ok ? await recordDeliveries(db, processed.value) : processed;
    if (recorded.ok) return null;
    log("error", "batch_not_recorded", { cause: recorded.error.cause, size: deliveries.length });
    return { outage: recorded.error.code === "unavailable", reason: recorded.error.message };
  } catch (error) {
    log("error", "batch_not_processed", { cause: String(error), size: deliveries.length });
    return { outage: false, reason: "It could not be processed." };
  }
}
