/**
 * The calibrated estimate: a person's day is measured from its commits, corrected by what the person has approved, and
 * split over the commits. Pure: no clock, no input or output, the same answer for the same history.
 */
import { describeHours, measureDay, type DayCommit, type DayEvidence, type WorkingDay } from "./calibrated-day.ts";
import type { HistoryLine } from "./calibrated-line.ts";
import { countWords } from "./calibrated-size.ts";
import {
  foldApprovedDay,
  foldWorkedDay,
  predictDay,
  startCalibration,
  type CalibrationState,
  type DayPrediction,
} from "./calibrated-state.ts";
import type { Estimate } from "./types.ts";

export interface CalibratedEstimate extends Estimate {
  hash: string;
  method: "calibrated";
}

/**
 * Estimates for one person's commits of one day, in the order given. The minutes add up to the day's, as do the lows
 * and the highs, so that the range of the day is the sum of what its drafts show.
 */
export function estimateDay(state: CalibrationState, day: WorkingDay): CalibratedEstimate[] {
  const evidence = measureDay(day);
  const prediction = predictDay(state, evidence);
  const weights = evidence.shares.map(({ hours }) => hours);
  const total = Math.round(prediction.hours * 60);
  const low = Math.min(total, Math.floor(prediction.low * 60));
  const high = Math.max(total, Math.ceil(prediction.high * 60));
  // Each step is split on its own, so that low <= minutes <= high holds for every commit and not only for the sum.
  const lows = splitMinutes(low, weights);
  const rises = splitMinutes(total - low, weights);
  const reaches = splitMinutes(high - total, weights);
  const dayWords = describeDay(state, evidence, prediction);
  return evidence.shares.map(({ hash, reason, flags }, index) => {
    const lowest = lows[index] ?? 0;
    const minutes = lowest + (rises[index] ?? 0);
    const highest = minutes + (reaches[index] ?? 0);
    return {
      hash,
      minutes,
      low: lowest,
      high: highest,
      method: "calibrated",
      reason: `${reason}; ${dayWords}`,
      flags,
    };
  });
}

/**
 * Estimates for a whole history, in the order of its commits. A day's estimates use the lines above its first commit
 * and the day's own commits, never anything later. Approvals of days without commits above them teach nothing.
 */
export function estimateHistory(lines: readonly HistoryLine[]): CalibratedEstimate[] {
  const days = groupDays(lines);
  const seen = new Map<string, number>();
  const approved = new Set<string>();
  const estimates = new Map<string, CalibratedEstimate[]>();
  let state = startCalibration();
  let open: WorkingDay | null = null;
  let previousAuthoredAt: string | null = null;
  /** The day as far as the lines above tell it. */
  const measureSeen = (day: WorkingDay) => measureDay({ ...day, commits: day.commits.slice(0, seen.get(day.day)) });

  for (const line of lines) {
    if (line.type === "approved") {
      const day: WorkingDay | undefined = days.get(line.date);
      if (day === undefined || !seen.has(line.date) || approved.has(line.date)) continue;
      approved.add(line.date);
      state = foldApprovedDay(state, measureSeen(day), line.minutes);
      continue;
    }
    const day: WorkingDay | undefined = days.get(line.day);
    if (day === undefined) continue;
    if (!seen.has(line.day)) {
      if (open !== null) {
        const evidence = measureSeen(open);
        state = foldWorkedDay(state, evidence);
        previousAuthoredAt = evidence.lastAuthoredAt ?? previousAuthoredAt;
      }
      open = day;
      day.previousAuthoredAt = previousAuthoredAt;
      estimates.set(line.day, estimateDay(state, day));
    }
    seen.set(line.day, (seen.get(line.day) ?? 0) + 1);
  }
  return takeInOrder(lines, estimates);
}

function groupDays(lines: readonly HistoryLine[]): Map<string, WorkingDay & { commits: DayCommit[] }> {
  const days = new Map<string, WorkingDay & { commits: DayCommit[] }>();
  for (const line of lines) {
    if (line.type !== "commit") continue;
    const day = days.get(line.day);
    if (day === undefined) days.set(line.day, { day: line.day, commits: [line], previousAuthoredAt: null });
    else day.commits.push(line);
  }
  return days;
}

/** Each day's estimates stand in the order of its commits; days may interleave. */
function takeInOrder(
  lines: readonly HistoryLine[],
  estimates: Map<string, CalibratedEstimate[]>,
): CalibratedEstimate[] {
  const cursors = new Map([...estimates].map(([day, ofDay]) => [day, ofDay.values()]));
  return lines.flatMap((line) => {
    const next = line.type === "commit" ? cursors.get(line.day)?.next() : undefined;
    return next === undefined || next.done === true ? [] : [next.value];
  });
}

/** Whole minutes in proportion to the weights, adding up to the total (largest remainder); evenly without weights. */
export function splitMinutes(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const quotas = weights.map((weight) => (sum > 0 ? (total * weight) / sum : total / weights.length));
  const minutes = quotas.map(Math.floor);
  const left = total - minutes.reduce((all, part) => all + part, 0);
  quotas
    .map((quota, index) => ({ index, remainder: quota - Math.floor(quota) }))
    .sort((one, other) => other.remainder - one.remainder || one.index - other.index)
    .slice(0, left)
    .forEach(({ index }) => (minutes[index] = (minutes[index] ?? 0) + 1));
  return minutes;
}

function describeDay(state: CalibrationState, evidence: DayEvidence, prediction: DayPrediction): string {
  const [from, to] = [describeHours(evidence.hours), describeHours(prediction.hours)];
  if (state.approvedDays === 0) return `the day's ${from} scaled to ${to}, as no day is approved yet`;
  const days = countWords(state.approvedDays, "approved day");
  const unit =
    prediction.roundedTo === null ? "" : `, to the ${describeUnit(prediction.roundedTo)} as usually approved`;
  return `the day's ${from} scaled to ${to} by ${days}${unit}`;
}

function describeUnit(minutes: 60 | 30 | 15): string {
  return minutes === 60 ? "hour" : minutes === 30 ? "half hour" : "quarter of an hour";
}
