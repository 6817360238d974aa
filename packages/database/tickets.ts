/** Tickets as the pipeline and the schedule keep them, as the service role: read in batches, written in one procedure. */
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { RepositoryHost } from "./repository-host.ts";
import type { Database, Json } from "./types.generated.ts";

/** A connected ticket system with what is needed to ask it. */
export interface ConnectedTracker {
  id: string;
  workspace_id: string;
  kind: string;
  name: string;
  base_url: string | null;
  web_url: string | null;
  site: string | null;
  prefixes: string[];
  takes_worklogs: boolean;
  /** Its webhook has told of changes of late: nothing has to be looked up often. */
  is_told: boolean;
  /** Null where its access was lost. */
  host: RepositoryHost | null;
}

/** One ticket by the key it is asked for. */
export interface RecordedTicket {
  connection_id: string;
  key: string;
}

/** A ticket as a commit names it; without a connection where no connected system has such keys. */
export interface NamedTicket {
  key: string;
  connection_id: string | null;
  ticket_key: string | null;
}

export type TicketState = "waiting" | "found" | "gone" | "failed";

/** What a system answered, or why it did not. Texts fit their columns; minutes; instants are ISO 8601. */
export interface ToldTicket extends RecordedTicket {
  state: TicketState;
  /** For people; null where it was found. */
  reason: string | null;
  current_key?: string | null;
  external_id?: string | null;
  title?: string | null;
  url?: string | null;
  type?: string | null;
  status?: string | null;
  is_done?: boolean | null;
  labels?: string[];
  epic_key?: string | null;
  epic_title?: string | null;
  parent_key?: string | null;
  parent_title?: string | null;
  project_key?: string | null;
  project_title?: string | null;
  estimate_minutes?: number | null;
  logged_minutes?: number | null;
  assignee?: string | null;
  /** When it was asked: a later answer is not replaced by an earlier one. */
  asked_at: string;
  next_fetch_at: string | null;
}

export type TicketRow = Database["public"]["Tables"]["tickets"]["Row"];

/** A ticket with what the drafts under it come to. */
export interface KnownTicket extends TicketRow {
  committed: { draft_id: string; minutes: number; hashes: string[] | null }[];
}

/** The connected systems of workspaces, the oldest first. */
export async function findTrackers(
  db: BillhookClient,
  workspaceIds: string[],
): Promise<DatabaseResult<ConnectedTracker[]>> {
  const result = await settle(db.rpc("workspace_trackers", { p_workspace_ids: workspaceIds }));
  return result.ok ? { ok: true, value: result.value as unknown as ConnectedTracker[] } : result;
}

export async function readKnownTickets(
  db: BillhookClient,
  wanted: { connection_id: string; keys: string[] }[],
): Promise<DatabaseResult<KnownTicket[]>> {
  const result = await settle(db.rpc("known_tickets", { p_wanted: wanted }));
  return result.ok ? { ok: true, value: result.value as unknown as KnownTicket[] } : result;
}

export interface DueTracker extends ConnectedTracker {
  tickets: { id: string; key: string; attempts: number }[];
}

/** Those that work, with the tickets that are to be read now. */
export async function findDueTickets(db: BillhookClient): Promise<DatabaseResult<DueTracker[]>> {
  const result = await settle(db.rpc("due_tickets"));
  return result.ok ? { ok: true, value: result.value as unknown as DueTracker[] } : result;
}

/** A draft nobody has touched, with what its words and rules are made from. */
export interface TicketDraft {
  id: string;
  version: number;
  description: string;
  category: string | null;
  epic: string | null;
  billable: boolean;
  awaits_ticket: boolean | null;
  /** As the commit wrote it. */
  ticket_key: string | null;
  ticket_url: string | null;
  ticket_flags: { code: string; message: string }[];
  /** As it was known when the draft was made or last moved. */
  ticket: TicketRow;
  billing_type: string;
  /** The row of project_git_configs. */
  config: unknown;
  message: string;
  files: Json | null;
  /** What is left of a commit beside known work: its words are not those of the commit. */
  is_part: boolean;
  /** Minutes of all drafts of the ticket. */
  committed: number;
}

export async function readTicketDrafts(
  db: BillhookClient,
  connectionId: string,
  keys: string[],
): Promise<DatabaseResult<TicketDraft[]>> {
  const result = await settle(db.rpc("ticket_drafts", { p_connection_id: connectionId, p_keys: keys }));
  return result.ok ? { ok: true, value: result.value as unknown as TicketDraft[] } : result;
}

/** How a draft is from now on; applied only while it is as it was read. */
export interface MovedDraft {
  id: string;
  version: number;
  /** Null leaves the words. */
  description: string | null;
  detailed_description: string | null;
  category: string | null;
  epic: string | null;
  ticket_url: string | null;
  billable: boolean;
  awaits_ticket: boolean;
  ticket_flags: { code: string; message: string }[];
}

/** Answers how many drafts moved with the tickets. */
export const saveTickets = (db: BillhookClient, tickets: ToldTicket[], drafts: MovedDraft[]) =>
  settle(db.rpc("save_tickets", { p_tickets: tickets as unknown as Json, p_drafts: drafts as unknown as Json }));

/** The words of an open draft without a ticket. */
export interface UnlinkedDraft {
  workspace_id: string;
  draft_id: string;
  commit_id: string;
  message: string;
  branch: string | null;
  repository: { provider: string; url: string | null; name: string | null };
}

export async function findUnlinkedDrafts(
  db: BillhookClient,
  connectionId: string,
): Promise<DatabaseResult<UnlinkedDraft[]>> {
  const result = await settle(db.rpc("unlinked_drafts", { p_connection_id: connectionId }));
  return result.ok ? { ok: true, value: result.value as unknown as UnlinkedDraft[] } : result;
}

export interface TicketLink extends RecordedTicket {
  draft_id: string;
  commit_id: string;
  /** From 1; the draft stands under the first. */
  position: number;
  /** As the commit wrote it. */
  named: string;
}

/** Answers how many drafts stand under a ticket now. */
export const linkTickets = (db: BillhookClient, links: TicketLink[]) =>
  settle(db.rpc("link_tickets", { p_links: links as unknown as Json }));

/** Null: it answered. `isRefused` revokes its grant; the problem then says how to mend it. */
export const noteTracker = (db: BillhookClient, connectionId: string, problem: string | null, isRefused = false) =>
  settleVoid(db.rpc("note_tracker", { p_connection_id: connectionId, p_problem: problem, p_is_refused: isRefused }));

/** Tickets that a webhook told of are due. Answers how many of them are known. */
export const markTickets = (db: BillhookClient, connectionId: string, keys: string[], externalIds: string[]) =>
  settle(db.rpc("mark_tickets", { p_connection_id: connectionId, p_keys: keys, p_external_ids: externalIds }));
