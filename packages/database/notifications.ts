import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";

/** Something to tell a person of a workspace, as it is now. */
export interface Matter {
  id: string;
  kind: string;
  /** What it is about: a repository, an invoice, a project, by kind. */
  subject_id: string | null;
  /** The subject's name; null where it has none or is gone. */
  name: string | null;
  body: string;
  /** How many drafts wait, deliveries failed, or how often it happened. */
  count: number;
  /** Of the drafts that wait: those that came since the matter was read. */
  fresh: number | null;
  updated_at: string;
  is_unread: boolean;
}

/** What a workspace has to tell the person asking, newest first. */
export async function readMatters(db: BillhookClient, workspaceId: string): Promise<DatabaseResult<Matter[]>> {
  const result = await settle(db.rpc("read_matters", { p_workspace_id: workspaceId }));
  return result.ok ? { ok: true, value: result.value } : result;
}

/** Marks matters (null: all of the workspace) as read by the person asking, or as unread again. */
export const markMatters = (db: BillhookClient, workspaceId: string, ids: string[] | null, isRead: boolean) =>
  settleVoid(db.rpc("mark_notifications_read", { p_workspace_id: workspaceId, p_ids: ids, p_is_read: isRead }));
