/** GitHub's push deliveries: one a ref, up to 2,048 commits, oldest first. */
import { randomUUID } from "node:crypto";
import type { GitCommit } from "../forge/git.ts";
import type { StandinHook, StandinRepository } from "../forge/repository.ts";
import { type PushInput } from "../forge/server.ts";
import { type Delivery, hmacHex } from "../service/server.ts";

const mostCommits = 2048;
/** Larger ones are not sent at all ("Webhook payload object": 25 MB). */
const mostBytes = 25 * 1024 * 1024;

export async function pushDeliveries(
  repository: StandinRepository,
  push: Required<PushInput>,
  hook: StandinHook,
): Promise<Pick<Delivery, "headers" | "body">[]> {
  const tags = push.changes.filter(({ ref }) => ref.startsWith("refs/tags/"));
  // docs.github.com, "push": no event where more than three tags or 5,000 branches are pushed at once.
  if (tags.length > 3 || push.changes.length - tags.length > 5000) return [];
  const deliveries: Pick<Delivery, "headers" | "body">[] = [];
  for (const change of push.changes) {
    const body = JSON.stringify(await toPayload(repository, push, change));
    if (Buffer.byteLength(body) > mostBytes) continue;
    if (hook.settings["content_type"] === "form") {
      const form = `payload=${encodeURIComponent(body)}`;
      deliveries.push({ headers: pushHeaders("push", hook, form, "application/x-www-form-urlencoded"), body: form });
    } else deliveries.push({ headers: pushHeaders("push", hook, body), body });
  }
  return deliveries;
}

export function pushHeaders(
  event: string,
  hook: StandinHook,
  body: string,
  type = "application/json",
): Record<string, string> {
  return {
    "content-type": type,
    "user-agent": "GitHub-Hookshot/0000000",
    "x-github-event": event,
    "x-github-delivery": randomUUID(),
    "x-github-hook-id": hook.id,
    ...(hook.secret === "" ? {} : { "x-hub-signature-256": `sha256=${hmacHex(hook.secret, body)}` }),
  };
}

async function toPayload(
  repository: StandinRepository,
  { pusher }: Required<PushInput>,
  { ref, before, after }: PushInput["changes"][number],
): Promise<object> {
  const { git } = repository;
  const zeroes = await git.zeroes();
  const others = (await git.branches()).filter(({ name }) => `refs/heads/${name}` !== ref).map(({ head }) => head);
  const isTag = ref.startsWith("refs/tags/");
  const exclude = before === null ? others : [before];
  const hashes = after === null ? [] : await git.list({ include: after, exclude, oldestFirst: true });
  const distinct = new Set(
    after === null || isTag ? [] : await git.list({ include: after, exclude: [...exclude, ...others] }),
  );
  // The newest ones are kept, as those of the head.
  const commits = (await git.commits(hashes.slice(-mostCommits))).map((commit) => ({
    ...toCommit(repository, commit),
    distinct: distinct.has(commit.hash),
  }));
  const head = after === null ? null : await git.commit(after);
  return {
    ref,
    before: before ?? zeroes,
    after: after ?? zeroes,
    repository: {
      id: repository.id,
      name: repository.name,
      full_name: repository.fullName,
      html_url: `https://github.example/${repository.fullName}`,
      default_branch: await git.defaultBranch(),
      owner: { name: repository.owner, login: repository.owner },
    },
    pusher: { name: pusher.username, email: pusher.email },
    sender: { login: pusher.username, type: "User" },
    created: before === null,
    deleted: after === null,
    forced: before !== null && after !== null && !(await git.isAncestor(before, after)),
    base_ref: null,
    compare: `https://github.example/${repository.fullName}/compare/${(before ?? zeroes).slice(0, 12)}...${(after ?? zeroes).slice(0, 12)}`,
    commits,
    head_commit: head && { ...toCommit(repository, head), distinct: distinct.has(head.hash) },
  };
}

function toCommit(repository: StandinRepository, commit: GitCommit): object {
  const named = (letters: string): string[] =>
    commit.files.filter(({ letter }) => letters.includes(letter)).map(({ path }) => path);
  const { name, email } = commit.author;
  return {
    id: commit.hash,
    tree_id: commit.tree,
    message: commit.message.trimEnd(),
    timestamp: commit.committer.date,
    url: `https://github.example/${repository.fullName}/commit/${commit.hash}`,
    author: { name, email },
    committer: { name: commit.committer.name, email: commit.committer.email },
    added: [...named("AC"), ...named("R")],
    removed: [...named("D"), ...commit.files.filter(({ letter }) => letter === "R").map(({ oldPath }) => oldPath)],
    modified: named("MT"),
  };
}
