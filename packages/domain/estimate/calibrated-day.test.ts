import { expect, test } from "vitest";
import { describeHours, measureDay, type DayCommit } from "./calibrated-day.ts";
import { boundBySize, describeSize, flagCounts, readSize } from "./calibrated-size.ts";

const counts = { files: 3, additions: 84, deletions: 0, binaryFiles: 0 };
const size = { ...counts, sourceFiles: 3, sourceAdditions: 84, sourceDeletions: 0 };

function measure(times: (string | null)[], previousAuthoredAt: string | null = null) {
  const commits = times.map((authoredAt, index): DayCommit => ({
    hash: `h${index}`,
    authoredAt,
    ...size,
  }));
  return measureDay({ day: "2026-03-02", commits, previousAuthoredAt });
}

const sizeHours = boundBySize(readSize(size));
const codesOf = (flags: { code: string }[]) => flags.map(({ code }) => code);

test("a gap of up to two hours counts whole, and a longer one only as far as the size of the commit bears", () => {
  const { hours, shares } = measure([
    "2026-03-02T09:00:00+01:00",
    "2026-03-02T10:30:00+01:00",
    "2026-03-02T17:00:00+01:00",
  ]);
  expect(hours).toBeCloseTo(sizeHours + 1.5 + sizeHours, 6);
  expect(shares.map(({ reason }) => reason)).toEqual([
    "measured by 84 lines in 3 files, with no earlier commit to count from",
    "1 h 30 m since the previous commit at 09:00",
    `6 h 30 m since the previous commit at 10:30, bounded to ${describeHours(sizeHours)} by 84 lines in 3 files`,
  ]);
});

test("the first commit of a day is bounded by size, and an earlier commit within two hours continues its session", () => {
  expect(measure(["2026-03-02T09:00:00Z"], "2026-03-01T17:00:00Z").shares[0]?.reason).toBe(
    "first commit of the day, bounded by 84 lines in 3 files",
  );
  expect(measure(["2026-03-02T00:30:00Z"], "2026-03-01T23:30:00Z").hours).toBeCloseTo(1, 6);
});

test("commits of a burst are bounded as one and share its time by size, in whatever order they come", () => {
  const small = { ...size, files: 1, sourceFiles: 1, sourceAdditions: 5 };
  const commits = [
    { hash: "large", authoredAt: "2026-03-02T09:04:00Z", ...size },
    { hash: "small", authoredAt: "2026-03-02T09:00:00Z", ...small },
  ];
  const { shares, hours } = measureDay({ day: "2026-03-02", commits, previousAuthoredAt: null });
  expect(hours).toBeCloseTo(boundBySize({ lines: 89, files: 4 }) + 4 / 60, 6);
  const [large, little] = shares.map((share) => share.hours);
  expect((large ?? 0) / (little ?? 1)).toBeCloseTo(sizeHours / boundBySize(readSize(small)), 6);
  expect(shares[0]?.reason).toBe(
    "measured by 89 lines in 4 files, with no earlier commit to count from, " +
      "shared by size among 2 commits within 5 minutes",
  );
});

test("cutting a commit up into several at once changes its hours in sum by nothing", () => {
  const part = { ...size, files: 1, sourceFiles: 1, sourceAdditions: 28 };
  const commits = ["a", "b", "c"].map((hash) => ({ hash, authoredAt: "2026-03-02T09:00:00Z", ...part }));
  const { hours } = measureDay({ day: "2026-03-02", commits, previousAuthoredAt: null });
  expect(hours).toBeCloseTo(sizeHours, 6);
});

test("a time outside its day, or none, is flagged and counts by size alone", () => {
  for (const time of [null, "1970-01-01T00:00:00Z", "2106-02-07T06:28:15Z", "yesterday", "2026-13-45T99:00:00Z"]) {
    const { hours, shares, lastHour, lastAuthoredAt } = measure([time]);
    expect(hours).toBeCloseTo(sizeHours, 6);
    expect(shares[0]?.flags.map(({ code }) => code)).toEqual(["implausible_time"]);
    expect({ lastHour, lastAuthoredAt }).toEqual({ lastHour: null, lastAuthoredAt: null });
  }
});

test("an earlier commit dated after this one bounds nothing", () => {
  expect(measure(["2026-03-02T09:00:00Z"], "2106-02-07T06:28:15Z").hours).toBeCloseTo(sizeHours, 6);
});

test("gaps are real time across a change of the clocks, and the last hour is the author's clock", () => {
  const commits = ["2026-03-28T23:30:00+02:00", "2026-03-29T04:00:00+03:00"].map((authoredAt, index): DayCommit => {
    return { hash: `h${index}`, authoredAt, ...size };
  });
  const { shares, lastHour } = measureDay({ day: "2026-03-28", commits, previousAuthoredAt: null });
  expect(shares[1]?.reason).toContain("3 h 30 m since the previous commit at 23:30");
  expect(lastHour).toBe(28);
});

test("unknown, negative and absurd counts are flagged, and the rest of the counts is used", () => {
  const unknown = { ...size, files: null, additions: null, deletions: null };
  const none = { ...unknown, sourceFiles: null, sourceAdditions: null, sourceDeletions: null, binaryFiles: null };
  const onlyFiles = { ...none, files: 3 };
  const onlyLines = { ...none, additions: 84, deletions: 0 };
  expect(boundBySize(readSize(none))).toBe(1.7);
  expect([none, onlyFiles, onlyLines].map((counts) => describeSize(readSize(counts)))).toEqual([
    "an unknown number of lines",
    "3 files",
    "84 lines",
  ]);
  expect([none, onlyFiles, onlyLines].map((counts) => codesOf(flagCounts(counts)))).toEqual([
    ["no_line_counts"],
    ["no_line_counts"],
    [],
  ]);
  for (const absurd of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
    const counts = { ...none, files: 3, additions: absurd, deletions: 2 };
    expect(codesOf(flagCounts(counts))).toEqual(["implausible_counts", "no_line_counts"]);
    expect(boundBySize(readSize(counts))).toBe(boundBySize({ lines: null, files: 3 }));
  }
});

test("lock and generated files do not count where source counts are known", () => {
  expect(readSize({ ...size, files: 5, additions: 30_000 })).toEqual(readSize(size));
});
