/**
 * One person's day, estimated from what the database knows of them: the days before, with what was approved of them, and
 * the commits of the day itself.
 */
import { estimateDay, type CalibratedEstimate } from "./calibrated.ts";
import { measureDay, type DayEvidence, type WorkingDay } from "./calibrated-day.ts";
import { foldApprovedDay, foldWorkedDay, startCalibration, type CalibrationState } from "./calibrated-state.ts";

/** A day that lies behind: how long its commits say it was, and what was approved of it. */
export interface PastDay {
  /** `YYYY-MM-DD` */
  day: string;
  boundedHours: number;
  lastHour: number | null;
  lastAuthoredAt: string | null;
  /** Minutes; null while something of the day is still open, or nothing of it was approved. */
  approvedMinutes: number | null;
  /** Everything was approved as it was suggested: agreement, or haste. */
  unedited: boolean;
}

/** What the days before have taught. The order given does not matter. */
function foldPastDays(days: readonly PastDay[]): CalibrationState {
  return days
    .toSorted((one, other) => (one.day < other.day ? -1 : 1))
    .reduce((state, past) => {
      const evidence: DayEvidence = {
        hours: past.boundedHours,
        lastHour: past.lastHour,
        lastAuthoredAt: past.lastAuthoredAt,
        shares: [],
      };
      const learned =
        past.approvedMinutes === null ? state : foldApprovedDay(state, evidence, past.approvedMinutes, past.unedited);
      return foldWorkedDay(learned, evidence);
    }, startCalibration());
}

export interface PersonDay {
  evidence: DayEvidence;
  /** By hash. */
  estimates: Map<string, CalibratedEstimate>;
}

/** Estimates the day's commits after the days before it. Days on or after it teach nothing about it. */
export function estimatePersonDay(past: readonly PastDay[], day: string, commits: WorkingDay["commits"]): PersonDay {
  const before = past.filter((known) => known.day < day);
  const previousAuthoredAt =
    before.toSorted((one, other) => (one.day < other.day ? -1 : 1)).findLast((known) => known.lastAuthoredAt !== null)
      ?.lastAuthoredAt ?? null;
  const working: WorkingDay = { day, commits, previousAuthoredAt };
  const estimates = estimateDay(foldPastDays(before), working);
  return { evidence: measureDay(working), estimates: new Map(estimates.map((estimate) => [estimate.hash, estimate])) };
}
