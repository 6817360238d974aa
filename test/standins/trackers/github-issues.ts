/**
 * A stand-in for GitHub's issues in the form of GitHub Enterprise Server: GraphQL by GitHub's own published schema below
 * `/api/graphql`, and what is asked of REST below `/api/v3`. docs.github.com, "GraphQL API", "REST API endpoints".
 */
import { buildSchema, GraphQLError, type GraphQLSchema } from "graphql";
import { hmacHex, tokenOf } from "../service/server.ts";
import { answerGraphql } from "./graphql.ts";
import { TrackerStandin, type TrackerRules, type TrackerStandinOptions } from "./server.ts";
import { numberOf, projectOf, type StandinTicket } from "./ticket.ts";

const say = (message: string): object => ({ message, documentation_url: "https://docs.github.com/rest" });

const rules: TrackerRules = {
  apiPath: "",
  rateLimit: { requests: 5000, windowSeconds: 3600 },
  rateHeaders: ({ limit, remaining, resetAt }) => ({
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(resetAt),
  }),
  limited: () => ({ status: 403, body: say("API rate limit exceeded for user ID 1.") }),
  unauthorised: () => ({ status: 401, body: say("Bad credentials") }),
  forbidden: () => ({ status: 403, body: say("Resource not accessible by personal access token") }),
  notFound: () => say("Not Found"),
  deliveries: (event, ticket, hook) => {
    const body = JSON.stringify({
      action: event === "deleted" ? "deleted" : "edited",
      issue: { number: numberOf(ticket.key), node_id: ticket.id, title: ticket.title },
      repository: { full_name: projectOf(ticket.key) },
    });
    const signature = `sha256=${hmacHex(hook.secret, body)}`;
    const headers = {
      "content-type": "application/json",
      "x-github-event": "issues",
      "x-hub-signature-256": signature,
    };
    return [{ headers, body }];
  },
};

export interface GithubIssuesOptions extends TrackerStandinOptions {
  /** Numbers that pull requests have, as `owner/name#12`. */
  pullRequests?: string[];
  /** An older server, without what its schema got since. */
  without?: readonly string[];
}

export async function startGithubIssuesStandin(options: GithubIssuesOptions): Promise<TrackerStandin> {
  const standin = new TrackerStandin(rules, options);
  standin.guard((header) => tokenOf(header));
  const schema = await readSchema(options.without ?? []);
  const root = rootOf(standin, new Set(options.pullRequests));
  standin.route("POST", "/api/graphql", (c) => answerGraphql(c, schema, root, 200));
  standin.route("GET", "/api/v3/user", (c) => c.json({ login: "dev-one", name: "Dev One" }));
  standin.route("GET", "/api/v3/user/repos", (c) =>
    c.json(namesOf(standin).map((name) => ({ full_name: name, html_url: `${standin.origin}/${name}` }))),
  );
  standin.route("GET", "/api/v3/repos/:owner/:name/issues/:number", (c) => {
    const { owner, name, number } = c.req.param();
    const key = `${owner}/${name}#${number}`;
    const ticket = standin.find(key);
    if (ticket === undefined) return c.json(say("Not Found"), 404);
    const repository = projectOf(ticket.key);
    const url = `${standin.origin}/api/v3/repos/${repository}`;
    if (ticket.key !== key) return c.redirect(`${url}/issues/${numberOf(ticket.key)}`, 301);
    return c.json({ number: numberOf(ticket.key), title: ticket.title, repository_url: url });
  });
  await standin.start();
  return standin;
}

async function readSchema(without: readonly string[]): Promise<GraphQLSchema> {
  // Loaded where it is needed: it is large.
  const { schema } = await import("@octokit/graphql-schema");
  const kept = without.reduce(
    (text, field) => text.replaceAll(new RegExp(`^  ${field}: Issue$`, "gm"), `  ${field}Later: Issue`),
    schema.idl,
  );
  return buildSchema(kept, { assumeValid: true });
}

const namesOf = (standin: TrackerStandin): string[] => [...new Set(standin.tickets.map(({ key }) => projectOf(key)))];

function rootOf(standin: TrackerStandin, pullRequests: ReadonlySet<string>): object {
  const notFound = (what: string): GraphQLError =>
    new GraphQLError(`Could not resolve to ${what}.`, { extensions: { code: "NOT_FOUND" } });
  return {
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const repository = `${owner}/${name}`;
      if (!namesOf(standin).includes(repository)) throw notFound("a Repository");
      return {
        issueOrPullRequest: ({ number }: { number: number }) => {
          const key = `${repository}#${number}`;
          if (pullRequests.has(key)) return { __typename: "PullRequest" };
          const ticket = standin.tickets.find((known) => known.key === key);
          if (ticket === undefined) throw notFound("an issue or pull request");
          return toIssue(standin, ticket);
        },
      };
    },
  };
}

function toIssue(standin: TrackerStandin, ticket: StandinTicket): object {
  const { key, assignee, epic, parent } = ticket;
  const repository = { nameWithOwner: projectOf(key) };
  return {
    __typename: "Issue",
    id: ticket.id,
    number: numberOf(key),
    title: ticket.title,
    url: `${standin.origin}/${repository.nameWithOwner}/issues/${numberOf(key)}`,
    state: ticket.isDone ? "CLOSED" : "OPEN",
    stateReason: ticket.isDone ? (ticket.status === "Closed" ? "COMPLETED" : "NOT_PLANNED") : null,
    updatedAt: ticket.updatedAt,
    repository,
    parent:
      parent === null
        ? null
        : { number: numberOf(parent.key), title: parent.title, repository: { nameWithOwner: projectOf(parent.key) } },
    milestone: epic === null ? null : { title: epic.title },
    labels: { nodes: ticket.labels.map((name) => ({ name })) },
    assignees: { nodes: assignee === null ? [] : [{ login: "dev-one", name: assignee.name }] },
  };
}
