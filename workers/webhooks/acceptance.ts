/** What every delivery asks of the database, asked together with those that arrive at the same moment: see gathering.ts. */
import {
  type Acceptance,
  acceptDeliveries,
  type DeliveryToAccept,
  findWebhookTargets,
  type WebhookTarget,
} from "@billhook/database/deliveries";
import type { DatabaseError, DatabaseResult } from "@billhook/database/errors";
import { serviceDatabase, type Settings } from "../env.ts";
import { tellQueueOfDeliveries } from "../pipeline/queue.ts";
import { Gathering } from "./gathering.ts";

/** The request that a delivery came with: what it may use, and what keeps it alive. */
export interface Reception {
  env: Env;
  settings: Settings;
  waitUntil: (promise: Promise<unknown>) => void;
}

/** Isolate-wide, and empty while nobody asks. */
const targets = new Gathering<string, DatabaseResult<WebhookTarget | null>>();
const acceptances = new Gathering<DeliveryToAccept, DatabaseResult<Acceptance>>();

/** Of an id. */
const idBytes = 36;

/** What a request is told whose question went down with another request. */
const unanswered = (): { ok: false; error: DatabaseError } => ({
  ok: false,
  error: {
    code: "unavailable",
    message: "The database did not answer.",
    field: null,
    cause: "the common question was not answered",
  },
});

/** The connection as it is now: nothing is kept from earlier requests. Null where there is none (any more). */
export function findTarget(
  { settings, waitUntil }: Reception,
  repositoryId: string,
): Promise<DatabaseResult<WebhookTarget | null>> {
  return targets.ask(repositoryId, idBytes, {
    askAll: async (ids) => {
      const found = await findWebhookTargets(serviceDatabase(settings), [...new Set(ids)]);
      return ids.map((id) => (found.ok ? { ok: true, value: found.value.get(id) ?? null } : found));
    },
    unanswered,
    waitUntil,
  });
}

/**
 * Stores the delivery, in one transaction with those that arrive at the same moment, and then tells the queue of all of
 * them. One that the database refuses does not fail the others: then each is stored by itself.
 */
export function acceptDelivery(
  { env, settings, waitUntil }: Reception,
  delivery: DeliveryToAccept,
): Promise<DatabaseResult<Acceptance>> {
  return acceptances.ask(delivery, delivery.bodyBytes, {
    askAll: async (deliveries) => {
      const accepted = await acceptDeliveries(serviceDatabase(settings), deliveries);
      if (!accepted.ok) {
        return deliveries.length > 1 && accepted.error.code !== "unavailable" ? null : deliveries.map(() => accepted);
      }
      // Stored is accepted: where the queue cannot be told, the sweep finds the deliveries.
      await tellQueueOfDeliveries(env, accepted.value.flatMap(idToRecord));
      return accepted.value.map((value) => ({ ok: true, value }));
    },
    unanswered,
    waitUntil,
  });
}

const idToRecord = (acceptance: Acceptance): string[] =>
  acceptance.outcome === "stored" && acceptance.verdict === "push" ? [acceptance.id] : [];
