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
  approve: "approved it",
  unapprove: "took the approval back",
  ignore: "ignored it",
  restore: "brought it back",
  defer: "deferred it",
  undefer: "brought it back from later",
  accept: "accepted a flag",
  split: "split it into parts",
  merge: "merged it with others",
  join: "joined its parts again",
  unmerge: "took the merged line apart",
  invoice: "put it on an invoice",
  remove_from_invoice: "took it off the invoice",
  finalise: "invoiced it",
  void: "made it unbilled: the invoice was voided",
  discard: "made it unbilled: the invoice draft was discarded",
};

/** Said before what changed. */
const changes: Record<string, string> = {
  undo: "took a change back",
  words: "had it worded by the model",
  ticket: "followed its ticket",
};

const columns: Record<string, string> = {
  description: "description",
  minutes: "hours",
  project_id: "project",
  hourly_rate_minor: "rate",
  start_date: "date",
  billable: "billed",
  ticket_key: "ticket",
  category: "category",
  epic: "epic",
};

type Columns = Record<string, unknown>;

const record = (value: unknown): Columns => (typeof value === "object" && value !== null ? (value as Columns) : {});

function show(
  column: string,
  row: Columns,
  currency: string,
  format: Formatters,
  projectOf: (id: string) => string | null,
): string {
  const value = row[column];
  if (value === null || value === undefined) return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  switch (column) {
    case "minutes":
      return format.hours(Number(value));
    case "hourly_rate_minor":
      // Another project can bring another currency.
      return format.money(Number(value), typeof row["currency"] === "string" ? row["currency"] : currency);
    case "start_date":
      return format.day(text);
    case "project_id":
      return projectOf(text) ?? "another project";
    case "billable":
      return value === true ? "yes" : "no";
    case "description":
      return `“${text}”`;
    default:
      return text;
  }
}

/** The flag that is accepted after and was not before. */
function acceptedFlag(before: Columns, after: Columns): string | null {
  const flagsOf = (row: Columns): Columns[] => (Array.isArray(row["flags"]) ? row["flags"].map(record) : []);
  const open = flagsOf(before).filter((flag) => flag["accepted_at"] === undefined);
  const flag = flagsOf(after).find(
    (each) => each["accepted_at"] !== undefined && open.some((was) => was["code"] === each["code"]),
  );
  return typeof flag?.["message"] === "string" ? flag["message"] : null;
}

function describeAct(action: string, before: Columns, after: Columns, format: Formatters): string | null {
  if (action === "defer" && typeof after["deferred_until"] === "string") {
    return `deferred it until ${format.day(after["deferred_until"])}`;
  }
  if (action === "defer" && after["deferred_for_ticket"] === true) return "deferred it until its ticket is done";
  if (action === "ignore" && typeof after["rejected_reason"] === "string") {
    return `ignored it: ${after["rejected_reason"]}`;
  }
  if (action === "accept") {
    const flag = acceptedFlag(before, after);
    if (flag !== null) return `accepted the flag “${flag}”`;
  }
  return acts[action] ?? null;
}

/** What follows the person's name: "edited it: hours 45 m → 1 h". `projectOf` names a project. */
export function describeAudit(
  event: AuditEvent,
  currency: string,
  format: Formatters,
  projectOf: (id: string) => string | null = () => null,
): string {
  const before = record(event.before);
  const after = record(event.after);
  const act = describeAct(event.action, before, after, format);
  if (act !== null) return act;
  const parts = Object.entries(columns).flatMap(([column, name]) => {
    if (!(column in after)) return [];
    const [was, is] = [before, after].map((row) => show(column, row, currency, format, projectOf));
    return [`${name} ${was ?? ""} → ${is ?? ""}`];
  });
  const verb = changes[event.action] ?? (event.action === "edit" ? "edited it" : "changed it");
  return parts.length === 0 ? verb : `${verb}: ${parts.join("; ")}`;
}
