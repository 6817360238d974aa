import type { Database, Json } from "@billhook/database/types.generated";
import { estimateCommit } from "@billhook/domain/estimate/strategy";
import type { Estimate } from "@billhook/domain/estimate/types";
import { type Filtered, filterCommit } from "@billhook/domain/filters";
import type { GitConfig } from "@billhook/domain/git-config";
import type { FileChange, PushedCommit } from "@billhook/domain/push";

type CommitColumns = Database["public"]["Tables"]["commits"]["Row"];

/** The columns of a commit that filtering and estimating look at. */
export type PreviewCommit = Pick<
  CommitColumns,
  | "id"
  | "hash"
  | "short_hash"
  | "message"
  | "author_name"
  | "author_email"
  | "author_username"
  | "authored_at"
  | "committed_at"
  | "branch"
  | "parents"
  | "files"
  | "files_changed"
  | "additions"
  | "deletions"
>;

const statuses = ["added", "modified", "removed", "renamed"] as const;

/** Files as they were recorded; a count or a path that is not one is left out. */
function filesOf(files: Json): FileChange[] | null {
  if (!Array.isArray(files)) return null;
  return files.flatMap((file): FileChange[] => {
    if (typeof file !== "object" || file === null || Array.isArray(file)) return [];
    const { path, status, additions, deletions, binary } = file;
    if (typeof path !== "string") return [];
    return [
      {
        path,
        status: statuses.find((known) => known === status) ?? "modified",
        additions: typeof additions === "number" ? additions : null,
        deletions: typeof deletions === "number" ? deletions : null,
        binary: typeof binary === "boolean" ? binary : null,
      },
    ];
  });
}

/** A recorded commit in the form in which it was pushed. */
export const pushedCommit = (row: PreviewCommit): PushedCommit => ({
  hash: row.hash,
  message: row.message,
  parents: row.parents,
  author: { name: row.author_name, email: row.author_email, username: row.author_username },
  committer: null,
  authoredAt: row.authored_at,
  committedAt: row.committed_at,
  files: filesOf(row.files),
  patchId: null,
  url: null,
});

export interface Preview {
  commit: PreviewCommit;
  /** Null where it becomes a draft. */
  filtered: Filtered | null;
  estimate: Estimate;
}

/** What a configuration would make of commits, by the rules that the pipeline applies to new ones. */
export const previewCommits = (commits: readonly PreviewCommit[], config: GitConfig, now: Date): Preview[] =>
  commits.map((commit) => {
    const pushed = pushedCommit(commit);
    return {
      commit,
      filtered: filterCommit(pushed, commit.branch, config),
      estimate: estimateCommit(pushed, config, now),
    };
  });

export interface PreviewSums {
  drafts: number;
  leftOut: number;
  minutes: number;
}

export function sumPreview(previews: readonly Preview[]): PreviewSums {
  const drafts = previews.filter(({ filtered }) => filtered === null);
  return {
    drafts: drafts.length,
    leftOut: previews.length - drafts.length,
    minutes: drafts.reduce((sum, { estimate }) => sum + estimate.minutes, 0),
  };
}
