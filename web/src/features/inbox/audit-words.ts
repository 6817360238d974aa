import type { Formatters } from "../../data/format.ts";

/** What an audit event of a draft says to people. */

export interface AuditEvent {
  id: number;
  action: string;
  actor_id: string | null;
  before: unknown;
  after: unknown;
  created_at: string;
}

const acts: Record<string, string> = {
  approve: "approved",
  unapprove: "took the approval back",
  ignore: "ignored",
  restore: "brought back",
  defer: "deferred",
  undefer: "brought back from later",
  accept: "accepted a flag",
  undo: "took their last change back",
  split: "split it into parts",
  merge: "merged it with others",
  join: "joined its parts again",
  unmerge: "took the merged line apart",
  ticket: "followed its ticket",
  words: "worded by the model",
  invoice: "put on an invoice",
  remove_from_invoice: "took off the invoice",
  finalise: "invoiced",
  void: "unbilled: the invoice was voided",
  discard: "unbilled: the invoice draft was discarded",
};

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const columns: Record<string, string> = {
  description: "description",
  minutes: "hours",
  hourly_rate_minor: "rate",
  start_date: "date",
  project_id: "project",
  billable: "billable",
  ticket_key: "ticket",
  category: "category",
  epic: "epic",
};

export function describeAudit(event: AuditEvent, currency: string, format: Formatters): string {
  const before = record(event.before);
  const after = record(event.after);
  if (event.action === "defer" && typeof after["deferred_until"] === "string") {
    return `deferred until ${format.day(after["deferred_until"])}`;
  }
  const act = acts[event.action];
  if (act !== undefined) return act;
  const show = (column: string, value: unknown): string => {
    if (value === null || value === undefined) return "none";
    if (column === "minutes" && typeof value === "number") return format.hours(value);
    if (column === "hourly_rate_minor" && typeof value === "number") return format.money(value, currency);
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? `${value}`
      : "something else";
  };
  const parts = Object.entries(columns).flatMap(([column, name]) => {
    if (!(column in after)) return [];
    if (column === "project_id") return ["moved to another project"];
    if (column === "description") return [`description, was “${show(column, before[column])}”`];
    return [`${name} ${show(column, before[column])} → ${show(column, after[column])}`];
  });
  return parts.length === 0 ? "changed" : `edited: ${parts.join("; ")}`;
}
