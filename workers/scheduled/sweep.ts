import { findWaitingDeliveries } from "@billhook/database/deliveries";
import { findWaitingImports } from "@billhook/database/imports";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import { sendMessages } from "../pipeline/queue.ts";

const deliveriesPerSweep = 500;

/**
 * Queues again what was accepted and finished by nobody: the queue was not told, lost it, a worker died over it, or the
 * time it was to wait for its host is over. Imports the same.
 */
export async function sweepWaiting(env: Env, settings: Settings): Promise<void> {
  const db = serviceDatabase(settings);
  const [deliveries, imports] = await Promise.all([
    findWaitingDeliveries(db, settings.sweepAfterSeconds, deliveriesPerSweep),
    findWaitingImports(db),
  ]);
  for (const found of [deliveries, imports]) if (!found.ok) log("error", "sweep_failed", { cause: found.error.cause });
  const deliveryIds = deliveries.ok ? deliveries.value : [];
  const importIds = imports.ok ? imports.value : [];
  await sendMessages(env, [
    ...deliveryIds.map((deliveryId) => ({ deliveryId })),
    ...importIds.map((importId) => ({ importId })),
  ]);
  if (deliveryIds.length > 0) log("warn", "swept", { deliveries: deliveryIds.length });
}
