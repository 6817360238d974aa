/**
 * Bitbucket Cloud.
 *
 * support.atlassian.com, "Event payloads": one delivery has every ref a push moved, each with its newest 5 commits,
 * newest first, and `truncated` where there are more. `date` is the committer's, in UTC; files are not listed.
 */
import type { Person, PushedCommit, PushedRepository } from "@billhook/domain/push";
import * as z from "zod";
import { isTestBody, readBody } from "./body.ts";
import { toHash } from "./commits.ts";
import {
  anything,
  date,
  flag,
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
import { ignore, toPush } from "./push.ts";
import { deliveryIdFrom, prefixedHex, verifyHexSignature } from "@billhook/http/signature";
import { splitIdentity } from "./text.ts";

const page = z
  .object({ html: z.object({ href: webUrl }).nullable().catch(null) })
  .nullable()
  .catch(null);

const account = { display_name: name, displayName: name, nickname: name, username: name };

// `raw` is git's identity; the account is the host's guess who that is. Before 2016 the account itself stood here.
const identity = z
  .object({
    raw: z.string().nullable().catch(null),
    user: z.object(account).nullable().catch(null),
    ...account,
  })
  .nullable()
  .catch(null);

const commitSchema = z.object({
  hash: anything,
  message,
  date,
  author: identity,
  committer: identity,
  parents: parentsOf(z.object({ hash: anything }).transform((parent) => parent.hash)),
  links: page,
});

const side = z
  .object({ name, type: name, target: z.object({ hash: anything }).nullable().catch(null) })
  .nullable()
  .catch(null);

const changeSchema = z.object({
  old: side,
  new: side,
  closed: flag,
  forced: flag,
  truncated: flag,
  commits: list,
});

const pushSchema = z.object({ push: z.object({ changes: z.array(changeSchema) }) });

const anyEvent = z.object({
  repository: z
    .object({
      uuid: id,
      full_name: name,
      fullName: name,
      links: page,
      mainbranch: z.object({ name }).nullable().catch(null),
    })
    .nullable()
    .catch(null),
  actor: z.object(account).nullable().catch(null),
});

export const bitbucket: Forge = {
  provider: "bitbucket",

  deliveryId: (headers, rawBody) => deliveryIdFrom(headers, ["x-request-uuid"], rawBody),

  verify: (headers, rawBody, secrets) =>
    verifyHexSignature(headers.get("x-hub-signature"), prefixedHex, rawBody, secrets),

  normalise(headers, rawBody): Normalised {
    const body = readBody(headers, rawBody);
    if (!body.ok) return { kind: "malformed", reason: body.reason };
    const event = headers.get("x-event-key") ?? "";
    if (event === "repo:push") return readCloudPush(body.value, "bitbucket");
    const { repository } = readCloudEvent(body.value);
    if (event === "diagnostics:ping" || isTestBody(body.value)) return { kind: "ping", repository };
    return ignore({ repository, event });
  },
};

/** Reads a `repo:push`; old Data Center plugins send the same form. */
export function readCloudPush(body: unknown, provider: "bitbucket" | "bitbucket-server"): Normalised {
  const parsed = pushSchema.safeParse(body);
  if (!parsed.success) return { kind: "malformed", reason: "The push has no list of changes." };
  const listed = parsed.data.push.changes.map((change) => {
    const moved = change.new ?? change.old;
    return {
      ref: `refs/${moved?.type === "tag" ? "tags" : "heads"}/${moved?.name ?? ""}`,
      before: change.old?.target?.hash,
      after: change.new?.target?.hash,
      deleted: change.new === null,
      forced: change.forced,
      truncated: change.truncated ?? !change.commits,
      commits: (change.commits ?? []).map(toCommit),
      listed: "newest first" as const,
    };
  });
  return toPush({ provider, event: "repo:push", ...readCloudEvent(body) }, listed);
}

/** The repository as payloads and the API give it. */
export function readRepository(raw: unknown): PushedRepository | null {
  return readCloudEvent({ repository: raw }).repository;
}

function readCloudEvent(body: unknown): {
  repository: PushedRepository | null;
  pusher: Person | null;
} {
  const { repository, actor } = anyEvent.parse(body);
  const fullName = repository?.full_name ?? repository?.fullName ?? null;
  const url = repository?.links?.html?.href ?? null;
  const externalId = firstId(repository?.uuid, fullName, url);
  return {
    repository: externalId
      ? {
          externalId,
          name: fullName ?? (url ? new URL(url).pathname.slice(1) : ""),
          url,
          defaultBranch: repository?.mainbranch?.name ?? null,
        }
      : null,
    pusher:
      actor &&
      toPerson({
        name: actor.display_name ?? actor.displayName,
        email: null,
        username: actor.nickname ?? actor.username,
      }),
  };
}

/** A commit as payloads and the API give it; null where it is none. */
export function toCommit(raw: unknown): PushedCommit | null {
  const parsed = commitSchema.safeParse(raw);
  const commit = parsed.data;
  const hash = toHash(commit?.hash);
  if (!commit || hash === null) return null;
  return {
    hash,
    message: commit.message,
    parents: commit.parents,
    author: personOf(commit.author) ?? nobody,
    committer: personOf(commit.committer),
    authoredAt: null,
    committedAt: commit.date,
    files: null,
    patchId: null,
    url: commit.links?.html?.href ?? null,
  };
}

function personOf(author: z.infer<typeof identity>): Person | null {
  if (!author) return null;
  const fromGit = splitIdentity(author.raw ?? "");
  const host = author.user ?? author;
  return toPerson({
    name: fromGit.name ?? host.display_name ?? host.displayName,
    email: fromGit.email,
    username: host.nickname ?? host.username,
  });
}
