/**
 * A stand-in for Zendesk Support's API as far as reading tickets goes. developer.zendesk.com, "Tickets",
 * "Side-Loading", "Custom ticket statuses".
 */
import type { StandinContext } from "../service/server.ts";
import { addApplication, type ApplicationOptions, type ApplicationStandin } from "./application.ts";
import { TrackerStandin, type TrackerRules } from "./server.ts";
import { numberOf, type StandinTicket } from "./ticket.ts";

const rules: TrackerRules = {
  apiPath: "",
  rateLimit: { requests: 700, windowSeconds: 60 },
  rateHeaders: ({ limit, remaining, resetAt }) => ({
    "x-rate-limit": String(limit),
    "x-rate-limit-remaining": String(remaining),
    "ratelimit-reset": String(Math.max(1, resetAt - Math.floor(Date.now() / 1000))),
  }),
  limited: () => ({
    status: 429,
    body: { error: "APIRateLimitExceeded", description: "Number of allowed API requests" },
  }),
  unauthorised: () => ({ status: 401, body: { error: "Couldn't authenticate you" } }),
  forbidden: () => ({ status: 403, body: { error: "Forbidden", description: "You do not have access to this page." } }),
  notFound: () => ({ error: "InvalidEndpoint", description: "Not found" }),
};

export async function startZendeskStandin(options: ApplicationOptions): Promise<ApplicationStandin> {
  const standin = new TrackerStandin(rules, options);
  const oauth = addApplication(standin, options, rules.apiPath, {
    authorise: "/oauth/authorizations/new",
    token: "/oauth/tokens",
    hasPkce: true,
    isJson: true,
  });
  standin.guard(tokenOf);

  standin.route("GET", "/api/v2/users/me.json", (c) =>
    c.json({ user: { id: 35436, name: "Dev One", email: "dev.one@example.com", role: "agent" } }),
  );
  standin.route("GET", "/api/v2/custom_statuses.json", (c) => c.json({ custom_statuses: statusesOf(standin) }));
  standin.route("GET", "/api/v2/tickets/show_many.json", (c) => {
    const ids = (c.req.query("ids") ?? "").split(",");
    if (ids.length > 100) return c.json({ error: "RecordInvalid", description: "Too many ids" }, 422);
    const found = ids.flatMap((id) => findTicket(standin, id) ?? []).filter((ticket) => !isArchived(ticket));
    return c.json({ tickets: found.map((ticket) => toTicket(standin, ticket)), ...sideloads(c, found) });
  });
  standin.route("GET", "/api/v2/tickets/:file", (c) => {
    const found = findTicket(standin, (c.req.param("file") ?? "").replace(/\.json$/, ""));
    return found === undefined
      ? c.json({ error: "RecordNotFound", description: "Not found" }, 404)
      : c.json({ ticket: toTicket(standin, found), ...sideloads(c, [found]) });
  });
  await standin.start();
  return Object.assign(standin, { oauth });
}

/** `{email}/token:{api_token}`, or a bearer. */
function tokenOf(header: string): string | null {
  const [, scheme = "", value = ""] = /^(\w+) +(.+)$/.exec(header) ?? [];
  if (/^bearer$/i.test(scheme)) return value;
  const [, secret] = /^[^:]+\/token:(.+)$/.exec(Buffer.from(value, "base64").toString("utf8")) ?? [];
  return secret ?? null;
}

const findTicket = (standin: TrackerStandin, id: string): StandinTicket | undefined =>
  standin.tickets.find(({ key }) => String(numberOf(key)) === id);

/** "Archived tickets": closed for 120 days; lists leave them out. */
const isArchived = ({ isDone, updatedAt }: StandinTicket): boolean =>
  isDone && Date.now() - Date.parse(updatedAt) > 120 * 86_400_000;

/** Ids made of words: the same word, the same id. */
const idOf = (word: string): number =>
  new TextEncoder().encode(word).reduce((sum, byte) => (sum * 31 + byte) % 1_000_000_007, 7);

/** What is named for a status that is none of Zendesk's own. */
const statusesOf = (standin: TrackerStandin): object[] =>
  standin.tickets.map(({ status, isDone }) => ({
    id: idOf(status),
    agent_label: status,
    status_category: isDone ? "solved" : "open",
    active: true,
  }));

function sideloads(c: StandinContext, found: readonly StandinTicket[]): object {
  const wanted = (c.req.query("include") ?? "").split(",");
  const loads = {
    users: found.flatMap(({ assignee }) => (assignee === null ? [] : [{ id: idOf(assignee.email), ...assignee }])),
    groups: [{ id: 98_738, name: "Support" }],
    organizations: found.map(({ project }) => ({ id: idOf(project.title), name: project.title })),
  };
  return Object.fromEntries(Object.entries(loads).filter(([name]) => wanted.includes(name)));
}

function toTicket(standin: TrackerStandin, ticket: StandinTicket): object {
  const { assignee, parent, project } = ticket;
  return {
    id: numberOf(ticket.key),
    url: `${standin.origin}/api/v2/tickets/${numberOf(ticket.key)}.json`,
    subject: ticket.title,
    raw_subject: ticket.title,
    type: ticket.type.toLowerCase(),
    status: ticket.isDone ? "solved" : "open",
    custom_status_id: idOf(ticket.status),
    tags: ticket.labels,
    assignee_id: assignee === null ? null : idOf(assignee.email),
    organization_id: idOf(project.title),
    group_id: 98_738,
    problem_id: parent === null ? null : numberOf(parent.key),
    updated_at: ticket.updatedAt,
  };
}
