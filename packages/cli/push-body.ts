/**
 * Commits of a clone as a push in GitHub's form (docs.github.com, "Webhook events and payloads", push), with what only a
 * clone knows in one more object per commit: see packages/forges/clone-details.ts, which reads it.
 */
import { createHash } from "node:crypto";
import type { LocalCommit } from "./git-log.ts";

/** What the product keeps of a message. */
const longestMessage = 65_536;
/** A commit larger than this is told without its files, and its estimate then says that they are not known. */
const largestCommitBytes = 16 * 1024 * 1024;
const zeroHash = "0";

export interface PushSource {
  /** The repository's id: the same in every push of this clone. */
  repositoryId: string;
  /** `owner/name`. */
  name: string;
  url: string | null;
  commitUrl: string | null;
  branch: string;
  user: { name: string | null; email: string | null };
}

export interface Push {
  /** The same for the same commits on the same branch of the same repository: delivered twice, it is one delivery. */
  deliveryId: string;
  body: Buffer;
  commits: number;
}

/** One commit of the list, as JSON. */
export function writeCommit(commit: LocalCommit, source: PushSource): string {
  const text = JSON.stringify(toJson(commit, source));
  return Buffer.byteLength(text) <= largestCommitBytes
    ? text
    : JSON.stringify(toJson({ ...commit, files: null }, source));
}

function toJson(commit: LocalCommit, source: PushSource): object {
  const { files } = commit;
  const pathsOf = (...statuses: string[]): string[] =>
    (files ?? []).filter(({ status }) => statuses.includes(status)).map(({ path }) => path);
  return {
    id: commit.hash,
    distinct: true,
    message: commit.message.slice(0, longestMessage).toWellFormed(),
    timestamp: commit.committedAt,
    url: source.commitUrl === null ? null : `${source.commitUrl}${commit.hash}`,
    author: commit.author,
    committer: commit.committer,
    ...(files === null
      ? {}
      : { added: pathsOf("added", "renamed"), removed: pathsOf("removed"), modified: pathsOf("modified") }),
    billhook: {
      parents: commit.parents,
      authored_at: commit.authoredAt,
      committer_date: commit.committedAt,
      files,
      patch_id: commit.patchId,
    },
  };
}

/** A push of these commits, oldest first, each already written as JSON. `before` is the commit they follow on. */
function makePush(source: PushSource, commits: readonly { hash: string; json: string }[], before: string | null): Push {
  const after = commits.at(-1)?.hash ?? "";
  const ref = `refs/heads/${source.branch}`;
  const envelope = JSON.stringify({
    ref,
    before: before ?? zeroHash.repeat(after.length),
    after,
    created: before === null,
    deleted: false,
    repository: {
      id: source.repositoryId,
      name: source.name.split("/").at(-1),
      full_name: source.name,
      html_url: source.url,
    },
    pusher: source.user,
  });
  const digest = createHash("sha256").update(`${source.repositoryId}\n${ref}\n`);
  for (const { hash } of commits) digest.update(`${hash}\n`);
  return {
    deliveryId: `send-${digest.digest("hex")}`,
    body: Buffer.from(`${envelope.slice(0, -1)},"commits":[${commits.map(({ json }) => json).join(",")}]}`),
    commits: commits.length,
  };
}

/** Ends a push at so many commits or bytes, whichever comes first; a single larger commit is a push of its own. */
export interface PushLimits {
  commits: number;
  bytes: number;
}

const pushLimits: PushLimits = { commits: 200, bytes: 4 * 1024 * 1024 };

/** Puts commits into pushes as they come; only one push is held at a time. */
export async function* groupIntoPushes(
  commits: AsyncIterable<LocalCommit>,
  source: PushSource,
  limits: PushLimits = pushLimits,
): AsyncGenerator<Push> {
  let group: { hash: string; json: string }[] = [];
  let bytes = 0;
  let before: string | null = null;
  let isFirst = true;
  for await (const commit of commits) {
    const json = writeCommit(commit, source);
    const size = Buffer.byteLength(json);
    if (group.length > 0 && (group.length >= limits.commits || bytes + size > limits.bytes)) {
      yield makePush(source, group, before);
      before = group.at(-1)?.hash ?? null;
      group = [];
      bytes = 0;
    }
    if (isFirst) before = commit.parents?.[0] ?? null;
    isFirst = false;
    group.push({ hash: commit.hash, json });
    bytes += size;
  }
  if (group.length > 0) yield makePush(source, group, before);
}
