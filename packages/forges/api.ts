/**
 * What Billhook asks of a git host's API: everything a webhook leaves out. One implementation a host stands beside this
 * file.
 *
 * Nothing here throws: what a host does wrong is a failure with a code to act on. Lists come in pages with a cursor, an
 * opaque text that may be stored, so that work can stop anywhere and go on later. A host's totals are never believed;
 * a list ends where the host has nothing further to give.
 */
import type { Provider, PushedCommit, PushedRepository } from "@billhook/domain/push";
import type { CallFailure, CallFailureCode, CallResult, Connection } from "@billhook/http/result";

export interface ForgeConnection extends Connection {
  /**
   * The root of the host's API where it is not the public one, with any path in front of it:
   * `https://ghe.example/api/v3`, `https://git.example/gitlab/api/v4`, `https://bitbucket.example/rest/api/1.0`,
   * `https://dev.azure.com/organisation`. Gitea, Bitbucket Data Center and Azure have no public one.
   */
  baseUrl: string | null;
  /** `owner/name`, or the host's own id of the repository where its API takes one; empty to list repositories. */
  repository: string;
}

export type ForgeFailureCode =
  | CallFailureCode
  /** The repository is there, and a commit asked for is not: pruned after a force push, or of another repository. */
  | "unknown_commit";

export type ForgeFailure = CallFailure<ForgeFailureCode>;
export type ForgeResult<T> = CallResult<T, ForgeFailureCode>;

export interface Page<T> {
  items: T[];
  /** Null on the last page. */
  cursor: string | null;
}

export interface CommitPage extends Page<PushedCommit> {
  /** GitHub lists the commits between two oldest first; every other list is newest first. */
  order: "oldest first" | "newest first";
}

export interface CommitRange {
  /** A commit's hash, or a branch where `base` is null. */
  head: string;
  /** Commits reachable from this one are left out. Null: the whole history. */
  base: string | null;
  /** ISO 8601: commits with an older committer date are left out. */
  since?: string;
  /** At most so many in this page; a host may give fewer. */
  limit?: number;
  cursor?: string | null;
}

export interface CommitDetails {
  /**
   * With parents, both people, and every file with its lines. The files of a merge are null: they were counted where
   * they were written. Dates are in the offset the host gives, which is UTC on GitHub and for Bitbucket's committers.
   * The patch-id is there where a diff was read: where it was asked for, and where the host gives it in any case.
   */
  commit: PushedCommit;
  /**
   * The change as git's patch text, to be read in memory and never stored. Null where it was not asked for, for a
   * merge, and where the host has no faithful or small enough text of it.
   */
  diff: string | null;
}

export interface PullRequest {
  id: string;
  title: string;
  url: string | null;
  /** The commit it became on its target branch: a merge, or the one commit of a squash. Null until it is merged. */
  mergeCommit: string | null;
}

export interface RepositoryAccess {
  repository: PushedRepository;
  canReadCommits: boolean;
  canManageHooks: boolean;
}

export interface HookSettings {
  url: string;
  secret: string;
}

export interface ForgeApi {
  provider: Provider;

  /** Is the repository there, and may this token read its commits and manage its webhooks? */
  checkAccess(connection: ForgeConnection): Promise<ForgeResult<RepositoryAccess>>;

  /** The repositories this token sees, for a searchable list. */
  listRepositories(
    connection: ForgeConnection,
    query: { search?: string; cursor?: string | null },
  ): Promise<ForgeResult<Page<PushedRepository>>>;

  /**
   * Commits reachable from `head` and not from `base`, without their files. A list may lack more than those: Bitbucket's
   * the author's date, Azure's the parents and the rest of a long message. `readCommit` has them.
   */
  listCommits(connection: ForgeConnection, range: CommitRange): Promise<ForgeResult<CommitPage>>;

  /** Everything about one commit, and its diff where it is asked for. */
  readCommit(
    connection: ForgeConnection,
    hash: string,
    wanted?: { diff?: boolean },
  ): Promise<ForgeResult<CommitDetails>>;

  /** All branches with their heads. */
  listBranches(connection: ForgeConnection): Promise<ForgeResult<{ name: string; head: string }[]>>;

  /** The pull requests a commit is part of, or came from. */
  pullRequestsOf(connection: ForgeConnection, hash: string): Promise<ForgeResult<PullRequest[]>>;

  /** The hashes of a pull request's own commits: what a squash was made of. */
  pullRequestCommits(connection: ForgeConnection, id: string): Promise<ForgeResult<string[]>>;

  /** Makes the webhook for pushes, in JSON and signed with the secret. One of the same address is updated instead. */
  createHook(connection: ForgeConnection, settings: HookSettings): Promise<ForgeResult<{ id: string }>>;

  /** Removes the webhook; one that is gone already is no failure. */
  deleteHook(connection: ForgeConnection, id: string): Promise<ForgeResult<null>>;
}
