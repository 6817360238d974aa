/**
 * GitHub, and GitHub Enterprise Server.
 *
 * docs.github.com, "Webhook events and payloads", "Validating webhook deliveries". A push lists up to 2,048 commits,
 * oldest first; `timestamp` is the committer's date. `head_commit` is never read: it is set for tags, rewinds and new
 * branches, where nothing new was committed.
 */
import * as z from "zod";
import { isTestBody, readBody } from "./body.ts";
import { withCloneDetails } from "./clone-details.ts";
import { email, flag, name, toPerson } from "./fields.ts";
import type { Forge, Normalised } from "./forge.ts";
import { pushSchema, repositorySchema, toCommit, toRepository } from "./github-form.ts";
import { ignore, toPush } from "./push.ts";
import { deliveryIdFrom, prefixedHex, verifyHexSignature } from "@billhook/http/signature";

/** GitHub lists no more commits than this, and does not say how many it left out. */
const mostCommits = 2048;

const anyEvent = z.object({ repository: repositorySchema });

const githubPush = pushSchema.extend({
  deleted: flag,
  forced: flag,
  pusher: z.object({ name, email }).nullable().catch(null),
  sender: z.object({ login: name }).nullable().catch(null),
});

export const github: Forge = {
  provider: "github",

  deliveryId: (headers, rawBody) => deliveryIdFrom(headers, ["x-github-delivery"], rawBody),

  verify: (headers, rawBody, secrets) =>
    verifyHexSignature(headers.get("x-hub-signature-256"), prefixedHex, rawBody, secrets),

  normalise(headers, rawBody): Normalised {
    const body = readBody(headers, rawBody);
    if (!body.ok) return { kind: "malformed", reason: body.reason };
    const repository = toRepository(anyEvent.parse(body.value).repository);
    const event = headers.get("x-github-event") ?? "";
    if (event === "ping" || isTestBody(body.value)) return { kind: "ping", repository };
    if (event !== "push") return ignore({ repository, event });

    const parsed = githubPush.safeParse(body.value);
    if (!parsed.success) return { kind: "malformed", reason: "The push has no ref, or its commits are not a list." };
    const push = parsed.data;
    const commits = (push.commits ?? []).map((raw) => {
      const commit = toCommit(raw, "committer");
      return commit && withCloneDetails(commit, raw);
    });
    const pusher = toPerson({
      name: push.pusher?.name ?? null,
      email: push.pusher?.email ?? null,
      username: push.sender?.login ?? push.pusher?.name ?? null,
    });
    const change = {
      ref: push.ref,
      before: push.before,
      after: push.after,
      deleted: push.deleted === true,
      forced: push.forced,
      truncated: commits.length >= mostCommits,
      commits,
      listed: "oldest first" as const,
    };
    return toPush({ provider: "github", event, repository, pusher }, [change]);
  },
};
