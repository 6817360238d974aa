/**
 * The queue's consumer: a batch in three round trips, whatever its size; each message acknowledged or retried by itself.
 * Pushes whose host is to be asked first are completed and recorded by grant, so that no host holds up another's pushes.
 */
import type { BillhookClient } from "@billhook/database/client";
import {
  beginDeliveries,
  type BegunDelivery,
  failDeliveries,
  noteDeliveryErrors,
  recordDeliveries,
} from "@billhook/database/deliveries";
import { saveDeliveryProgress } from "@billhook/database/hosts";
import { gitConfigSchema } from "@billhook/domain/git-config";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import { completeDeliveries, groupByGrant, hasHost } from "./complete.ts";
import { processDeliveries } from "./process.ts";
import { readTickets } from "./tickets.ts";
import type { DeliveryMessage, QueueMessage } from "./queue.ts";

/** After so many attempts a delivery is shown as failed, to be replayed by a person. */
const maximumAttempts = 10;

/** How often in a row a batch is decided anew where others record the same work at the same moment. */
const maximumLooks = 5;

/** Where so many deliveries wait, more are on their way: accepting those comes first, and the next batch is a larger one. */
const busyBatch = 24;
const pauseWhenBusyMs = 250;

const backoffSeconds = (attempts: number): number =>
  Math.min(600, 2 ** Math.min(attempts, 10)) + Math.floor(Math.random() * 3);

export interface DeliveryBatch {
  messages: readonly Message<DeliveryMessage>[];
}

/** What is told of what comes after a batch. */
export interface Told {
  /** Deliveries that are to be gone on with at once. */
  goOn: (ids: string[]) => Promise<void>;
  /** Workspaces some of whose new lines wait for words. */
  word: (workspaceIds: string[]) => Promise<void>;
}

export async function consumeDeliveries(batch: DeliveryBatch, settings: Settings, told: Told): Promise<void> {
  const db = serviceDatabase(settings);
  const ids = [...new Set(batch.messages.map((message) => message.body.deliveryId))];
  if (ids.length >= busyBatch) await new Promise((resolve) => setTimeout(resolve, pauseWhenBusyMs));
  const begun = await beginDeliveries(db, ids);
  if (!begun.ok) {
    log("error", "batch_not_begun", { cause: begun.error.cause, size: ids.length });
    for (const message of batch.messages) message.retry({ delaySeconds: backoffSeconds(message.attempts) });
    return;
  }

  const failures = await completeAndRecord(db, settings, begun.value, told);
  const attemptsOf = new Map(begun.value.map((delivery) => [delivery.id, delivery.attempts]));
  const exhausted = [...failures].filter(([id]) => (attemptsOf.get(id) ?? 0) >= maximumAttempts);
  await Promise.all([
    ...exhausted.map(([id, reason]) => failDeliveries(db, [id], reason)),
    ...[...failures]
      .filter(([id]) => !exhausted.some(([other]) => other === id))
      .map(([id, reason]) => noteDeliveryErrors(db, [id], reason)),
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
export async function consumeDeadLetters(batch: MessageBatch<QueueMessage>, settings: Settings): Promise<void> {
  // An import or a comparison that the queue gave up on is found by the next sweep.
  const ids = batch.messages.flatMap(({ body }) => ("deliveryId" in body ? [body.deliveryId] : []));
  const failed = await failDeliveries(
    serviceDatabase(settings),
    ids,
    "It kept failing. Replay it, or look at the log.",
  );
  if (failed.ok) batch.ackAll();
  else batch.retryAll({ delaySeconds: 60 });
}

async function completeAndRecord(
  db: BillhookClient,
  settings: Settings,
  deliveries: BegunDelivery[],
  told: Told,
): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  const record = async (ready: BegunDelivery[]): Promise<void> => {
    const failed = await recordAll(db, settings, ready);
    for (const [id, reason] of failed) failures.set(id, reason);
    const wanting = ready.filter(({ id, config }) => !failed.has(id) && wantsSummaries(config));
    if (wanting.length > 0) await told.word([...new Set(wanting.map(({ workspace }) => workspace.id))]);
  };
  const complete = async (group: BegunDelivery[]): Promise<void> => {
    try {
      const { ready, progress, unfinished } = await completeDeliveries(db, settings, group);
      const saved = progress.length === 0 ? null : await saveDeliveryProgress(db, progress);
      if (saved?.ok === false) throw new Error(saved.error.cause);
      await record(ready);
      if (unfinished.length > 0) await told.goOn(unfinished);
    } catch (error) {
      log("error", "batch_not_completed", { cause: String(error), size: group.length });
      for (const { id } of group) failures.set(id, "It could not be completed from its host.");
    }
  };
  const asking = groupByGrant(deliveries.filter(hasHost)).map(complete);
  await Promise.all([record(deliveries.filter((delivery) => !hasHost(delivery))), ...asking]);
  return failures;
}

function wantsSummaries(config: unknown): boolean {
  const parsed = gitConfigSchema.safeParse(config);
  return parsed.success && parsed.data.words_strategy === "summary";
}

/**
 * Processes and writes; answers why, for each delivery that could not be. One bad delivery does not hold up the others:
 * a batch that fails for another reason than an outage is tried again one by one.
 */
async function recordAll(
  db: BillhookClient,
  settings: Settings,
  deliveries: BegunDelivery[],
): Promise<Map<string, string>> {
  if (deliveries.length === 0) return new Map();
  const failure = await recordBatch(db, settings, deliveries);
  if (failure === null) return new Map();
  if (deliveries.length === 1 || failure.outage) return new Map(deliveries.map(({ id }) => [id, failure.reason]));
  const failures = new Map<string, string>();
  for (const delivery of deliveries) {
    for (const [id, reason] of await recordAll(db, settings, [delivery])) failures.set(id, reason);
  }
  return failures;
}

async function recordBatch(
  db: BillhookClient,
  settings: Settings,
  deliveries: BegunDelivery[],
): Promise<{ outage: boolean; reason: string } | null> {
  try {
    const tickets = readTickets(db, settings, deliveries);
    for (let attempt = 1; ; attempt += 1) {
      const processed = await processDeliveries(db, deliveries, tickets);
      const recorded = processed.ok ? await recordDeliveries(db, processed.value) : processed;
      if (recorded.ok) return null;
      const { code, cause, message } = recorded.error;
      // Another worker recorded the same work since this one looked: looked again, it is known.
      if (code === "conflict" && attempt < maximumLooks) continue;
      log("error", "batch_not_recorded", { cause, size: deliveries.length });
      return { outage: code === "unavailable" || code === "conflict", reason: message };
    }
  } catch (error) {
    log("error", "batch_not_processed", { cause: String(error), size: deliveries.length });
    return { outage: false, reason: "It could not be processed." };
  }
}
