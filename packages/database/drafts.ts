import { type Answer, type BillhookClient, settle } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { Database, Json } from "./types.generated.ts";

/** A row of the inbox: times in minutes, rate and total in minor units of `currency`, dates as `YYYY-MM-DD`. */
export type InboxDraft = Omit<
  Required<NonNullableFields<Database["public"]["Views"]["inbox_drafts"]["Row"]>>,
  "commits" | "flags"
> & {
  commits: DraftCommit[];
  flags: DraftFlag[];
};
type NullableInboxField =
  | "repository_id"
  | "repository_name"
  | "provider"
  | "detailed_description"
  | "category"
  | "hourly_rate_minor"
  | "total_minor"
  | "estimated_minutes"
  | "estimate_low"
  | "estimate_high"
  | "estimate_reason"
  | "author_name"
  | "ticket_key"
  | "ticket_url"
  | "epic"
  | "deferred_until"
  | "rejected_at"
  | "rejected_reason"
  | "invoice_id"
  | "approved_at"
  | "made_by"
  | "replaced_by"
  | "ticket_id"
  | "awaits_ticket"
  | "ticket_title"
  | "ticket_state"
  | "ticket_reason"
  | "ticket_status"
  | "ticket_is_done"
  | "ticket_current_key";
type NonNullableFields<Row> = { [K in keyof Row]: K extends NullableInboxField ? Row[K] : NonNullable<Row[K]> };

export interface DraftCommit {
  id: string;
  short_hash: string;
  branch: string | null;
  url: string | null;
  /** The short hash of the earlier commit whose work it is under a new hash. */
  rewritten_from: string | null;
}

export interface DraftFlag {
  code: string;
  message: string;
  /** Another commit that it is about. */
  commit_id?: string;
  short_hash?: string;
  /** Somebody has looked at it and lets the draft be. */
  accepted_at?: string;
  accepted_by?: string;
}

/** Why a draft was passed over by a procedure that does what it can and reports the rest. */
export type SkipCode =
  | "not_found"
  | "replaced"
  | "changed"
  | "not_open"
  | "already_approved"
  | "already_ignored"
  | "ignored"
  | "no_time"
  | "no_rate"
  | "on_invoice"
  | "not_approved"
  | "locked"
  | "not_ignored"
  | "no_flag"
  | "no_ticket"
  | "ticket_done";

export interface SkippedDraft {
  id: string;
  code: SkipCode;
  /** Who touched the draft last, where it was another person of the workspace. */
  by?: string | null;
  /** What they did, as the audit names it, and when. */
  action?: string;
  at?: string;
}

/** A project whose approved work is past its budget, and by how much: the one, the other or both. */
export interface ExceededBudget {
  project_id: string;
  project_name: string;
  /** Whether it may not be billed past it unasked. */
  is_cap: boolean;
  currency: string;
  seconds: number;
  /** Minor units of `currency`. */
  minor: number;
}

export interface DraftOutcome {
  changed: InboxDraft[];
  skipped: SkippedDraft[];
  /** What `undoAct` takes back; null where nothing was changed. */
  act_id?: string | null;
  /** Where drafts were put on an invoice draft. */
  invoice_id?: string | null;
  /** Of an approval: budgets that it reached beyond. */
  over?: ExceededBudget[];
}

/** What each skip code means to the person who asked. */
export const skipMessages: Record<SkipCode, string> = {
  not_found: "It no longer exists.",
  replaced: "It was split or merged in the meantime.",
  changed: "Somebody changed it in the meantime. Look at it again first.",
  not_open: "It is no longer open.",
  already_approved: "It was approved already.",
  already_ignored: "It was ignored already.",
  ignored: "It is ignored. Bring it back first.",
  no_time: "It has no time yet. Enter hours first.",
  no_rate: "It has no hourly rate. Enter one, or set one on the project.",
  on_invoice: "It is on an invoice. Take it off there first.",
  not_approved: "It is not approved.",
  locked: "Its time is locked.",
  not_ignored: "It is not ignored.",
  no_flag: "It has no such flag any more.",
  no_ticket: "It has no ticket of a connected system to wait for.",
  ticket_done: "Its ticket is done already.",
};

/** The version of each draft as the person saw it, by id: a draft changed since is skipped, not overwritten. */
export type SeenVersions = Record<string, number>;

export interface DraftChanges {
  description?: string;
  detailed_description?: string | null;
  /** Whole minutes, 0 to 1440; more only of lines that were split or merged. */
  minutes?: number;
  /** Minor units of the draft's currency. */
  hourly_rate_minor?: number | null;
  start_date?: string;
  end_date?: string;
  category?: string | null;
  project_id?: string;
  billable?: boolean;
  ticket_key?: string | null;
  ticket_url?: string | null;
  epic?: string | null;
}

async function outcome(query: PromiseLike<Answer<Json | null>>): Promise<DatabaseResult<DraftOutcome>> {
  const result = await settle(query);
  return result.ok ? { ok: true, value: result.value as unknown as DraftOutcome } : result;
}

export const updateDrafts = (db: BillhookClient, ids: string[], changes: DraftChanges, versions: SeenVersions = {}) =>
  outcome(db.rpc("update_drafts", { p_ids: ids, p_changes: { ...changes }, p_versions: versions }));

export const approveDrafts = (db: BillhookClient, ids: string[], versions: SeenVersions = {}) =>
  outcome(db.rpc("approve_drafts", { p_ids: ids, p_versions: versions }));

export const unapproveDrafts = (db: BillhookClient, ids: string[], versions: SeenVersions = {}) =>
  outcome(db.rpc("unapprove_drafts", { p_ids: ids, p_versions: versions }));

export const ignoreDrafts = (db: BillhookClient, ids: string[], reason: string | null, versions: SeenVersions = {}) =>
  outcome(db.rpc("ignore_drafts", { p_ids: ids, p_reason: reason, p_versions: versions }));

export const restoreDrafts = (db: BillhookClient, ids: string[], versions: SeenVersions = {}) =>
  outcome(db.rpc("restore_drafts", { p_ids: ids, p_versions: versions }));

/**
 * `until` is a local date (`YYYY-MM-DD`). With null they wait until their ticket is done where `forTicket` says so, and are
 * shown again now where it does not.
 */
export const deferDrafts = (
  db: BillhookClient,
  ids: string[],
  until: string | null,
  versions: SeenVersions = {},
  forTicket = false,
) =>
  outcome(
    db.rpc("defer_drafts", {
      p_ids: ids,
      ...(until === null ? {} : { p_until: until }),
      p_versions: versions,
      p_for_ticket: forTicket,
    }),
  );

/**
 * Approves and puts on the invoice draft named, or on a new one: in one transaction, and only what can be approved. Asked
 * again, it answers the same invoice; null where nothing could be put on one.
 */
export const approveToInvoice = (
  db: BillhookClient,
  ids: string[],
  invoiceId: string | null,
  versions: SeenVersions = {},
) =>
  outcome(
    db.rpc("approve_to_invoice", {
      p_ids: ids,
      ...(invoiceId === null ? {} : { p_invoice_id: invoiceId }),
      p_versions: versions,
    }),
  );

/** What a person did in one request and can take back. `lines` counts the drafts it was done to. */
export interface LastAct {
  act_id: string;
  action: string;
  at: string;
  lines: number;
}

/** The person's own last act on the workspace's drafts of the last week; null where there is none. */
export async function readLastAct(db: BillhookClient, workspaceId: string): Promise<DatabaseResult<LastAct | null>> {
  const result = await settle(db.rpc("last_act", { p_workspace_id: workspaceId }));
  return result.ok ? { ok: true, value: result.value as unknown as LastAct | null } : result;
}

/** Takes an act of one's own back. Drafts that somebody has changed since stay, and are `skipped`. */
export const undoAct = (db: BillhookClient, actId: string) => outcome(db.rpc("undo_act", { p_act_id: actId }));

/** A part of a split line; what is not given is the line's. Another project brings its rate and whether it is billed. */
export type DraftPart = Pick<
  DraftChanges,
  | "description"
  | "detailed_description"
  | "category"
  | "start_date"
  | "end_date"
  | "project_id"
  | "hourly_rate_minor"
  | "billable"
> & {
  minutes: number;
  /** Approves the part onto an invoice draft: that of this id, or `new`, `new 2` … one that is made for its client. */
  invoice?: string;
};

/**
 * Splits an open draft. The parts' minutes come to the draft's, or the answer is `invalid_input`. `replacementId` is a new
 * UUID: asking again with it does nothing twice, and `undoReplacement` joins the parts again by it. `changed` has the parts
 * (`made_by`) and the draft itself (`replaced_by`). Where parts go to invoices, all of it is done or nothing.
 */
export const splitDraft = (
  db: BillhookClient,
  replacementId: string,
  id: string,
  parts: DraftPart[],
  versions: SeenVersions = {},
) =>
  outcome(
    db.rpc(parts.some((part) => part.invoice !== undefined) ? "split_to_invoices" : "split_draft", {
      p_id: replacementId,
      p_draft_id: id,
      p_parts: parts.map((part) => ({ ...part })),
      p_versions: versions,
    }),
  );

/** What of a merged draft is not as its drafts have it in common. Needed where rate, project or billability differ. */
export type MergedFields = Omit<DraftChanges, "minutes"> & { source_type?: "sprint" };

/**
 * Merges open drafts of one client and currency into one, all of them or none; the order of `ids` is that of the words.
 * `replacementId` as for `splitDraft`. Anything `skipped` means that nothing was merged.
 */
export const mergeDrafts = (
  db: BillhookClient,
  replacementId: string,
  ids: string[],
  fields: MergedFields = {},
  versions: SeenVersions = {},
) =>
  outcome(db.rpc("merge_drafts", { p_id: replacementId, p_ids: ids, p_fields: { ...fields }, p_versions: versions }));

/** As `mergeDrafts`, of open drafts and of approved ones that are on no invoice: the one line is to be approved again. */
export const rollUpDrafts = (
  db: BillhookClient,
  replacementId: string,
  ids: string[],
  fields: MergedFields,
  versions: SeenVersions = {},
) =>
  outcome(db.rpc("roll_up_drafts", { p_id: replacementId, p_ids: ids, p_fields: { ...fields }, p_versions: versions }));

/** Joins the parts of a split, or takes a merge apart, while what it made is open; anything `skipped` means it is not. */
export const undoReplacement = (db: BillhookClient, replacementId: string, versions: SeenVersions = {}) =>
  outcome(db.rpc("undo_replacement", { p_id: replacementId, p_versions: versions }));

/** Says of open drafts that what the flag tells is as it should be. It stays as evidence. */
export const acceptFlags = (db: BillhookClient, ids: string[], code: string, versions: SeenVersions = {}) =>
  outcome(db.rpc("accept_flags", { p_ids: ids, p_code: code, p_versions: versions }));
