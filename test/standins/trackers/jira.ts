/**
 * A stand-in for Jira below `/jira`: Cloud's API in version 3, at the site's own address and at Atlassian's gateway
 * (`/jira/ex/jira/{cloud id}`), and Data Center's in version 2. developer.atlassian.com, "The Jira Cloud platform REST
 * API"; docs.atlassian.com, "Jira Server platform REST API".
 */
import { hmacHex, type StandinContext, tokenOf } from "../service/server.ts";
import { addOAuth, type OAuthState } from "../service/oauth.ts";
import { toFields, toIssue, toWorklog } from "./jira-words.ts";
import { numberOf, type StandinTicket } from "./ticket.ts";
import { TrackerStandin, type TrackerRules, type TrackerStandinOptions } from "./server.ts";

export const jiraCloudId = "11111111-2222-4333-8444-555555555555";

const say = (...errorMessages: string[]): object => ({ errorMessages, errors: {} });

const rules: TrackerRules = {
  apiPath: "/jira",
  rateLimit: { requests: 100_000, windowSeconds: 3600 },
  rateHeaders: ({ limit, remaining, resetAt }) => ({
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": new Date(resetAt * 1000).toISOString(),
  }),
  limited: () => ({ status: 429, body: say("Rate limit exceeded.") }),
  unauthorised: () => ({ status: 401, body: say("Client must be authenticated to access this resource.") }),
  forbidden: () => ({ status: 403, body: say("You do not have permission.") }),
  notFound: () => say("Not found."),
  deliveries: (event, ticket, hook, standin) => {
    const body = JSON.stringify({
      timestamp: Date.parse(ticket.updatedAt),
      webhookEvent: event === "deleted" ? "jira:issue_deleted" : "jira:issue_updated",
      issue_event_type_name: event === "deleted" ? "issue_deleted" : "issue_generic",
      issue: toIssue(standin, ticket, 2),
      ...(ticket.formerKeys.length > 0
        ? {
            changelog: {
              id: "1",
              items: [{ field: "Key", fromString: ticket.formerKeys.at(-1), toString: ticket.key }],
            },
          }
        : {}),
    });
    const headers = { "content-type": "application/json", "x-hub-signature": `sha256=${hmacHex(hook.secret, body)}` };
    return [{ headers, body }];
  },
};

/** With an OAuth application where one is given. */
export async function startJiraStandin(
  options: TrackerStandinOptions & { application?: { clientId: string; clientSecret: string } },
): Promise<TrackerStandin & { oauth: OAuthState | null }> {
  const standin = new TrackerStandin(rules, options);
  const oauth =
    options.application === undefined
      ? null
      : addOAuth(standin, {
          ...options.application,
          authorise: "/jira/authorize",
          token: "/jira/oauth/token",
          user: "/jira/unused",
          account: {},
          hasPkce: false,
          isJson: true,
          refusesWith: 401,
          expiresIn: 3600,
        });
  standin.guard((header) => tokenOf(header));
  standin.route("GET", "/oauth/token/accessible-resources", (c) =>
    c.json([
      { id: jiraCloudId, name: "acme", url: "https://acme.atlassian.net", scopes: ["read:jira-work"], avatarUrl: "" },
    ]),
  );
  standin.route("GET", "/me", (c) =>
    c.json({ account_id: "dev-one", account_type: "atlassian", email: "dev@example.com", name: "Dev One" }),
  );
  for (const root of ["", `/ex/jira/${jiraCloudId}`]) addSite(standin, root, 3);
  addSite(standin, "", 2);
  await standin.start();
  return Object.assign(standin, { oauth });
}

function addSite(standin: TrackerStandin, root: string, version: 2 | 3): void {
  const on = (method: string, path: string, handler: (c: StandinContext) => Response | Promise<Response>): void => {
    standin.route(method, `${root}/rest/api/${version}${path}`, handler);
  };
  const missing = (c: StandinContext): Response =>
    c.json(say("Issue does not exist or you do not have permission to see it."), 404);
  const pick = (ticket: StandinTicket, fields: unknown): object => {
    const issue = toIssue(standin, ticket, version);
    const wanted = Array.isArray(fields) ? fields : ["*navigable"];
    const all = wanted.includes("*all") || wanted.includes("*navigable");
    const entries = Object.entries(issue.fields).filter(([name]) => all || wanted.includes(name));
    return { ...issue, fields: Object.fromEntries(entries) };
  };

  on("GET", "/myself", (c) =>
    c.json({
      accountId: "dev-one",
      name: "dev-one",
      displayName: "Dev One",
      emailAddress: "dev@example.com",
      active: true,
    }),
  );
  on("GET", "/field", (c) => c.json(toFields(version)));
  const projects = (): object[] => {
    const keys = new Set(standin.tickets.map(({ project }) => project.key));
    return [...keys].map((key, index) => ({ id: String(10_000 + index), key, name: key, projectTypeKey: "software" }));
  };
  on("GET", "/project", (c) => c.json(projects()));
  on("GET", "/project/search", (c) => {
    const startAt = Number(c.req.query("startAt") ?? 0);
    const maxResults = Math.min(Number(c.req.query("maxResults") ?? 50), 50);
    const values = projects().slice(startAt, startAt + maxResults);
    const total = projects().length;
    return c.json({ startAt, maxResults, total, isLast: startAt + maxResults >= total, values });
  });

  on("POST", "/issue/bulkfetch", async (c) => {
    const body = await c.req.json<{ issueIdsOrKeys?: string[]; fields?: string[] }>();
    const asked = body.issueIdsOrKeys ?? [];
    if (asked.length === 0 || asked.length > 100) return c.json(say("Between 1 and 100 issues can be asked for."), 400);
    const found = new Set(asked.flatMap((key) => standin.find(key) ?? []));
    const issues = [...found]
      .toSorted((a, b) => Number(a.id) - Number(b.id))
      .map((ticket) => pick(ticket, body.fields));
    return c.json({ issues, issueErrors: [] });
  });
  on("POST", "/search", async (c) => {
    const body = await c.req.json<{
      jql?: string;
      fields?: string[];
      maxResults?: number;
      validateQuery?: boolean;
    }>();
    const keys =
      /^key in \((.+)\)$/
        .exec(body.jql ?? "")?.[1]
        ?.split(",")
        .map((key) => key.trim()) ?? [];
    const unknown = keys.filter((key) => standin.find(key) === undefined);
    if (keys.length === 0) return c.json(say("Error in the JQL Query."), 400);
    if (unknown.length > 0 && body.validateQuery !== false) {
      return c.json(say(...unknown.map((key) => `An issue with key '${key}' does not exist for field 'key'.`)), 400);
    }
    const found = [...new Set(keys.flatMap((key) => standin.find(key) ?? []))];
    const maxResults = body.maxResults ?? 50;
    const issues = found
      .toSorted((a, b) => numberOf(b.key) - numberOf(a.key))
      .slice(0, maxResults)
      .map((ticket) => pick(ticket, body.fields));
    return c.json({ expand: "schema,names", startAt: 0, maxResults, total: found.length, issues });
  });
  on("GET", "/issue/:key", (c) => {
    const ticket = standin.find(c.req.param("key") ?? "");
    return ticket === undefined ? missing(c) : c.json(pick(ticket, c.req.query("fields")?.split(",")));
  });

  on("GET", "/issue/:key/worklog", (c) => {
    const ticket = standin.find(c.req.param("key") ?? "");
    if (ticket === undefined) return missing(c);
    const startAt = Number(c.req.query("startAt") ?? 0);
    const maxResults = Number(c.req.query("maxResults") ?? 5000);
    const worklogs = ticket.worklogs
      .slice(startAt, startAt + maxResults)
      .map((log) => toWorklog(standin, ticket, log, version));
    return c.json({ startAt, maxResults, total: ticket.worklogs.length, worklogs });
  });
  on("POST", "/issue/:key/worklog", async (c) => {
    const ticket = standin.find(c.req.param("key") ?? "");
    if (ticket === undefined) return missing(c);
    const body = await c.req.json<{ started?: string; timeSpentSeconds?: number; comment?: unknown }>();
    const seconds = body.timeSpentSeconds ?? 0;
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/.test(body.started ?? "") || seconds < 60) {
      return c.json({ errorMessages: [], errors: { timeLogged: "You must indicate the time spent working." } }, 400);
    }
    if ((typeof body.comment === "string") !== (version === 2)) return c.json(say("Comment is not valid!"), 400);
    const comment = typeof body.comment === "string" ? body.comment : JSON.stringify(body.comment);
    const startedAt = new Date((body.started ?? "").replace(/(\d\d)(\d\d)$/, "$1:$2")).toISOString();
    const log = { id: String(100_000 + standin.nextId()), startedAt, seconds, comment, author: "Dev One" };
    standin.touch(ticket, { worklogs: [...ticket.worklogs, log] });
    return c.json(toWorklog(standin, ticket, log, version), 201);
  });
  on("DELETE", "/issue/:key/worklog/:id", (c) => {
    const ticket = standin.find(c.req.param("key") ?? "");
    const worklogs = ticket?.worklogs.filter(({ id }) => id !== c.req.param("id")) ?? [];
    if (ticket === undefined || worklogs.length === ticket.worklogs.length) return missing(c);
    standin.touch(ticket, { worklogs });
    return c.body(null, 204);
  });
}
