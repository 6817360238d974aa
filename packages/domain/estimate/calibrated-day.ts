/**
 * What one person's commits of one working day say about its length: gaps between commits, bounded by size.
 *
 * Times are ISO 8601 with an offset. They are what an author's machine said, so they may be absent, equal, out of
 * order or absurd: a time that is not within its own day bounds nothing, and the commit counts by its size.
 */
import {
  boundBySize,
  describeSize,
  flagCounts,
  joinSizes,
  readSize,
  type CommitCounts,
  type CommitSize,
} from "./calibrated-size.ts";
import { makeFlag } from "../flags.ts";
import type { EstimateFlag } from "./types.ts";

export interface DayCommit extends CommitCounts {
  hash: string;
  authoredAt: string | null;
}

export interface WorkingDay {
  /** `YYYY-MM-DD`, the working day: a commit after midnight may belong to the day before. */
  day: string;
  /** In any order; all by one person, from every repository of the workspace. */
  commits: readonly DayCommit[];
  /** When this person's last commit of an earlier day was authored, or null. */
  previousAuthoredAt: string | null;
}

export interface CommitShare {
  hash: string;
  /** This commit's part of the day, to split by. */
  hours: number;
  reason: string;
  flags: EstimateFlag[];
}

export interface DayEvidence {
  /** Gaps bounded by size, all commits together; at most 16, however many commits there are. */
  hours: number;
  /** Local hour of the last commit, counted from the day's midnight (25 is one o'clock the next morning), or null. */
  lastHour: number | null;
  /** The latest believable time of the day's commits, to measure the next day's first gap from. */
  lastAuthoredAt: string | null;
  /** In the order of the commits given. */
  shares: CommitShare[];
}

/** A day rarely has more working hours; more is a history made by a machine. */
export const mostHours = 16;
/** A gap up to this long was spent working, however small the commit. */
const sessionGapHours = 2;
/** Commits this close together are one piece of work cut up at its end: bounded as one, and shared by size. */
const burstMinutes = 5;
const hourMilliseconds = 3_600_000;

interface Instant {
  at: number;
  /** Hours since midnight of the working day, by the author's clock. */
  localHour: number;
  /** "14:05", by the author's clock. */
  clock: string;
}

interface PlacedCommit {
  /** In the order given. */
  index: number;
  instant: Instant | null;
  size: CommitSize;
}

/** One commit, or some within a few minutes. */
interface Piece {
  commits: PlacedCommit[];
  hours: number;
  reason: string;
}

export function measureDay({ day, commits, previousAuthoredAt }: WorkingDay): DayEvidence {
  const placed = commits
    .map((commit, index): PlacedCommit => {
      const instant = readInstant(commit.authoredAt, day);
      return { index, instant: isWithinDay(instant) ? instant : null, size: readSize(commit) };
    })
    .sort((one, other) => (one.instant?.at ?? Infinity) - (other.instant?.at ?? Infinity) || one.index - other.index);
  const pieces = measurePieces(placed, readInstant(previousAuthoredAt, day));
  const shares = commits.map((commit): CommitShare => ({
    hash: commit.hash,
    hours: 0,
    reason: "",
    flags: flagCounts(commit),
  }));
  for (const piece of pieces) {
    const weights = piece.commits.map(({ size }) => boundBySize(size));
    const weight = weights.reduce((sum, part) => sum + part, 0);
    piece.commits.forEach(({ index, instant }, position) => {
      const share = shares[index];
      if (share === undefined) return;
      share.hours = (piece.hours * (weights[position] ?? 0)) / weight;
      share.reason = piece.reason;
      if (instant === null) share.flags.push(makeFlag("implausible_time"));
    });
  }
  const last = placed.findLast(({ instant }) => instant !== null);
  return {
    hours: Math.min(
      mostHours,
      pieces.reduce((sum, { hours }) => sum + hours, 0),
    ),
    lastHour: last?.instant?.localHour ?? null,
    lastAuthoredAt: last === undefined ? null : (commits[last.index]?.authoredAt ?? null),
    shares,
  };
}

/** Cuts a day's commits, in the order of their times, into pieces of work and measures each. */
function measurePieces(placed: readonly PlacedCommit[], previousDay: Instant | null): Piece[] {
  const pieces: Piece[] = [];
  let previous = previousDay;
  let isFirst = true;
  for (let start = 0; start < placed.length;) {
    let end = start + 1;
    while (end < placed.length && hoursBetween(placed[start], placed[end]) <= burstMinutes / 60) end += 1;
    const commits = placed.slice(start, end);
    const first = placed[start]?.instant ?? null;
    const size = joinSizes(commits.map((commit) => commit.size));
    const bound = boundBySize(size);
    // A negative gap says nothing: a clock was wrong, or the history was rewritten.
    const gap = first !== null && previous !== null && first.at >= previous.at ? toHours(first.at - previous.at) : null;
    const sinceGap = gap === null ? bound : gap <= sessionGapHours ? gap : Math.min(gap, bound);
    pieces.push({
      commits,
      hours: sinceGap + (commits.length > 1 ? hoursBetween(commits[0], commits.at(-1)) : 0),
      reason: describePiece({
        gap,
        counted: sinceGap,
        since: previous?.clock ?? "",
        isFirst,
        size,
        commits: commits.length,
      }),
    });
    if (first !== null) {
      previous = commits.at(-1)?.instant ?? first;
      isFirst = false;
    }
    start = end;
  }
  return pieces;
}

interface PieceWords {
  gap: number | null;
  counted: number;
  since: string;
  isFirst: boolean;
  size: CommitSize;
  commits: number;
}

function describePiece({ gap, counted, since, isFirst, size, commits }: PieceWords): string {
  const shared = commits > 1 ? `, shared by size among ${commits} commits within ${burstMinutes} minutes` : "";
  const bounded = `by ${describeSize(size)}`;
  if (gap === null) return `measured ${bounded}, with no earlier commit to count from${shared}`;
  if (counted < gap && isFirst) return `first commit of the day, bounded ${bounded}${shared}`;
  const words = `${describeHours(gap)} since the previous commit at ${since}`;
  return counted < gap ? `${words}, bounded to ${describeHours(counted)} ${bounded}${shared}` : `${words}${shared}`;
}

function hoursBetween(one: PlacedCommit | undefined, other: PlacedCommit | undefined): number {
  return one?.instant && other?.instant ? toHours(other.instant.at - one.instant.at) : Infinity;
}

function toHours(milliseconds: number): number {
  return milliseconds / hourMilliseconds;
}

/** "2 h 10 m", "45 m", "3 h". */
export function describeHours(hours: number): string {
  const minutes = Math.round(hours * 60);
  const [whole, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (whole === 0) return `${rest} m`;
  return rest === 0 ? `${whole} h` : `${whole} h ${rest} m`;
}

/** Accepts a day's commits from the evening before, elsewhere on the globe, to the noon after. */
function isWithinDay(instant: Instant | null): boolean {
  return instant !== null && instant.localHour >= -12 && instant.localHour <= 36;
}

const isoTime = /^(\d{4}-\d\d-\d\dT(\d\d:\d\d):\d\d)(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/;

function readInstant(text: string | null, day: string): Instant | null {
  const [, wall, clock] = isoTime.exec(text ?? "") ?? [];
  if (text === null || wall === undefined || clock === undefined) return null;
  const at = Date.parse(text);
  const localHour = toHours(Date.parse(`${wall}Z`) - Date.parse(`${day}T00:00:00Z`));
  return Number.isFinite(at) && Number.isFinite(localHour) ? { at, localHour, clock } : null;
}
