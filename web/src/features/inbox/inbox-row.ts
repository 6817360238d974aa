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
  "epic",
  "status",
  "deferred_until",
  "rejected_reason",
  "invoice_id",
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

/** Where a draft is listed; null once it is on an invoice. `today` is `YYYY-MM-DD` in the workspace's zone. */
export function tabOf(row: Pick<InboxRow, "status" | "deferred_until" | "invoice_id">, today: string): InboxTab | null {
  switch (row.status) {
    case "draft":
      return row.deferred_until !== null && row.deferred_until > today ? "deferred" : "open";
    case "approved":
      return row.invoice_id === null ? "approved" : null;
    case "rejected":
      return "ignored";
    default:
      return null;
  }
}
