/** What goes into the queue. A message is only an id: what is to be done lives in the database. */
import { log } from "../log.ts";

export interface DeliveryMessage {
  /** webhook_deliveries.id */
  deliveryId: string;
}

export interface ImportMessage {
  /** import_jobs.id */
  importId: string;
}

export interface ReconcileMessage {
  /** repositories.id, whose branches are compared with its host's. */
  repositoryId: string;
}

export interface WordsMessage {
  /** workspaces.id, some of whose lines wait for words. */
  wordsOf: string;
}

export interface TrackerMessage {
  /** tracker_connections.id: newly connected, or told of changes. */
  trackerId: string;
}

export type QueueMessage = DeliveryMessage | ImportMessage | ReconcileMessage | WordsMessage | TrackerMessage;

/** Cloudflare Queues take at most 100 messages a call. */
const messagesPerCall = 100;

export async function sendMessages(env: Env, bodies: QueueMessage[]): Promise<void> {
  for (let start = 0; start < bodies.length; start += messagesPerCall) {
    await env.DELIVERIES.sendBatch(bodies.slice(start, start + messagesPerCall).map((body) => ({ body })));
  }
}

/** Tells the queue of what is stored already: where it cannot be told, the sweep finds it. */
export async function tellQueue(env: Env, bodies: QueueMessage[]): Promise<void> {
  try {
    await sendMessages(env, bodies);
  } catch (error) {
    log("warn", "queue_not_told", { messages: bodies.length, cause: String(error) });
  }
}

export const tellQueueOfDeliveries = (env: Env, ids: readonly string[]): Promise<void> =>
  tellQueue(
    env,
    ids.map((deliveryId) => ({ deliveryId })),
  );

/** A queue of their own: a model takes seconds, and no push waits for it. */
export async function tellQueueOfWords(env: Env, workspaceIds: readonly string[]): Promise<void> {
  if (workspaceIds.length === 0) return;
  try {
    await env.WORDS.sendBatch(workspaceIds.map((wordsOf) => ({ body: { wordsOf } })));
  } catch (error) {
    log("warn", "queue_not_told", { messages: workspaceIds.length, cause: String(error) });
  }
}
