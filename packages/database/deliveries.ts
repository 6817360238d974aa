import type { PushEvent, PushedRepository } from "@billhook/domain/push";
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { CompletionProgress, RepositoryHost } from "./repository-host.ts";
import type { DayMeasure, MovedEstimate } from "./person-days.ts";
import type { Json } from "./types.generated.ts";
import type { NamedTicket, RecordedTicket, ToldTicket } from "./tickets.ts";
import type { RecordedIdentity } from "./work.ts";

export type Verdict = "push" | "ping" | "ignored" | "refused";

export interface DeliveryToAccept {
  repositoryId: string;
  /** The host's own id of the delivery: the same on a redelivery. */
  deliveryId: string;
  event: string;
  verdict: Verdict;
  reason: string | null;
  repository: PushedRepository | null;
  push: PushEvent | null;
  bodyBytes: number;
  /** The sender's IP address, where the Worker knows it. */
  sourceAddress: string | null;
}

export type Acceptance =
  | { outcome: "unknown_repository" }
  | {
      outcome: "stored" | "repeated";
      id: string;
      verdict: Verdict;
      reason: string | null;
      status: "accepted" | "done" | "failed";
    };

export interface WebhookTarget {
  provider: string;
  /** Every webhook secret that is valid now, still encrypted. */
  secrets: string[];
  /** Where deliveries may come from; null: from anywhere. */
  address_ranges: string[] | null;
}

/** Service role: what verifies the deliveries of these connections, by their ids; one that is unknown or archived is left out. */
export async function findWebhookTargets(
  db: BillhookClient,
  repositoryIds: string[],
): Promise<DatabaseResult<Map<string, WebhookTarget>>> {
  const found = await settle(db.rpc("webhook_targets", { p_repository_ids: repositoryIds }));
  return found.ok ? { ok: true, value: new Map(found.value.map((row) => [row.repository_id, row])) } : found;
}

/** Service role: connections in one workspace that a provider-wide delivery is for. */
export const findWebhookTargetsInWorkspace = (
  db: BillhookClient,
  workspaceId: string,
  provider: string,
  repository: PushedRepository,
) =>
  settle(
    db.rpc("webhook_targets_in_workspace", {
      p_workspace_id: workspaceId,
      p_provider: provider,
      p_external_id: repository.externalId,
      p_name: repository.name,
    }),
  );

/**
 * Service role: stores verified deliveries, each once, durably, and binds their connections. One transaction: where it fails,
 * none is stored. Answers in the order given.
 */
export async function acceptDeliveries(
  db: BillhookClient,
  deliveries: DeliveryToAccept[],
): Promise<DatabaseResult<Acceptance[]>> {
  const result = await settle(
    db.rpc("accept_deliveries", {
      p_deliveries: deliveries.map((delivery) => ({
        repository_id: delivery.repositoryId,
        delivery_id: delivery.deliveryId,
        event: delivery.event,
        verdict: delivery.verdict,
        reason: delivery.reason,
        repository: delivery.repository === null ? null : { ...delivery.repository },
        payload: delivery.push as unknown as Json,
        body_bytes: delivery.bodyBytes,
        source_address: delivery.sourceAddress,
      })),
    }),
  );
  return result.ok ? { ok: true, value: result.value as unknown as Acceptance[] } : result;
}

/** A delivery with all that its processing needs. */
export interface BegunDelivery {
  id: string;
  attempts: number;
  received_at: string;
  event: PushEvent;
  repository: { id: string; name: string | null; provider: string };
  workspace: {
    id: string;
    timezone: string;
    /** Hours of the working day, which lasts until 28. */
    working_from: number;
    working_until: number;
    working_weekends: boolean;
  };
  project: { id: string; name: string; billing_type: string };
  /** The row of project_git_configs. */
  config: unknown;
  /** Null where nothing was granted. */
  host?: RepositoryHost | null;
  /** The last head known of each branch of the push, or from where a gap is to be filled. */
  heads?: Record<string, string> | null;
  /** Set where it was begun before and waited for its host. */
  progress?: CompletionProgress | null;
  /** Its commits are recorded, and only now known whole. */
  isLate?: boolean;
}

/** Service role: takes accepted deliveries, oldest first; those done or failed are not returned. */
export async function beginDeliveries(db: BillhookClient, ids: string[]): Promise<DatabaseResult<BegunDelivery[]>> {
  const result = await settle(db.rpc("begin_deliveries", { p_ids: ids }));
  return result.ok ? { ok: true, value: result.value as unknown as BegunDelivery[] } : result;
}

export interface RecordedCommit {
  id: string;
  hash: string;
  message: string;
  person_id: string | null;
  author_name: string | null;
  author_email: string | null;
  author_username: string | null;
  committer_name: string | null;
  committer_email: string | null;
  committed_at: string | null;
  authored_at: string | null;
  authored_offset_minutes: number | null;
  /** `YYYY-MM-DD`, in the workspace's zone. */
  work_day: string;
  branch: string;
  url: string | null;
  parents: string[] | null;
  files: Json;
  files_changed: number | null;
  additions: number | null;
  deletions: number | null;
  /** Without lock, generated, vendored and binary files. */
  source_files: number | null;
  source_additions: number | null;
  source_deletions: number | null;
  binary_files: number | null;
  ticket_ref: string | null;
  ticket_refs: string[];
  ignored_rule: string | null;
  ignored_reason: string | null;
  patch_id?: string | null;
  /** Digests of author and author date, and of author and message: packages/domain/identity.ts. */
  moment_key?: string | null;
  message_key?: string | null;
  work?: RecordedIdentity;
  /** The tickets it names, in order. */
  tickets?: NamedTicket[];
  /** What ticket systems answered about tickets that this commit is the first of the batch to name. */
  told?: ToldTicket[];
  /** Known work under a new hash has no draft; this is the one it gets where a person says that it is other work. */
  proposal?: RecordedDraft;
  draft: RecordedDraft | null;
  /** The drafts of the other people who made the commit. */
  co_drafts?: RecordedCoDraft[];
}

export interface RecordedDraft {
  draft_id: string;
  description: string;
  detailed_description: string | null;
  category: string | null;
  minutes: number;
  estimate_low: number;
  estimate_high: number;
  estimate_method: string;
  estimate_reason: string;
  flags: { code: string; message: string; commit_id?: string; short_hash?: string }[];
  /** Local date of the work. */
  work_date: string;
  ticket_key: string | null;
  /** This person's part of the commit's time, 0 to 1; the whole where absent. */
  share?: number;
  /** Minor units an hour, instead of the project's rate. */
  rate_minor?: number | null;
  not_billed?: boolean;
  /** The ticket it stands under. */
  ticket?: RecordedTicket | null;
  ticket_url?: string | null;
  epic?: string | null;
  /** Put off until its ticket is done. */
  awaits_ticket?: boolean | null;
}

export interface RecordedCoDraft extends RecordedDraft {
  co_person_id: string;
  co_author_name: string | null;
}

/** All that a batch of deliveries comes to. */
export interface DeliveriesToRecord {
  results: { delivery_id: string; commits: RecordedCommit[] }[];
  days: DayMeasure[];
  moved: MovedEstimate[];
}

/** Service role: writes a batch, all or nothing; what is there already is passed over. */
export const recordDeliveries = (db: BillhookClient, batch: DeliveriesToRecord) =>
  settle(
    db.rpc("record_deliveries", {
      p_results: batch.results as unknown as Json,
      p_days: batch.days as unknown as Json,
      p_moved: batch.moved as unknown as Json,
    }),
  );

/** Service role: gives up; the deliveries stay replayable and the workspace is told. */
export const failDeliveries = (db: BillhookClient, ids: string[], error: string) =>
  settleVoid(db.rpc("fail_deliveries", { p_ids: ids, p_error: error }));

/** Service role: keeps why an attempt failed that will be repeated. */
export const noteDeliveryErrors = (db: BillhookClient, ids: string[], error: string) =>
  settleVoid(db.rpc("note_delivery_errors", { p_ids: ids, p_error: error }));

/** Service role: ids of accepted deliveries nobody has touched for a while. */
export const findWaitingDeliveries = (db: BillhookClient, olderThanSeconds: number, limit: number) =>
  settle(db.rpc("waiting_deliveries", { p_older_than_seconds: olderThanSeconds, p_limit: limit }));

/** As the person: puts failed deliveries back and answers the ids of those that were. */
export const replayDeliveries = (db: BillhookClient, ids: string[]) =>
  settle(db.rpc("replay_deliveries", { p_ids: ids }));

/** As the person: puts all failed deliveries of a workspace, or of one repository, back and answers their ids. */
export const replayFailedDeliveries = (db: BillhookClient, workspaceId: string, repositoryId: string | null) =>
  settle(db.rpc("replay_failed_deliveries", { p_workspace_id: workspaceId, p_repository_id: repositoryId }));
