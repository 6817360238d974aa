import { randomUUID } from "node:crypto";
import { acceptDeliveries, type DeliveryToAccept } from "@billhook/database/deliveries";
import type { BillhookClient } from "@billhook/database/client";
import { forgeFor } from "@billhook/forges/registry";
import { findChildren } from "../embedded/processes.ts";
import { connect, type Harness, startHarness } from "../http/harness.ts";
import { sendLoad } from "./load.ts";
import { canReadProcesses, readProcessorMs } from "./processes.ts";
import { makePush } from "./push-body.ts";
import type { Row } from "./row.ts";
import { type Bench, waitUntilRecorded } from "./stacks.ts";

const LOAD = { concurrency: 32, seconds: 4, commits: 3, bytes: 8192 };
/** As many as a batch of the queue holds, so many times. */
const BATCH = 100;
const BATCHES = 8;

/**
 * The processor time of workerd for a push, its kernel's part included: for accepting it, in a stack whose queue is
 * left alone; and for processing it, of pushes that were stored past the Worker and are handed to its queue's handler.
 */
export async function measureWorkerTime({ product, productWorker, baseline, baselineWorker }: Bench): Promise<Row[]> {
  if (!canReadProcesses) return [];
  const bare = { ...LOAD, targets: [{ url: `${baseline.appUrl}/api/store`, secret: "none" }] };
  const before = new Set(await findChildren("workerd"));
  const accepting = await startHarness({ withoutConsumer: true });
  try {
    const acceptingWorker = (await findChildren("workerd")).find((pid) => !before.has(pid));
    if (acceptingWorker === undefined) throw new Error("The stack has no workerd.");
    const { webhook_url: url, webhook_secret: secret } = await connect(accepting, "github");
    const pushes = { ...LOAD, targets: [{ url, secret }] };
    await sendLoad({ ...pushes, seconds: 1 });
    await sendLoad({ ...bare, seconds: 1 });
    const against = "the bare route that stores the same body with one rpc call";
    const stored = await timeLoad(baselineWorker, bare);
    return [
      {
        name: "Worker time to accept a push",
        value: await timeLoad(acceptingWorker, pushes),
        unit: "ms",
        baseline: stored,
        against,
      },
      {
        name: "Worker time to process a push of three commits",
        value: await timeProcessing(product, productWorker),
        unit: "ms",
        baseline: stored,
        against,
      },
    ];
  } finally {
    await accepting.stop();
  }
}

/** Processor milliseconds for each request that was answered 202. */
async function timeLoad(pid: number, load: Parameters<typeof sendLoad>[0]): Promise<number> {
  const started = readProcessorMs(pid);
  const { statuses } = await sendLoad(load);
  return (readProcessorMs(pid) - started) / (statuses[202] ?? 0);
}

async function timeProcessing(product: Harness, pid: number): Promise<number> {
  const { id } = await connect(product, "github");
  const batches: string[][] = [];
  for (let made = 0; made <= BATCHES; made += 1) batches.push(await storePushes(product.service, id, BATCH));
  await processPushes(product, batches.pop() ?? []);
  const started = readProcessorMs(pid);
  for (const ids of batches) await processPushes(product, ids);
  const took = readProcessorMs(pid) - started;
  await waitUntilRecorded(product);
  return took / (BATCH * BATCHES);
}

/** Stores so many pushes of three commits past the Worker; its queue is not told. Answers the deliveries' ids. */
export async function storePushes(service: BillhookClient, repositoryId: string, count: number): Promise<string[]> {
  const deliveries = Array.from({ length: count }, (): DeliveryToAccept => {
    const { body } = makePush(LOAD.commits, LOAD.bytes);
    const headers = new Headers({ "x-github-event": "push", "content-type": "application/json" });
    const push = forgeFor("github").normalise(headers, new TextEncoder().encode(body));
    if (push.kind !== "push") throw new Error(`The push was read as ${push.kind}.`);
    return {
      repositoryId,
      deliveryId: randomUUID(),
      event: "push",
      verdict: "push",
      reason: null,
      repository: push.event.repository,
      push: push.event,
      bodyBytes: body.length,
      sourceAddress: null,
    };
  });
  const accepted = await acceptDeliveries(service, deliveries);
  if (!accepted.ok) throw new Error(accepted.error.cause);
  return accepted.value.flatMap((acceptance) => (acceptance.outcome === "stored" ? [acceptance.id] : []));
}

type QueueRunner = {
  queue(
    name: string,
    messages: { id: string; timestamp: Date; attempts: number; body: unknown }[],
  ): Promise<{ outcome: string; retryMessages: unknown[] }>;
};

/** Hands deliveries to the Worker's queue handler as one batch. */
export async function processPushes({ stack }: Harness, deliveryIds: readonly string[]): Promise<void> {
  const worker = (await stack.miniflare.getWorker("billhook")) as unknown as QueueRunner;
  const { outcome, retryMessages } = await worker.queue(
    "billhook-deliveries",
    deliveryIds.map((deliveryId) => ({ id: randomUUID(), timestamp: new Date(), attempts: 1, body: { deliveryId } })),
  );
  if (outcome !== "ok" || retryMessages.length > 0) throw new Error("The batch was not recorded.");
}
