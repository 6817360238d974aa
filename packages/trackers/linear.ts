/**
 * Linear. linear.app/developers; `baseUrl` is only needed where a proxy stands before `api.linear.app`.
 *
 * A personal API key stands in its header without a scheme ("Getting started"). Issues are asked for by their teams' keys
 * and their numbers, all in one query: `issue(id:)` finds an issue by a key it had in another team as well, but an answer
 * with one that is not there has no data at all. So that is asked for those left over, one by one. The limits are in the
 * headers, and what is beyond them is answered 400 with a code in the body ("Rate limiting").
 */
import { authorise, type Host, mapResult } from "@billhook/http/call";
import { askGraphql } from "@billhook/http/graphql";
import type { CallResult } from "@billhook/http/result";
import { bareHex, refused, verifyHexSignature } from "@billhook/http/signature";
import * as z from "zod";
import { readEntries, readInBatches, type TicketOutcome, toOutcome } from "./batches.ts";
import { readJsonBody } from "./json-body.ts";
import { issueFields, issueSchema, type LinearIssue, toTicket } from "./linear-issue.ts";
import { createOAuth } from "./oauth.ts";
import { claimProjectKey, isProjectKey } from "./ticket-key.ts";
import { line } from "./ticket-text.ts";
import type { Tracker, TrackerConnection } from "./tracker.ts";

const webRoot = "https://linear.app";
const path = "/graphql";
/** Keys in one query; a query may cost 10,000 points, and an issue with its labels costs some 60. */
const mostIssues = 50;
/** How far from now a delivery may have been sent ("Webhooks": its time is part of what is signed). */
const toleranceMs = 5 * 60 * 1000;

const host: Host = {
  root: "https://api.linear.app",
  headers: {},
  authorise: (token) =>
    token.kind === "bearer" && token.value.startsWith("lin_api_") ? { authorization: token.value } : authorise(token),
  explain: (status, said) => {
    if (status !== 400) return null;
    if (/"RATELIMITED"/.test(said)) return "rate_limited";
    if (/"AUTHENTICATION_ERROR"/.test(said)) return "unauthorised";
    return /"FORBIDDEN"/.test(said) ? "forbidden" : null;
  },
};

const issuesDocument = `query Issues($filter: IssueFilter!, $first: Int!) {
  issues(filter: $filter, first: $first, includeArchived: true) { nodes { ${issueFields} } }
}`;
const issueDocument = `query Issue($id: String!) { issue(id: $id) { ${issueFields} } }`;
const accessDocument = `query Access {
  viewer { name email }
  organization { id name urlKey }
  teams(first: 250) { nodes { key } }
}`;
const webhooksDocument = "query Webhooks { webhooks(first: 250) { nodes { id url } } }";
const createDocument = `mutation CreateWebhook($input: WebhookCreateInput!) {
  webhookCreate(input: $input) { success webhook { id } }
}`;
const deleteDocument = "mutation DeleteWebhook($id: String!) { webhookDelete(id: $id) { success } }";

const id = z.string().min(1).max(200);
const issuesSchema = z.object({ issues: z.object({ nodes: z.array(z.unknown()) }) });
const accessSchema = z.object({
  viewer: z.object({ name: line, email: line }),
  organization: z.object({ id, name: line, urlKey: z.string().regex(/^[\w-]{1,100}$/) }),
  teams: z.object({ nodes: z.array(z.object({ key: line }).nullable().catch(null)) }),
});
const webhooksSchema = z.object({
  webhooks: z.object({ nodes: z.array(z.object({ id, url: z.string().nullable() }).nullable().catch(null)) }),
});
const createSchema = z.object({ webhookCreate: z.object({ success: z.literal(true), webhook: z.object({ id }) }) });
const deleteSchema = z.object({ webhookDelete: z.object({ success: z.boolean() }) });

async function ask<T>(
  connection: TrackerConnection,
  schema: z.ZodType<T>,
  document: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<CallResult<T>> {
  const asked = await askGraphql(host, connection, schema, { path, document, variables });
  return mapResult(asked, ({ data }) => data);
}

/** One condition for each team: its key and the numbers wanted of it. */
function filterOf(keys: readonly string[]): object {
  const teams = Map.groupBy(keys, (key) => key.slice(0, key.lastIndexOf("-")));
  const or = [...teams].map(([team, of]) => ({
    team: { key: { eq: team } },
    number: { in: of.map((key) => Number(key.slice(team.length + 1))) },
  }));
  return { or };
}

async function readBatch(
  connection: TrackerConnection,
  keys: readonly string[],
): Promise<CallResult<Map<string, TicketOutcome>>> {
  const variables = { filter: filterOf(keys), first: keys.length };
  const read = await ask(connection, issuesSchema, issuesDocument, variables);
  if (!read.ok) return read;
  const outcomes = new Map<string, TicketOutcome>();
  const note = (key: string, issue: LinearIssue): void => {
    if (issue.trashed !== true) outcomes.set(key, toOutcome(key, toTicket(issue)));
  };
  const found = readEntries(issueSchema, read.value.issues.nodes);
  for (const issue of found) note(issue.identifier, issue);
  const left = keys.filter((key) => !found.some(({ identifier }) => identifier === key));
  let { budget } = read;
  for (const key of left) {
    const one = await ask(connection, z.object({ issue: issueSchema }), issueDocument, { id: key });
    budget = one.budget ?? budget;
    if (one.ok) note(key, one.value.issue);
    // A key that leads nowhere is "Entity not found", under a code that any other input that is wrong has too.
    else if (one.code !== "not_found" && one.code !== "unexpected") return one;
  }
  return { ok: true, value: outcomes, budget };
}

const deliverySchema = z.object({
  action: z.string(),
  type: z.literal("Issue"),
  data: z.object({
    id: z.string().min(1).max(100),
    identifier: z.string().max(50).optional().catch(undefined),
    previousIdentifiers: z.array(z.string().max(50)).catch([]),
  }),
});
const timestampSchema = z.object({ webhookTimestamp: z.number() });

export const linear: Tracker = {
  kind: "linear",
  name: "Linear",
  claim: (mention, scope) => claimProjectKey(mention, { ...scope, baseUrl: null }, webRoot),

  readTickets: (connection, keys) =>
    readInBatches(keys, { size: mostIssues, atOnce: 1, isReadable: isProjectKey }, (batch) =>
      readBatch(connection, batch),
    ),

  async checkAccess(connection) {
    const read = await ask(connection, accessSchema, accessDocument);
    return mapResult(read, ({ viewer, organization, teams }) => ({
      account: viewer.name ?? viewer.email ?? "Linear",
      sites: [
        {
          id: organization.id,
          name: organization.name ?? organization.urlKey,
          url: `${webRoot}/${organization.urlKey}`,
        },
      ],
      prefixes: teams.nodes.flatMap((team) => (team?.key ? [team.key.toUpperCase()] : [])),
    }));
  },

  webhook: {
    async verify(headers, rawBody, secrets, now = Date.now()) {
      const verified = await verifyHexSignature(headers.get("linear-signature"), bareHex, rawBody, secrets);
      if (!verified.ok) return verified;
      const sent = timestampSchema.safeParse(readJsonBody(rawBody)).data?.webhookTimestamp ?? 0;
      return Math.abs(now - sent) <= toleranceMs ? verified : refused("the signature is too old or too new");
    },

    readChanges(_headers, rawBody) {
      const delivery = deliverySchema.safeParse(readJsonBody(rawBody)).data;
      if (delivery === undefined) return { event: "changed", keys: [], ids: [] };
      const { data, action } = delivery;
      const keys = [data.identifier ?? "", ...data.previousIdentifiers].filter(isProjectKey);
      return { event: action === "remove" ? "deleted" : "changed", keys, ids: [data.id] };
    },

    async create(connection, { url, secret }) {
      const known = await ask(connection, webhooksSchema, webhooksDocument);
      if (!known.ok) return known;
      for (const hook of known.value.webhooks.nodes) {
        if (hook?.url !== url) continue;
        const deleted = await ask(connection, deleteSchema, deleteDocument, { id: hook.id });
        if (!deleted.ok) return deleted;
      }
      const input = { url, secret, label: "Billhook", resourceTypes: ["Issue"], allPublicTeams: true };
      const created = await ask(connection, createSchema, createDocument, { input });
      return mapResult(created, ({ webhookCreate }) => ({ id: webhookCreate.webhook.id, secret }));
    },

    async delete(connection, hook) {
      const known = await ask(connection, webhooksSchema, webhooksDocument);
      if (!known.ok) return known;
      if (!known.value.webhooks.nodes.some((one) => one?.id === hook)) return { ...known, value: null };
      return mapResult(await ask(connection, deleteSchema, deleteDocument, { id: hook }), () => null);
    },
  },

  oauth: createOAuth({
    root: webRoot,
    tokenRoot: "https://api.linear.app",
    authorise: "/oauth/authorize",
    token: "/oauth/token",
    scopes: ["read"],
    separator: ",",
    hasPkce: true,
  }),
};
