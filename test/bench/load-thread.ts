import { createHmac, randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import type { Load, LoadResult, LoadTarget } from "./load.ts";
import { makePush } from "./push-body.ts";

// The thread of load.ts. Bodies are made and signed before the clock starts, as far as they are enough.

const PREPARED = 400;

const load = workerData as Load;
const agent = new Agent({ keepAlive: true, maxSockets: load.concurrency });
const now = (): number => performance.timeOrigin + performance.now();

interface Prepared {
  url: string;
  headers: Record<string, string | number>;
  body: string;
  hash: string;
}

function prepare(target: LoadTarget): Prepared {
  const { body, hash } = makePush(load.commits, load.bytes);
  return {
    url: target.url,
    body,
    hash,
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "x-github-event": "push",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${createHmac("sha256", target.secret).update(body).digest("hex")}`,
    },
  };
}

function post({ url, headers, body }: Prepared): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(url, { method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
      answer.on("error", () => resolve(0));
    });
    outgoing.on("error", () => resolve(0));
    outgoing.end(body);
  });
}

let made = 0;
const next = (): Prepared => {
  const target = load.targets[made % load.targets.length];
  if (target === undefined) throw new Error("A load needs a target.");
  made += 1;
  return prepare(target);
};
const ready = Array.from({ length: load.rate === undefined ? PREPARED : 0 }, next);

const result: LoadResult = { seconds: 0, statuses: {}, latencies: [], sent: [] };

async function sendOne(): Promise<void> {
  const prepared = ready.pop() ?? next();
  const sentAt = now();
  const status = await post(prepared);
  result.latencies.push(now() - sentAt);
  result.statuses[status] = (result.statuses[status] ?? 0) + 1;
  if (status === 202) result.sent.push({ hash: prepared.hash, sentAt });
}

const started = now();
const end = started + load.seconds * 1000;

async function sendUntilEnd(): Promise<void> {
  while (now() < end) await sendOne();
}

async function sendAtRate(rate: number): Promise<void> {
  const pending: Promise<void>[] = [];
  for (let nth = 0; nth < rate * load.seconds; nth += 1) {
    const wait = started + (nth * 1000) / rate - now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    pending.push(sendOne());
  }
  await Promise.all(pending);
}

await (load.rate === undefined
  ? Promise.all(Array.from({ length: load.concurrency }, sendUntilEnd))
  : sendAtRate(load.rate));
result.seconds = (now() - started) / 1000;
result.latencies.sort((a, b) => a - b);
agent.destroy();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(result);
