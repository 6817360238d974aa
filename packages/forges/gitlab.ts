/**
 * GitLab, gitlab.com and self-managed.
 *
 * docs.gitlab.com, "Webhook events", "Webhooks"; the payload is made in GitLab's `lib/gitlab/data_builder/push.rb`: the
 * newest 20 commits, oldest first, with `total_commits_count`; `timestamp` is the committer's date. The "Test" button
 * sends the default branch's last commits as an ordinary push, newest first.
 */
import type { PushedRepository } from "@billhook/domain/push";
import * as z from "zod";
import { isTestBody, readBody } from "./body.ts";
import { count, email, firstId, id, name, toPerson, webUrl } from "./fields.ts";
import type { Forge, Normalised } from "./forge.ts";
import { pushSchema, toCommit } from "./github-form.ts";
import { ignore, tagsAreIgnored, toPush } from "./push.ts";
import { deliveryIdFrom, verifyToken } from "@billhook/http/signature";
import { signingKey, verifyStandardWebhook } from "./standard-webhooks.ts";

/** GitLab lists no more commits than this. */
const mostCommits = 20;

const anyEvent = z.object({
  object_kind: name,
  event_name: name,
  project_id: id,
  project: z
    .object({
      id,
      path_with_namespace: name,
      web_url: webUrl,
      homepage: webUrl,
      default_branch: name,
    })
    .nullable()
    .catch(null),
  // Deprecated, and all there is before GitLab 8.5.
  repository: z.object({ homepage: webUrl }).nullable().catch(null),
});

const gitlabPush = pushSchema.extend({
  total_commits_count: count,
  user_name: name,
  user_email: email,
  user_username: name,
});

export const gitlab: Forge = {
  provider: "gitlab",

  // X-Gitlab-Webhook-UUID is the hook's and X-Gitlab-Event-UUID is shared by events that follow from each other, so
  // neither names one delivery.
  deliveryId: (headers, rawBody) => deliveryIdFrom(headers, ["idempotency-key", "webhook-id"], rawBody),

  /**
   * A hook has a secret token, sent as it is, or a signing token, or both. A secret that is a signing token counts by
   * its signature where the delivery carries one; sent in plain text, it counts only where there is none.
   */
  async verify(headers, rawBody, secrets, now = Date.now()) {
    const token = headers.get("x-gitlab-token");
    const keys = secrets.map(signingKey).filter((key) => key !== null);
    if (keys.length === 0 || !headers.has("webhook-signature")) return verifyToken(token, secrets);
    const [bySignature, byToken] = await Promise.all([
      verifyStandardWebhook(headers, rawBody, keys, now),
      verifyToken(
        token,
        secrets.filter((secret) => signingKey(secret) === null),
      ),
    ]);
    return byToken.ok ? byToken : bySignature;
  },

  normalise(headers, rawBody): Normalised {
    const body = readBody(headers, rawBody);
    if (!body.ok) return { kind: "malformed", reason: body.reason };
    const any = anyEvent.parse(body.value);
    const repository = toRepository(any);
    if (isTestBody(body.value)) return { kind: "ping", repository };

    // System hooks carry every kind of event under one header, and name it in the body.
    const header = headers.get("x-gitlab-event") ?? "System Hook";
    const kind = any.object_kind ?? any.event_name ?? "";
    const event = header === "System Hook" ? kind : header;
    if (event === "Tag Push Hook" || event === "tag_push") return ignore({ repository, event }, tagsAreIgnored);
    if (event !== "Push Hook" && event !== "push") return ignore({ repository, event });

    const parsed = gitlabPush.safeParse(body.value);
    if (!parsed.success) return { kind: "malformed", reason: "The push has no ref, or its commits are not a list." };
    const { total_commits_count: total, ...push } = parsed.data;
    const commits = (push.commits ?? []).map((raw) => toCommit(raw, "committer"));
    const pusher = toPerson({
      name: push.user_name,
      email: push.user_email,
      username: push.user_username,
    });
    const change = {
      ref: push.ref,
      before: push.before,
      after: push.after,
      deleted: false,
      forced: null,
      truncated: total === null ? commits.length >= mostCommits : total > commits.length,
      commits,
      listed: "oldest first" as const,
    };
    return toPush({ provider: "gitlab", event, repository, pusher }, [change]);
  },
};

function toRepository({ project, project_id, repository }: z.infer<typeof anyEvent>): PushedRepository | null {
  const url = project?.web_url ?? project?.homepage ?? repository?.homepage ?? null;
  const fullName = project?.path_with_namespace ?? (url && new URL(url).pathname.slice(1));
  const externalId = firstId(project_id, project?.id, fullName);
  if (!externalId) return null;
  return { externalId, name: fullName ?? "", url, defaultBranch: project?.default_branch ?? null };
}
