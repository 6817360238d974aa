/**
 * Jira's webhooks, made by an administrator with a secret: `x-hub-signature` is the HMAC-SHA256 of the body, as in WebSub
 * (developer.atlassian.com, "Webhooks", "Secure admin webhooks"). What they say is not relied on: the ticket is read again.
 */
import { prefixedHex, verifyHexSignature } from "@billhook/http/signature";
import * as z from "zod";
import { readJsonBody } from "./json-body.ts";
import { isProjectKey } from "./ticket-key.ts";
import type { TrackerWebhook } from "./tracker.ts";

const key = z
  .string()
  .transform((value) => value.toUpperCase())
  .refine(isProjectKey)
  .nullish()
  .catch(null);
const issueId = z
  .string()
  .regex(/^\d{1,20}$/)
  .nullish()
  .catch(null);

const bodySchema = z.object({
  webhookEvent: z.string(),
  issue: z.object({ id: issueId, key }).nullish().catch(null),
  worklog: z.object({ issueId }).nullish().catch(null),
  changelog: z
    .object({ items: z.array(z.object({ field: z.string(), fromString: key }).nullable().catch(null)) })
    .nullish()
    .catch(null),
});

export const jiraWebhook: TrackerWebhook = {
  verify: (headers, rawBody, secrets) =>
    verifyHexSignature(headers.get("x-hub-signature"), prefixedHex, rawBody, secrets),

  readChanges(_headers, rawBody) {
    const body = bodySchema.safeParse(readJsonBody(rawBody)).data;
    const event = body?.webhookEvent === "jira:issue_deleted" ? "deleted" : "changed";
    if (body === undefined || !/^(?:jira:issue_|issue_|worklog_|jira:worklog_)/.test(body.webhookEvent)) {
      return { event, keys: [], ids: [] };
    }
    // A ticket that was moved is known here by the key it had.
    const former = (body.changelog?.items ?? []).map((item) => (item?.field === "Key" ? item.fromString : null));
    const there = <T>(values: (T | null | undefined)[]): T[] =>
      values.filter((value) => value !== null && value !== undefined);
    return { event, keys: there([body.issue?.key, ...former]), ids: there([body.issue?.id, body.worklog?.issueId]) };
  },
};
