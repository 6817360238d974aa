/**
 * Gitea's push deliveries: up to 15 commits, newest first, with the number of all, under its own headers and GitHub's.
 * Gitea's `modules/repository/commits.go` and `services/webhook/deliver.go`.
 */
import { randomUUID } from "node:crypto";
import type { GitCommit } from "../forge/git.ts";
import type { StandinHook, StandinRepository } from "../forge/repository.ts";
import { type PushInput } from "../forge/server.ts";
import { type Delivery, hmacHex } from "../service/server.ts";

const mostCommits = 15;

export async function pushDeliveries(
  repository: StandinRepository,
  push: Required<PushInput>,
  hook: StandinHook,
): Promise<Pick<Delivery, "headers" | "body">[]> {
  const deliveries: Pick<Delivery, "headers" | "body">[] = [];
  // A ref that is deleted is another event.
  for (const change of push.changes.filter(({ after }) => after !== null)) {
    const body = JSON.stringify(await toPayload(repository, push, change));
    deliveries.push({ headers: headersOf(hook, body), body });
  }
  return deliveries;
}

function headersOf(hook: StandinHook, body: string): Record<string, string> {
  const id = randomUUID();
  const signature = hmacHex(hook.secret, body);
  return {
    "content-type": "application/json",
    "x-gitea-delivery": id,
    "x-gitea-event": "push",
    "x-gitea-event-type": "push",
    "x-gitea-signature": signature,
    "x-gogs-delivery": id,
    "x-gogs-event": "push",
    "x-gogs-signature": signature,
    "x-hub-signature-256": `sha256=${signature}`,
    "x-github-delivery": id,
    "x-github-event": "push",
  };
}

async function toPayload(
  repository: StandinRepository,
  { pusher }: Required<PushInput>,
  { ref, before, after }: PushInput["changes"][number],
): Promise<object> {
  const { git } = repository;
  const zeroes = await git.zeroes();
  const base = before ?? (await git.resolve(await git.defaultBranch()));
  const exclude = base === null || base === after ? [] : [base];
  const hashes = ref.startsWith("refs/tags/") ? [] : await git.list({ include: after ?? "", exclude });
  const page = `https://gitea.example/${repository.fullName}`;
  const commits = (await git.commits(hashes.slice(0, mostCommits))).map((commit) => toCommit(page, commit));
  const user = {
    id: 1,
    login: pusher.username,
    full_name: pusher.name,
    email: pusher.email,
    username: pusher.username,
  };
  return {
    ref,
    before: before ?? zeroes,
    after: after ?? zeroes,
    compare_url: before === null ? "" : `${page}/compare/${before}...${after ?? zeroes}`,
    commits,
    total_commits: hashes.length,
    head_commit: commits[0] ?? null,
    repository: {
      id: repository.id,
      name: repository.name,
      full_name: repository.fullName,
      html_url: page,
      default_branch: await git.defaultBranch(),
      owner: { id: 1, login: repository.owner, username: repository.owner },
    },
    pusher: user,
    sender: user,
  };
}

/** `timestamp` is the author's. */
function toCommit(page: string, commit: GitCommit): object {
  const named = (letters: string): string[] =>
    commit.files.filter(({ letter }) => letters.includes(letter)).map(({ path }) => path);
  const { author, committer } = commit;
  return {
    id: commit.hash,
    message: commit.message,
    url: `${page}/commit/${commit.hash}`,
    author: { name: author.name, email: author.email, username: "" },
    committer: { name: committer.name, email: committer.email, username: "" },
    verification: null,
    timestamp: author.date,
    added: named("ARC"),
    removed: named("D"),
    modified: named("MT"),
  };
}
