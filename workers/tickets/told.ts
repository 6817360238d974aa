/** What a ticket system answered, or that it did not, as it is kept: with when it is looked at again. */
import type { ToldTicket } from "@billhook/database/tickets";
import type { TrackerKind } from "@billhook/domain/tracker";
import type { Ticket, TicketAnswer } from "@billhook/trackers/tracker";
import { inSeconds } from "../hosts/session.ts";
import { describeFailedTicket, describeGone } from "./words.ts";

/** A found ticket is looked at again after so long; where a webhook tells of changes, only to be sure. */
const freshSeconds = 600;
const toldFreshSeconds = 6 * 3600;
/** Deleted tickets rarely come back. */
const goneSeconds = 3600;
/** The longest between two tries of what is not answered. */
const longestWaitSeconds = 3600;

/** Is what is known so young that nobody has to be asked? */
export function isFresh(fetchedAt: string | null, isTold: boolean): boolean {
  if (fetchedAt === null) return false;
  return Date.now() - Date.parse(fetchedAt) < (isTold ? toldFreshSeconds : freshSeconds) * 1000;
}

/** 15 seconds, then twice as long each time, with full jitter, so that many do not come at once. */
export function retryAt(attempts: number): string {
  const longest = Math.min(longestWaitSeconds, 15 * 2 ** Math.min(attempts, 12));
  return inSeconds(longest / 2 + (Math.random() * longest) / 2);
}

export interface Told {
  connectionId: string;
  kind: TrackerKind;
  isTold: boolean;
  askedAt: string;
  /** Tries before this one. */
  attempts: (key: string) => number;
}

export function keepAnswer(answer: TicketAnswer, told: Told): ToldTicket {
  const { connectionId, kind, askedAt } = told;
  const about = { connection_id: connectionId, key: answer.key, asked_at: askedAt };
  switch (answer.outcome) {
    case "found":
    case "moved":
      return {
        ...about,
        state: "found",
        reason: null,
        ...keepTicket(answer.ticket),
        next_fetch_at: inSeconds(told.isTold ? toldFreshSeconds : freshSeconds),
      };
    case "gone":
      return { ...about, state: "gone", reason: describeGone(kind, answer.key), next_fetch_at: inSeconds(goneSeconds) };
    case "failed":
      return {
        ...about,
        state: "failed",
        reason: describeFailedTicket(kind, answer.key, answer.code),
        next_fetch_at: retryAt(told.attempts(answer.key)),
      };
  }
}

/** Nobody answered: it waits, and says why. */
export const keepWaiting = (key: string, told: Told, reason: string, waitsUntil: string | null): ToldTicket => ({
  connection_id: told.connectionId,
  key,
  state: "waiting",
  reason,
  asked_at: told.askedAt,
  next_fetch_at: waitsUntil ?? retryAt(told.attempts(key)),
});

const cut = (text: string | null | undefined, longest: number): string | null =>
  text === null || text === undefined || text === "" ? null : text.slice(0, longest).toWellFormed();

const minutes = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) || value < 0 ? null : Math.min(Math.round(value), 2_147_483_647);

function keepTicket(
  ticket: Ticket,
): Omit<ToldTicket, "connection_id" | "key" | "state" | "reason" | "asked_at" | "next_fetch_at"> {
  return {
    current_key: cut(ticket.key, 200),
    external_id: cut(ticket.externalId, 200),
    title: cut(ticket.title, 500),
    url: ticket.url !== null && /^https?:\/\//i.test(ticket.url) ? cut(ticket.url, 2000) : null,
    type: cut(ticket.type, 100),
    status: cut(ticket.status, 100),
    is_done: ticket.isDone,
    labels: ticket.labels.slice(0, 50).map((label) => label.slice(0, 200).toWellFormed()),
    epic_key: cut(ticket.epic?.key, 200),
    epic_title: cut(ticket.epic?.title, 300),
    parent_key: cut(ticket.parent?.key, 200),
    parent_title: cut(ticket.parent?.title, 300),
    project_key: cut(ticket.project?.key, 200),
    project_title: cut(ticket.project?.title, 300),
    estimate_minutes: minutes(ticket.estimateMinutes),
    logged_minutes: minutes(ticket.loggedMinutes),
    assignee: cut(ticket.assignee?.name ?? ticket.assignee?.email, 320),
  };
}
