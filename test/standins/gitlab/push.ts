/**
 * GitLab's push deliveries: the newest 20 commits, oldest first, with the number of all. GitLab's
 * `lib/gitlab/data_builder/push.rb`; docs.gitlab.com, "Webhooks".
 */
import { createHmac, randomUUID } from "node:crypto";
import type { GitCommit } from "../forge/git.ts";
import type { StandinHook, StandinRepository } from "../forge/repository.ts";
import type { PushInput } from "../forge/server.ts";
import type { Delivery } from "../service/server.ts";

const mostCommits = 20;

export async function pushDeliveries(
  repository: StandinRepository,
  push: Required<PushInput>,
  hook: StandinHook,
): Promise<Pick<Delivery, "headers" | "body">[]> {
  const tags = push.changes.filter(({ ref }) => ref.startsWith("refs/tags/"));
  const branches = push.changes.filter(({ ref }) => ref.startsWith("refs/heads/"));
  const deliveries: Pick<Delivery, "headers" | "body">[] = [];
  for (const [kind, changes] of [["Push Hook", branches] as const, ["Tag Push Hook", tags] as const]) {
    // "Push events limit": nothing is sent for more than three at once.
    if (changes.length > 3 || (kind === "Tag Push Hook" && hook.settings["tag_push_events"] !== true)) continue;
    for (const change of changes) {
      const body = JSON.stringify(await toPayload(repository, push, change));
      deliveries.push({ headers: headersOf(kind, hook, randomUUID(), body), body });
    }
  }
  return deliveries;
}

/** Sent again from the log, a delivery has the same id, and no e-mail addresses (WebHookLog#redact_user_emails). */
export function resend(delivery: Delivery, hook: StandinHook | null): Pick<Delivery, "headers" | "body"> {
  const body = delivery.body.replaceAll(/"(email|user_email)":"[^"]*"/g, '"$1":"[REDACTED]"');
  const event = delivery.headers["x-gitlab-event"] ?? "Push Hook";
  const id = delivery.headers["idempotency-key"] ?? "";
  return { headers: hook === null ? delivery.headers : headersOf(event, hook, id, body), body };
}

/** A token is sent as it is; one that begins with `whsec_` signs, as standardwebhooks.com says. */
function headersOf(event: string, hook: StandinHook, id: string, body: string): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "user-agent": "GitLab/18.0.0",
    "x-gitlab-event": event,
    "x-gitlab-instance": "https://gitlab.example",
    "x-gitlab-webhook-uuid": randomUUID(),
    "x-gitlab-event-uuid": randomUUID(),
    "idempotency-key": id,
  };
  if (!hook.secret.startsWith("whsec_")) return { ...headers, "x-gitlab-token": hook.secret };
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(hook.secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { ...headers, "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

async function toPayload(
  repository: StandinRepository,
  { pusher }: Required<PushInput>,
  { ref, before, after }: PushInput["changes"][number],
): Promise<object> {
  const { git } = repository;
  const zeroes = await git.zeroes();
  const defaultBranch = await git.defaultBranch();
  const isTag = ref.startsWith("refs/tags/");
  // A new branch lists what is not on the default branch, though other branches may have had it before.
  const base = before ?? (ref === `refs/heads/${defaultBranch}` ? null : await git.resolve(defaultBranch));
  const hashes =
    after === null || isTag ? [] : await git.list({ include: after, exclude: base === null ? [] : [base] });
  const commits = await git.commits(hashes.slice(0, mostCommits).toReversed());
  const page = `https://gitlab.example/${repository.fullName}`;
  return {
    object_kind: isTag ? "tag_push" : "push",
    event_name: isTag ? "tag_push" : "push",
    before: before ?? zeroes,
    after: after ?? zeroes,
    ref,
    ref_protected: false,
    checkout_sha: after,
    message: null,
    user_id: 1,
    user_name: pusher.name,
    user_username: pusher.username,
    user_email: pusher.email,
    project_id: repository.id,
    project: {
      id: repository.id,
      name: repository.name,
      web_url: page,
      path_with_namespace: repository.fullName,
      default_branch: defaultBranch,
    },
    commits: commits.map((commit) => toCommit(page, commit)),
    total_commits_count: hashes.length,
    push_options: {},
    repository: { name: repository.name, homepage: page },
  };
}

/** A rename is its new path among the added ones. */
function toCommit(page: string, commit: GitCommit): object {
  const named = (letters: string): string[] =>
    commit.files.filter(({ letter }) => letters.includes(letter)).map(({ path }) => path);
  return {
    id: commit.hash,
    message: commit.message,
    title: commit.message.split("\n")[0],
    timestamp: commit.committer.date,
    url: `${page}/-/commit/${commit.hash}`,
    author: { name: commit.author.name, email: commit.author.email },
    added: named("ARC"),
    modified: named("MT"),
    removed: named("D"),
  };
}
