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
}

export interface WorkContext {
  claims: { workspace_id: string; key: string; commit_id: string }[];
  hints: { workspace_id: string; hint: string; commit_id: string }[];
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
  /** Only where they were asked for. */
  files: Json | null;
  /** What the drafts of the work come to. */
  minutes: number;
}

/** What identity adds to a commit that is recorded. */
export interface RecordedIdentity {
  /** `owner` is who has the key as far as was known; another owner means that it was decided too early (BH010). */
  claims: { key: string; owner: string | null; take: boolean }[];
  links: { earlier_id: string; kind: "same" | "part" | "reverts" | "suspected"; evidence: string | null }[];
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
