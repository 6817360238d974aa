import type { InboxDraft } from "@billhook/database/drafts";
import { lineTotalMinor } from "@billhook/domain/money";

/** What a row of the list needs; the rest is read when its evidence is opened. */
const columns = [
  "id",
  "client_id",
  "client_name",
  "project_id",
  "project_name",
  "repository_id",
  "repository_name",
  "description",
  "minutes",
  "hourly_rate_minor",
  "currency",
  "billable",
  "estimated_minutes",
  "estimate_low",
  "estimate_high",
  "estimate_method",
  "flags",
  "start_date",
  "author_name",
  "ticket_key",
  "ticket_url",
  "ticket_id",
  "ticket_title",
  "ticket_state",
  "ticket_reason",
  "epic",
  "status",
  "deferred_until",
  "deferred_for_ticket",
  "awaits_ticket",
  "rejected_reason",
  "invoice_id",
  "category",
  "made_by",
  "replaced_by",
  "version",
  "created_at",
  "updated_at",
  "commits",
] as const;

export const inboxColumns = columns.join(",");
export type InboxRow = Pick<InboxDraft, (typeof columns)[number]>;

/** Minor units; null where there is no rate yet. The twin of the column `total_minor`, for what is being typed. */
export function totalOf(row: Pick<InboxRow, "minutes" | "hourly_rate_minor" | "billable">): number | null {
  if (!row.billable) return 0;
  return row.hourly_rate_minor === null ? null : lineTotalMinor(row.minutes * 60, row.hourly_rate_minor);
}

export type InboxTab = "open" | "deferred" | "approved" | "ignored";

type Listed = Pick<
  InboxRow,
  "status" | "deferred_until" | "deferred_for_ticket" | "awaits_ticket" | "invoice_id" | "replaced_by"
>;

/**
 * Where a draft is listed; null once it is on an invoice, or others stand in its place. `today` is `YYYY-MM-DD` in the
 * workspace's zone.
 */
export function tabOf(row: Listed, today: string): InboxTab | null {
  if (row.replaced_by !== null) return null;
  switch (row.status) {
    case "draft":
      return (row.deferred_until !== null && row.deferred_until > today) ||
        row.deferred_for_ticket ||
        row.awaits_ticket === true
        ? "deferred"
        : "open";
    case "approved":
      return row.invoice_id === null ? "approved" : null;
    case "rejected":
      return "ignored";
    default:
      return null;
  }
}
