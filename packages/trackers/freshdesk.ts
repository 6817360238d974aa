/**
 * Freshdesk, API v2; `baseUrl` is the account's own address, `https://team.freshdesk.com`.
 *
 * The search knows no ticket numbers ("Filter Tickets"), so tickets are read one by one, a few at a time, with their
 * companies. Who an agent is and what time was logged are further requests; a role or a plan without them leaves these
 * empty. Of its statuses Freshdesk itself knows the numbers 2 to 5 ("Ticket Properties"); an account's own ones have
 * higher numbers, are named in its fields, and none of them counts as done.
 */
import { authorise, failure, type Host, mapResult, readJson, send } from "@billhook/http/call";
import type { CallResult, Token } from "@billhook/http/result";
import * as z from "zod";
import { orElse, readEach, readInBatches, type TicketOutcome } from "./batches.ts";
import { claimNumber, numberOf } from "./numbered.ts";
import { instant, labels, line, ownId, title } from "./ticket-text.ts";
import type { Ticket, Tracker, TrackerConnection } from "./tracker.ts";
import { markedComment, wholeMinutes } from "./worklog-text.ts";

const anyPassword = "X";

/** The API key goes as the name, with any password ("Authentication"); whoever gives a name gives the key after it. */
const host: Host = {
  root: null,
  headers: {},
  authorise: (token: Token) => {
    if (token.kind === "basic" && token.password === anyPassword) return authorise(token);
    const username = token.kind === "basic" ? token.password : token.value;
    return authorise({ kind: "basic", username, password: anyPassword });
  },
};

const prefix = "FD";
/** Of the two hundred a minute that the smallest paid plan has, over all its tokens. */
const atOnce = 4;
const perPage = 100;
const mostPages = 10;

const ticket = z.object({
  id: z.int(),
  subject: title,
  type: line,
  status: z.int(),
  tags: labels,
  responder_id: ownId.nullable().catch(null),
  company: z.object({ name: line }).nullable().catch(null),
  updated_at: instant,
  deleted: z.boolean().nullable().catch(null),
});
type ApiTicket = z.infer<typeof ticket>;

const contact = z.object({ name: line, email: line });
const agent = z.object({ contact });
/** `hh:mm`. */
const spent = z
  .string()
  .transform((value) => /^(\d{1,5}):([0-5]\d)$/.exec(value))
  .transform((parts) => (parts === null ? 0 : Number(parts[1]) * 60 + Number(parts[2])))
  .catch(0);
const timeEntry = z.object({ id: ownId, note: z.string().nullable().catch(null), time_spent: spent });
type TimeEntry = z.infer<typeof timeEntry>;
/** Each status' number, and its names for agents and for customers. */
const statusField = z.array(z.object({ choices: z.record(z.string(), z.array(line).catch([])).catch({}) }));

const closed: ReadonlySet<number> = new Set([4, 5]);
const statusNames = new Map([
  [2, "Open"],
  [3, "Pending"],
  [4, "Resolved"],
  [5, "Closed"],
]);

export const freshdesk: Tracker = {
  kind: "freshdesk",
  name: "Freshdesk",
  claim: claimNumber({ prefix, webRoot: null }),

  async readTickets(connection, keys) {
    const tickets = new Map<string, ApiTicket>();
    const answers = await readInBatches(keys, { size: 1, atOnce }, async ([key = ""]) => {
      const outcomes = new Map<string, TicketOutcome>();
      const [number] = numberOf(prefix, key);
      if (number === undefined) return { ok: true, value: outcomes, budget: null };
      const read = await readJson(host, connection, ticket, { path: pathOf(number), query: { include: "company" } });
      if (!read.ok) return read.code === "not_found" ? { ok: true, value: outcomes, budget: read.budget } : read;
      const logged = await readLogged(connection, number);
      if (!logged.ok) return logged;
      const found = read.value.body;
      if (found.deleted === true) return { ...read, value: outcomes };
      tickets.set(key, found);
      const value = { ...toTicket(found, key, connection), loggedMinutes: logged.value };
      return { ...read, value: outcomes.set(key, { outcome: "found", ticket: value }) };
    });
    if (!answers.ok) return answers;
    const names = await readNames(connection, [...tickets.values()]);
    if (!names.ok) return names;
    const { people, statuses } = names.value;
    const value = answers.value.map((answer) => {
      const found = tickets.get(answer.key);
      if (found === undefined || !("ticket" in answer)) return answer;
      const assignee = people.get(found.responder_id) ?? null;
      return { ...answer, ticket: { ...answer.ticket, assignee, status: statuses.get(found.status) ?? null } };
    });
    return { ok: true, value, budget: names.budget ?? answers.budget };
  },

  async checkAccess(connection) {
    const read = await readJson(host, connection, agent, { path: "/api/v2/agents/me" });
    const root = rootOf(connection);
    const account = URL.canParse(root) ? new URL(root).hostname : root;
    return mapResult(read, ({ body }) => ({
      account: body.contact.email ?? body.contact.name ?? account,
      sites: [],
      prefixes: [prefix],
    }));
  },

  worklog: {
    async log(connection, { key, startedAt, seconds, comment, marker }) {
      const [number] = numberOf(prefix, key);
      if (number === undefined) return failure("not_found", { path: "/api/v2/tickets" }, "was asked for no ticket");
      const entries = await readEntries(connection, number);
      if (!entries.ok) return entries;
      const known = entries.value.find(({ note }) => note?.includes(marker));
      if (known !== undefined) return { ...entries, value: { id: known.id, wasThere: true } };
      const minutes = wholeMinutes(seconds);
      const body = {
        time_spent: `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`,
        note: markedComment(comment, marker),
        executed_at: new Date(startedAt).toISOString(),
      };
      const path = `${pathOf(number)}/time_entries`;
      const made = await readJson(host, connection, z.object({ id: ownId }), { method: "POST", path, body });
      return mapResult(made, (answer) => ({ id: answer.body.id, wasThere: false }));
    },

    async withdraw(connection, log) {
      const path = `/api/v2/time_entries/${encodeURIComponent(log.id)}`;
      const sent = await send(host, connection, { method: "DELETE", path });
      if (!sent.ok && sent.code === "not_found") return { ok: true, value: null, budget: sent.budget };
      return mapResult(sent, () => null);
    },
  },
};

const pathOf = (number: number): string => `/api/v2/tickets/${number}`;
const pad = (value: number): string => String(value).padStart(2, "0");

const rootOf = ({ baseUrl, webUrl }: TrackerConnection): string => (webUrl ?? baseUrl ?? "").replace(/\/+$/, "");

function toTicket(read: ApiTicket, key: string, connection: TrackerConnection): Ticket {
  const root = rootOf(connection);
  return {
    externalId: String(read.id),
    key,
    url: /^https?:\/\//i.test(root) ? `${root}/a/tickets/${read.id}` : null,
    title: read.subject,
    type: read.type,
    status: null,
    isDone: closed.has(read.status),
    labels: read.tags,
    epic: null,
    parent: null,
    project: read.company?.name == null ? null : { key: null, title: read.company.name },
    estimateMinutes: null,
    loggedMinutes: null,
    assignee: null,
    updatedAt: read.updated_at,
  };
}

/** All time that was logged, in minutes; null where it is not for this token or this plan. */
const readLogged = async (connection: TrackerConnection, number: number): Promise<CallResult<number | null>> =>
  orElse(
    mapResult(await readEntries(connection, number), (entries) =>
      entries.reduce((sum, entry) => sum + entry.time_spent, 0),
    ),
    null,
  );

async function readEntries(connection: TrackerConnection, number: number): Promise<CallResult<TimeEntry[]>> {
  const entries: TimeEntry[] = [];
  for (let page = 1; ; page += 1) {
    const read = await readJson(host, connection, z.array(timeEntry), {
      path: `${pathOf(number)}/time_entries`,
      query: { per_page: perPage, page },
    });
    if (!read.ok) return read;
    const { body, headers } = read.value;
    entries.push(...body);
    // "Pagination": the header has a next page as long as there is one.
    const isLast = body.length === 0 || !/rel="?next"?/i.test(headers.get("link") ?? "");
    if (isLast || page >= mostPages) return { ...read, value: entries };
  }
}

interface Names {
  people: Map<string | null, { name: string | null; email: string | null }>;
  statuses: Map<number, string>;
}

/** The agents that the tickets are assigned to, and the account's own statuses where a ticket has one. */
async function readNames(connection: TrackerConnection, tickets: readonly ApiTicket[]): Promise<CallResult<Names>> {
  const wanted = new Set(tickets.flatMap(({ responder_id: of }) => (of === null ? [] : [of])));
  const agents = await readEach([...wanted], atOnce, async (of) => {
    const read = await readJson(host, connection, agent, { path: `/api/v2/agents/${encodeURIComponent(of)}` });
    return orElse(
      mapResult(read, ({ body }) => [of, body.contact] as const),
      [of, { name: null, email: null }] as const,
    );
  });
  if (!agents.ok) return agents;
  const people: Names["people"] = new Map(agents.value);
  if (tickets.every(({ status }) => statusNames.has(status))) {
    return { ok: true, value: { people, statuses: statusNames }, budget: agents.budget };
  }
  const fields = await readJson(host, connection, statusField, {
    path: "/api/v2/ticket_fields",
    query: { type: "default_status" },
  });
  const choices = orElse(
    mapResult(fields, ({ body }) => body),
    [],
  );
  return mapResult(choices, (all) => {
    const own = all.flatMap((field) => Object.entries(field.choices));
    const named = own.flatMap(([number, [name]]) => (name == null ? [] : [[Number(number), name] as const]));
    return { people, statuses: new Map([...statusNames, ...named]) };
  });
}
