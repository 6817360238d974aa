import { expect, test } from "vitest";
import { elapsedOf, formatElapsed, stateColumns, stateOf, stepsOf } from "./delivery-state.ts";

test("every delivery is in the state by which the database would find it", () => {
  for (const status of ["accepted", "done", "failed"]) {
    for (const verdict of ["push", "ping", "ignored", "refused"]) {
      const { status: wanted, verdicts } = stateColumns[stateOf({ status, verdict })];
      expect(wanted).toBe(status);
      if (verdicts !== null) expect(verdicts).toContain(verdict);
    }
  }
});

test("a duration is shown in units that fit it", () => {
  expect([0, 85, 1400, 59_949, 59_950, 200_000, 7_260_000].map(formatElapsed)).toEqual([
    "0 ms",
    "85 ms",
    "1.4 s",
    "59.9 s",
    "1 m 0 s",
    "3 m 20 s",
    "2 h 1 m",
  ]);
});

test("what is not finished has no duration", () => {
  expect(elapsedOf({ received_at: "2026-03-01T10:00:00Z", finished_at: null })).toBeNull();
  expect(elapsedOf({ received_at: "2026-03-01T10:00:00Z", finished_at: "2026-03-01T10:00:01.5Z" })).toBe(1500);
});

test("the steps of a delivery add up to the whole, also where the host was not asked", () => {
  expect(stepsOf({ begun: 20, completed: 320, recorded: 400 })).toEqual([
    { name: "Waiting in the queue", took: 20 },
    { name: "Asking the host", took: 300 },
    { name: "Estimating and recording", took: 80 },
  ]);
  expect(stepsOf({ begun: 20, recorded: 50 }).map((step) => step.took)).toEqual([20, 30]);
  expect(stepsOf({})).toEqual([]);
});
