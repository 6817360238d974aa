/**
 * Help Scout, Inbox API 2.0; `baseUrl` is only needed where a proxy stands before `api.helpscout.net`.
 *
 * People give either an application's id and secret, which stand for the person that made it and are exchanged for a
 * token here ("Client Credentials Flow"), or allow access in the browser. Conversations are found by their numbers, a
 * few dozen in one search ("List Conversations"); a merged one has no number of its own any more. Help Scout keeps no
 * time, and no estimates.
 */
import { authorise, failure, type Host, mapResult, readJson } from "@billhook/http/call";
import { askForTokens } from "@billhook/http/oauth";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import { orElse, readEntries, readInBatches, type TicketOutcome } from "./batches.ts";
import { labelsBy } from "./label-names.ts";
import { claimNumber, numberOf } from "./numbered.ts";
import { createOAuth } from "./oauth.ts";
import { id, instant, line, link, title } from "./ticket-text.ts";
import type { Ticket, Tracker, TrackerConnection } from "./tracker.ts";

const host: Host = { root: "https://api.helpscout.net", headers: {}, authorise };

const webRoot = "https://secure.helpscout.net";
const prefix = "HS";
/** A search is part of an address, which must not grow too long. */
const mostNumbers = 25;
const mostPages = 20;

const conversation = z.object({
  id: z.int(),
  number: z.int(),
  type: line,
  status: line,
  state: line,
  subject: title,
  mailboxId: id,
  assignee: z.object({ first: line, last: line, email: line }).nullable().catch(null),
  tags: labelsBy("tag"),
  userUpdatedAt: instant,
  _links: z
    .object({ web: z.object({ href: link }).nullable().catch(null) })
    .nullable()
    .catch(null),
});
type Conversation = z.infer<typeof conversation>;

const page = z.object({ totalPages: z.int() });
const conversations = z.object({
  // A search without results embeds nothing.
  _embedded: z.object({ conversations: z.array(z.unknown()) }).optional(),
  page,
});
const mailboxes = z.object({
  _embedded: z.object({ mailboxes: z.array(z.object({ id, name: line })) }).optional(),
  page,
});
const me = z.object({ id: z.int(), firstName: line, lastName: line, email: line });

export const helpScout: Tracker = {
  kind: "help-scout",
  name: "Help Scout",
  claim: claimNumber({ prefix, webRoot }),

  async readTickets(connection, keys) {
    const signedIn = await signIn(connection);
    if (!signedIn.ok) return signedIn;
    let inboxes: Promise<CallResult<InboxNames>> | null = null;
    // Asked for once, and only where there is something to name.
    const readInboxes = (): Promise<CallResult<InboxNames>> => (inboxes ??= readMailboxes(signedIn.value));
    return readInBatches(keys, { size: mostNumbers, atOnce: 1 }, (batch) =>
      readBatch(signedIn.value, batch, readInboxes),
    );
  },

  async checkAccess(connection) {
    const signedIn = await signIn(connection);
    if (!signedIn.ok) return signedIn;
    const read = await readJson(host, signedIn.value, me, { path: "/v2/users/me" });
    if (!read.ok) return read;
    const { email, firstName, lastName } = read.value.body;
    const account = email ?? [firstName, lastName].filter((part) => part !== null).join(" ");
    return mapResult(read, () => ({
      account: account || "Help Scout",
      // Numbers run through all inboxes: there is nothing to choose.
      sites: [],
      prefixes: [prefix],
    }));
  },

  oauth: createOAuth({
    root: webRoot,
    tokenRoot: "https://api.helpscout.net",
    authorise: "/authentication/authorizeClientApplication",
    token: "/v2/oauth2/token",
    scopes: [],
    hasPkce: false,
  }),
};

/** The connection with a token to use: an application's id and secret are exchanged for one. */
async function signIn(connection: TrackerConnection): Promise<CallResult<TrackerConnection>> {
  const { token, baseUrl } = connection;
  if (token?.kind !== "basic") return { ok: true, value: connection, budget: null };
  const root = (baseUrl ?? host.root ?? "").replace(/\/+$/, "");
  const call = { method: "POST" as const, path: "/v2/oauth2/token" };
  const application = { clientId: token.username, clientSecret: token.password, baseUrl };
  const asked = await askForTokens({ url: root + call.path }, application, { grant_type: "client_credentials" });
  if (asked.ok) {
    return { ok: true, value: { ...connection, token: { kind: "bearer", value: asked.value.access } }, budget: null };
  }
  return asked.code === "refused"
    ? failure("unauthorised", call, "was refused")
    : failure("unavailable", call, "gave no token");
}

async function readBatch(
  connection: TrackerConnection,
  keys: readonly string[],
  readInboxes: () => Promise<CallResult<InboxNames>>,
): Promise<CallResult<Map<string, TicketOutcome>>> {
  const numbers = new Map(keys.flatMap((key) => numberOf(prefix, key).map((number) => [number, key] as const)));
  const outcomes = new Map<string, TicketOutcome>();
  if (numbers.size === 0) return { ok: true, value: outcomes, budget: null };
  const terms = [...numbers.keys()].map((number) => `number:${number}`);
  const found = await readPages(
    connection,
    "/v2/conversations",
    { status: "all", query: `(${terms.join(" OR ")})` },
    conversations,
    (body) => body._embedded?.conversations ?? [],
  );
  if (!found.ok) return found;
  const read = readEntries(conversation, found.value).filter(({ state }) => state !== "deleted");
  if (read.length === 0) return { ...found, value: outcomes };
  return mapResult(orElse(await readInboxes(), new Map()), (names) => {
    for (const of of read) {
      const key = numbers.get(of.number);
      const inbox = names.get(of.mailboxId) ?? null;
      if (key !== undefined) outcomes.set(key, { outcome: "found", ticket: toTicket(of, key, inbox) });
    }
    return outcomes;
  });
}

function toTicket(read: Conversation, key: string, inbox: string | null): Ticket {
  const { assignee } = read;
  const name = [assignee?.first, assignee?.last].filter((part) => part != null).join(" ");
  return {
    externalId: String(read.id),
    key,
    url: read._links?.web?.href ?? `${webRoot}/conversation/${read.id}/${read.number}/`,
    title: read.subject,
    type: read.type,
    status: read.status,
    isDone: read.status === "closed",
    labels: read.tags,
    epic: null,
    parent: null,
    project: inbox === null ? null : { key: read.mailboxId, title: inbox },
    estimateMinutes: null,
    loggedMinutes: null,
    assignee: assignee === null ? null : { name: name || null, email: assignee.email },
    updatedAt: read.userUpdatedAt,
  };
}

/** The inboxes' names by their ids. */
type InboxNames = ReadonlyMap<string | null, string | null>;

const readMailboxes = async (connection: TrackerConnection): Promise<CallResult<InboxNames>> =>
  mapResult(
    await readPages(connection, "/v2/mailboxes", {}, mailboxes, (body) => body._embedded?.mailboxes ?? []),
    (all) => new Map(all.map((of) => [of.id, of.name])),
  );

async function readPages<Body extends { page: z.infer<typeof page> }, T>(
  connection: TrackerConnection,
  path: string,
  query: Record<string, string>,
  schema: z.ZodType<Body>,
  itemsOf: (body: Body) => T[],
): Promise<CallResult<T[]>> {
  const items: T[] = [];
  for (let number = 1; ; number += 1) {
    const read = await readJson(host, connection, schema, { path, query: { ...query, page: number } });
    if (!read.ok) return read;
    const { body } = read.value;
    const found = itemsOf(body);
    items.push(...found);
    if (found.length === 0 || number >= Math.min(body.page.totalPages, mostPages)) return { ...read, value: items };
  }
}
