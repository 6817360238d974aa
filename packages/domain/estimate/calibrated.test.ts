import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateDay, estimateHistory, splitMinutes, type CalibratedEstimate } from "./calibrated.ts";
import type { ApprovedLine, CommitLine, HistoryLine } from "./calibrated-line.ts";
import { startCalibration } from "./calibrated-state.ts";

const golden = "./calibrated.golden.json";

function commit(hash: string, authoredAt: string | null, lines: number | null, files: number | null, day?: string) {
  const line: CommitLine = {
    type: "commit",
    hash,
    day: day ?? authoredAt?.slice(0, 10) ?? "2026-03-02",
    authoredAt,
    files,
    additions: lines,
    deletions: 0,
    sourceFiles: files,
    sourceAdditions: lines,
    sourceDeletions: 0,
    binaryFiles: 0,
  };
  return line;
}

const approve = (date: string, minutes: number): ApprovedLine => ({
  type: "approved",
  date,
  minutes,
});
const sumOf = (estimates: CalibratedEstimate[], key: "minutes" | "low" | "high") =>
  estimates.reduce((sum, estimate) => sum + estimate[key], 0);

/** Eight days of one person who approves whole hours, with what usually goes wrong in between. */
const history: HistoryLine[] = [
  commit("a1", "2026-03-02T09:40:00+02:00", 84, 3),
  commit("a2", "2026-03-02T11:05:00+02:00", 12, 1),
  commit("a3", "2026-03-02T17:30:00+02:00", 310, 9),
  approve("2026-03-02", 420),
  commit("b1", "2026-03-03T10:15:00+02:00", 40, 2),
  approve("2026-03-03", 180),
  // After midnight, yet the work of the evening before.
  commit("c1", "2026-03-04T18:00:00+02:00", 150, 4),
  commit("c2", "2026-03-05T00:20:00+02:00", 25, 2, "2026-03-04"),
  approve("2026-03-04", 360),
  // A burst: one afternoon's work, cut up into commits at its end.
  commit("d1", "2026-03-05T16:00:00+02:00", 5, 1),
  commit("d2", "2026-03-05T16:01:00+02:00", 200, 6),
  commit("d3", "2026-03-05T16:02:00+02:00", 60, 2),
  approve("2026-03-05", 240),
  // The clocks change on the 29th; and a day that nobody approves.
  commit("e1", "2026-03-28T23:30:00+02:00", 30, 1),
  commit("e2", "2026-03-29T04:10:00+03:00", 90, 3, "2026-03-28"),
  approve("2026-03-28", 300),
  commit("f1", "2026-03-30T12:00:00+03:00", 70, 3),
  // From another time zone.
  commit("g1", "2026-04-01T09:00:00-05:00", 45, 2),
  commit("g2", "2026-04-01T10:30:00-05:00", 15, 1),
  approve("2026-04-01", 240),
  commit("h1", "2026-04-02T10:00:00-05:00", null, null),
  commit("h2", "1970-01-01T00:00:00Z", -4, 2, "2026-04-02"),
  commit("h3", "2106-02-07T06:28:15Z", 1e300, Number.NaN, "2026-04-02"),
  approve("2026-04-02", 300),
  commit("i1", "2026-04-03T09:30:00-05:00", 55, 2),
  commit("i2", "2026-04-03T15:45:00-05:00", 84, 3),
];

test("the estimates of a small history are those of the golden file", async () => {
  const estimates = estimateHistory(history);
  await expect(`${JSON.stringify(estimates, null, 2)}\n`).toMatchFileSnapshot(golden);
});

test("minutes, lows and highs are ordered integers that add up to the day, for any input whatever", () => {
  const anyCount = fc.oneof(fc.constant(null), fc.integer(), fc.double(), fc.nat({ max: 500 }));
  const anyTime = fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.integer({ min: 0, max: 86_399 }).map((s) => new Date(Date.UTC(2026, 2, 2, 0, 0, s)).toISOString()),
  );
  const anyDay = fc.constantFrom("2026-03-01", "2026-03-02", "2026-03-03", "1970-01-01", "no day");
  const anyCommit = fc
    .tuple(fc.string(), anyTime, anyCount, anyCount, anyDay)
    .map(([hash, time, lines, files, day]): HistoryLine => commit(hash, time, lines, files, day));
  const anyApproval = fc
    .tuple(anyDay, fc.oneof(fc.double(), fc.nat({ max: 900 })))
    .map(([date, minutes]): HistoryLine => approve(date, minutes));
  fc.assert(
    fc.property(fc.array(fc.oneof(anyCommit, anyCommit, anyApproval), { maxLength: 40 }), (lines) => {
      const estimates = estimateHistory(lines);
      const hashes = lines.flatMap((line) => (line.type === "commit" ? [line.hash] : []));
      expect(estimates.map(({ hash }) => hash)).toEqual(hashes);
      for (const { minutes, low, high, reason } of estimates) {
        for (const number of [minutes, low, high]) expect(Number.isSafeInteger(number)).toBe(true);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(minutes).toBeGreaterThanOrEqual(low);
        expect(high).toBeGreaterThanOrEqual(minutes);
        expect(high).toBeLessThanOrEqual(1440);
        expect(reason).not.toMatch(/NaN|undefined|Infinity/);
      }
    }),
  );
});

test("nothing later than a day changes its estimates", () => {
  const whole = estimateHistory(history);
  const days = [...new Set(history.flatMap((line) => (line.type === "commit" ? [line.day] : [])))];
  for (const day of days) {
    const end = history.findLastIndex((line) => line.type === "commit" && line.day === day) + 1;
    const part = estimateHistory(history.slice(0, end));
    expect(part).toEqual(whole.slice(0, part.length));
  }
});

test("a later commit of the same day may move the earlier ones, and the day's hours stay shared", () => {
  const alone = estimateHistory(history.slice(0, 1));
  const together = estimateHistory(history.slice(0, 3));
  expect(together[0]?.minutes).not.toBe(alone[0]?.minutes);
  expect(sumOf(together, "minutes")).toBeGreaterThan(sumOf(alone, "minutes"));
});

test("longer approved days raise the estimates of the days after, and shorter ones lower them", () => {
  const dayAfter = (minutes: number) => {
    const lines = Array.from({ length: 6 }, (_, index): HistoryLine[] => {
      const day = `2026-03-0${index + 2}`;
      return [commit(`x${index}`, `${day}T12:00:00Z`, 60, 2), approve(day, minutes)];
    }).flat();
    return estimateHistory([...lines, commit("last", "2026-03-09T12:00:00Z", 60, 2)]).at(-1)?.minutes ?? 0;
  };
  const untaught = estimateHistory([commit("last", "2026-03-09T12:00:00Z", 60, 2)])[0]?.minutes ?? 0;
  expect(dayAfter(480)).toBeGreaterThan(untaught);
  expect(dayAfter(30)).toBeLessThan(untaught);
});

test("a day is rounded to the hour once its person approves whole hours, and not before", () => {
  const taught = (minutes: number) => {
    const lines = Array.from({ length: 8 }, (_, index): HistoryLine[] => {
      const day = `2026-03-0${index + 1}`;
      return [commit(`x${index}`, `${day}T12:00:00Z`, 60, 2), approve(day, minutes + index)];
    }).flat();
    return estimateHistory([...lines, commit("last", "2026-03-09T12:07:00Z", 81, 3)]).at(-1);
  };
  expect(taught(187)?.reason).not.toContain("as usually approved");
  const whole = estimateHistory([
    ...Array.from({ length: 8 }, (_, index): HistoryLine[] => {
      const day = `2026-03-0${index + 1}`;
      return [commit(`x${index}`, `${day}T12:00:00Z`, 60, 2), approve(day, 180)];
    }).flat(),
    commit("last", "2026-03-09T12:07:00Z", 81, 3),
  ]).at(-1);
  expect((whole?.minutes ?? 1) % 60).toBe(0);
  expect(whole?.reason).toContain("to the hour as usually approved");
});

test("a second approval of a day, and one of a day without commits, teach nothing", () => {
  const last = history.length;
  const repeated = [
    ...history.slice(0, 4),
    approve("2026-03-02", 1200),
    approve("2025-01-01", 30),
    ...history.slice(4),
  ];
  expect(estimateHistory(repeated)).toEqual(estimateHistory(history.slice(0, last)));
});

test("ten thousand commits in one minute make one day of at most a day's length, quickly", () => {
  for (const time of ["2026-03-02T12:00:30Z", null]) {
    const lines = Array.from({ length: 10_000 }, (_, index) => commit(`x${index}`, time, 3, 1));
    const started = performance.now();
    const estimates = estimateHistory([...lines, approve("2026-03-02", 300), ...lines]);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(sumOf(estimates, "minutes")).toBeLessThan((time === null ? 12 : 6) * 60);
    expect(sumOf(estimates, "high")).toBeLessThanOrEqual(1440);
  }
});

test("a day without commits has no estimates", () => {
  expect(estimateDay(startCalibration(), { day: "2026-03-02", commits: [], previousAuthoredAt: null })).toEqual([]);
});

test("minutes split in proportion add up, whatever the weights", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 1440 }),
      fc.array(fc.double({ min: 0, max: 24, noNaN: true }), { minLength: 1 }),
      (total, weights) => {
        const minutes = splitMinutes(total, weights);
        expect(minutes.reduce((sum, part) => sum + part, 0)).toBe(total);
        expect(Math.min(...minutes)).toBeGreaterThanOrEqual(0);
      },
    ),
  );
  expect(splitMinutes(10, [0, 0, 0])).toEqual([4, 3, 3]);
  expect(splitMinutes(100, [1, 3])).toEqual([25, 75]);
});
