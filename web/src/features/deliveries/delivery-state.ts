import type { Database } from "@billhook/database/types.generated";
import type { Tone } from "../../ui/badge.tsx";

type DeliveryColumns = Database["public"]["Tables"]["webhook_deliveries"]["Row"];

/** A delivery as the log shows it; its payload stays in the database. */
export type Delivery = Pick<
  DeliveryColumns,
  | "id"
  | "repository_id"
  | "delivery_id"
  | "event"
  | "verdict"
  | "reason"
  | "status"
  | "body_bytes"
  | "attempts"
  | "error"
  | "commits_recorded"
  | "drafts_created"
  | "origin"
  | "source_address"
  | "waits_until"
  | "wait_reason"
  | "incomplete_reason"
  | "completed_at"
  | "timings"
  | "received_at"
  | "started_at"
  | "finished_at"
  | "updated_at"
>;

export const deliveryColumns =
  "id,repository_id,delivery_id,event,verdict,reason,status,body_bytes,attempts,error,commits_recorded,drafts_created,origin,source_address,waits_until,wait_reason,incomplete_reason,completed_at,timings,received_at,started_at,finished_at,updated_at";

export const deliveryStates = ["waiting", "failed", "recorded", "ignored", "refused"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** What became of a delivery, in one word. */
export function stateOf(delivery: Pick<Delivery, "status" | "verdict">): DeliveryState {
  if (delivery.status === "failed") return "failed";
  if (delivery.status === "accepted") return "waiting";
  if (delivery.verdict === "refused") return "refused";
  return delivery.verdict === "push" ? "recorded" : "ignored";
}

/** The same as columns, for the database to filter by. */
export const stateColumns: Readonly<Record<DeliveryState, { status: string; verdicts: string[] | null }>> = {
  waiting: { status: "accepted", verdicts: null },
  failed: { status: "failed", verdicts: null },
  recorded: { status: "done", verdicts: ["push"] },
  ignored: { status: "done", verdicts: ["ping", "ignored"] },
  refused: { status: "done", verdicts: ["refused"] },
};

export const stateNames: Readonly<Record<DeliveryState, string>> = {
  waiting: "Waiting",
  failed: "Failed",
  recorded: "Recorded",
  ignored: "No push",
  refused: "Refused",
};

export const stateTones: Readonly<Record<DeliveryState, Tone>> = {
  waiting: "accent",
  failed: "danger",
  recorded: "ok",
  ignored: "neutral",
  refused: "warn",
};

export const readState = (value: string | undefined): DeliveryState | null =>
  deliveryStates.find((state) => state === value) ?? null;

/** Milliseconds as a person reads them: `85 ms`, `1.4 s`, `3 m 20 s`. */
export function formatElapsed(milliseconds: number): string {
  const ms = Math.max(0, Math.round(milliseconds));
  if (ms < 1000) return `${ms} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

/** From receipt to the end, in milliseconds; null while it is not finished. */
export const elapsedOf = (delivery: Pick<Delivery, "received_at" | "finished_at">): number | null =>
  delivery.finished_at === null ? null : Date.parse(delivery.finished_at) - Date.parse(delivery.received_at);

/** How a delivery came about. */
export const originNames: Readonly<Record<string, string>> = {
  webhook: "Sent by the host",
  reconciliation: "Found by asking the host: its webhook never arrived",
  import: "Imported from the host or a clone",
};

export interface Step {
  name: string;
  /** Milliseconds it took. */
  took: number;
}

/** What the time from receipt to the end went into, step by step. */
export function stepsOf(timings: Delivery["timings"]): Step[] {
  if (typeof timings !== "object" || timings === null || Array.isArray(timings)) return [];
  const steps: Step[] = [];
  let before = 0;
  for (const [key, name] of [
    ["begun", "Waiting in the queue"],
    ["completed", "Asking the host"],
    ["recorded", "Estimating and recording"],
  ] as const) {
    const at = timings[key];
    if (typeof at !== "number" || !Number.isFinite(at)) continue;
    steps.push({ name, took: Math.max(0, at - before) });
    before = Math.max(before, at);
  }
  return steps;
}
