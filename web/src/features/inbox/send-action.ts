import type { BillhookClient } from "@billhook/database/client";
import {
  type DraftOutcome,
  type SeenVersions,
  acceptFlags,
  approveDrafts,
  approveToInvoice,
  deferDrafts,
  ignoreDrafts,
  mergeDrafts,
  readLastAct,
  restoreDrafts,
  rollUpDrafts,
  splitDraft,
  unapproveDrafts,
  undoAct,
  undoReplacement,
  updateDrafts,
} from "@billhook/database/drafts";
import type { DatabaseResult } from "@billhook/database/errors";
import type { InboxAction } from "./inbox-actions.ts";

/** What the inbox asks of the database once there is something to ask: its code comes after the list's. */
export const findLastAct = readLastAct;
export const takeBack = undoAct;

export function send(
  db: BillhookClient,
  action: InboxAction,
  ids: string[],
  versions: SeenVersions,
): Promise<DatabaseResult<DraftOutcome>> {
  switch (action.type) {
    case "approve":
      return approveDrafts(db, ids, versions);
    case "unapprove":
      return unapproveDrafts(db, ids, versions);
    case "invoice":
      return approveToInvoice(db, ids, action.invoiceId, versions);
    case "ignore":
      return ignoreDrafts(db, ids, action.reason, versions);
    case "restore":
      return restoreDrafts(db, ids, versions);
    case "defer":
      return deferDrafts(db, ids, action.until, versions, action.forTicket);
    case "edit":
      return updateDrafts(db, ids, action.changes, versions);
    case "accept":
      return acceptFlags(db, ids, action.code, versions);
    case "split":
      return splitDraft(db, action.id, ids[0] ?? "", action.parts, versions);
    case "merge":
      return action.fields.source_type === "sprint"
        ? rollUpDrafts(db, action.id, ids, action.fields, versions)
        : mergeDrafts(db, action.id, ids, action.fields, versions);
    case "join":
      return undoReplacement(db, action.id, versions);
  }
}
