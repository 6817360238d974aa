/**
 * A stand-in for Freshdesk's API v2 as far as tickets, agents and time entries go. developers.freshdesk.com; a deleted
 * ticket is still there, and says so.
 */
import type { StandinContext } from "../service/server.ts";
import { TrackerStandin, type TrackerRules, type TrackerStandinOptions } from "./server.ts";
import { numberOf, type StandinTicket } from "./ticket.ts";

const rules: TrackerRules = {
  apiPath: "",
  rateLimit: { requests: 200, windowSeconds: 60 },
  rateHeaders: ({ limit, remaining, resetAt }) => ({
    "x-ratelimit-total": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-used-currentrequest": "1",
    ...(remaining > 0 ? {} : { "retry-after": String(Math.max(1, resetAt - Math.floor(Date.now() / 1000))) }),
  }),
  limited: () => ({ status: 429, body: { message: "You have exceeded the limit of requests per minute" } }),
  unauthorised: () => ({
    status: 401,
    body: { code: "invalid_credentials", message: "You have to be logged in to perform this action." },
  }),
  forbidden: () => ({
    status: 403,
    body: { code: "access_denied", message: "You are not authorized to perform this action." },
  }),
  notFound: () => ({}),
};

const names: Record<string, number> = { open: 2, pending: 3, resolved: 4, closed: 5 };
const agents = "/api/v2/agents";

export async function startFreshdeskStandin(options: TrackerStandinOptions): Promise<TrackerStandin> {
  const standin = new TrackerStandin(rules, options);
  // The key is the name; the password is anything.
  standin.guard(
    (header) =>
      Buffer.from(header.replace(/^Basic /, ""), "base64")
        .toString("utf8")
        .split(":")[0] ?? null,
  );

  standin.route("GET", `${agents}/me`, (c) =>
    c.json({ id: 1, contact: { name: "Dev One", email: "dev.one@example.com" } }),
  );
  standin.route("GET", `${agents}/:agent`, (c) => {
    const found = standin.tickets.find(({ assignee }) => agentId(assignee) === Number(c.req.param("agent")))?.assignee;
    return found == null ? c.body(null, 404) : c.json({ id: agentId(found), contact: found });
  });
  standin.route("GET", "/api/v2/ticket_fields", (c) =>
    c.json([{ name: "status", type: c.req.query("type"), choices: choicesOf(standin) }]),
  );
  standin.route("GET", "/api/v2/tickets/:ticket", (c) => {
    const found = findTicket(standin, c);
    if (found === undefined) return c.body(null, 404);
    const { company, ...rest } = toTicket(standin, found);
    return c.json(c.req.query("include") === "company" ? { ...rest, company } : rest);
  });
  addTimeRoutes(standin);
  await standin.start();
  return standin;
}

function findTicket(standin: TrackerStandin, c: StandinContext): StandinTicket | undefined {
  return standin.tickets.find(({ key }) => numberOf(key) === Number(c.req.param("ticket")));
}

function addTimeRoutes(standin: TrackerStandin): void {
  const at = "/api/v2/tickets/:ticket/time_entries";
  standin.route("GET", at, (c) => {
    const found = findTicket(standin, c);
    if (found === undefined) return c.body(null, 404);
    const size = Math.min(100, Number(c.req.query("per_page") ?? 30));
    const page = Number(c.req.query("page") ?? 1);
    const logged = { id: 1, note: "Before", time_spent: clock(found.loggedMinutes * 60) };
    const all = [
      ...(found.loggedMinutes > 0 ? [logged] : []),
      ...found.worklogs.map(({ id, comment, seconds }) => ({
        id: Number(id),
        note: comment,
        time_spent: clock(seconds),
      })),
    ];
    const next = `<${standin.origin}/next?page=${page + 1}>; rel="next"`;
    return c.json(all.slice((page - 1) * size, page * size), 200, page * size < all.length ? { link: next } : {});
  });
  standin.route("POST", at, async (c) => {
    const found = findTicket(standin, c);
    if (found === undefined) return c.body(null, 404);
    const body = await c.req.json<Record<string, unknown>>();
    const [, hours, minutes] = /^(\d\d+):([0-5]\d)$/.exec(String(body["time_spent"])) ?? [];
    const isExact = Object.keys(body).every((name) => ["time_spent", "note", "executed_at", "billable"].includes(name));
    if (hours === undefined || !isExact) return c.json({ description: "Validation failed", errors: [] }, 400);
    const id = standin.nextId() + 100;
    found.worklogs.push({
      id: String(id),
      startedAt: String(body["executed_at"]),
      seconds: Number(hours) * 3600 + Number(minutes) * 60,
      comment: String(body["note"]),
      author: "Dev One",
    });
    return c.json({ id, ticket_id: numberOf(found.key), note: body["note"], time_spent: body["time_spent"] }, 201);
  });
  standin.route("DELETE", "/api/v2/time_entries/:entry", (c) => {
    for (const { worklogs } of standin.tickets) {
      const index = worklogs.findIndex(({ id }) => id === c.req.param("entry"));
      if (index < 0) continue;
      worklogs.splice(index, 1);
      return c.body(null, 204);
    }
    return c.body(null, 404);
  });
}

const clock = (seconds: number): string => {
  const minutes = Math.round(seconds / 60);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
};

const agentId = (assignee: StandinTicket["assignee"]): number | null =>
  assignee === null ? null : 100 + assignee.email.length;

/** Its own statuses have numbers above Freshdesk's. */
function statusOf(standin: TrackerStandin, { status }: StandinTicket): number {
  const own = [...new Set(standin.tickets.map((ticket) => ticket.status))];
  return names[status.toLowerCase()] ?? 6 + own.indexOf(status);
}

const choicesOf = (standin: TrackerStandin): object =>
  Object.fromEntries(standin.tickets.map((ticket) => [statusOf(standin, ticket), [ticket.status, ticket.status]]));

function toTicket(standin: TrackerStandin, ticket: StandinTicket): Record<string, unknown> {
  return {
    id: numberOf(ticket.key),
    subject: ticket.title,
    type: ticket.type,
    status: statusOf(standin, ticket),
    priority: 1,
    tags: ticket.labels,
    responder_id: agentId(ticket.assignee),
    company_id: 1,
    company: { id: 1, name: ticket.project.title },
    spam: false,
    updated_at: ticket.updatedAt,
  };
}
