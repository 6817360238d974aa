/**
 * A stand-in for Help Scout's Inbox API 2.0 as far as reading conversations goes. developer.helpscout.com: lists in
 * pages of fifty, and tokens for an application's id and secret.
 */
import { type StandinContext, tokenOf } from "../service/server.ts";
import { addApplication, type ApplicationOptions, type ApplicationStandin } from "./application.ts";
import { TrackerStandin, type TrackerRules } from "./server.ts";
import { numberOf, type StandinTicket } from "./ticket.ts";

const rules: TrackerRules = {
  apiPath: "",
  rateLimit: { requests: 400, windowSeconds: 60 },
  rateHeaders: ({ limit, remaining, resetAt }) => ({
    "x-ratelimit-limit-minute": String(limit),
    "x-ratelimit-remaining-minute": String(remaining),
    ...(remaining > 0
      ? {}
      : { "x-ratelimit-retry-after": String(Math.max(1, resetAt - Math.floor(Date.now() / 1000))) }),
  }),
  limited: () => ({ status: 429, body: { message: "Too Many Requests" } }),
  unauthorised: () => ({ status: 401, body: { error: "invalid_token", error_description: "Access token is invalid" } }),
  forbidden: () => ({ status: 403, body: { message: "Forbidden", logRef: "0" } }),
  notFound: () => ({ message: "Not Found" }),
};

/** An application of its own, which stands for the person that made it. */
export const helpScoutApplication = { clientId: "app-id", clientSecret: "app-secret" };

export async function startHelpScoutStandin(options: ApplicationOptions): Promise<ApplicationStandin> {
  const standin = new TrackerStandin(rules, options);
  standin.app.post("/v2/oauth2/token", async (c, next) => {
    const form = new URLSearchParams(await c.req.text());
    if (form.get("grant_type") !== "client_credentials") {
      await next();
      return undefined;
    }
    const isKnown =
      form.get("client_id") === helpScoutApplication.clientId &&
      form.get("client_secret") === helpScoutApplication.clientSecret;
    if (!isKnown) return c.json({ error: "invalid_client" }, 401);
    const token = `application-${standin.nextId()}`;
    standin.tokens.add(token);
    return c.json({ access_token: token, token_type: "bearer", expires_in: 172_800 });
  });
  const oauth = addApplication(standin, options, rules.apiPath, {
    authorise: "/authentication/authorizeClientApplication",
    token: "/v2/oauth2/token",
    hasPkce: false,
    refusesWith: 401,
  });
  standin.guard(tokenOf);

  standin.route("GET", "/v2/users/me", (c) =>
    c.json({ id: 4, firstName: "Dev", lastName: "One", email: "dev.one@example.com", role: "user" }),
  );
  standin.route("GET", "/v2/mailboxes", (c) => paged(c, "mailboxes", mailboxesOf(standin)));
  standin.route("GET", "/v2/conversations", (c) => {
    const query = c.req.query("query") ?? "";
    const isSearch = /^\(number:\d+(?: OR number:\d+)*\)$/.test(query);
    if (!isSearch) return c.json({ message: "Bad request", _embedded: { errors: [{ path: "query" }] } }, 400);
    const numbers = new Set([...query.matchAll(/number:(\d+)/g)].map(([, number]) => Number(number)));
    // Without a status only the active ones are listed.
    const isAny = c.req.query("status") === "all";
    const found = standin.tickets.filter(({ key, isDone }) => numbers.has(numberOf(key)) && (isAny || !isDone));
    return paged(
      c,
      "conversations",
      found.map((ticket) => toConversation(standin, ticket)),
    );
  });
  await standin.start();
  return Object.assign(standin, { oauth });
}

function mailboxesOf({ tickets }: TrackerStandin): { id: number; name: string }[] {
  const names = [...new Set(tickets.map(({ project }) => project.title))];
  return names.map((name, index) => ({ id: 500 + index, name }));
}

function toConversation(standin: TrackerStandin, ticket: StandinTicket): object {
  const { assignee } = ticket;
  const [first = "", last = ""] = assignee?.name.split(/ (?=\S+$)/) ?? [];
  const number = numberOf(ticket.key);
  return {
    id: Number(ticket.id),
    number,
    type: ticket.type.toLowerCase(),
    status: ticket.isDone ? "closed" : ticket.status.toLowerCase(),
    state: "published",
    subject: ticket.title,
    mailboxId: mailboxesOf(standin).find(({ name }) => name === ticket.project.title)?.id,
    ...(assignee === null ? {} : { assignee: { id: 4, first, last, email: assignee.email } }),
    tags: ticket.labels.map((tag, index) => ({ id: index, color: "#929499", tag })),
    userUpdatedAt: ticket.updatedAt,
    _links: { web: { href: `https://secure.helpscout.net/conversation/${ticket.id}/${number}` } },
  };
}

function paged(c: StandinContext, name: string, all: readonly object[]): Response {
  const size = 50;
  const number = Number(c.req.query("page") ?? 1);
  const items = all.slice((number - 1) * size, number * size);
  const page = { size, totalElements: all.length, totalPages: Math.ceil(all.length / size), number };
  return c.json({ ...(all.length === 0 ? {} : { _embedded: { [name]: items } }), page });
}
