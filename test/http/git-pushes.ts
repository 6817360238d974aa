/** Pushes of a real git repository, in GitHub's form, with or without what only a clone knows. */
import { openClone } from "../../packages/cli/clone.ts";
import { readCommits } from "../../packages/cli/git-log.ts";
import { writeCommit } from "../../packages/cli/push-body.ts";
import type { TestRepository } from "../../packages/cli/test-repository.ts";

export interface PushOptions {
  branch?: string;
  /** Where the branch was; null where it is new. */
  before: string | null;
  /** Without what `billhook send` adds: the host tells only committer dates then. */
  plain?: boolean;
  /** Commits that are listed, oldest first; those since `before` where absent. */
  commits?: string[];
  forced?: boolean | undefined;
  repository?: { id: number; full_name: string };
}

/** Hashes reachable from a branch and from none of `known`, oldest first. */
export function listCommits(repository: TestRepository, branch: string, known: readonly string[]): string[] {
  const listed = repository.git("rev-list", "--reverse", "--topo-order", branch, ...known.map((hash) => `^${hash}`));
  return listed === "" ? [] : listed.split("\n");
}

export async function gitPush(repository: TestRepository, options: PushOptions) {
  const { branch = "main", before, plain = false } = options;
  const after = repository.git("rev-parse", branch);
  const hashes = options.commits ?? listCommits(repository, branch, before === null ? [] : [before]);
  const clone = await openClone(repository.folder);
  const named = options.repository ?? { id: 7001, full_name: "example/shop" };
  const source = {
    repositoryId: String(named.id),
    name: named.full_name,
    url: null,
    commitUrl: `https://github.com/${named.full_name}/commit/`,
    branch,
    user: { name: null, email: null },
  };
  const commits: Record<string, unknown>[] = [];
  if (hashes.length > 0) {
    for await (const commit of readCommits(clone, { kind: "listed", hashes }, "")) {
      const { billhook, ...rest } = JSON.parse(writeCommit(commit, source)) as Record<string, unknown>;
      commits.push(plain ? rest : { ...rest, billhook });
    }
  }
  return {
    ref: `refs/heads/${branch}`,
    before: before ?? "0".repeat(40),
    after,
    created: before === null,
    deleted: false,
    ...(options.forced === undefined ? {} : { forced: options.forced }),
    repository: { ...named, name: named.full_name.split("/")[1], default_branch: "main" },
    pusher: { name: "dev-one", email: "dev.one@example.com" },
    commits,
  };
}
