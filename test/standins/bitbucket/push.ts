/**
 * Bitbucket Cloud's push deliveries: all refs in one, each with its newest 5 commits, newest first.
 * support.atlassian.com, "Event payloads".
 */
import { randomUUID } from "node:crypto";
import type { GitCommit } from "../forge/git.ts";
import type { StandinHook, StandinRepository } from "../forge/repository.ts";
import { type PushInput } from "../forge/server.ts";
import { type Delivery, hmacHex } from "../service/server.ts";

const mostCommits = 5;
/** A larger delivery is dropped without a word ("Manage webhooks"). */
const mostBytes = 256 * 1024;

export async function pushDeliveries(
  repository: StandinRepository,
  push: Required<PushInput>,
  hook: StandinHook,
): Promise<Pick<Delivery, "headers" | "body">[]> {
  const changes: object[] = [];
  for (const change of push.changes) changes.push(await toChange(repository, change));
  const body = JSON.stringify({
    push: { changes },
    actor: { type: "user", display_name: push.pusher.name, nickname: push.pusher.username },
    repository: {
      type: "repository",
      uuid: `{${repository.uuid}}`,
      full_name: repository.fullName,
      name: repository.name,
      links: { html: { href: `https://bitbucket.example/${repository.fullName}` } },
    },
  });
  if (Buffer.byteLength(body) > mostBytes) return [];
  const headers = {
    "content-type": "application/json",
    "user-agent": "Bitbucket-Webhooks/2.0",
    "x-event-key": "repo:push",
    "x-request-uuid": randomUUID(),
    "x-attempt-number": "1",
    "x-hook-uuid": hook.id,
    ...(hook.secret === "" ? {} : { "x-hub-signature": `sha256=${hmacHex(hook.secret, body)}` }),
  };
  return [{ headers, body }];
}

/** `2026-03-01T09:12:00+00:00` */
export const inUtc = (date: string): string => new Date(date).toISOString().replace(".000Z", "+00:00");

async function toChange(
  { git, fullName }: StandinRepository,
  { ref, before, after }: PushInput["changes"][number],
): Promise<object> {
  const isTag = ref.startsWith("refs/tags/");
  const others = (await git.branches()).filter(({ name }) => `refs/heads/${name}` !== ref).map(({ head }) => head);
  const exclude = before === null ? others : [before];
  const hashes = after === null || isTag ? [] : await git.list({ include: after, exclude, count: mostCommits + 1 });
  const side = (hash: string | null): object | null =>
    hash === null
      ? null
      : {
          type: isTag ? "tag" : "branch",
          name: ref.replace(/^refs\/(?:heads|tags)\//, ""),
          target: { type: "commit", hash },
        };
  return {
    old: side(before),
    new: side(after),
    created: before === null,
    closed: after === null,
    forced: before !== null && after !== null && !(await git.isAncestor(before, after)),
    truncated: hashes.length > mostCommits,
    commits: (await git.commits(hashes.slice(0, mostCommits))).map((commit) => toCommit(fullName, commit)),
  };
}

function toCommit(fullName: string, commit: GitCommit): object {
  return {
    type: "commit",
    hash: commit.hash,
    date: inUtc(commit.committer.date),
    message: commit.message,
    author: { type: "author", raw: `${commit.author.name} <${commit.author.email}>` },
    parents: commit.parents.map((hash) => ({ type: "commit", hash })),
    links: { html: { href: `https://bitbucket.example/${fullName}/commits/${commit.hash}` } },
  };
}
