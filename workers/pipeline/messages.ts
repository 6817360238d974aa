/** What is done with a batch of the queue: its deliveries together, then everything else one by one. */
import type { Settings } from "../env.ts";
import { log } from "../log.ts";
import { importHistory } from "../scheduled/imports.ts";
import { reconcileRepository } from "../scheduled/reconcile.ts";
import { refreshConnection } from "../scheduled/tickets.ts";
import { consumeDeliveries } from "./consume.ts";
import { writeWords } from "../words/write.ts";
import { type DeliveryMessage, type QueueMessage, tellQueueOfDeliveries, tellQueueOfWords } from "./queue.ts";

export async function consumeMessages(batch: MessageBatch<QueueMessage>, env: Env, settings: Settings): Promise<void> {
  const deliveries = batch.messages.filter(isDelivery);
  if (deliveries.length > 0) {
    await consumeDeliveries({ messages: deliveries }, settings, {
      goOn: (ids) => tellQueueOfDeliveries(env, ids),
      word: (workspaceIds) => tellQueueOfWords(env, workspaceIds),
    });
  }
  for (const message of batch.messages) {
    const { body } = message;
    if ("deliveryId" in body) continue;
    try {
      if ("importId" in body) await importHistory(env, settings, body.importId);
      else if ("wordsOf" in body) await writeWords(env, settings, body.wordsOf);
      else if ("trackerId" in body) await refreshConnection(env, settings, body.trackerId);
      else await reconcileRepository(env, settings, body.repositoryId);
      message.ack();
    } catch (error) {
      log("error", "message_not_handled", { cause: String(error) });
      message.retry({ delaySeconds: 10 });
    }
  }
}

const isDelivery = (message: Message<QueueMessage>): message is Message<DeliveryMessage> =>
  "deliveryId" in message.body;
