/**
 * Bitbucket Data Center's push deliveries: all refs in one, with the newest 5 commits, newest first, and times in epoch
 * milliseconds. confluence.atlassian.com, "Event payload".
 */
import { randomUUID } from "node:crypto";
import type { GitCommit, GitPerson } from "../forge/git.ts";
import type { StandinHook, StandinRepository } from "../forge/repository.ts";
import { type PushInput } from "../forge/server.ts";
import { type Delivery, hmacHex } from "../service/server.ts";

const mostCommits = 5;

export async function pushDeliveries(
  repository: StandinRepository,
  { changes, pusher }: Required<PushInput>,
  hook: StandinHook,
): Promise<Pick<Delivery, "headers" | "body">[]> {
  const { git } = repository;
  const zeroes = await git.zeroes();
  const commits: GitCommit[] = [];
  for (const { before, after } of changes) {
    if (after === null) continue;
    const exclude = before === null ? [] : [before];
    commits.push(...(await git.commits(await git.list({ include: after, exclude, count: mostCommits }))));
  }
  const body = JSON.stringify({
    eventKey: "repo:refs_changed",
    date: "2026-03-02T12:00:00+0000",
    actor: { name: pusher.username, emailAddress: pusher.email, displayName: pusher.name, slug: pusher.username },
    repository: toRepository("https://bitbucket.example", repository),
    changes: changes.map(({ ref, before, after }) => ({
      ref: {
        id: ref,
        displayId: ref.replace(/^refs\/(?:heads|tags)\//, ""),
        type: ref.startsWith("refs/tags/") ? "TAG" : "BRANCH",
      },
      refId: ref,
      fromHash: before ?? zeroes,
      toHash: after ?? zeroes,
      type: before === null ? "ADD" : after === null ? "DELETE" : "UPDATE",
    })),
    commits: commits.slice(0, mostCommits).map(toCommit),
    toCommit: commits[0] === undefined ? null : toCommit(commits[0]),
  });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "x-event-key": "repo:refs_changed",
    "x-request-id": randomUUID(),
    ...(hook.secret === "" ? {} : { "x-hub-signature": `sha256=${hmacHex(hook.secret, body)}` }),
  };
  return [{ headers, body }];
}

export function toRepository(origin: string, repository: StandinRepository): object {
  return {
    id: repository.id,
    slug: repository.name,
    name: repository.name,
    project: { key: repository.owner, id: 1, name: repository.owner },
    links: { self: [{ href: `${origin}/projects/${repository.owner}/repos/${repository.name}/browse` }] },
  };
}

export function toCommit(commit: GitCommit): object {
  const person = ({ name, email }: GitPerson): object => ({ name, emailAddress: email });
  return {
    id: commit.hash,
    displayId: commit.hash.slice(0, 11),
    author: person(commit.author),
    authorTimestamp: Date.parse(commit.author.date),
    committer: person(commit.committer),
    committerTimestamp: Date.parse(commit.committer.date),
    message: commit.message.trimEnd(),
    parents: commit.parents.map((id) => ({ id, displayId: id.slice(0, 11) })),
  };
}
