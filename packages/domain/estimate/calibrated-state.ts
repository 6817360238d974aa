/**
 * What a person's approved days have taught, in twenty-odd numbers that the database keeps instead of the history.
 *
 * A day's hours are predicted as 0.75 + 0.55 × its bounded hours + 0.30 × the usual bounded hours of this person's days
 * + 0.075 for each hour that the last commit comes after 19:00, corrected by what the approved days were off. The
 * correction has a lasting part, a recent part that fades, and a personal weight on the bounded hours; each approval
 * moves them by how little is known yet (a Kalman filter; Harvey, "Forecasting, Structural Time Series Models and the
 * Kalman Filter", 1989, section 3.2). The constants are round numbers off a flat optimum: docs/decisions/0004.
 */
import * as z from "zod";
import { mostHours, type DayEvidence } from "./calibrated-day.ts";

const amount = z.number().nonnegative();

/** Hours, and hours squared in units of a day's own variance. */
export const calibrationStateSchema = z.object({
  approvedDays: amount,
  workedDays: amount,
  workedHours: amount,
  level: z.number(),
  recent: z.number(),
  slope: z.number(),
  varianceLevel: amount,
  varianceRecent: amount,
  varianceSlope: amount,
  covarianceLevelRecent: z.number(),
  covarianceLevelSlope: z.number(),
  covarianceRecentSlope: z.number(),
  /** Squared misses and their weight: how far this person's days lie from what is predicted. */
  missWeight: amount,
  missSquares: amount,
  /** Weights of the approvals that were in whole hours, half hours and quarters, of all. */
  approvals: amount,
  approvalsInHours: amount,
  approvalsInHalves: amount,
  approvalsInQuarters: amount,
});

export type CalibrationState = z.infer<typeof calibrationStateSchema>;

export interface DayPrediction {
  hours: number;
  low: number;
  high: number;
  /** Minutes this person approves in multiples of, where the hours were rounded to it; else null. */
  roundedTo: 60 | 30 | 15 | null;
}

const baseHours = 0.75;
const boundedWeight = 0.55;
const usualWeight = 0.3;
const latenessWeight = 0.075;
/** The usual day before any was seen, and how many days it counts as. */
const priorUsualHours = 3.4;
const priorUsualDays = 5;
/** The bounded hours at which a personal slope changes nothing. */
const middleHours = 3.5;
const neutralLastHour = 19;
const [earliestLastHour, latestLastHour] = [9, 27];
const leastHours = 0.25;

const priorVarianceLevel = 0.7;
const priorVarianceRecent = 0.35;
const priorVarianceSlope = 0.015;
/** What is left of the recent part after each approved day: half of it after five and a half days. */
const recentKept = 0.88;
/** An approval as suggested may be agreement or haste: it counts as a quarter of an observation, and tells no spread. */
const uneditedNoise = 4;

/** Spread of a four-hour day before any is known, in hours, and how many approved days that counts as. */
const priorMiss = 1.25;
const priorMissDays = 4;
const spreadKept = 0.5 ** (1 / 20);
/** Days are skewed to the long side, so the range reaches further up than down. */
const [spreadsDown, spreadsUp] = [1.2, 1.5];

const minutesPerDay = 1440;

export function startCalibration(): CalibrationState {
  return {
    approvedDays: 0,
    workedDays: 0,
    workedHours: 0,
    level: 0,
    recent: 0,
    slope: 0,
    varianceLevel: priorVarianceLevel,
    varianceRecent: priorVarianceRecent,
    varianceSlope: priorVarianceSlope,
    covarianceLevelRecent: 0,
    covarianceLevelSlope: 0,
    covarianceRecentSlope: 0,
    missWeight: 0,
    missSquares: 0,
    approvals: 0,
    approvalsInHours: 0,
    approvalsInHalves: 0,
    approvalsInQuarters: 0,
  };
}

/** Hours for a day with this evidence, and the range that holds the truth on some three days in four. */
export function predictDay(state: CalibrationState, evidence: DayEvidence): DayPrediction {
  const { mean, variance } = project(state, evidence);
  const unrounded = Math.min(mostHours, Math.max(leastHours, mean));
  const roundedTo = findApprovedUnit(state, unrounded);
  const hours = roundedTo === null ? unrounded : (Math.round((unrounded * 60) / roundedTo) * roundedTo) / 60;
  const miss = Math.sqrt((priorMissDays * priorMiss ** 2 + state.missSquares) / (priorMissDays + state.missWeight));
  const spread = miss * Math.sqrt(variance) * growSpread(mean);
  return {
    hours,
    low: Math.max(hours - spreadsDown * spread, 0.2 * hours),
    high: Math.min(hours + spreadsUp * spread, minutesPerDay / 60),
    roundedTo,
  };
}

/** Counts a finished day with commits, approved or not: it tells what is usual. In the order of the days. */
export function foldWorkedDay(state: CalibrationState, evidence: DayEvidence): CalibrationState {
  return {
    ...state,
    workedDays: state.workedDays + 1,
    workedHours: state.workedHours + evidence.hours,
  };
}

/**
 * Learns from what a person approved for a day, in minutes between 0 and 1440; anything else teaches nothing.
 * In the order of the days, each day once, and before `foldWorkedDay` of the same day.
 */
export function foldApprovedDay(
  state: CalibrationState,
  evidence: DayEvidence,
  minutes: number,
  unedited = false,
): CalibrationState {
  if (!(minutes >= 0 && minutes <= minutesPerDay)) return state;
  const noise = unedited ? uneditedNoise : 1;
  const { mean, variance, gain } = project(state, evidence, noise);
  const miss = minutes / 60 - mean;
  const next = {
    ...state,
    approvedDays: state.approvedDays + 1,
    level: state.level + (gain.level / variance) * miss,
    recent: (state.recent + (gain.recent / variance) * miss) * recentKept,
    slope: state.slope + (gain.slope / variance) * miss,
    varianceLevel: Math.max(0, state.varianceLevel - gain.level ** 2 / variance),
    varianceRecent:
      Math.max(0, state.varianceRecent - gain.recent ** 2 / variance) * recentKept ** 2 +
      priorVarianceRecent * (1 - recentKept ** 2),
    varianceSlope: Math.max(0, state.varianceSlope - gain.slope ** 2 / variance),
    covarianceLevelRecent: (state.covarianceLevelRecent - (gain.level * gain.recent) / variance) * recentKept,
    covarianceLevelSlope: state.covarianceLevelSlope - (gain.level * gain.slope) / variance,
    covarianceRecentSlope: (state.covarianceRecentSlope - (gain.recent * gain.slope) / variance) * recentKept,
  };
  if (unedited) return next;
  // One wild day shall not widen every range after it: misses count up to three times the expected.
  const square = Math.min((miss / growSpread(mean)) ** 2 / variance, (3 * priorMiss) ** 2);
  const isMultiple = (unit: number) => (minutes % unit === 0 ? 1 : 0);
  return {
    ...next,
    missWeight: state.missWeight * spreadKept + 1,
    missSquares: state.missSquares * spreadKept + square,
    approvals: state.approvals * spreadKept + 1,
    approvalsInHours: state.approvalsInHours * spreadKept + isMultiple(60),
    approvalsInHalves: state.approvalsInHalves * spreadKept + isMultiple(30),
    approvalsInQuarters: state.approvalsInQuarters * spreadKept + isMultiple(15),
  };
}

/** The predicted mean, its variance, and the covariance of each learned part with it. */
function project(state: CalibrationState, evidence: DayEvidence, noise = 1) {
  const bounded = evidence.hours;
  const usual = (priorUsualDays * priorUsualHours + state.workedHours) / (priorUsualDays + state.workedDays);
  const lastHour = Math.min(latestLastHour, Math.max(earliestLastHour, evidence.lastHour ?? neutralLastHour));
  const unlearned =
    baseHours + boundedWeight * bounded + usualWeight * usual + latenessWeight * (lastHour - neutralLastHour);
  const lean = bounded - middleHours;
  const gain = {
    level: state.varianceLevel + state.covarianceLevelRecent + state.covarianceLevelSlope * lean,
    recent: state.covarianceLevelRecent + state.varianceRecent + state.covarianceRecentSlope * lean,
    slope: state.covarianceLevelSlope + state.covarianceRecentSlope + state.varianceSlope * lean,
  };
  return {
    mean: unlearned + state.level + state.recent + state.slope * lean,
    variance: Math.max(0, gain.level + gain.recent + gain.slope * lean) + noise,
    gain,
  };
}

/** A long day is missed by more than a short one, by the root of its length. */
function growSpread(hours: number): number {
  return Math.sqrt(Math.max(1, hours) / 4);
}

/** The coarsest unit that three in four of the latest approvals are multiples of, once there are enough to tell. */
function findApprovedUnit(state: CalibrationState, hours: number): 60 | 30 | 15 | null {
  if (state.approvals < 5) return null;
  const habits = [
    [60, state.approvalsInHours],
    [30, state.approvalsInHalves],
    [15, state.approvalsInQuarters],
  ] as const;
  const unit = habits.find(([, weight]) => weight >= 0.75 * state.approvals)?.[0] ?? null;
  return unit !== null && hours * 60 >= unit ? unit : null;
}
