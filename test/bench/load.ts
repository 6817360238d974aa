/** Sends signed pushes from a thread of its own, so that making the load does not slow what is measured. */
import { Worker } from "node:worker_threads";

export interface LoadTarget {
  url: string;
  /** The webhook's secret; a baseline ignores the signature. */
  secret: string;
}

export interface Load {
  /** Taken in turn. */
  targets: LoadTarget[];
  /** Requests under way at once. */
  concurrency: number;
  seconds: number;
  /** Requests a second at most, evenly spaced; as many as are answered where it isn't given. */
  rate?: number;
  /** Commits in a push. */
  commits: number;
  /** Bytes of a push, reached by the length of its commits' messages. */
  bytes?: number;
}

export interface SentPush {
  /** Hash of its last commit. */
  hash: string;
  /** Milliseconds since the epoch, with fractions. */
  sentAt: number;
}

export interface LoadResult {
  seconds: number;
  /** Number of answers by status; 0 is no answer. */
  statuses: Record<number, number>;
  /** Milliseconds until each answer, ascending. */
  latencies: number[];
  sent: SentPush[];
}

export async function sendLoad(load: Load): Promise<LoadResult> {
  const thread = new Worker(new URL("load-thread.ts", import.meta.url), { workerData: load });
  return new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
  });
}
