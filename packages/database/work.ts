import { type BillhookClient, settle } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { DraftOutcome } from "./drafts.ts";
import type { Json } from "./types.generated.ts";

/** Keys as in packages/domain/identity.ts. */
export interface WorkRequest {
  workspace_id: string;
  /** Names that only one work has. */
  keys: string[];
  /** Keys that only suggest. */
  hints: string[];
  /** Hashes of commits whose files are wanted. */
  held: string[];
  /** Branches whose push did not go on from where they were. */
  rewritten: RewrittenBranch[];
}

export interface RewrittenBranch {
  repository_id: string;
  branch: string;
  /** A head that it had. */
  start: string;
  head: string;
  /** Commits it holds now: those that were pushed, and what they stand on. */
  kept: string[];
  /** How far back from each its recorded commits are followed. */
  depth: number;
}

export interface WorkContext {
  claims: { workspace_id: string; key: string; commit_id: string }[];
  hints: { workspace_id: string; hint: string; commit_id: string }[];
  /** What the rewritten branches no longer hold. */
  dropped: { workspace_id: string; repository_id: string; branch: string; commit_id: string }[];
  works: RecordedWork[];
}

/** A recorded commit, as far as it says whether another is the same work. */
export interface RecordedWork {
  id: string;
  hash: string;
  /** The commit that stands for the work. */
  root_id: string;
  root_hash: string;
  repository_id: string;
  branch: string | null;
  author_name: string | null;
  author_email: string | null;
  author_username: string | null;
  authored_at: string | null;
  /** Its first 1,000 characters. */
  message: string;
  patch_id: string | null;
  parents: string[] | null;
  /** Of the work: the rule that left it out, `person` where somebody did. */
  ignored_rule: string | null;
  /** A later commit takes the work back. */
  reverted: boolean;
  /** Only where they were asked for, and of dropped commits. */
  files: Json | null;
  /** What the drafts of the work come to. */
  minutes: number;
}

/** What identity adds to a commit that is recorded. */
export interface RecordedIdentity {
  /** `owner` is who has the key as far as was known; another owner means that it was decided too early (BH010). */
  claims: { key: string; owner: string | null; take: boolean }[];
  links: { earlier_id: string; kind: "same" | "part" | "reverts" | "suspected"; evidence: string | null }[];
  /** Recorded works that turn out to be one: packages/domain/matches.ts. */
  matches?: RecordedMatch[];
}

export interface RecordedMatch {
  work_id: string;
  other_ids: string[];
  relation: "same" | "within" | "holds" | "suspected";
  evidence: string | null;
  /** For the drafts of the work, where they were touched. */
  flag: WorkFlag;
  /** For those of the others. */
  flag_back: WorkFlag;
}

export interface WorkFlag {
  code: string;
  message: string;
  commit_id: string;
  short_hash: string;
}

/** Service role: who has the keys and what is known of them, in one round trip for a batch. */
export async function readWorkContext(
  db: BillhookClient,
  requests: WorkRequest[],
): Promise<DatabaseResult<WorkContext>> {
  const result = await settle(db.rpc("work_context", { p_requests: requests as unknown as Json }));
  return result.ok ? { ok: true, value: result.value as unknown as WorkContext } : result;
}

/** As the person: says that a linked commit is other work; answers its new draft and the drafts it left. */
export async function separateWork(db: BillhookClient, commitId: string): Promise<DatabaseResult<DraftOutcome>> {
  const result = await settle(db.rpc("separate_work", { p_commit_id: commitId }));
  return result.ok ? { ok: true, value: result.value as unknown as DraftOutcome } : result;
}
