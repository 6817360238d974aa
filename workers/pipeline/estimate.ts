/** The time of a batch's commits: each by its project's strategy, and where that is calibrated, by its person's day. */
import type { DayMeasure, KnownCommit, KnownPerson } from "@billhook/database/person-days";
import type { DayCommit } from "@billhook/domain/estimate/calibrated-day";
import { estimatePersonDay, type PastDay, type PersonDay } from "@billhook/domain/estimate/person-day";
import { estimateCommit } from "@billhook/domain/estimate/strategy";
import type { Estimate } from "@billhook/domain/estimate/types";
import { makeFlag } from "@billhook/domain/flags";
import type { PreparedCommit } from "./prepare.ts";
import type { Work } from "./work.ts";

export interface EstimatedBatch {
  estimates: Map<PreparedCommit, Estimate>;
  /** The days that the batch adds to. */
  days: EstimatedDay[];
}

export interface EstimatedDay {
  person: KnownPerson;
  day: string;
  /** Commits of the day that were recorded before. */
  known: KnownCommit[];
  /** Those that are new. */
  arrived: PreparedCommit[];
  personDay: PersonDay;
}

/** What the size formula adds and the calibrated estimate does not use. */
const formulaFlags = new Set(["no_file_list", "no_line_counts", "many_lines", "capped"]);

export function estimateBatch(works: ReadonlyMap<PreparedCommit, Work>): EstimatedBatch {
  const batch: EstimatedBatch = { estimates: new Map(), days: [] };
  for (const prepared of works.keys()) {
    batch.estimates.set(
      prepared,
      estimateCommit(prepared.commit, prepared.config, new Date(prepared.delivery.received_at)),
    );
  }
  for (const { person, day, commits } of groupDays(works)) {
    const known = person.commits.filter((commit) => commit.day === day);
    const hashes = new Set(known.map(({ hash }) => hash));
    const arrived = [...commits.values()].filter(({ commit }) => !hashes.has(commit.hash));
    const personDay = estimatePersonDay(person.past.map(pastDayOf), day, [
      ...known.map(knownDayCommit),
      ...arrived.map(newDayCommit),
    ]);
    for (const prepared of commits.values()) useCalibrated(batch.estimates, prepared, personDay);
    batch.days.push({ person, day, known, arrived, personDay });
  }
  return batch;
}

export const measureOf = ({ person, day, personDay }: EstimatedDay): DayMeasure => ({
  workspace_id: person.workspace_id,
  person_id: person.person_id,
  day,
  bounded_hours: personDay.evidence.hours,
  last_hour: personDay.evidence.lastHour,
  last_authored_at: personDay.evidence.lastAuthoredAt,
});

interface OpenDay {
  person: KnownPerson;
  day: string;
  /** By hash: a commit may arrive in two deliveries. */
  commits: Map<string, PreparedCommit>;
}

/** The days that the batch adds to, by person. What a rule left out is no work of theirs. */
function groupDays(works: ReadonlyMap<PreparedCommit, Work>): OpenDay[] {
  const days = new Map<string, OpenDay>();
  for (const [prepared, { person }] of works) {
    // Known work adds nothing to its day, and may have changed what is there.
    const isKnown = prepared.ignored?.rule === "same_work";
    if (person === null || (prepared.ignored !== null && !isKnown)) continue;
    const key = `${person.person_id} ${prepared.day}`;
    const open = days.get(key) ?? { person, day: prepared.day, commits: new Map<string, PreparedCommit>() };
    if (!isKnown && !open.commits.has(prepared.commit.hash)) open.commits.set(prepared.commit.hash, prepared);
    days.set(key, open);
  }
  return [...days.values()];
}

function useCalibrated(estimates: Map<PreparedCommit, Estimate>, prepared: PreparedCommit, personDay: PersonDay): void {
  const alone = estimates.get(prepared);
  const calibrated = personDay.estimates.get(prepared.commit.hash);
  if (prepared.config.estimation_strategy !== "calibrated" || alone === undefined || calibrated === undefined) return;
  if (alone.method === "explicit") return;
  const { minutes, low, high, method, reason, flags } = calibrated;
  const percent = Math.round((prepared.counts?.unwrittenShare ?? 0) * 100);
  const kept = alone.flags
    .filter(({ code }) => !formulaFlags.has(code))
    .map((flag) => (flag.code === "mostly_generated" ? makeFlag("mostly_generated", percent, false) : flag));
  estimates.set(prepared, { minutes, low, high, method, reason, flags: [...flags, ...kept] });
}

const pastDayOf = (past: KnownPerson["past"][number]): PastDay => ({
  day: past.day,
  boundedHours: past.bounded_hours,
  lastHour: past.last_hour,
  lastAuthoredAt: past.last_authored_at,
  approvedMinutes: past.approved_minutes,
  unedited: past.unedited,
});

/** An instant as the author's clock showed it; the estimate reads the local hour from it. */
function withOffset(iso: string | null, offsetMinutes: number | null): string | null {
  if (iso === null) return null;
  const instant = new Date(iso);
  const offset = offsetMinutes ?? 0;
  const wall = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const absolute = Math.abs(offset);
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${wall}${offset < 0 ? "-" : "+"}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}

const knownDayCommit = (commit: KnownCommit): DayCommit => ({
  hash: commit.hash,
  authoredAt: withOffset(commit.authored_at, commit.offset_minutes),
  files: commit.files,
  additions: commit.additions,
  deletions: commit.deletions,
  sourceFiles: commit.source_files,
  sourceAdditions: commit.source_additions,
  sourceDeletions: commit.source_deletions,
  binaryFiles: commit.binary_files,
});

const newDayCommit = ({ commit, counts, authoredAt, committedAt, offsetMinutes }: PreparedCommit): DayCommit => ({
  hash: commit.hash,
  authoredAt: withOffset(authoredAt ?? committedAt, offsetMinutes),
  files: counts?.files ?? null,
  additions: counts?.additions ?? null,
  deletions: counts?.deletions ?? null,
  sourceFiles: counts?.sourceFiles ?? null,
  sourceAdditions: counts?.sourceAdditions ?? null,
  sourceDeletions: counts?.sourceDeletions ?? null,
  binaryFiles: counts?.binaryFiles ?? null,
});
