/**
 * Gitea, Forgejo and Gogs.
 *
 * docs.gitea.com, "Webhooks"; the payload is made in Gitea's `modules/repository/commits.go`: newest first as `git log`
 * gives them, at most 15 (5 in older versions) with the rest counted in `total_commits`, and `timestamp` is the
 * author's date. They send GitHub's headers besides their own, hence the order in which headers are read.
 */
import * as z from "zod";
import { isTestBody, readBody } from "./body.ts";
import { count, email, name, toPerson } from "./fields.ts";
import type { Forge, Normalised } from "./forge.ts";
import { pushSchema, repositorySchema, toCommit, toRepository } from "./github-form.ts";
import { ignore, toPush } from "./push.ts";
import { bareHex, deliveryIdFrom, prefixedHex, verifyHexSignature } from "@billhook/http/signature";

/** The least that any version lists; it counts where `total_commits` is missing. */
const fewestCommits = 5;

const families = ["forgejo", "gitea", "gogs"] as const;

const anyEvent = z.object({ repository: repositorySchema });

const giteaPush = pushSchema.extend({
  total_commits: count,
  pusher: z.object({ full_name: name, name, email, login: name, username: name }).nullable().catch(null),
});

export const gitea: Forge = {
  provider: "gitea",

  deliveryId: (headers, rawBody) =>
    deliveryIdFrom(headers, [...families.map((family) => `x-${family}-delivery`), "x-github-delivery"], rawBody),

  verify(headers, rawBody, secrets) {
    const bare = families.map((family) => headers.get(`x-${family}-signature`)).find((value) => value !== null);
    return bare === undefined || bare === null
      ? verifyHexSignature(headers.get("x-hub-signature-256"), prefixedHex, rawBody, secrets)
      : verifyHexSignature(bare, bareHex, rawBody, secrets);
  },

  normalise(headers, rawBody): Normalised {
    const body = readBody(headers, rawBody);
    if (!body.ok) return { kind: "malformed", reason: body.reason };
    const repository = toRepository(anyEvent.parse(body.value).repository);
    const event = [...families, "github"].map((family) => headers.get(`x-${family}-event`)).find(Boolean) ?? "";
    if (event === "ping" || isTestBody(body.value)) return { kind: "ping", repository };
    if (event !== "push") return ignore({ repository, event });

    const parsed = giteaPush.safeParse(body.value);
    if (!parsed.success) return { kind: "malformed", reason: "The push has no ref, or its commits are not a list." };
    const { total_commits: total, pusher: by, ...push } = parsed.data;
    const commits = (push.commits ?? []).map((raw) => toCommit(raw, "author"));
    const pusher =
      by &&
      toPerson({
        name: by.full_name ?? by.name,
        email: by.email,
        username: by.login ?? by.username,
      });
    const change = {
      ref: push.ref,
      before: push.before,
      after: push.after,
      deleted: false,
      forced: null,
      truncated: total === null ? commits.length >= fewestCommits : total > commits.length,
      commits,
      listed: "newest first" as const,
    };
    return toPush({ provider: "gitea", event, repository, pusher }, [change]);
  },
};
