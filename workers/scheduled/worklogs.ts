/**
 * Approved time on its way to tickets. A log carries its worklog's id as a marker, which the system is searched for before
 * anything is written: a worker that died after writing wrote it once all the same.
 */
import type { BillhookClient } from "@billhook/database/client";
import {
  type DueWorklog,
  saveWorklogs,
  takeWorklogs,
  type WorklogResult,
  type WorklogsOfTracker,
} from "@billhook/database/worklogs";
import { localInstant } from "@billhook/domain/timezone";
import type { CallFailure } from "@billhook/http/result";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import { openTracker, type TrackerSession } from "../tickets/session.ts";
import { retryAt } from "../tickets/told.ts";
import { describeTrackerFailure, nameOfTracker } from "../tickets/words.ts";

/** Less than it is taken for. */
const longestGoMs = 60_000;
/** After so many tries it is shown as failed, for a person to look at. */
const mostAttempts = 8;

export async function sendWorklogs(_env: Env, settings: Settings): Promise<void> {
  const db = serviceDatabase(settings);
  const taken = await takeWorklogs(db);
  if (!taken.ok) {
    log("error", "worklogs_not_taken", { cause: taken.error.cause });
    return;
  }
  await Promise.all(taken.value.map((tracker) => sendOfTracker(db, settings, tracker)));
}

async function sendOfTracker(db: BillhookClient, settings: Settings, tracker: WorklogsOfTracker): Promise<void> {
  const opened = await openTracker(db, settings, tracker, AbortSignal.timeout(longestGoMs));
  const results: WorklogResult[] = [];
  for (const worklog of tracker.worklogs) {
    // One after the other: two logs of one ticket at once may each miss the other's marker.
    results.push(
      opened.ok
        ? await sendOne(opened.session, { ...worklog, started_at: localInstant(worklog.started_at, tracker.timezone) })
        : { ...untouched(worklog), reason: opened.reason, next_attempt_at: opened.waitsUntil },
    );
  }
  if (opened.ok) await opened.session.close(db);
  const saved = await saveWorklogs(db, results);
  if (!saved.ok) log("error", "worklogs_not_saved", { connection: tracker.id, cause: saved.error.cause });
}

const untouched = ({ id, external_id }: DueWorklog): WorklogResult => ({
  id,
  outcome: "later",
  external_id,
  reason: null,
  next_attempt_at: null,
});

async function sendOne(session: TrackerSession, worklog: DueWorklog): Promise<WorklogResult> {
  const { tracker, connection } = session;
  const name = nameOfTracker(tracker.kind);
  if (tracker.worklog === undefined) {
    return { ...untouched(worklog), outcome: "failed", reason: `${name} keeps no time that could be written.` };
  }
  if (worklog.is_withdrawn) return withdrawOne(session, worklog, tracker.worklog);
  if (worklog.ticket_state === "gone") {
    return {
      ...untouched(worklog),
      outcome: "failed",
      reason: `${name} shows no ${worklog.key} to write the time to.`,
    };
  }
  const written = session.heed(
    await tracker.worklog.log(connection, {
      key: worklog.key,
      startedAt: worklog.started_at,
      seconds: worklog.seconds,
      comment: worklog.comment,
      marker: worklog.id,
    }),
  );
  if (written.ok) return { ...untouched(worklog), outcome: "sent", external_id: written.value.id };
  return judge(session, worklog, written, `The time could not be written to ${worklog.key}.`);
}

async function withdrawOne(
  session: TrackerSession,
  worklog: DueWorklog,
  writer: NonNullable<TrackerSession["tracker"]["worklog"]>,
): Promise<WorklogResult> {
  const { connection } = session;
  const { key, id: marker } = worklog;
  // Deleted with its ticket.
  if (worklog.ticket_state === "gone") return { ...untouched(worklog), outcome: "withdrawn" };
  let { external_id: id } = worklog;
  if (id === null) {
    // It may have been written by a worker that died: writing it finds the marker, or makes the log that goes at once.
    const { seconds, comment, started_at: startedAt } = worklog;
    const found = session.heed(await writer.log(connection, { key, startedAt, seconds, comment, marker }));
    if (!found.ok) return judge(session, worklog, found, `The time could not be taken back from ${key}.`);
    ({ id } = found.value);
  }
  const gone = session.heed(await writer.withdraw(connection, { key, id, marker }));
  if (gone.ok) return { ...untouched(worklog), outcome: "withdrawn", external_id: id };
  return { ...judge(session, worklog, gone, `The time could not be taken back from ${key}.`), external_id: id };
}

/** Tried again where that may help; otherwise a person has to do something first. */
function judge(session: TrackerSession, worklog: DueWorklog, failure: CallFailure, what: string): WorklogResult {
  const why = describeTrackerFailure(session.tracker.kind, failure.code);
  const isPassing = ["rate_limited", "unavailable", "unauthorised"].includes(failure.code);
  const isLast = worklog.attempts >= mostAttempts && failure.code !== "rate_limited";
  return {
    ...untouched(worklog),
    outcome: isPassing && !isLast ? "later" : "failed",
    reason: `${what} ${failure.code === "not_found" ? `${nameOfTracker(session.tracker.kind)} does not show it.` : why}`,
    next_attempt_at: retryAt(worklog.attempts),
  };
}
