/** Tickets of one connection, read in one batch; whatever goes wrong, there is an answer for each key. */
import type { BillhookClient } from "@billhook/database/client";
import type { ConnectedTracker, ToldTicket } from "@billhook/database/tickets";
import type { CallFailure } from "@billhook/http/result";
import type { TicketAnswer } from "@billhook/trackers/tracker";
import type { Settings } from "../env.ts";
import { log } from "../log.ts";
import { isTrackerKind, openTracker } from "./session.ts";
import { keepAnswer, keepWaiting, type Told } from "./told.ts";
import { describeTrackerFailure, nameOfTracker } from "./words.ts";

/** Answered for each key within `milliseconds`; what is not answered by then waits. */
export async function askTickets(
  db: BillhookClient,
  settings: Settings,
  connected: ConnectedTracker,
  keys: readonly string[],
  milliseconds: number,
  attempts: (key: string) => number,
): Promise<ToldTicket[]> {
  const { kind } = connected;
  if (!isTrackerKind(kind)) return [];
  const told: Told = {
    connectionId: connected.id,
    kind,
    isTold: connected.is_told,
    askedAt: new Date().toISOString(),
    attempts,
  };
  const waiting = (reason: string, until: string | null = null): ToldTicket[] =>
    keys.map((key) => keepWaiting(key, told, reason, until));
  const signal = AbortSignal.timeout(milliseconds);
  const slow = waiting(`${nameOfTracker(kind)} is slow to answer.`);
  // A database or a token that takes its time counts as much as the system itself.
  return Promise.race([ask(db, settings, connected, keys, told, signal, waiting), after(milliseconds + 250, slow)]);
}

async function ask(
  db: BillhookClient,
  settings: Settings,
  connected: ConnectedTracker,
  keys: readonly string[],
  told: Told,
  signal: AbortSignal,
  waiting: (reason: string, until?: string | null) => ToldTicket[],
): Promise<ToldTicket[]> {
  try {
    const opened = await openTracker(db, settings, connected, signal);
    if (!opened.ok) return waiting(opened.reason, opened.waitsUntil);
    const { session } = opened;
    const read = session.heed(await session.tracker.readTickets(session.connection, keys));
    await session.close(db);
    if (!read.ok) return waiting(wordsOf(told, read, signal), null);
    const answers = new Map(read.value.map((answer): [string, TicketAnswer] => [answer.key, answer]));
    return keys.map((key) => {
      const answer = answers.get(key);
      return answer === undefined
        ? keepWaiting(key, told, describeTrackerFailure(told.kind, "unexpected"), null)
        : keepAnswer(answer, told);
    });
  } catch (error) {
    log("error", "tickets_not_read", { connection: connected.id, cause: String(error) });
    return waiting(describeTrackerFailure(told.kind, "unexpected"));
  }
}

const wordsOf = (told: Told, failure: CallFailure, signal: AbortSignal): string =>
  signal.aborted ? `${nameOfTracker(told.kind)} is slow to answer.` : describeTrackerFailure(told.kind, failure.code);

const after = <T>(milliseconds: number, value: T): Promise<T> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(value), milliseconds);
  });
