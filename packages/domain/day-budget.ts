/**
 * A day is a budget: commits, timers and manual entries of one person cannot claim more of it than passed. What passed is
 * measured from the workspace's first working hour, or from four in the morning where somebody was active before it, to
 * the last activity of the day. The function `day_budget` of the database is its twin.
 */
import type { DayClaim } from "./flags.ts";
import { instantAt, localClock } from "./timezone.ts";

export interface DaySpan {
  /** Minutes, at most those of a day. */
  passed: number;
  /** Clock times in the workspace's zone. */
  from: string;
  until: string;
}

/** The hour at which a working day begins, as in `workingDay`. */
const DAY_BEGINS = 4;
const DAY_MINUTES = 1440;

/** `activity` are instants (ISO 8601) within the working day; null where there is none to measure to. */
export function measureSpan(
  day: string,
  activity: readonly string[],
  workingFrom: number,
  timeZone: string,
): DaySpan | null {
  const instants = activity.map((iso) => Date.parse(iso)).filter((at) => !Number.isNaN(at));
  const first = instants.reduce((one, other) => Math.min(one, other), Infinity);
  const last = instants.reduce((one, other) => Math.max(one, other), -Infinity);
  if (instants.length === 0) return null;
  const opening = instantAt(day, workingFrom, timeZone).getTime();
  const begin = first < opening ? Math.min(first, instantAt(day, DAY_BEGINS, timeZone).getTime()) : opening;
  const clock = (at: number): string => localClock(new Date(at).toISOString(), timeZone);
  return {
    passed: Math.min(DAY_MINUTES, Math.max(0, Math.floor((last - begin) / 60_000))),
    from: clock(begin),
    until: clock(last),
  };
}

export interface Claim<Id> {
  id: Id;
  minutes: number;
}

/**
 * The claims that push the day over the time that passed, with the arithmetic. `fixed` minutes are claimed already, by
 * what a person approved or entered; the others count in the order given.
 */
export function findOverclaims<Id>(fixed: number, claims: readonly Claim<Id>[], span: DaySpan): Map<Id, DayClaim> {
  const over = new Map<Id, DayClaim>();
  let other = fixed;
  for (const { id, minutes } of claims) {
    if (minutes > 0 && other + minutes > span.passed) over.set(id, { minutes, other, ...span });
    other += minutes;
  }
  return over;
}
