/** The tickets that a batch's commits name: assigned to connections, taken from what is known, or asked for at once. */
import type { BillhookClient } from "@billhook/database/client";
import type { BegunDelivery } from "@billhook/database/deliveries";
import type { DatabaseResult } from "@billhook/database/errors";
import {
  type ConnectedTracker,
  findTrackers,
  findUnlinkedDrafts,
  type KnownTicket,
  linkTickets,
  type NamedTicket,
  readKnownTickets,
  type TicketLink,
  type ToldTicket,
} from "@billhook/database/tickets";
import type { PushedCommit } from "@billhook/domain/push";
import { findTicketMentions } from "@billhook/domain/tickets";
import { assignTickets, type TicketAssignment, type TrackerTarget } from "@billhook/trackers/assign";
import { isProvider } from "@billhook/forges/registry";
import type { Settings } from "../env.ts";
import { askTickets } from "../tickets/ask.ts";
import { isTrackerKind } from "../tickets/session.ts";
import { isFresh } from "../tickets/told.ts";

/** A draft does not wait longer for a ticket. */
const longestWaitMs = 3_000;
/** Kept of one commit; a message that names more is a changelog. */
const mostTickets = 20;

/** What is known of a ticket now, from the database or from the system itself. */
export interface TicketFacts {
  connectionId: string;
  /** As the system reads it. */
  key: string;
  /** As the commit wrote it. */
  named: string;
  facts: Pick<
    ToldTicket,
    | "state"
    | "title"
    | "url"
    | "type"
    | "status"
    | "is_done"
    | "labels"
    | "epic_title"
    | "parent_title"
    | "logged_minutes"
  >;
  /** What the drafts of the ticket come to already. */
  committed: KnownTicket["committed"];
}

export interface CommitTickets {
  named: NamedTicket[];
  /** Those of connected systems, in order; the first is the one the draft stands under. */
  tickets: TicketFacts[];
  /** What was asked for now, of the tickets that this commit is the first to name. */
  told: ToldTicket[];
}

export type BatchTickets = ReadonlyMap<PushedCommit, CommitTickets>;

const none: BatchTickets = new Map();

interface Mentions {
  commit: PushedCommit;
  assigned: TicketAssignment[];
}

/** Never keeps a draft waiting longer than three seconds: what is not known by then fills in later. */
export async function readTickets(
  db: BillhookClient,
  settings: Settings,
  deliveries: readonly BegunDelivery[],
  options: { later?: boolean } = {},
): Promise<DatabaseResult<BatchTickets>> {
  const workspaces = [...new Set(deliveries.filter(hasMentions).map(({ workspace }) => workspace.id))];
  if (workspaces.length === 0) return { ok: true, value: none };
  const began = Date.now();
  const trackers = await findTrackers(db, workspaces);
  if (!trackers.ok) return trackers;
  const connected = new Map(trackers.value.filter(({ kind }) => isTrackerKind(kind)).map((each) => [each.id, each]));
  const mentions = deliveries.flatMap((delivery) => mentionsOf(delivery, [...connected.values()]));
  const wanted = new Map<string, Set<string>>();
  for (const { id, key } of mentions.flatMap(({ assigned }) => assigned)) {
    wanted.set(id, (wanted.get(id) ?? new Set()).add(key));
  }
  if (wanted.size === 0) return { ok: true, value: collect(mentions, new Map(), []) };
  const known = await readKnownTickets(
    db,
    [...wanted].map(([id, keys]) => ({ connection_id: id, keys: [...keys] })),
  );
  if (!known.ok) return known;
  const knownOf = new Map(known.value.map((ticket) => [nameOf(ticket.connection_id, ticket.key), ticket]));
  const left = options.later === true ? 0 : Math.max(1, longestWaitMs - (Date.now() - began));
  const answers = await Promise.all(
    [...wanted].map(([id, keys]) => askUnknown(db, settings, connected.get(id), [...keys], knownOf, left)),
  );
  return { ok: true, value: collect(mentions, knownOf, answers.flat()) };
}

const hasMentions = ({ event }: BegunDelivery): boolean =>
  event.changes.some(({ branch, commits }) => commits.some((commit) => findMentions(commit, branch).length > 0));

const findMentions = (commit: PushedCommit, branch: string) =>
  findTicketMentions({ message: commit.message, branch, pullRequestTitle: commit.pullRequestTitle ?? null });

const nameOf = (connectionId: string, key: string): string => `${connectionId} ${key}`;

const targetsOf = (trackers: readonly ConnectedTracker[], workspaceId: string): TrackerTarget[] =>
  trackers.flatMap(({ workspace_id: owner, id, kind, prefixes, site, base_url, web_url }) =>
    owner === workspaceId && isTrackerKind(kind)
      ? [{ id, kind, prefixes, site, baseUrl: base_url, webUrl: web_url }]
      : [],
  );

/** Puts open lines that stand under no ticket yet under those of the connection; their tickets are due then. */
export async function linkOpenDrafts(db: BillhookClient, connectionId: string): Promise<DatabaseResult<number>> {
  const drafts = await findUnlinkedDrafts(db, connectionId);
  if (!drafts.ok) return drafts;
  const [first] = drafts.value;
  if (first === undefined) return { ok: true, value: 0 };
  const trackers = await findTrackers(db, [first.workspace_id]);
  if (!trackers.ok) return trackers;
  const targets = targetsOf(trackers.value, first.workspace_id);
  const links = drafts.value.flatMap(({ draft_id, commit_id, message, branch, repository }): TicketLink[] => {
    const mentions = findTicketMentions({ message, branch, pullRequestTitle: null });
    const { provider, url, name } = repository;
    const own = isProvider(provider) && name !== null ? { provider, url, name } : null;
    return assignTickets(mentions, targets, own)
      .filter(({ isCertain }) => isCertain)
      .slice(0, mostTickets)
      .map(({ id, key, mention }, index) => ({
        draft_id,
        commit_id,
        position: index + 1,
        connection_id: id,
        key,
        named: mention.key,
      }));
  });
  return links.length === 0 ? { ok: true, value: 0 } : linkTickets(db, links);
}

function mentionsOf({ workspace, event }: BegunDelivery, trackers: readonly ConnectedTracker[]): Mentions[] {
  const targets = targetsOf(trackers, workspace.id);
  if (targets.length === 0) return [];
  const repository = { provider: event.provider, url: event.repository.url, name: event.repository.name };
  return event.changes.flatMap(({ branch, commits }) =>
    commits.map((commit) => ({
      commit,
      assigned: assignTickets(findMentions(commit, branch), targets, repository).slice(0, mostTickets),
    })),
  );
}

function askUnknown(
  db: BillhookClient,
  settings: Settings,
  tracker: ConnectedTracker | undefined,
  keys: string[],
  known: ReadonlyMap<string, KnownTicket>,
  milliseconds: number,
): Promise<ToldTicket[]> {
  if (tracker === undefined) return Promise.resolve([]);
  const of = (key: string): KnownTicket | undefined => known.get(nameOf(tracker.id, key));
  const unknown = keys.filter((key) => !isFresh(of(key)?.fetched_at ?? null, tracker.is_told));
  // One that is waiting already has its turn; asking for it at every push would hold up every push.
  const asked = unknown.filter(
    (key) => !(Date.parse(of(key)?.next_fetch_at ?? "") > Date.now()) || of(key)?.fetched_at != null,
  );
  if (asked.length === 0) return Promise.resolve([]);
  if (milliseconds > 0) return askTickets(db, settings, tracker, asked, milliseconds, (key) => of(key)?.attempts ?? 0);
  const now = new Date().toISOString();
  const reason = "It is read as the ticket system's limits allow.";
  return Promise.resolve(
    asked.map((key) => ({
      connection_id: tracker.id,
      key,
      state: "waiting",
      reason,
      asked_at: now,
      next_fetch_at: now,
    })),
  );
}

function collect(
  mentions: readonly Mentions[],
  known: ReadonlyMap<string, KnownTicket>,
  answers: readonly ToldTicket[],
): BatchTickets {
  const answered = new Map(answers.map((told) => [nameOf(told.connection_id, told.key), told]));
  const told = new Set<string>();
  const tickets = new Map<PushedCommit, CommitTickets>();
  for (const { commit, assigned } of mentions) {
    const own: CommitTickets = { named: [], tickets: [], told: [] };
    for (const { id, key, isCertain, mention } of assigned) {
      const name = nameOf(id, key);
      const before = known.get(name);
      const now = answered.get(name);
      if (now !== undefined && !told.has(name)) own.told.push(now);
      told.add(name);
      // What only might be a ticket, and is none, was no mention of one.
      if (!isCertain && (now ?? before)?.state === "gone") continue;
      const fallback = now === undefined || (now.state !== "found" && before?.fetched_at != null) ? before : undefined;
      const facts = fallback ?? now;
      if (facts === undefined) continue;
      own.named.push({ key: mention.key, connection_id: id, ticket_key: key });
      own.tickets.push({
        connectionId: id,
        key,
        named: mention.key,
        facts: facts as TicketFacts["facts"],
        committed: before?.committed ?? [],
      });
    }
    tickets.set(commit, own);
  }
  return tickets;
}
