import fc from "fast-check";
import { expect, test } from "vitest";
import type { DayEvidence } from "./calibrated-day.ts";
import {
  calibrationStateSchema,
  foldApprovedDay,
  foldWorkedDay,
  predictDay,
  startCalibration,
  type CalibrationState,
} from "./calibrated-state.ts";

const evidence = (hours: number, lastHour: number | null = 17): DayEvidence => {
  return { hours, lastHour, lastAuthoredAt: null, shares: [] };
};

function learn(days: readonly (readonly [hours: number, minutes: number])[], unedited = false): CalibrationState {
  return days.reduce(
    (state, [hours, minutes]) => foldApprovedDay(state, evidence(hours), minutes, unedited),
    startCalibration(),
  );
}

const repeat = (count: number, hours: number, minutes: number) =>
  Array.from({ length: count }, () => [hours, minutes] as const);

test("a person who always approves the same is predicted ever nearer to it, in an ever narrower range", () => {
  const widths: number[] = [];
  const misses: number[] = [];
  for (const count of [0, 2, 6, 20]) {
    const { hours, low, high } = predictDay(learn(repeat(count, 3, 430)), evidence(3));
    widths.push(high - low);
    misses.push(Math.abs(hours - 430 / 60));
  }
  expect(misses).toEqual(misses.toSorted((one, other) => other - one));
  expect(widths.at(-1)).toBeLessThan(widths[0] ?? 0);
});

test("a person whose days vary gets a wider range than one whose days do not", () => {
  const varying = learn(Array.from({ length: 20 }, (_, index) => [4, index % 2 === 0 ? 60 : 540] as const));
  const steady = learn(repeat(20, 4, 300));
  const width = (state: CalibrationState) => predictDay(state, evidence(4)).high - predictDay(state, evidence(4)).low;
  expect(width(varying)).toBeGreaterThan(2 * width(steady));
});

test("the latest days count more than those before", () => {
  const rising = learn([...repeat(6, 3, 120), ...repeat(6, 3, 420)]);
  const falling = learn([...repeat(6, 3, 420), ...repeat(6, 3, 120)]);
  expect(predictDay(rising, evidence(3)).hours).toBeGreaterThan(predictDay(falling, evidence(3)).hours + 1);
});

test("approvals as suggested teach less than edits, and do not narrow the range by themselves", () => {
  const edited = learn(repeat(10, 3, 480));
  const unedited = learn(repeat(10, 3, 480), true);
  const untaught = predictDay(startCalibration(), evidence(3));
  expect(predictDay(unedited, evidence(3)).hours).toBeLessThan(predictDay(edited, evidence(3)).hours);
  expect(unedited.missWeight).toBe(0);
  const { hours, high } = predictDay(unedited, evidence(3));
  expect(high - hours).toBeGreaterThan(0.8 * (untaught.high - untaught.hours));
});

test("days with more behind them raise what is usual, approved or not", () => {
  const busy = Array.from({ length: 10 }).reduce<CalibrationState>(
    (state) => foldWorkedDay(state, evidence(8)),
    startCalibration(),
  );
  expect(predictDay(busy, evidence(3)).hours).toBeGreaterThan(predictDay(startCalibration(), evidence(3)).hours);
});

test("an approved number of minutes that no day has teaches nothing", () => {
  for (const minutes of [-1, 1441, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(foldApprovedDay(startCalibration(), evidence(3), minutes)).toEqual(startCalibration());
  }
});

test("whatever was approved, the state stays readable from the database and the range around the estimate", () => {
  const anyDay = fc.tuple(fc.double({ min: 0, max: 16, noNaN: true }), fc.nat({ max: 1440 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(anyDay, { maxLength: 200 }), fc.double({ min: 0, max: 16, noNaN: true }), (days, hours) => {
      const state = days.reduce(
        (folded, [bounded, minutes, unedited]) =>
          foldWorkedDay(foldApprovedDay(folded, evidence(bounded), minutes, unedited), evidence(bounded)),
        startCalibration(),
      );
      expect(calibrationStateSchema.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
      const prediction = predictDay(state, evidence(hours));
      expect(prediction.low).toBeGreaterThanOrEqual(0);
      expect(prediction.hours).toBeGreaterThanOrEqual(prediction.low);
      expect(prediction.high).toBeGreaterThanOrEqual(prediction.hours);
      expect(prediction.high).toBeLessThanOrEqual(24);
    }),
  );
});
