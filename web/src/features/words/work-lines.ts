import { classifyFile, isHandwritten } from "@billhook/domain/file-kind";
import type { WorkLine } from "@billhook/domain/group-work";
import type { InboxRow } from "../inbox/inbox-row.ts";

/** A row as the rules for one piece of work see it. */
export const toWorkLine = (row: InboxRow, files: readonly string[]): WorkLine => ({
  id: row.id,
  clientId: row.client_id,
  projectId: row.project_id,
  author: row.author_name,
  currency: row.currency,
  rateMinor: row.hourly_rate_minor,
  billable: row.billable,
  ticketKey: row.ticket_key,
  day: row.start_date,
  minutes: row.minutes,
  // What programs write says nothing of whose work is whose.
  files: files.filter((path) => isHandwritten(classifyFile(path)) || classifyFile(path) === "test"),
});

/** Lines that may be proposed: what was merged or split was decided by a person already. */
export const mayBeProposed = (row: InboxRow): boolean =>
  row.status === "draft" && row.made_by === null && row.replaced_by === null;
