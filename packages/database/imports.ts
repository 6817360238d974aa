/** Imports of a repository's history: asked for by people, brought in page by page by the service role. */
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { BegunDelivery, RecordedCommit } from "./deliveries.ts";
import type { DatabaseResult } from "./errors.ts";
import type { RepositoryHost } from "./repository-host.ts";
import type { DayMeasure, MovedEstimate } from "./person-days.ts";
import type { Json } from "./types.generated.ts";

export interface ImportWish {
  repositoryId: string;
  /** Recorded as billed elsewhere, nothing is proposed of it; or as drafts. */
  as: "drafts" | "billed";
  /** ISO 8601; null with `last` null: all of the history. */
  since: string | null;
  last: number | null;
}

/** As the person (owner or admin): answers the import's id. */
export const startImport = (db: BillhookClient, wish: ImportWish) =>
  settle(
    db.rpc("start_import", {
      p_repository_id: wish.repositoryId,
      p_mode: wish.as,
      p_since: wish.since,
      p_last: wish.last,
    }),
  );

/** As the person: answers the status it has then. */
export const stopImport = (db: BillhookClient, id: string) => settle(db.rpc("stop_import", { p_id: id }));

/** As the person: goes on with what was stopped or failed. */
export const resumeImport = (db: BillhookClient, id: string) => settle(db.rpc("resume_import", { p_id: id }));

export interface ImportJob {
  id: string;
  mode: "drafts" | "billed";
  since: string | null;
  last_commits: number | null;
  branch: string | null;
  head: string | null;
  cursor: string | null;
  pages: number;
  found: number;
  failures: number;
  created_at: string;
}

/** An import taken for one page. */
export interface BegunImport extends Pick<BegunDelivery, "workspace" | "project" | "config"> {
  job: ImportJob;
  /** Null where the repository has lost its grant. */
  host: RepositoryHost | null;
  repository: BegunDelivery["repository"] & {
    external_id: string | null;
    url: string | null;
    default_branch: string | null;
  };
}

/** Service role: null where it was stopped, waits, or another worker has it. */
export async function beginImportPage(db: BillhookClient, id: string): Promise<DatabaseResult<BegunImport | null>> {
  const result = await settle(db.rpc("begin_import_page", { p_id: id }));
  if (!result.ok) return result;
  const begun = result.value as unknown as BegunImport | Record<string, never>;
  return { ok: true, value: "job" in begun ? (begun as BegunImport) : null };
}

/** Service role: keeps from which commit it goes back. */
export const pinImport = (db: BillhookClient, id: string, branch: string | null, head: string) =>
  settleVoid(db.rpc("pin_import", { p_id: id, p_head: head, p_branch: branch }));

/** Without drafts where it was billed elsewhere. */
export type ImportedCommit =
  | RecordedCommit
  | (Omit<RecordedCommit, "draft" | "co_drafts"> & { draft: null; co_drafts: [] });

export interface ImportPage {
  id: string;
  /** How many pages were written before. */
  page: number;
  /** Where the next page begins; null: this is the last one. */
  cursor: string | null;
  found: number;
  commits: ImportedCommit[];
  days: DayMeasure[];
  moved: MovedEstimate[];
  /** Commits of the page by the rule that left them out. */
  ignored: Record<string, number>;
}

/** Service role: writes a page and moves the cursor, both or neither; answers the import's status. */
export async function recordImportPage(
  db: BillhookClient,
  page: ImportPage,
): Promise<DatabaseResult<{ outcome: string; status: string }>> {
  const result = await settle(
    db.rpc("record_import_page", {
      p_id: page.id,
      p_page: page.page,
      p_cursor: page.cursor,
      p_found: page.found,
      p_results: page.commits as unknown as Json,
      p_days: page.days as unknown as Json,
      p_moved: page.moved as unknown as Json,
      p_ignored: page.ignored,
    }),
  );
  return result.ok ? { ok: true, value: result.value as unknown as { outcome: string; status: string } } : result;
}

/** Service role: lets it wait until the moment given, or fail where there is none. */
export const pauseImport = (
  db: BillhookClient,
  id: string,
  reason: string,
  waitsUntil: string | null,
  isFailure: boolean,
) => settle(db.rpc("pause_import", { p_id: id, p_error: reason, p_waits_until: waitsUntil, p_is_failure: isFailure }));

/** Service role: imports nobody is at. */
export const findWaitingImports = (db: BillhookClient) => settle(db.rpc("waiting_imports", {}));
