/**
 * What a git host tells about a push, in one form for every host.
 *
 * Times are ISO 8601 strings with the offset the host gave (`2026-03-01T09:12:00+02:00`), or null where the host does
 * not say. Text is well-formed Unicode without NUL, as Postgres requires. A hash is 40 or 64 lower-case hex digits.
 */

export const providers = ["github", "gitlab", "bitbucket", "gitea", "bitbucket-server", "azure"] as const;
export type Provider = (typeof providers)[number];

export interface Person {
  name: string | null;
  email: string | null;
  /** The host's login, where the payload has one. */
  username: string | null;
}

export interface FileChange {
  path: string;
  status: "added" | "modified" | "removed" | "renamed";
  /** Lines; null where the source of the change does not count them. */
  additions: number | null;
  deletions: number | null;
  binary: boolean | null;
}

export interface PushedCommit {
  hash: string;
  message: string;
  /** Null where the payload has no parents; a merge has two or more. */
  parents: string[] | null;
  author: Person;
  committer: Person | null;
  authoredAt: string | null;
  committedAt: string | null;
  /** Null where the payload lists no files. */
  files: FileChange[] | null;
  /**
   * Git's stable patch-id of the change, 40 or 64 hex digits: a name for it that a rebase keeps. Null where the change was not
   * read, and for a merge or an empty change.
   */
  patchId: string | null;
  /** Hashes of the commits that it was squashed from, as its pull request lists them; absent where nobody asked the host. */
  squashOf?: string[];
  /** Of the pull request it came from, where the host was asked. */
  pullRequestTitle?: string;
  /** The commit's page at the host. */
  url: string | null;
}

/** One moved ref. A delivery has one, except on Bitbucket, where it may have several. */
export interface RefChange {
  /** Full name: `refs/heads/main`. */
  ref: string;
  /** The branch name without `refs/heads/`. */
  branch: string;
  /** Null where the branch was created. */
  before: string | null;
  /** Null where the branch was deleted. */
  after: string | null;
  /** Null where the host does not say. */
  forced: boolean | null;
  /** True where the host listed fewer commits than were pushed. */
  truncated: boolean;
  /** Oldest first, each hash once. */
  commits: PushedCommit[];
}

export interface PushedRepository {
  /** The host's own id: it survives a rename. */
  externalId: string;
  /** `owner/name`. */
  name: string;
  url: string | null;
  defaultBranch: string | null;
}

export interface PushEvent {
  provider: Provider;
  repository: PushedRepository;
  pusher: Person | null;
  changes: RefChange[];
}
