/**
 * A stand-in for Zoho Desk's API v1 as far as tickets, tags and time entries go. desk.zoho.com/DeskAPIDocument: every
 * request but one names the organisation, and an empty list is 204 without a body.
 */
import type { StandinContext } from "../service/server.ts";
import { addApplication, type ApplicationOptions, type ApplicationStandin } from "./application.ts";
import { TrackerStandin, type TrackerRules } from "./server.ts";
import { numberOf, secondsLogged, type StandinTicket } from "./ticket.ts";

const say = (errorCode: string, message: string): object => ({ errorCode, message });

const rules: TrackerRules = {
  apiPath: "",
  // "API Limits": credits for a day; only what is left is told.
  rateLimit: { requests: 5000, windowSeconds: 86_400 },
  rateHeaders: ({ remaining, resetAt }) => ({
    "x-rate-limit-request-weight-v3": "1",
    "x-rate-limit-remaining-v3": String(remaining),
    ...(remaining > 0 ? {} : { "retry-after": String(Math.max(1, resetAt - Math.floor(Date.now() / 1000))) }),
  }),
  limited: () => ({ status: 429, body: say("THRESHOLD_EXCEEDED", "The API credits of the day are used up.") }),
  unauthorised: () => ({ status: 401, body: say("INVALID_OAUTH", "The OAuth Token you provided is invalid.") }),
  forbidden: () => ({ status: 403, body: say("FORBIDDEN", "You don't have permission to perform this operation.") }),
  notFound: () => say("URL_NOT_FOUND", "The URL you tried to access could not be found."),
};

export const zohoOrganisation = { id: "2389290", companyName: "Studio" };

export async function startZohoDeskStandin(options: ApplicationOptions): Promise<ApplicationStandin> {
  const standin = new TrackerStandin(rules, options);
  const oauth = addApplication(standin, options, rules.apiPath, {
    authorise: "/oauth/v2/auth",
    token: "/oauth/v2/token",
    hasPkce: false,
    // It refuses with 200.
    refusesWith: 200,
    keepsRefreshToken: true,
  });
  standin.guard((header) => /^Zoho-oauthtoken (.+)$/.exec(header)?.[1] ?? null);

  standin.route("GET", "/api/v1/organizations", (c) =>
    c.json({ data: [{ ...zohoOrganisation, id: Number(zohoOrganisation.id), portalName: "studio", isDefault: true }] }),
  );
  const on = (method: string, path: string, handler: (c: StandinContext) => Response | Promise<Response>): void =>
    standin.route(method, path, (c) =>
      c.req.header("orgid") === zohoOrganisation.id
        ? handler(c)
        : c.json(say("UNPROCESSABLE_ENTITY", "The orgId is missing or not yours."), 422),
    );
  on("GET", "/api/v1/myinfo", (c) => c.json({ id: "4000", name: "Dev One", emailId: "dev.one@example.com" }));
  on("GET", "/api/v1/tickets/search", (c) => {
    const numbers = (c.req.query("ticketNumber") ?? "").split(",").map(Number);
    if (numbers.length > 50) return c.json(say("INVALID_DATA", "Too many values"), 422);
    const found = standin.tickets.filter(({ key }) => numbers.includes(numberOf(key)));
    return list(c, found.map(toTicket), { count: found.length });
  });
  const at = "/api/v1/tickets/:ticket";
  const withTicket = (handler: (c: StandinContext, ticket: StandinTicket) => Response | Promise<Response>) => {
    return (c: StandinContext): Response | Promise<Response> => {
      const found = standin.tickets.find(({ id }) => id === c.req.param("ticket"));
      return found === undefined ? c.json(say("URL_NOT_FOUND", "No such ticket"), 404) : handler(c, found);
    };
  };
  on(
    "GET",
    at,
    withTicket((c, ticket) => c.json(toTicket(ticket))),
  );
  on(
    "GET",
    `${at}/tags`,
    withTicket((c, { labels }) =>
      list(
        c,
        labels.map((name, index) => ({ id: String(index), name })),
        {},
      ),
    ),
  );
  on(
    "GET",
    `${at}/timeEntrySummation`,
    withTicket((c, ticket) => {
      const seconds = secondsLogged(ticket);
      const [totalHours, totalMins] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
      return c.json({
        totalHours: String(totalHours),
        totalMins: String(totalMins),
        totalSeconds: String(seconds % 60),
      });
    }),
  );
  on(
    "GET",
    `${at}/timeEntry`,
    withTicket((c, { worklogs }) => {
      const from = Number(c.req.query("from") ?? 0);
      const page = worklogs.slice(from, from + Math.min(100, Number(c.req.query("limit") ?? 10)));
      return list(
        c,
        page.map(({ id, comment }) => ({ id, description: comment })),
        {},
      );
    }),
  );
  on(
    "POST",
    `${at}/timeEntry`,
    withTicket(async (c, ticket) => {
      const body = await c.req.json<Record<string, unknown>>();
      const { executedTime, hoursSpent, minutesSpent, secondsSpent, description } = body;
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(executedTime))) {
        return c.json(say("INVALID_DATA", "executedTime"), 422);
      }
      const id = String(4_000_000_045_000 + standin.nextId());
      ticket.worklogs.push({
        id,
        startedAt: String(executedTime),
        seconds: Number(hoursSpent) * 3600 + Number(minutesSpent) * 60 + Number(secondsSpent),
        comment: String(description),
        author: "Dev One",
      });
      return c.json({ id, description, executedTime });
    }),
  );
  on(
    "DELETE",
    `${at}/timeEntry/:entry`,
    withTicket((c, { worklogs }) => {
      const index = worklogs.findIndex(({ id }) => id === c.req.param("entry"));
      if (index < 0) return c.json(say("URL_NOT_FOUND", "No such time entry"), 404);
      worklogs.splice(index, 1);
      return c.body(null, 200);
    }),
  );
  await standin.start();
  return Object.assign(standin, { oauth });
}

const list = (c: StandinContext, data: object[], rest: object): Response =>
  data.length === 0 ? c.body(null, 204) : c.json({ data, ...rest });

function toTicket(ticket: StandinTicket): object {
  const { assignee } = ticket;
  const [firstName = "", lastName = ""] = assignee?.name.split(/ (?=\S+$)/) ?? [];
  return {
    id: ticket.id,
    ticketNumber: String(numberOf(ticket.key)),
    subject: ticket.title,
    status: ticket.status,
    statusType: ticket.isDone ? "Closed" : "Open",
    classification: ticket.type,
    webUrl: `https://desk.zoho.com/agent/studio/support/tickets/details/${ticket.id}`,
    modifiedTime: ticket.updatedAt,
    closedTime: ticket.isDone ? ticket.updatedAt : null,
    department: { id: "4000000007043", name: "Support" },
    contact: { id: "4000000013012", account: { id: "4000000008850", accountName: ticket.project.title } },
    assignee: assignee === null ? null : { id: "4000000008692", firstName, lastName, email: assignee.email },
  };
}
