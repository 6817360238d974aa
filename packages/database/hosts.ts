/** What is known of git hosts, as the service role: grants and their budgets, how far deliveries are completed, heads. */
import type { PushEvent } from "@billhook/domain/push";
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { BegunDelivery } from "./deliveries.ts";
import type { DatabaseResult } from "./errors.ts";
import type { MovedEstimate } from "./person-days.ts";
import type { CompletionProgress, RepositoryHost } from "./repository-host.ts";
import type { Json } from "./types.generated.ts";
import type { RecordedIdentity } from "./work.ts";

export interface DeliveryProgress {
  id: string;
  /** The push as far as it is completed; undefined where nothing was added. */
  payload?: PushEvent;
  progress?: CompletionProgress;
  /** ISO 8601: it is not begun again before. */
  waits_until?: string;
  wait_reason?: string;
  incomplete_reason?: string;
  /** It stays accepted and goes on later: no failed attempt. */
  is_resumed?: boolean;
  is_completed?: boolean;
}

export const saveDeliveryProgress = (db: BillhookClient, deliveries: DeliveryProgress[]) =>
  settleVoid(db.rpc("save_delivery_progress", { p_deliveries: deliveries as unknown as Json }));

export interface GrantedRequests {
  granted: number;
  /** ISO 8601; null where nobody knows, or something was granted. */
  waits_until: string | null;
  /** The host asked for a pause, or did not answer; otherwise the budget is used up. */
  is_paused: boolean;
}

/** Reserves requests; `keep` is the part of the whole budget left for what is more urgent. */
export async function takeHostRequests(
  db: BillhookClient,
  grantId: string,
  wanted: number,
  keep = 0,
): Promise<DatabaseResult<GrantedRequests>> {
  const result = await settle(db.rpc("take_host_requests", { p_grant_id: grantId, p_wanted: wanted, p_keep: keep }));
  return result.ok ? { ok: true, value: result.value as unknown as GrantedRequests } : result;
}

/** Gives back what was not used, and keeps what the host said of the budget. */
export const noteHostRequests = (
  db: BillhookClient,
  grantId: string,
  noted: {
    unused: number;
    limit: number | null;
    remaining: number | null;
    resetAt: string | null;
    waitsUntil: string | null;
  },
) =>
  settleVoid(
    db.rpc("note_host_requests", {
      p_grant_id: grantId,
      p_unused: noted.unused,
      p_limit: noted.limit,
      p_remaining: noted.remaining,
      p_reset_at: noted.resetAt,
      p_waits_until: noted.waitsUntil,
    }),
  );

/** `reason` is for people and says how to mend it. */
export const revokeHostGrant = (db: BillhookClient, grantId: string, reason: string) =>
  settleVoid(db.rpc("revoke_host_grant", { p_grant_id: grantId, p_reason: reason }));

/** Keeps why a valid grant may not read this repository; null takes it back. */
export const noteRepositoryAccess = (db: BillhookClient, repositoryId: string, error: string | null) =>
  settleVoid(db.rpc("note_repository_access", { p_repository_id: repositoryId, p_error: error }));

/** Of the hashes asked about, by repository, those that are recorded. */
export async function findRecordedHashes(
  db: BillhookClient,
  wanted: Record<string, string[]>,
): Promise<DatabaseResult<Record<string, string[]>>> {
  const result = await settle(db.rpc("recorded_hashes", { p_repositories: wanted }));
  return result.ok ? { ok: true, value: result.value as unknown as Record<string, string[]> } : result;
}

export interface RepositoryToReconcile {
  id: string;
  provider: string;
  external_id: string | null;
  name: string;
  url: string | null;
  default_branch: string | null;
  host: RepositoryHost;
  heads: { branch: string; head: string; gap_from: string | null }[];
}

/** Those that are silent or failing, or the one asked for; only where the grant works. */
export async function findRepositoriesToReconcile(
  db: BillhookClient,
  repositoryId: string | null,
  limit: number,
): Promise<DatabaseResult<RepositoryToReconcile[]>> {
  const result = await settle(db.rpc("repositories_to_reconcile", { p_repository_id: repositoryId, p_limit: limit }));
  return result.ok ? { ok: true, value: result.value as unknown as RepositoryToReconcile[] } : result;
}

/** Answers the ids of the deliveries to queue. */
export const storeReconciliation = (
  db: BillhookClient,
  repositoryId: string,
  found: {
    heads: { branch: string; head: string }[];
    gone: string[];
    pushes: { delivery_id: string; payload: PushEvent }[];
  },
) =>
  settle(
    db.rpc("store_reconciliation", {
      p_repository_id: repositoryId,
      p_heads: found.heads,
      p_gone: found.gone,
      p_pushes: found.pushes as unknown as Json,
    }),
  );

/** A recorded delivery whose commits lack line counts, with some of them. */
export interface IncompleteDelivery extends Omit<BegunDelivery, "event" | "host" | "heads" | "progress" | "isLate"> {
  host: RepositoryHost;
  commits: IncompleteCommit[];
}

export interface IncompleteCommit {
  id: string;
  hash: string;
  message: string;
  branch: string;
  url: string | null;
  parents: string[] | null;
  author_name: string | null;
  author_email: string | null;
  author_username: string | null;
  authored_at: string | null;
  committed_at: string | null;
  authored_offset_minutes: number | null;
}

export async function findIncompleteDeliveries(
  db: BillhookClient,
  deliveries: number,
  commits: number,
): Promise<DatabaseResult<IncompleteDelivery[]>> {
  const result = await settle(db.rpc("incomplete_deliveries", { p_limit: deliveries, p_commits: commits }));
  return result.ok ? { ok: true, value: result.value as unknown as IncompleteDelivery[] } : result;
}

export interface CompletedCommit {
  id: string;
  person_id: string | null;
  parents: string[] | null;
  author_name: string | null;
  author_email: string | null;
  authored_at: string | null;
  authored_offset_minutes: number | null;
  work_day: string;
  files: Json;
  files_changed: number | null;
  additions: number | null;
  deletions: number | null;
  source_files: number | null;
  source_additions: number | null;
  source_deletions: number | null;
  binary_files: number | null;
  patch_id?: string | null;
  moment_key?: string | null;
  message_key?: string | null;
  work?: RecordedIdentity;
}

/** Code `conflict` where another worker recorded the same work at the same moment. */
export const completeCommits = (db: BillhookClient, commits: CompletedCommit[]) =>
  settle(db.rpc("complete_commits", { p_commits: commits as unknown as Json }));

export interface NewEstimate {
  commit_id: string;
  minutes: number;
  low: number;
  high: number;
  method: string;
  reason: string;
  flags: { code: string; message: string }[] | null;
}

/** Moves untouched drafts; the deliveries named are complete with it, or wait where a moment is given. */
export const estimateAgain = (
  db: BillhookClient,
  estimates: NewEstimate[],
  moved: MovedEstimate[],
  deliveryIds: string[],
  waitsUntil: string | null,
) =>
  settle(
    db.rpc("estimate_again", {
      p_estimates: estimates as unknown as Json,
      p_moved: moved as unknown as Json,
      p_delivery_ids: deliveryIds,
      p_waits_until: waitsUntil,
    }),
  );

export interface StaleCiphertext {
  kind: string;
  id: string;
  owner_id: string;
  purpose: string;
  ciphertext: string;
}

/** Secrets that are not encrypted under the key of this version. */
export const findStaleCiphertexts = (db: BillhookClient, version: string) =>
  settle(db.rpc("stale_ciphertexts", { p_version: version }));

/** Answers how many were still as they were. */
export const replaceCiphertexts = (
  db: BillhookClient,
  changes: { kind: string; id: string; before: string; after: string }[],
) => settle(db.rpc("replace_ciphertexts", { p_changes: changes }));

export const wantsAddressRanges = (db: BillhookClient, provider: string) =>
  settle(db.rpc("wants_address_ranges", { p_provider: provider }));

export const saveAddressRanges = (db: BillhookClient, provider: string, ranges: string[]) =>
  settleVoid(db.rpc("save_address_ranges", { p_provider: provider, p_ranges: ranges }));
