/**
 * Azure DevOps, Services and Server.
 *
 * learn.microsoft.com, "Service hooks events", `git.push`. Nothing is signed: the subscription sends a user name and
 * password of our choosing, and the password is the secret. The event's name is in the body. "Resource details to
 * send" may leave the commits out, or all of it.
 */
import type { PushedCommit, PushedRepository } from "@billhook/domain/push";
import * as z from "zod";
import { isTestBody, readBody } from "./body.ts";
import { dealOut, isZeroHash, toHash } from "./commits.ts";
import { anything, date, email, firstId, id, list, message, name, nobody, toPerson, webUrl } from "./fields.ts";
import type { Forge, Normalised } from "./forge.ts";
import { ignore, type ListedChange, readRef, toPush } from "./push.ts";
import { digestOf, fromBase64, refused, verifyToken } from "@billhook/http/signature";
import { toText } from "@billhook/http/text";

const signature = z.object({ name, email, date }).nullable().catch(null);

const commitSchema = z.object({
  commitId: anything,
  comment: message,
  author: signature,
  committer: signature,
  url: webUrl,
});

const refUpdateSchema = z.object({
  name: z.string().transform(toText),
  oldObjectId: anything,
  newObjectId: anything,
});

const pushSchema = z.object({
  resource: z.object({ refUpdates: z.array(refUpdateSchema).nullish(), commits: list }).nullish(),
});

const anyEvent = z.object({
  eventType: name,
  resource: z
    .object({
      repository: z
        .object({
          id,
          name,
          defaultBranch: name,
          remoteUrl: webUrl,
          project: z.object({ name }).nullable().catch(null),
        })
        .nullable()
        .catch(null),
      pushedBy: z.object({ displayName: name, uniqueName: name }).nullable().catch(null),
    })
    .nullable()
    .catch(null),
});

const detailsMissing = "The push names no refs: set the service hook's “Resource details to send” to “All”.";

export const azure: Forge = {
  provider: "azure",

  // The ids in the body are not trusted for this: the "Test" button sends the same one for every test.
  deliveryId: (_headers, rawBody) => digestOf(rawBody),

  async verify(headers, _rawBody, secrets) {
    const header = headers.get("authorization");
    if (header === null) return verifyToken(null, secrets);
    const credentials = fromBase64(/^Basic +([A-Za-z0-9+/=]+)$/i.exec(header)?.[1] ?? "");
    const colon = credentials?.indexOf(0x3a) ?? -1;
    if (credentials === null || colon < 0) return refused("the signature is malformed");
    return verifyToken(credentials.subarray(colon + 1), secrets);
  },

  normalise(headers, rawBody): Normalised {
    const body = readBody(headers, rawBody);
    if (!body.ok) return { kind: "malformed", reason: body.reason };
    const any = anyEvent.parse(body.value);
    const repository = toRepository(any);
    const event = any.eventType ?? "";
    if (isTestBody(body.value)) return { kind: "ping", repository };
    if (event !== "git.push") return ignore({ repository, event });

    const parsed = pushSchema.safeParse(body.value);
    if (!parsed.success) return { kind: "malformed", reason: "The push's ref updates or commits are not lists." };
    const { refUpdates, commits } = parsed.data.resource ?? {};
    if (!refUpdates) return ignore({ repository, event }, detailsMissing);
    const by = any.resource?.pushedBy ?? null;
    const unique = by?.uniqueName ?? null;
    const pusher = toPerson({
      name: by?.displayName ?? null,
      email: unique !== null && /^[^\s@\\]+@[^\s@\\]+$/.test(unique) ? unique : null,
      username: unique,
    });
    const listed = toListed(refUpdates, commits ?? null, repository?.url ?? null);
    return toPush({ provider: "azure", event, repository, pusher }, listed);
  },
};

function toListed(
  refUpdates: readonly z.infer<typeof refUpdateSchema>[],
  rawCommits: readonly unknown[] | null,
  page: string | null,
): ListedChange[] {
  const alive = refUpdates.filter(({ name, newObjectId }) => "branch" in readRef(name) && !isZeroHash(newObjectId));
  const shares = dealOut(
    (rawCommits ?? []).map((raw) => toCommit(raw, page)),
    alive.map((update) => toHash(update.newObjectId)),
  );
  return refUpdates.map((update) => ({
    ref: update.name,
    before: update.oldObjectId,
    after: update.newObjectId,
    deleted: false,
    forced: null,
    truncated: rawCommits === null || alive.length > 1,
    commits: shares[alive.indexOf(update)] ?? [],
    listed: "newest first",
  }));
}

/** A commit as payloads and the API give it; `page` is the repository's. */
export function toCommit(raw: unknown, page: string | null): PushedCommit | null {
  const commit = commitSchema.safeParse(raw).data;
  const hash = toHash(commit?.commitId);
  if (!commit || hash === null) return null;
  const { author, committer } = commit;
  return {
    hash,
    message: commit.comment,
    parents: null,
    author: author ? { name: author.name, email: author.email, username: null } : nobody,
    committer: committer && toPerson({ name: committer.name, email: committer.email, username: null }),
    authoredAt: author?.date ?? null,
    committedAt: committer?.date ?? author?.date ?? null,
    files: null,
    patchId: null,
    // The payload's own address is the API's.
    url: page ? `${page}/commit/${hash}` : commit.url,
  };
}

/** The repository as payloads and the API give it. */
export function readRepository(raw: unknown): PushedRepository | null {
  return toRepository(anyEvent.parse({ resource: { repository: raw } }));
}

function toRepository({ resource }: z.infer<typeof anyEvent>): PushedRepository | null {
  const repository = resource?.repository;
  if (!repository) return null;
  const project = repository.project?.name ?? null;
  const name = project && repository.name ? `${project}/${repository.name}` : repository.name;
  const externalId = firstId(repository.id, name);
  if (externalId === null) return null;
  return {
    externalId,
    name: name ?? "",
    url: repository.remoteUrl,
    defaultBranch: repository.defaultBranch?.replace(/^refs\/heads\//, "") ?? null,
  };
}
