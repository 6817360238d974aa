/** Approved time on its way to tickets. */
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { ConnectedTracker, TicketState } from "./tickets.ts";
import type { Json } from "./types.generated.ts";

export interface DueWorklog {
  /** The marker it carries at the ticket. */
  id: string;
  /** The ticket's key now. */
  key: string;
  /** The approval was taken back: what was written goes. */
  is_withdrawn: boolean;
  seconds: number;
  started_at: string;
  comment: string;
  /** The system's id of the log, where it is known. */
  external_id: string | null;
  /** This one included. */
  attempts: number;
  ticket_state: TicketState;
}

export interface WorklogsOfTracker extends ConnectedTracker {
  /** The workspace's, an IANA time zone. */
  timezone: string;
  worklogs: DueWorklog[];
}

/** Service role: takes what is due, for two minutes. */
export async function takeWorklogs(db: BillhookClient): Promise<DatabaseResult<WorklogsOfTracker[]>> {
  const result = await settle(db.rpc("take_worklogs"));
  return result.ok ? { ok: true, value: result.value as unknown as WorklogsOfTracker[] } : result;
}

export interface WorklogResult {
  id: string;
  /** `later`: tried again at `next_attempt_at`. */
  outcome: "sent" | "withdrawn" | "failed" | "later";
  external_id: string | null;
  /** For people, where it did not work. */
  reason: string | null;
  next_attempt_at: string | null;
}

/** Service role: what became of those taken. */
export const saveWorklogs = (db: BillhookClient, results: WorklogResult[]) =>
  settleVoid(db.rpc("save_worklogs", { p_results: results as unknown as Json }));

/** As the person: tries again what was given up on. */
export const retryWorklogs = (db: BillhookClient, draftIds: string[]) =>
  settle(db.rpc("retry_worklogs", { p_draft_ids: draftIds }));
