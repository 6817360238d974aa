/** What a stand-in knows of a repository besides what is in git: names, pull requests, webhooks. */
import { GitRepository } from "./git.ts";

export interface StandinPullRequest {
  id: number;
  title: string;
  /** The hashes of its own commits, oldest first. */
  commits: string[];
  /** What it became on its target branch; null while it is open. */
  mergeCommit: string | null;
}

export interface StandinRepositoryOptions {
  owner: string;
  name: string;
  /** The folder of a repository, bare or not. */
  path: string;
  /** The host's own number; made up from the position in the list where it is not given. */
  id?: number;
  /** Names it had before: the host answers them with the way to this one. */
  formerNames?: string[];
  pullRequests?: StandinPullRequest[];
  /** What the tokens may do; both where it is not said. */
  canReadCommits?: boolean;
  canManageHooks?: boolean;
}

export interface StandinHook {
  id: string;
  url: string;
  secret: string;
  events: string[];
  active: boolean;
  createdAt: string;
  /** What the host keeps besides, as it was sent. */
  settings: Record<string, unknown>;
}

export class StandinRepository {
  readonly owner: string;
  readonly name: string;
  readonly id: number;
  /** The same number as a UUID, for hosts that have those. */
  readonly uuid: string;
  readonly git: GitRepository;
  readonly formerNames: readonly string[];
  readonly pullRequests: StandinPullRequest[];
  readonly hooks: StandinHook[] = [];
  canReadCommits: boolean;
  canManageHooks: boolean;

  constructor(options: StandinRepositoryOptions, position: number) {
    this.owner = options.owner;
    this.name = options.name;
    this.id = options.id ?? 1000 + position;
    this.uuid = `00000000-0000-4000-8000-${this.id.toString(16).padStart(12, "0")}`;
    this.git = new GitRepository(options.path);
    this.formerNames = options.formerNames ?? [];
    this.pullRequests = options.pullRequests ?? [];
    this.canReadCommits = options.canReadCommits ?? true;
    this.canManageHooks = options.canManageHooks ?? true;
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }

  pullRequestsOf(hash: string): StandinPullRequest[] {
    return this.pullRequests.filter(({ commits, mergeCommit }) => commits.includes(hash) || mergeCommit === hash);
  }
}
