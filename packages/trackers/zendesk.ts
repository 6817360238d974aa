/**
 * Zendesk Support, below `/api/v2`; `baseUrl` is the account's own address, `https://team.zendesk.com`.
 *
 * Up to a hundred tickets are read in one request, with the people, groups and organisations they name ("Show Multiple
 * Tickets", "Side-Loading"). Lists leave out what was archived, four months after it was closed; a ticket asked for by
 * itself is there all the same, so that only what is not found this way either is gone. A status of the account's own
 * stands in one of Zendesk's categories ("Custom ticket statuses"). Zendesk itself keeps no time: what the Time Tracking
 * app stores is in fields that every account names for itself, so a ticket has none here and none is written.
 */
import { authorise, failure, type Host, mapResult, readJson } from "@billhook/http/call";
import type { CallResult, Token } from "@billhook/http/result";
import * as z from "zod";
import { orElse, readEach, readEntries, readInBatches, type TicketOutcome } from "./batches.ts";
import { claimNumber, numberOf } from "./numbered.ts";
import { createOAuth } from "./oauth.ts";
import { id, instant, labels, line, title } from "./ticket-text.ts";
import type { Ticket, Tracker, TrackerConnection } from "./tracker.ts";

/** An API token goes with `{email}/token` as the name ("Security and authentication"). */
const host: Host = {
  root: null,
  headers: {},
  authorise: (token: Token) =>
    token.kind === "basic" && !token.username.endsWith("/token")
      ? authorise({ ...token, username: `${token.username}/token` })
      : authorise(token),
};

const prefix = "ZD";
/** "Show Multiple Tickets": up to 100 ids. */
const mostIds = 100;
const atOnce = 4;
const include = "users,groups,organizations";

const ticket = z.object({
  id: z.int(),
  subject: title,
  type: line,
  status: line,
  custom_status_id: id,
  tags: labels,
  assignee_id: id,
  organization_id: id,
  group_id: id,
  problem_id: z.int().nullable().catch(null),
  updated_at: instant,
});
type ApiTicket = z.infer<typeof ticket>;

const named = z.object({ id, name: line });
const person = z.object({ id, name: line, email: line });
const sideloads = {
  users: z.array(z.unknown()).catch([]),
  groups: z.array(z.unknown()).catch([]),
  organizations: z.array(z.unknown()).catch([]),
};
const many = z.object({ tickets: z.array(z.unknown()), ...sideloads });
const one = z.object({ ticket: z.unknown(), ...sideloads });
type Page = z.infer<typeof many>;
const status = z.object({ id, agent_label: line, status_category: line });
const statuses = z.object({ custom_statuses: z.array(status) });
const me = z.object({ user: z.object({ id, name: line, email: line, role: line }) });

/** What the tickets of an answer name by their ids. */
interface Names {
  people: Map<string | null, { name: string | null; email: string | null }>;
  groups: Map<string | null, string | null>;
  organisations: Map<string | null, string | null>;
  statuses: Map<string | null, { label: string | null; category: string | null }>;
  problems: Map<number, string>;
}

export const zendesk: Tracker = {
  kind: "zendesk",
  name: "Zendesk",
  claim: claimNumber({ prefix, webRoot: null }),

  readTickets: (connection, keys) =>
    readInBatches(keys, { size: mostIds, atOnce: 1 }, (batch) => readBatch(connection, batch)),

  async checkAccess(connection) {
    const call = { path: "/api/v2/users/me.json" };
    const read = await readJson(host, connection, me, call);
    if (!read.ok) return read;
    const { user } = read.value.body;
    // Nobody in particular is answered with an anonymous user, and a 200.
    if (user.id === null) return failure("unauthorised", call, "names nobody", read.budget);
    if (user.role === "end-user") return failure("forbidden", call, "names somebody who is no agent", read.budget);
    const root = rootOf(connection);
    const account = URL.canParse(root) ? new URL(root).hostname : root;
    return mapResult(read, () => ({
      account: user.email ?? user.name ?? account,
      sites: [],
      prefixes: [prefix],
    }));
  },

  oauth: createOAuth({
    root: null,
    authorise: "/oauth/authorizations/new",
    token: "/oauth/tokens",
    scopes: ["read"],
    hasPkce: true,
    isJson: true,
  }),
};

const rootOf = ({ baseUrl, webUrl }: TrackerConnection): string => (webUrl ?? baseUrl ?? "").replace(/\/+$/, "");

/** The tickets with these numbers, in as many answers as it takes; those that are not there are left out. */
async function readNumbers(connection: TrackerConnection, numbers: readonly number[]): Promise<CallResult<Page[]>> {
  const path = "/api/v2/tickets/show_many.json";
  const query = { ids: numbers.join(","), include };
  const listed = await readJson(host, connection, many, { path, query });
  if (!listed.ok) return listed;
  const found = new Set(readEntries(ticket, listed.value.body.tickets).map((entry) => entry.id));
  const missing = numbers.filter((number) => !found.has(number));
  const rest = await readEach(missing, atOnce, async (number) => {
    const read = await readJson(host, connection, one, { path: `/api/v2/tickets/${number}.json`, query: { include } });
    return orElse(
      mapResult(read, ({ body }): Page | null => ({ ...body, tickets: [body.ticket] })),
      null,
    );
  });
  return mapResult(rest, (pages) => [listed.value.body, ...pages.filter((page) => page !== null)]);
}

async function readBatch(
  connection: TrackerConnection,
  keys: readonly string[],
): Promise<CallResult<Map<string, TicketOutcome>>> {
  const numbers = new Map(keys.flatMap((key) => numberOf(prefix, key).map((number) => [number, key] as const)));
  const outcomes = new Map<string, TicketOutcome>();
  if (numbers.size === 0) return { ok: true, value: outcomes, budget: null };
  const read = await readNumbers(connection, [...numbers.keys()]);
  if (!read.ok) return read;
  const every = (part: keyof Page): unknown[] => read.value.flatMap((page) => page[part]);
  const tickets = readEntries(ticket, every("tickets"));
  const extra = await readExtra(connection, tickets);
  if (!extra.ok) return extra;
  const byName = (list: unknown[]) => new Map(readEntries(named, list).map((entry) => [entry.id, entry.name]));
  const names: Names = {
    people: new Map(readEntries(person, every("users")).map((entry) => [entry.id, entry])),
    groups: byName(every("groups")),
    organisations: byName(every("organizations")),
    ...extra.value,
  };
  for (const entry of tickets) {
    const key = numbers.get(entry.id);
    if (key !== undefined && entry.status !== "deleted") {
      outcomes.set(key, { outcome: "found", ticket: toTicket(entry, key, names, rootOf(connection)) });
    }
  }
  return { ok: true, value: outcomes, budget: extra.budget ?? read.budget };
}

/** The account's own statuses where a ticket has one, and the subjects of the problems that incidents are of. */
async function readExtra(
  connection: TrackerConnection,
  tickets: readonly ApiTicket[],
): Promise<CallResult<Pick<Names, "statuses" | "problems">>> {
  const value: Pick<Names, "statuses" | "problems"> = {
    statuses: new Map(),
    problems: new Map(tickets.map((entry) => [entry.id, entry.subject])),
  };
  let budget = null;
  if (tickets.some((entry) => entry.custom_status_id !== null)) {
    const read = await readJson(host, connection, statuses, { path: "/api/v2/custom_statuses.json" });
    const own = orElse(
      mapResult(read, ({ body }) => body),
      { custom_statuses: [] },
    );
    if (!own.ok) return own;
    for (const { id: key, agent_label: label, status_category: category } of own.value.custom_statuses) {
      value.statuses.set(key, { label, category });
    }
    budget = own.budget;
  }
  const wanted = tickets.flatMap(({ problem_id: of }) => (of === null || value.problems.has(of) ? [] : [of]));
  if (wanted.length > 0) {
    const problems = orElse(
      mapResult(await readNumbers(connection, [...new Set(wanted)]), (pages) => pages.flatMap((page) => page.tickets)),
      [],
    );
    if (!problems.ok) return problems;
    for (const entry of readEntries(ticket, problems.value)) value.problems.set(entry.id, entry.subject);
    budget = problems.budget ?? budget;
  }
  return { ok: true, value, budget };
}

function toTicket(read: ApiTicket, key: string, names: Names, root: string): Ticket {
  const own = names.statuses.get(read.custom_status_id);
  const assignee = names.people.get(read.assignee_id);
  const problem = read.problem_id === null ? undefined : names.problems.get(read.problem_id);
  const project = names.organisations.get(read.organization_id) ?? names.groups.get(read.group_id) ?? null;
  return {
    externalId: String(read.id),
    key,
    url: /^https?:\/\//i.test(root) ? `${root}/agent/tickets/${read.id}` : null,
    title: read.subject,
    type: read.type,
    status: own?.label ?? read.status,
    isDone: [read.status, own?.category].some((category) => category === "solved" || category === "closed"),
    labels: read.tags,
    epic: null,
    parent: problem === undefined ? null : { key: `${prefix}-${read.problem_id}`, title: problem },
    project: project === null ? null : { key: null, title: project },
    estimateMinutes: null,
    loggedMinutes: null,
    assignee: assignee === undefined ? null : { name: assignee.name, email: assignee.email },
    updatedAt: read.updated_at,
  };
}
