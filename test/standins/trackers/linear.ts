/** A stand-in for Linear's GraphQL API and its webhooks. linear.app/developers. */
import { buildSchema, GraphQLError } from "graphql";
import { addOAuth, type OAuthState } from "../service/oauth.ts";
import { hmacHex } from "../service/server.ts";
import { answerGraphql } from "./graphql.ts";
import { linearSchema } from "./linear-schema.ts";
import { TrackerStandin, type TrackerRules, type TrackerStandinOptions } from "./server.ts";
import { numberOf, projectOf, type StandinTicket } from "./ticket.ts";

const say = (code: string): object => ({ errors: [{ message: "No.", extensions: { code, type: "error" } }] });

const rules: TrackerRules = {
  apiPath: "/linear",
  rateLimit: { requests: 5000, windowSeconds: 3600 },
  rateHeaders: ({ limit, remaining, resetAt }) => ({
    "x-ratelimit-requests-limit": String(limit),
    "x-ratelimit-requests-remaining": String(remaining),
    "x-ratelimit-requests-reset": String(resetAt * 1000),
  }),
  limited: () => ({ status: 400, body: say("RATELIMITED") }),
  unauthorised: () => ({ status: 401, body: say("AUTHENTICATION_ERROR") }),
  forbidden: () => ({ status: 403, body: say("FORBIDDEN") }),
  notFound: () => say("NOT_FOUND"),
  deliveries: (event, ticket, hook, standin) => {
    const { parent: _parent, ...data } = toIssue(standin, ticket);
    const body = JSON.stringify({
      action: event === "deleted" ? "remove" : "update",
      type: "Issue",
      createdAt: ticket.updatedAt,
      data,
      url: data.url,
      webhookTimestamp: Date.now(),
      webhookId: hook.id,
    });
    const headers = {
      "content-type": "application/json; charset=utf-8",
      "linear-event": "Issue",
      "linear-delivery": crypto.randomUUID(),
      "linear-signature": hmacHex(hook.secret, body),
    };
    return [{ headers, body }];
  },
};

interface Filter {
  or?: Filter[];
  team?: { key?: { eq?: string } };
  number?: { in?: number[] };
}

export async function startLinearStandin(
  options: TrackerStandinOptions & { application?: { clientId: string; clientSecret: string } },
): Promise<TrackerStandin & { oauth: OAuthState | null }> {
  const standin = new TrackerStandin(rules, options);
  const pages = {
    authorise: "/linear/oauth/authorize",
    token: "/linear/oauth/token",
    user: "/linear/unused",
    account: {},
  };
  const oauth =
    options.application === undefined
      ? null
      : addOAuth(standin, { ...options.application, ...pages, hasPkce: true, expiresIn: 86_399 });
  // A personal key stands by itself.
  standin.guard((header) => (header.startsWith("lin_api_") ? header : /^Bearer (.+)$/.exec(header)?.[1]) ?? null);
  const schema = buildSchema(linearSchema);
  standin.route("POST", "/graphql", (c) => answerGraphql(c, schema, rootOf(standin), 400));
  await standin.start();
  return Object.assign(standin, { oauth });
}

function rootOf(standin: TrackerStandin): object {
  const matches = (ticket: StandinTicket, { or, team, number }: Filter): boolean =>
    (or === undefined || or.some((one) => matches(ticket, one))) &&
    (team?.key?.eq === undefined || team.key.eq === projectOf(ticket.key)) &&
    (number?.in === undefined || number.in.includes(numberOf(ticket.key)));
  return {
    viewer: { id: "dev-one", name: "Dev One", email: "dev.one@example.com" },
    organization: { id: "organisation-1", name: "Acme", urlKey: "acme" },
    teams: () => {
      const keys = new Set(standin.tickets.map(({ key }) => projectOf(key)));
      return { nodes: [...keys].map((key) => ({ id: key, key, name: key })) };
    },
    issue: ({ id }: { id: string }) => {
      const found = standin.find(id);
      if (found === undefined) {
        throw new GraphQLError("Entity not found: Issue", {
          extensions: { code: "INPUT_ERROR", type: "invalid input" },
        });
      }
      return toIssue(standin, found);
    },
    issues: ({ filter, first }: { filter?: Filter; first?: number }) => ({
      nodes: standin.tickets
        .filter((ticket) => matches(ticket, filter ?? {}))
        .slice(0, first ?? 50)
        .map((ticket) => toIssue(standin, ticket)),
    }),
    webhooks: { nodes: standin.hooks },
    webhookCreate: ({ input }: { input: { url: string; secret?: string } }) => {
      const hook = { id: `hook-${standin.nextId()}`, url: input.url, secret: input.secret ?? "made-up" };
      standin.hooks.push(hook);
      return { success: true, webhook: hook };
    },
    webhookDelete: ({ id }: { id: string }) => {
      const at = standin.hooks.findIndex((hook) => hook.id === id);
      if (at < 0) throw new GraphQLError("Entity not found: Webhook", { extensions: { code: "INPUT_ERROR" } });
      standin.hooks.splice(at, 1);
      return { success: true, entityId: id };
    },
  };
}

function toIssue(standin: TrackerStandin, ticket: StandinTicket) {
  const parent = ticket.parent === null ? null : { identifier: ticket.parent.key, title: ticket.parent.title };
  return {
    id: ticket.id,
    identifier: ticket.key,
    number: numberOf(ticket.key),
    previousIdentifiers: ticket.formerKeys,
    title: ticket.title,
    url: `https://linear.app/acme/issue/${ticket.key}`,
    updatedAt: ticket.updatedAt,
    trashed: null,
    estimate: 3,
    state: { name: ticket.status, type: ticket.isDone ? "completed" : "started" },
    team: { id: ticket.project.key, key: ticket.project.key, name: ticket.project.title },
    parent,
    project: ticket.epic === null ? null : { id: ticket.epic.key, name: ticket.epic.title },
    labels: { nodes: ticket.labels.map((name) => ({ name })) },
    assignee: ticket.assignee === null ? null : { id: "1", ...ticket.assignee },
  };
}
