/** Words for lines by a model: what waits, what a request may cost, and what came of it. Service role, where not said. */
import type { FileChange } from "@billhook/domain/push";
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { RepositoryHost } from "./repository-host.ts";
import type { Json } from "./types.generated.ts";

/** How a workspace has its lines worded. */
export interface WordConnection {
  workspace_id: string;
  model: string;
  code_names: string[];
  /** Where the workspace's own key is sent; null for the provider's address. */
  base_url: string | null;
  /** Still encrypted, for the workspace; null where it has none of its own. */
  key: string | null;
  /** Why the key did not work the last time. */
  problem: string | null;
}

export interface WordLine {
  draft_id: string;
  /** As it reads now. */
  description: string;
  client_id: string;
  /** The client's, such as `de-AT`. */
  locale: string;
  project: string;
  ticket_key: string | null;
  /** Null where its system was not asked, or has not answered. */
  ticket: { title: string; type: string | null; labels: string[] } | null;
  commits: { hash: string; message: string; files: FileChange[] | null }[];
  repository: { id: string; name: string | null; provider: string } | null;
  host: RepositoryHost | null;
}

export interface WordExample {
  proposed: string;
  final: string;
}

export interface BegunWords extends WordConnection {
  lines: WordLine[];
  /** By client, newest first. */
  examples: Record<string, WordExample[]>;
}

/** Null where nothing waits. What is taken may be taken again after ninety seconds. */
export async function beginWords(
  db: BillhookClient,
  workspaceId: string,
  limit: number,
): Promise<DatabaseResult<BegunWords | null>> {
  const result = await settle(db.rpc("begin_words", { p_workspace_id: workspaceId, p_limit: limit }));
  if (result.ok) return { ok: true, value: result.value as unknown as BegunWords };
  return result.error.code === "not_found" ? { ok: true, value: null } : result;
}

/** The newest lines of a project, whatever their state. */
export async function previewWords(
  db: BillhookClient,
  projectId: string,
  limit: number,
): Promise<DatabaseResult<BegunWords>> {
  const result = await settle(db.rpc("preview_words", { p_project_id: projectId, p_limit: limit }));
  return result.ok ? { ok: true, value: result.value as unknown as BegunWords } : result;
}

/** Answers of before, by the digest of what was sent. */
export async function readCachedWords(
  db: BillhookClient,
  workspaceId: string,
  keys: string[],
): Promise<DatabaseResult<Record<string, string>>> {
  const result = await settle(db.rpc("cached_words", { p_workspace_id: workspaceId, p_keys: keys }));
  return result.ok ? { ok: true, value: result.value as Record<string, string> } : result;
}

export interface WordRequest {
  id: string;
  kind: "lines" | "preview" | "sprint";
  model: string;
  prompt_version: number;
  lines: number;
  /** As redacted, without the text of diffs. */
  sent: Json;
  /** The most it may cost, in millionths of a US dollar. */
  reserved_micros: number;
}

/** False where the month's budget does not hold it. */
export const reserveWords = (db: BillhookClient, workspaceId: string, request: WordRequest) =>
  settle(db.rpc("reserve_words", { p_workspace_id: workspaceId, p_request: request as unknown as Json }));

export const settleWords = (
  db: BillhookClient,
  workspaceId: string,
  request: {
    id: string;
    /** Null where nobody knows: all that was reserved counts. */
    cost_micros: number | null;
    input_tokens: number | null;
    output_tokens: number | null;
    error: string | null;
  },
  answers: Record<string, string>,
  problem: string | null,
) =>
  settleVoid(
    db.rpc("settle_words", {
      p_workspace_id: workspaceId,
      p_request: request,
      p_answers: answers,
      p_problem: problem,
    }),
  );

export interface FinishedLine {
  draft_id: string;
  /** How the line read when its words were asked for: words are for that, and for nothing that came after. */
  before: string;
  words: string | null;
  /** For people: why it stays as it is. */
  reason: string | null;
  retry_seconds: number | null;
}

/** Answers how many were written. */
export const finishWords = (db: BillhookClient, workspaceId: string, lines: FinishedLine[]) =>
  settle(db.rpc("finish_words", { p_workspace_id: workspaceId, p_lines: lines as unknown as Json }));

/** Workspaces with lines that wait. */
export const findWaitingWords = (db: BillhookClient) => settle(db.rpc("waiting_words"));

export const forgetWords = (db: BillhookClient) => settleVoid(db.rpc("forget_words"));

/** As the person: answers the project's workspace, where they may decide about its words. */
export const checkWordManager = (db: BillhookClient, projectId: string) =>
  settle(db.rpc("check_word_manager", { p_project_id: projectId }));

/** As the person: a key of the workspace's own, encrypted, with the address it is for; null takes it away. */
export const setWordKey = (
  db: BillhookClient,
  workspaceId: string,
  key: { ciphertext: string; hint: string; baseUrl: string | null } | null,
) =>
  settleVoid(
    db.rpc("set_word_key", {
      p_workspace_id: workspaceId,
      p_ciphertext: key?.ciphertext ?? null,
      p_hint: key?.hint ?? null,
      p_base_url: key?.baseUrl ?? null,
    }),
  );

export interface WordSpending {
  /** Millionths of a US dollar this calendar month, UTC. */
  spent_micros: number;
  requests: number;
  lines: number;
}

/** As the person. */
export async function readWordSpending(db: BillhookClient, workspaceId: string): Promise<DatabaseResult<WordSpending>> {
  const result = await settle(db.rpc("word_spending", { p_workspace_id: workspaceId }));
  return result.ok ? { ok: true, value: result.value as unknown as WordSpending } : result;
}

export interface RollUpLines {
  workspace_id: string;
  client_id: string;
  locale: string;
  /** What all of them are about, where one ticket or epic holds them. */
  about: string | null;
  /** Descriptions, oldest first. */
  lines: string[];
}

/** As the person: what is told to have lines of one client worded as one. */
export async function readRollUpLines(db: BillhookClient, draftIds: string[]): Promise<DatabaseResult<RollUpLines>> {
  const result = await settle(db.rpc("roll_up_lines", { p_ids: draftIds }));
  return result.ok ? { ok: true, value: result.value as unknown as RollUpLines } : result;
}

export type WordAccess = Omit<BegunWords, "lines">;

export async function readWordAccess(db: BillhookClient, workspaceId: string): Promise<DatabaseResult<WordAccess>> {
  const result = await settle(db.rpc("word_access", { p_workspace_id: workspaceId }));
  return result.ok ? { ok: true, value: result.value as unknown as WordAccess } : result;
}

/** As the person: the files that each line's commits changed, by draft. */
export async function readDraftPaths(
  db: BillhookClient,
  draftIds: string[],
): Promise<DatabaseResult<Record<string, string[]>>> {
  const result = await settle(db.rpc("draft_paths", { p_ids: draftIds }));
  return result.ok ? { ok: true, value: result.value as Record<string, string[]> } : result;
}
