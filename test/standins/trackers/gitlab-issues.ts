/**
 * A stand-in for GitLab's issues, installed below `/gitlab`: REST in version 4, and as much of GraphQL as is asked for.
 * docs.gitlab.com, "Issues API", "GraphQL API resources".
 */
import { buildSchema } from "graphql";
import { answerGraphql } from "./graphql.ts";
import { tokenOf } from "../service/server.ts";
import { TrackerStandin, type TrackerRules, type TrackerStandinOptions } from "./server.ts";
import { numberOf, projectOf, secondsLogged, type StandinTicket } from "./ticket.ts";

const schema = buildSchema(`
scalar Time
scalar IssueID
scalar IssuableID
scalar TimelogID
type PageInfo { hasNextPage: Boolean! endCursor: String }
type Timelog { id: ID! summary: String timeSpent: Int! spentAt: Time }
type TimelogConnection { nodes: [Timelog] pageInfo: PageInfo! }
type Issue {
  id: ID!
  iid: ID!
  reference(full: Boolean = false): String!
  timelogs(first: Int, after: String): TimelogConnection!
}
type Project { issue(iid: String): Issue }
input TimelogCreateInput { issuableId: IssuableID! timeSpent: String! spentAt: Time summary: String! }
input TimelogDeleteInput { id: TimelogID! }
type TimelogCreatePayload { timelog: Timelog errors: [String!]! }
type TimelogDeletePayload { timelog: Timelog errors: [String!]! }
type Query { project(fullPath: ID!): Project issue(id: IssueID!): Issue }
type Mutation {
  timelogCreate(input: TimelogCreateInput!): TimelogCreatePayload
  timelogDelete(input: TimelogDeleteInput!): TimelogDeletePayload
}
`);

const rules: TrackerRules = {
  apiPath: "/gitlab",
  rateLimit: { requests: 2000, windowSeconds: 60 },
  rateHeaders: ({ limit, remaining, resetAt }) => ({
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(resetAt),
  }),
  limited: () => ({ status: 429, body: "Retry later\n" }),
  unauthorised: () => ({ status: 401, body: { message: "401 Unauthorized" } }),
  forbidden: () => ({ status: 403, body: { error: "insufficient_scope" } }),
  notFound: () => ({ message: "404 Not found" }),
  deliveries: (event, ticket, hook) => {
    if (event === "deleted") return [];
    const body = JSON.stringify({
      object_kind: "issue",
      event_type: "issue",
      project: { path_with_namespace: projectOf(ticket.key) },
      object_attributes: { id: Number(ticket.id), iid: numberOf(ticket.key), title: ticket.title, action: "update" },
    });
    const headers = {
      "content-type": "application/json",
      "x-gitlab-event": "Issue Hook",
      "x-gitlab-token": hook.secret,
    };
    return [{ headers, body }];
  },
};

/** An issue that was moved stays behind under its old key. */
interface Behind {
  key: string;
  ticket: StandinTicket;
}

function issuesOf(standin: TrackerStandin): Behind[] {
  return standin.tickets.flatMap((ticket) => [ticket.key, ...ticket.formerKeys].map((key) => ({ key, ticket })));
}

export async function startGitlabIssuesStandin(options: TrackerStandinOptions): Promise<TrackerStandin> {
  const standin = new TrackerStandin(rules, options);
  standin.guard((header, c) => c.req.header("private-token") ?? tokenOf(header));
  const projects = (): string[] => [...new Set(issuesOf(standin).map(({ key }) => projectOf(key)))];
  standin.route("GET", "/api/v4/user", (c) => c.json({ username: "dev-one", name: "Dev One" }));
  standin.route("GET", "/api/v4/projects", (c) =>
    c.json(projects().map((name) => ({ path_with_namespace: name, web_url: `${standin.url}/${name}` }))),
  );
  standin.route("GET", "/api/v4/projects/:project/issues", (c) => {
    const project = decodeURIComponent(c.req.param("project") ?? "");
    if (!projects().includes(project)) return c.json({ message: "404 Project Not Found" }, 404);
    const wanted = new Set(new URL(c.req.url).searchParams.getAll("iids[]").map(Number));
    const found = issuesOf(standin).filter(({ key }) => projectOf(key) === project && wanted.has(numberOf(key)));
    return c.json(found.slice(0, 100).map((behind) => toIssue(standin, behind)));
  });
  standin.route("POST", "/api/graphql", (c) => answerGraphql(c, schema, rootOf(standin), 200));
  await standin.start();
  return standin;
}

function toIssue(standin: TrackerStandin, { key, ticket }: Behind): object {
  const { epic, assignee } = ticket;
  const isBehind = key !== ticket.key;
  return {
    id: isBehind ? Number(ticket.id) + 1_000_000 : Number(ticket.id),
    iid: numberOf(key),
    title: ticket.title,
    web_url: `${standin.url}/${projectOf(key)}/-/issues/${numberOf(key)}`,
    state: ticket.isDone || isBehind ? "closed" : "opened",
    issue_type: ticket.type === "Incident" ? "incident" : "issue",
    labels: ticket.labels,
    updated_at: ticket.updatedAt,
    moved_to_id: isBehind ? Number(ticket.id) : null,
    references: { short: `#${numberOf(key)}`, relative: `#${numberOf(key)}`, full: key },
    ...(epic === null ? {} : { epic: { id: 1, iid: 5, title: epic.title, group_id: 1 } }),
    milestone: null,
    time_stats: {
      time_estimate: (ticket.estimateMinutes ?? 0) * 60,
      total_time_spent: secondsLogged(ticket),
      human_time_estimate: null,
      human_total_time_spent: null,
    },
    assignees: assignee === null ? [] : [{ id: 1, username: "dev-one", name: assignee.name }],
    assignee: null,
  };
}

function rootOf(standin: TrackerStandin): object {
  const node = (ticket: StandinTicket): object => ({
    id: `gid://gitlab/Issue/${ticket.id}`,
    iid: String(numberOf(ticket.key)),
    reference: ticket.key,
    timelogs: ({ first, after }: { first?: number; after?: string }) => {
      const start = Number(after ?? 0);
      const end = start + Math.min(first ?? 100, 100);
      const nodes = ticket.worklogs.slice(start, end).map((log) => ({
        id: `gid://gitlab/Timelog/${log.id}`,
        summary: log.comment,
        timeSpent: log.seconds,
        spentAt: log.startedAt,
      }));
      return { nodes, pageInfo: { hasNextPage: end < ticket.worklogs.length, endCursor: String(end) } };
    },
  });
  const byId = (id: string): StandinTicket | undefined =>
    standin.tickets.find((ticket) => id.endsWith(`/${ticket.id}`));
  return {
    project: ({ fullPath }: { fullPath: string }) => ({
      issue: ({ iid }: { iid: string }) => {
        const ticket = standin.tickets.find(({ key }) => key === `${fullPath}#${iid}`);
        return ticket === undefined ? null : node(ticket);
      },
    }),
    issue: ({ id }: { id: string }) => {
      const ticket = byId(id);
      return ticket === undefined ? null : node(ticket);
    },
    timelogCreate: ({
      input,
    }: {
      input: { issuableId: string; timeSpent: string; spentAt: string; summary: string };
    }) => {
      const ticket = byId(input.issuableId);
      const [, minutes = "", seconds = ""] = /^(\d+)m(\d+)s$/.exec(input.timeSpent) ?? [];
      if (ticket === undefined || minutes === "" || input.summary.length > 255) {
        return { timelog: null, errors: ["Time spent is not valid"] };
      }
      const id = String(standin.nextId());
      const spent = Number(minutes) * 60 + Number(seconds);
      const log = { id, startedAt: input.spentAt, seconds: spent, comment: input.summary, author: "Dev One" };
      ticket.worklogs.push(log);
      return { timelog: { id: `gid://gitlab/Timelog/${id}`, timeSpent: spent }, errors: [] };
    },
    timelogDelete: ({ input }: { input: { id: string } }) => {
      for (const { worklogs } of standin.tickets) {
        const at = worklogs.findIndex(({ id }) => input.id.endsWith(`/${id}`));
        if (at < 0) continue;
        worklogs.splice(at, 1);
        return { timelog: null, errors: [] };
      }
      return { timelog: null, errors: ["The resource that you are attempting to access does not exist"] };
    },
  };
}
