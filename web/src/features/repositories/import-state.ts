import type { ImportJob } from "./host-data.ts";

type ImportFacts = Pick<
  ImportJob,
  "status" | "found" | "imported" | "skipped" | "skipped_reasons" | "last_commits" | "mode"
>;

/** Is somebody at it, or waiting for the host? */
export const isUnderWay = (job: Pick<ImportJob, "status">): boolean =>
  ["queued", "running", "waiting"].includes(job.status);

export const canResume = (job: Pick<ImportJob, "status">): boolean => ["stopped", "failed"].includes(job.status);

/** How much of it is done, from 0 to 1; null where nobody knows how much there is. */
export function shareDone(job: Pick<ImportFacts, "status" | "found" | "last_commits">): number | null {
  if (job.status === "done") return 1;
  return job.last_commits === null ? null : Math.min(1, job.found / job.last_commits);
}

export const importNames: Readonly<Record<string, string>> = {
  queued: "About to begin",
  running: "Importing",
  waiting: "Waiting for the host",
  stopped: "Stopped",
  done: "Imported",
  failed: "Failed",
};

/** Names of the rules that leave commits out; `known` is what was recorded before. */
const reasonNames: Readonly<Record<string, string>> = {
  known: "recorded before",
  same_work: "the same work as before",
  exclude_pattern: "left out by a pattern",
  merge: "merges",
  bot: "by programs",
  release: "releases",
  dependency: "dependency updates",
  revert: "reverts",
  tickets_only: "without a ticket",
};

/** Why commits were skipped, the most frequent reason first. */
export function skippedReasons(job: Pick<ImportFacts, "skipped_reasons">): { words: string; count: number }[] {
  const reasons = job.skipped_reasons;
  if (typeof reasons !== "object" || reasons === null || Array.isArray(reasons)) return [];
  return Object.entries(reasons)
    .flatMap(([rule, count]) =>
      typeof count === "number" && count > 0 ? [{ words: reasonNames[rule] ?? rule.replaceAll("_", " "), count }] : [],
    )
    .toSorted((a, b) => b.count - a.count);
}
