import type { DraftChanges, DraftPart, MergedFields } from "@billhook/database/drafts";
import type { InboxRow } from "./inbox-row.ts";

export type EditChanges = Pick<
  DraftChanges,
  "description" | "minutes" | "hourly_rate_minor" | "start_date" | "project_id" | "billable"
>;

export type InboxAction =
  | { type: "approve" }
  | { type: "unapprove" }
  /** Approved onto an invoice draft; null: a new one. */
  | { type: "invoice"; invoiceId: string | null }
  | { type: "ignore"; reason: string | null }
  | { type: "restore" }
  /** `until` is `YYYY-MM-DD`; null brings the drafts back now, or `forTicket` once their ticket is done. */
  | { type: "defer"; until: string | null; forTicket?: boolean }
  /** `shown`: what else of the row follows from it, a project's names for instance. */
  | { type: "edit"; changes: EditChanges; shown?: Partial<InboxRow> }
  | { type: "accept"; code: string }
  /** `id` is a new UUID that names the split or merge. */
  | { type: "split"; id: string; parts: DraftPart[] }
  | { type: "merge"; id: string; fields: MergedFields }
  /** Of the lines that the split or merge `id` made. */
  | { type: "join"; id: string };

/** What the action makes of a row, shown until the server has answered. */
export function patchFor(action: InboxAction, row: InboxRow): Partial<InboxRow> {
  switch (action.type) {
    case "approve":
      return { status: "approved", deferred_until: null, deferred_for_ticket: false };
    case "unapprove":
      return { status: "draft" };
    case "invoice":
      return {
        status: "approved",
        deferred_until: null,
        deferred_for_ticket: false,
        ...(row.billable ? { invoice_id: action.invoiceId ?? row.id } : {}),
      };
    case "ignore":
      return {
        status: "rejected",
        deferred_until: null,
        deferred_for_ticket: false,
        rejected_reason: action.reason,
      };
    case "restore":
      return { status: "draft", rejected_reason: null };
    case "defer":
      return { deferred_until: action.until, deferred_for_ticket: action.forTicket === true };
    case "edit":
      return { ...action.changes, ...action.shown };
    case "accept":
      return {
        flags: row.flags.map((flag) =>
          flag.code === action.code ? { ...flag, accepted_at: flag.accepted_at ?? new Date().toISOString() } : flag,
        ),
      };
    case "split":
    case "merge":
    case "join":
      return { status: "rejected", replaced_by: action.id };
  }
}

/** The row as it was, as far as the action changed it: shown until the server has taken the action back. */
export function patchBack(action: InboxAction, before: InboxRow): Partial<InboxRow> {
  const keys = Object.keys(patchFor(action, before)) as (keyof InboxRow)[];
  return Object.fromEntries(keys.map((key) => [key, before[key]]));
}
