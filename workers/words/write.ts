/**
 * Puts a model's words on lines that are there already, with the words of the template: whoever opens the inbox never
 * waits for a model, and never misses a line because of one.
 */
import { beginWords, type FinishedLine, finishWords, type WordLine } from "@billhook/database/words";
import type { Work } from "@billhook/describe/summary-input";
import { serviceDatabase, type Settings } from "../env.ts";
import { tellQueueOfWords } from "../pipeline/queue.ts";
import { type AskedLine, askForWords, type LineWords, noKey } from "./ask.ts";
import { findModelAccess } from "./connection.ts";
import { readDiffs } from "./diffs.ts";

const linesPerMessage = 40;

/** Throws where the database is away: the message is tried again, and the sweep finds what waits. */
export async function writeWords(env: Env, settings: Settings, workspaceId: string): Promise<void> {
  const db = serviceDatabase(settings);
  const begun = await beginWords(db, workspaceId, linesPerMessage);
  if (!begun.ok) throw new Error(begun.error.cause);
  if (begun.value === null) return;
  const { lines, examples } = begun.value;
  const access = await findModelAccess(settings, begun.value);
  let words = new Map<string, LineWords>();
  if (access !== null) {
    const diffs = await readDiffs(db, settings, lines);
    const asked = lines.map((line) => toAsked(line, diffs.get(line.draft_id) ?? null));
    words = await askForWords(db, begun.value, access, asked, { kind: "lines", examples });
  }
  const finished = await finishWords(
    db,
    workspaceId,
    lines.map((line) => finish(line, words.get(line.draft_id))),
  );
  if (!finished.ok) throw new Error(finished.error.cause);
  if (lines.length === linesPerMessage) await tellQueueOfWords(env, [workspaceId]);
}

export function toAsked(line: WordLine, diff: string | null): AskedLine {
  const work: Work = {
    messages: line.commits.map(({ message }) => message),
    files: line.commits.flatMap(({ files }) => files ?? []),
    diff,
    ticket: line.ticket,
    project: line.project,
  };
  return { id: line.draft_id, clientId: line.client_id, locale: line.locale, work };
}

/** The ticket's key is ours to say; a model may not write numbers. */
export const withTicket = (words: string, ticketKey: string | null): string =>
  ticketKey === null ? words : `${words} (${ticketKey})`;

function finish(line: WordLine, answer: LineWords | undefined): FinishedLine {
  const { draft_id, description: before } = line;
  if (answer === undefined) return { draft_id, before, words: null, reason: noKey, retry_seconds: null };
  if (answer.words === null) {
    return { draft_id, before, words: null, reason: answer.reason, retry_seconds: answer.retrySeconds };
  }
  return { draft_id, before, words: withTicket(answer.words, line.ticket_key), reason: null, retry_seconds: null };
}
