import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultGitConfig } from "../git-config.ts";
import { estimateHeuristic } from "./heuristic.ts";

describe("estimateHeuristic", () => {
  it("is 15 minutes, 5 a file and half a minute a line", () => {
    expect(estimateHeuristic({ files: 4, lines: 84 }, defaultGitConfig)).toEqual({
      minutes: 77,
      low: 15,
      high: 300,
      method: "heuristic",
      reason: "15 min + 4 files × 5 min + 84 lines × 0.5 min",
      flags: [],
    });
    expect(estimateHeuristic({ files: 0, lines: 0 }, defaultGitConfig).minutes).toBe(15);
  });

  it("rounds half a minute up, and speaks of one file and one line", () => {
    expect(estimateHeuristic({ files: 1, lines: 1 }, defaultGitConfig)).toMatchObject({
      minutes: 21,
      reason: "15 min + 1 file × 5 min + 1 line × 0.5 min",
    });
  });

  it("applies the project's factor and says so", () => {
    expect(estimateHeuristic({ files: 1, lines: 20 }, { ...defaultGitConfig, factor: 1.5 })).toMatchObject({
      minutes: 45,
      reason: "(15 min + 1 file × 5 min + 20 lines × 0.5 min) × 1.5",
    });
  });

  it("gives 8 hours at most, flagged where the formula gives more", () => {
    expect(estimateHeuristic({ files: 3, lines: 900 }, defaultGitConfig)).toMatchObject({ minutes: 480, flags: [] });
    const capped = estimateHeuristic({ files: 3, lines: 10 ** 9 }, defaultGitConfig);
    expect(capped.minutes).toBe(480);
    expect(capped.high).toBeGreaterThan(480);
    expect(capped.reason).toBe("15 min + 3 files × 5 min + 1,000,000,000 lines × 0.5 min, limited to 480 min");
    expect(capped.flags.map((flag) => flag.code)).toEqual(["capped"]);
  });

  it("says and flags that lines are not known, and widens the range to the cap", () => {
    const unknown = estimateHeuristic({ files: 2, lines: null }, defaultGitConfig);
    expect(unknown).toMatchObject({
      minutes: 25,
      low: 5,
      high: 480,
      reason: "15 min + 2 files × 5 min; changed lines are not known",
    });
    expect(unknown.flags.map((flag) => flag.code)).toEqual(["no_line_counts"]);
    const partly = estimateHeuristic({ files: 2, lines: 10, uncountedFiles: 1 }, defaultGitConfig);
    expect(partly.reason).toBe("15 min + 2 files × 5 min + 10 lines × 0.5 min; lines of 1 file are not known");
    expect(partly.flags.map((flag) => flag.code)).toEqual(["no_line_counts"]);
  });

  it("puts the estimate within its range in whole minutes of a day, whatever the input", () => {
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-1, 1e9, Number.MAX_VALUE, Number.NaN));
    fc.assert(
      fc.property(number, fc.option(number), number, number, number, number, number, (files, lines, a, b, c, d, e) => {
        const parameters = { base_minutes: a, minutes_per_file: b, minutes_per_line: c, factor: d, max_minutes: e };
        const { minutes, low, high, reason } = estimateHeuristic({ files, lines }, parameters);
        expect([minutes, low, high].every((value) => Number.isInteger(value) && value >= 0 && value <= 1440)).toBe(
          true,
        );
        expect(low <= minutes && minutes <= high).toBe(true);
        expect(reason).not.toMatch(/NaN|Infinity|undefined/u);
      }),
      { numRuns: 500 },
    );
  });

  it("never gives less for more files or lines", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(2000), fc.nat(10), fc.nat(100), (files, lines, moreFiles, moreLines) => {
        const small = estimateHeuristic({ files, lines }, defaultGitConfig).minutes;
        const large = estimateHeuristic(
          { files: files + moreFiles, lines: lines + moreLines },
          defaultGitConfig,
        ).minutes;
        expect(large).toBeGreaterThanOrEqual(small);
      }),
    );
  });
});
