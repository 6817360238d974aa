/**
 * Zoho Desk, API v1. An account lives in one data centre for good: `baseUrl` is that one's address,
 * `https://desk.zoho.eu`, and `https://desk.zoho.com` where it is not given. `site` is the organisation, which every
 * request names in a header.
 *
 * Tickets are found by their numbers, fifty at a time ("Search Tickets"); nothing found is 204 without a body. An address
 * has a ticket's id instead, which is read by itself. Tags and
 * the sum of the logged time are two further requests for each ticket. Requests are counted in credits for a day, and
 * the smallest plan answers five at once ("API Limits").
 */
import { failure, type Host, mapResult, readJson, send } from "@billhook/http/call";
import type { OAuthApplication } from "@billhook/http/oauth";
import type { CallResult, Token } from "@billhook/http/result";
import * as z from "zod";
import { orElse, readEach, readEntries, readInBatches, type TicketOutcome } from "./batches.ts";
import { labelsBy } from "./label-names.ts";
import { claimNumber, numberOf } from "./numbered.ts";
import { createOAuth } from "./oauth.ts";
import { instant, line, link, ownId, title, toMinutes } from "./ticket-text.ts";
import type { Ticket, Tracker, TrackerConnection, TrackerOAuth } from "./tracker.ts";
import { markedComment } from "./worklog-text.ts";

const prefix = "ZOHO";
const idPattern = /^ZOHO-\d{15,20}$/;
/** What a ticket by itself names only by ids, and one that was searched for by words. */
const include = "contacts,assignee,departments";
const mostNumbers = 50;
const atOnce = 4;
const perPage = 100;
const mostPages = 10;

const root = "https://desk.zoho.com";
const claimOwn = claimNumber({ prefix, webRoot: null });

const hostOf = ({ site }: TrackerConnection): Host => ({
  root,
  headers: site === null ? {} : { orgid: site },
  authorise: (token: Token) => ({
    authorization: `Zoho-oauthtoken ${token.kind === "basic" ? token.password : token.value}`,
  }),
});

/** Zoho gives numbers as texts. */
const whole = z.coerce.number().int().nonnegative().catch(0);

const ticket = z.object({
  id: ownId,
  ticketNumber: whole,
  subject: title,
  status: line,
  statusType: line,
  closedTime: line,
  classification: line,
  webUrl: link,
  modifiedTime: instant,
  isTrashed: z.boolean().catch(false),
  department: z.object({ name: line }).nullable().catch(null),
  assignee: z.object({ firstName: line, lastName: line, email: line, emailId: line }).nullable().catch(null),
  contact: z
    .object({ account: z.object({ accountName: line }).nullable().catch(null) })
    .nullable()
    .catch(null),
});
type ApiTicket = z.infer<typeof ticket>;

const list = z.object({ data: z.array(z.unknown()) });
const tags = z.object({ data: labelsBy("name") });
const summation = z.object({ totalHours: whole, totalMins: whole, totalSeconds: whole });
const timeEntry = z.object({ id: ownId, description: z.string().nullable().catch(null) });
const organisation = z.object({ id: ownId, companyName: line, portalName: line });
const myself = z.object({ name: line, emailId: line });

export const zohoDesk: Tracker = {
  kind: "zoho-desk",
  name: "Zoho Desk",
  claim: (mention, scope) => claimOwn(mention, { ...scope, baseUrl: scope.baseUrl ?? root }),

  readTickets: (connection, keys) =>
    readInBatches(keys, { size: mostNumbers, atOnce: 1 }, (batch) => readBatch(connection, batch)),

  async checkAccess(connection) {
    // The one request that needs no organisation ("Getting Started").
    const found = await readList(hostOf({ ...connection, site: null }), connection, { path: "/api/v1/organizations" });
    if (!found.ok) return found;
    const all = readEntries(organisation, found.value);
    const site = connection.site ?? all[0]?.id ?? null;
    const me = await readJson(hostOf({ ...connection, site }), connection, myself, { path: "/api/v1/myinfo" });
    return mapResult(me, ({ body }) => ({
      account: body.emailId ?? body.name ?? "Zoho Desk",
      sites: all.map((of) => ({ id: of.id, name: of.companyName ?? of.portalName ?? of.id, url: null })),
      prefixes: [prefix],
    }));
  },

  worklog: {
    async log(connection, { key, startedAt, seconds, comment, marker }) {
      const found = await findTicket(connection, key);
      if (!found.ok) return found;
      const host = hostOf(connection);
      const path = `/api/v1/tickets/${encodeURIComponent(found.value)}/timeEntry`;
      for (let page = 0; page < mostPages; page += 1) {
        const read = await readList(host, connection, { path, query: { from: page * perPage, limit: perPage } });
        if (!read.ok) return read;
        const known = readEntries(timeEntry, read.value).find(({ description }) => description?.includes(marker));
        if (known !== undefined) return { ...read, value: { id: toLogId(found.value, known.id), wasThere: true } };
        if (read.value.length < perPage) break;
      }
      const whole = Math.max(1, Math.round(seconds));
      const body = {
        executedTime: new Date(startedAt).toISOString(),
        hoursSpent: Math.floor(whole / 3600),
        minutesSpent: Math.floor((whole % 3600) / 60),
        secondsSpent: whole % 60,
        description: markedComment(comment, marker),
      };
      const made = await readJson(host, connection, timeEntry, { method: "POST", path, body });
      return mapResult(made, (answer) => ({ id: toLogId(found.value, answer.body.id), wasThere: false }));
    },

    async withdraw(connection, log) {
      const [of = "", entry = ""] = log.id.split("/");
      const path = `/api/v1/tickets/${encodeURIComponent(of)}/timeEntry/${encodeURIComponent(entry)}`;
      const sent = await send(hostOf(connection), connection, { method: "DELETE", path });
      if (!sent.ok && sent.code === "not_found") return { ok: true, value: null, budget: sent.budget };
      return mapResult(sent, () => null);
    },
  },

  oauth: inDataCentre(
    createOAuth({
      root: "https://accounts.zoho.com",
      authorise: "/oauth/v2/auth",
      token: "/oauth/v2/token",
      scopes: [
        "Desk.tickets.READ",
        "Desk.search.READ",
        "Desk.basic.READ",
        // Time entries are part of a ticket.
        "Desk.tickets.UPDATE",
      ],
      separator: ",",
      hasPkce: false,
      // Without these there is no refresh token.
      parameters: { access_type: "offline", prompt: "consent" },
    }),
  ),
};

/** An application is known by the desk's address, `https://desk.zoho.eu`; people sign in at `https://accounts.zoho.eu`. */
function inDataCentre(oauth: TrackerOAuth): TrackerOAuth {
  const atAccounts = (application: OAuthApplication): OAuthApplication => ({
    ...application,
    baseUrl: application.baseUrl?.replace(/^(https?:\/\/)desk\./, "$1accounts.") ?? null,
  });
  return {
    ...oauth,
    authorisationAddress: (application, request) => oauth.authorisationAddress(atAccounts(application), request),
    exchangeCode: (application, grant) => oauth.exchangeCode(atAccounts(application), grant),
    refreshTokens: (application, token) => oauth.refreshTokens(atAccounts(application), token),
  };
}

/** An entry is found below its ticket alone. */
const toLogId = (of: string, entry: string): string => `${of}/${entry}`;

/** A list; where nothing is in it, there is no body. */
const readList = async (
  host: Host,
  connection: TrackerConnection,
  call: { path: string; query?: Record<string, string | number> },
): Promise<CallResult<unknown[]>> =>
  mapResult(await readJson(host, connection, list, { ...call, whenEmpty: { data: [] } }), ({ body }) => body.data);

async function readBatch(
  connection: TrackerConnection,
  keys: readonly string[],
): Promise<CallResult<Map<string, TicketOutcome>>> {
  const found = await findTickets(connection, keys);
  if (!found.ok) return found;
  const details = await readEach([...found.value], atOnce, async ([key, read]) =>
    mapResult(await readDetails(connection, read.id), (rest) => {
      const outcome: TicketOutcome = { outcome: "found", ticket: { ...toTicket(read, key), ...rest } };
      return [key, outcome] as const;
    }),
  );
  return mapResult(details, (all) => new Map(all));
}

/** The tickets by the keys they were asked for. An address has a ticket's id, which is longer than any number. */
async function findTickets(
  connection: TrackerConnection,
  keys: readonly string[],
): Promise<CallResult<Map<string, ApiTicket>>> {
  const tickets = new Map<string, ApiTicket>();
  const isId = (key: string): boolean => idPattern.test(key);
  const byId = await readEach(keys.filter(isId), atOnce, async (key) => {
    const path = `/api/v1/tickets/${key.slice(prefix.length + 1)}`;
    const read = await readJson(hostOf(connection), connection, ticket, { path, query: { include } });
    if (!read.ok) return read.code === "not_found" ? { ok: true, value: null, budget: read.budget } : read;
    if (!read.value.body.isTrashed) tickets.set(key, read.value.body);
    return { ...read, value: null };
  });
  if (!byId.ok) return byId;
  const numbers = new Map(
    keys.flatMap((key) => (isId(key) ? [] : numberOf(prefix, key).map((number) => [number, key] as const))),
  );
  if (numbers.size === 0) return { ok: true, value: tickets, budget: byId.budget };
  const read = await readList(hostOf(connection), connection, {
    path: "/api/v1/tickets/search",
    query: { ticketNumber: [...numbers.keys()].join(","), limit: perPage },
  });
  return mapResult(read, (entries) => {
    for (const entry of readEntries(ticket, entries)) {
      const key = numbers.get(entry.ticketNumber);
      if (key !== undefined && !entry.isTrashed) tickets.set(key, entry);
    }
    return tickets;
  });
}

/** What a search leaves out; empty where the plan, or what the token may do, has no such thing. */
async function readDetails(
  connection: TrackerConnection,
  of: string,
): Promise<CallResult<Pick<Ticket, "labels" | "loggedMinutes">>> {
  const path = `/api/v1/tickets/${encodeURIComponent(of)}`;
  const host = hostOf(connection);
  const labels = orElse(
    mapResult(
      await readJson(host, connection, tags, { path: `${path}/tags`, whenEmpty: { data: [] } }),
      ({ body }) => body.data,
    ),
    [],
  );
  if (!labels.ok) return labels;
  const spent = await readJson(host, connection, summation, { path: `${path}/timeEntrySummation` });
  const logged = mapResult(spent, ({ body }) =>
    toMinutes(body.totalHours * 3600 + body.totalMins * 60 + body.totalSeconds, "seconds"),
  );
  return mapResult(orElse(logged, null), (loggedMinutes) => ({ labels: labels.value, loggedMinutes }));
}

function toTicket(read: ApiTicket, key: string): Ticket {
  const { assignee } = read;
  const name = [assignee?.firstName, assignee?.lastName].filter((part) => part != null).join(" ");
  const project = read.contact?.account?.accountName ?? read.department?.name ?? null;
  return {
    externalId: read.id,
    key,
    url: read.webUrl,
    title: read.subject,
    type: read.classification,
    status: read.status,
    // A status of the account's own has one of three types: Open, On Hold, Closed.
    isDone: read.statusType === null ? read.closedTime !== null : read.statusType.toLowerCase() === "closed",
    labels: [],
    epic: null,
    parent: null,
    project: project === null ? null : { key: null, title: project },
    estimateMinutes: null,
    loggedMinutes: null,
    assignee: assignee === null ? null : { name: name || null, email: assignee.email ?? assignee.emailId },
    updatedAt: read.modifiedTime,
  };
}

/** The ticket's own id. */
async function findTicket(connection: TrackerConnection, key: string): Promise<CallResult<string>> {
  const found = await findTickets(connection, [key]);
  if (!found.ok) return found;
  const known = found.value.get(key)?.id;
  return known === undefined
    ? failure("not_found", { path: "/api/v1/tickets/search" }, "found no such ticket", found.budget)
    : { ...found, value: known };
}
