/**
 * Bitbucket Data Center, once Bitbucket Server, once Stash.
 *
 * confluence.atlassian.com, "Event payload": `repo:refs_changed` lists the refs a push moved and, since version 7, its
 * newest 5 commits, newest first. Times are epoch milliseconds before version 10 and ISO 8601 after. Older plugins send
 * Bitbucket Cloud's `repo:push`.
 */
import type { PushedCommit, PushedRepository } from "@billhook/domain/push";
import * as z from "zod";
import { readCloudPush } from "./bitbucket.ts";
import { isTestBody, readBody } from "./body.ts";
import { dealOut, isZeroHash, toHash } from "./commits.ts";
import {
  anything,
  date,
  email,
  firstId,
  id,
  list,
  message,
  name,
  nobody,
  parentsOf,
  toPerson,
  webUrl,
} from "./fields.ts";
import type { Forge, Normalised } from "./forge.ts";
import { ignore, type ListedChange, readRef, toPush } from "./push.ts";
import { deliveryIdFrom, prefixedHex, verifyHexSignature } from "@billhook/http/signature";
import { toText } from "@billhook/http/text";

/** Data Center lists no more commits than this. */
const mostCommits = 5;

// With an account behind the address, `name` is the login and `displayName` the name; without one, `name` is the name.
const person = z.object({ name, displayName: name, slug: name, emailAddress: email }).nullable().catch(null);

const commitSchema = z.object({
  id: anything,
  message,
  author: person,
  authorTimestamp: date,
  committer: person,
  committerTimestamp: date,
  parents: parentsOf(z.object({ id: anything }).transform((parent) => parent.id)),
});

const changeSchema = z.object({
  ref: z.object({ id: name }).nullable().catch(null),
  refId: name,
  fromHash: anything,
  toHash: anything,
  type: name,
});

const pushSchema = z.object({ changes: z.array(changeSchema), commits: list });

const anyEvent = z.object({
  eventKey: name,
  actor: person,
  repository: z
    .object({
      id,
      slug: name,
      fullName: name,
      project: z.object({ key: name }).nullable().catch(null),
      links: z
        .object({ self: z.array(z.object({ href: webUrl })) })
        .nullable()
        .catch(null),
    })
    .nullable()
    .catch(null),
});

export const bitbucketServer: Forge = {
  provider: "bitbucket-server",

  deliveryId: (headers, rawBody) => deliveryIdFrom(headers, ["x-request-id"], rawBody),

  verify: (headers, rawBody, secrets) =>
    verifyHexSignature(headers.get("x-hub-signature"), prefixedHex, rawBody, secrets),

  normalise(headers, rawBody): Normalised {
    const body = readBody(headers, rawBody);
    if (!body.ok) return { kind: "malformed", reason: body.reason };
    const any = anyEvent.parse(body.value);
    const repository = toRepository(any);
    const event = headers.get("x-event-key") ?? any.eventKey ?? "";
    if (event === "diagnostics:ping" || isTestBody(body.value)) return { kind: "ping", repository };
    if (event === "repo:push") return readCloudPush(body.value, "bitbucket-server");
    if (event !== "repo:refs_changed") return ignore({ repository, event });

    const parsed = pushSchema.safeParse(body.value);
    if (!parsed.success) return { kind: "malformed", reason: "The push has no list of changes." };
    const said = {
      provider: "bitbucket-server" as const,
      event,
      repository,
      pusher: personOf(any.actor),
    };
    return toPush(said, toListed(parsed.data, repository?.url ?? null));
  },
};

function toListed(push: z.infer<typeof pushSchema>, page: string | null): ListedChange[] {
  const commits = (push.commits ?? []).map((raw) => toCommit(raw, page));
  // Five commits are all there were only if the oldest of them begins where the branch was.
  const oldestParents = commits.at(-1)?.parents ?? [];
  const isComplete = (before: string | null): boolean =>
    Boolean(push.commits) && (commits.length < mostCommits || (before !== null && oldestParents.includes(before)));

  const changes = push.changes.map((change) => ({
    ...change,
    ref: toText(change.refId ?? change.ref?.id ?? ""),
  }));
  const alive = changes.filter((change) => "branch" in readRef(change.ref) && !isZeroHash(change.toHash));
  const shares = dealOut(
    commits,
    alive.map((change) => toHash(change.toHash)),
  );
  return changes.map((change) => ({
    ref: change.ref,
    before: change.fromHash,
    after: change.toHash,
    deleted: change.type === "DELETE",
    forced: null,
    truncated: alive.length > 1 || !isComplete(toHash(change.fromHash)),
    commits: shares[alive.indexOf(change)] ?? [],
    listed: "newest first",
  }));
}

/**
 * The author's time stands for both dates: a pull request rebased or merged at the server gives all its commits the
 * moment of the merge as `committerTimestamp`, which says nothing of when the work was done.
 */
export function toCommit(raw: unknown, page: string | null): PushedCommit | null {
  const commit = commitSchema.safeParse(raw).data;
  const hash = toHash(commit?.id);
  if (!commit || hash === null) return null;
  return {
    hash,
    message: commit.message,
    parents: commit.parents,
    author: personOf(commit.author) ?? nobody,
    committer: personOf(commit.committer),
    authoredAt: commit.authorTimestamp,
    committedAt: commit.authorTimestamp ?? commit.committerTimestamp,
    files: null,
    patchId: null,
    url: page && `${page}/commits/${hash}`,
  };
}

function personOf(from: z.infer<typeof person>): ReturnType<typeof toPerson> {
  return (
    from &&
    toPerson({
      name: from.displayName ?? from.name,
      email: from.emailAddress,
      username: from.slug ?? (from.displayName === null ? null : from.name),
    })
  );
}

/** The repository as payloads and the API give it. */
export function readRepository(raw: unknown): PushedRepository | null {
  return toRepository(anyEvent.parse({ repository: raw }));
}

function toRepository({ repository }: z.infer<typeof anyEvent>): PushedRepository | null {
  if (!repository) return null;
  const key = repository.project?.key ?? null;
  const name = repository.fullName ?? (key && repository.slug ? `${key}/${repository.slug}` : repository.slug);
  const externalId = firstId(repository.id, name);
  if (externalId === null) return null;
  const url = repository.links?.self[0]?.href?.replace(/\/browse\/?$/, "") ?? null;
  return { externalId, name: name ?? "", url, defaultBranch: null };
}
