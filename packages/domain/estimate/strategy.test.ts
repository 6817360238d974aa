import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultGitConfig, estimationStrategies, type GitConfig } from "../git-config.ts";
import type { FileChange, PushedCommit } from "../push.ts";
import { estimateCommit } from "./strategy.ts";

const now = new Date("2026-03-02T12:00:00Z");

function file(path: string, additions: number | null = null, deletions: number | null = null): FileChange {
  return { path, status: "modified", additions, deletions, binary: null };
}

function commit(message: string, files: FileChange[] | null = null, rest: Partial<PushedCommit> = {}): PushedCommit {
  const author = { name: "Developer", email: "dev@example.com", username: null };
  const unknown = { parents: null, committer: null, authoredAt: null, committedAt: null, url: null, patchId: null };
  return { hash: "a".repeat(40), message, author, files, ...unknown, ...rest };
}

function estimate(pushed: PushedCommit, config: Partial<GitConfig> = {}) {
  const { flags, ...rest } = estimateCommit(pushed, { ...defaultGitConfig, ...config }, now);
  return { ...rest, codes: flags.map((flag) => flag.code) };
}

const two = [file("a.ts", 40, 10), file("b.ts", 5, 2)];

describe("estimateCommit, explicit", () => {
  const explicit = { estimation_strategy: "explicit" } as const;

  it("takes the time in the message as it stands", () => {
    expect(estimate(commit("Fix [2.5h]", two), explicit)).toEqual({
      minutes: 150,
      low: 150,
      high: 150,
      method: "explicit",
      reason: "The message says [2.5h]",
      codes: [],
    });
  });

  it("gives the default minutes, flagged, to a message without a time", () => {
    expect(estimate(commit("Fix", two), explicit)).toEqual({
      minutes: 30,
      low: 0,
      high: 480,
      method: "default",
      reason: "The default: the message names no time",
      codes: ["no_explicit_time"],
    });
  });

  it("does not bill an implausible time, and shows it", () => {
    expect(estimate(commit("Budget [2024]", two), explicit)).toMatchObject({
      minutes: 30,
      codes: ["explicit_implausible", "no_explicit_time"],
    });
  });

  it("uses the project's pattern, and flags one that does not compile", () => {
    expect(estimate(commit("Fix {90m}"), { ...explicit, explicit_pattern: String.raw`\{(\w+)\}` }).minutes).toBe(90);
    expect(estimate(commit("Fix [1h]"), { ...explicit, explicit_pattern: "(" })).toMatchObject({
      minutes: 60,
      codes: ["explicit_pattern_invalid"],
    });
  });
});

describe("estimateCommit, heuristic", () => {
  it("goes by size whatever the message says", () => {
    expect(estimate(commit("Fix [2.5h]", two), { estimation_strategy: "heuristic" })).toMatchObject({
      minutes: 54,
      method: "heuristic",
      reason: "15 min + 2 files × 5 min + 57 lines × 0.5 min",
      codes: [],
    });
  });

  it("counts all files, lock files as well", () => {
    const files = [file("a.ts", 10, 0), file("package-lock.json", 10, 0)];
    expect(estimate(commit("Fix", files), { estimation_strategy: "heuristic" }).minutes).toBe(35);
  });
});

describe("estimateCommit, hybrid", () => {
  it("prefers the message, and else goes by size", () => {
    expect(estimate(commit("Fix [2h]", two))).toMatchObject({ minutes: 120, method: "explicit" });
    expect(estimate(commit("Fix", two))).toMatchObject({ minutes: 54, method: "heuristic", codes: [] });
  });

  it("falls back to size where the time is implausible", () => {
    expect(estimate(commit("Budget [2024]", two))).toMatchObject({ minutes: 54, codes: ["explicit_implausible"] });
  });

  it("flags several times that were added up, and more than the limit", () => {
    expect(estimate(commit("Squash\n\n* A [1h]\n* B [30m]"))).toMatchObject({
      minutes: 90,
      reason: "The message says [1h], [30m], 90 min together",
      codes: ["explicit_several"],
    });
    expect(estimate(commit("Fix [12h]"))).toMatchObject({ minutes: 720, codes: ["explicit_long"] });
  });

  it("gives the default, flagged, where the host lists no files", () => {
    expect(estimate(commit("Fix"))).toMatchObject({ minutes: 30, method: "default", codes: ["no_file_list"] });
    expect(estimate(commit("Fix", [])).codes).toEqual(["no_files_changed"]);
  });

  it("flags missing line counts", () => {
    expect(estimate(commit("Fix", [file("a.ts")]))).toMatchObject({ minutes: 20, codes: ["no_line_counts"] });
  });

  it("flags a thousand lines, the cap, generated files and impossible counts", () => {
    expect(estimate(commit("Fix", [file("a.ts", 1000, 0)])).codes).toEqual(["capped", "many_lines"]);
    expect(estimate(commit("Fix", [file("a.ts", 5, 0), file("yarn.lock", 95, 0)])).codes).toEqual(["mostly_generated"]);
    expect(estimate(commit("Fix", [file("a.ts", -5, Number.NaN)])).codes).toEqual(["impossible_counts"]);
  });

  it("flags dates that cannot be", () => {
    const dated = (authoredAt: string | null, committedAt: string | null) =>
      estimate(commit("Fix [1h]", null, { authoredAt, committedAt })).codes;
    expect(dated("1970-01-01T00:00:00Z", "2026-03-01T00:00:00Z")).toEqual(["date_before_2000"]);
    expect(dated("2036-01-01T00:00:00Z", "2036-01-01T00:00:00Z")).toEqual(["date_in_future"]);
    expect(dated("2026-03-01T10:00:00+01:00", "2026-03-01T08:00:00Z")).toEqual(["authored_after_committed"]);
    expect(dated("2026-03-01T10:00:00+01:00", "2026-03-01T09:00:00Z")).toEqual([]);
    expect(dated("not a date", null)).toEqual([]);
  });

  it("is where the calibrated strategy starts", () => {
    expect(estimate(commit("Fix", two), { estimation_strategy: "calibrated" })).toEqual(estimate(commit("Fix", two)));
  });
});

describe("estimateCommit", () => {
  it("answers anything with whole minutes of a day within their range, a reason and flags with sentences", () => {
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(null, -1, 1e9, Number.NaN, Number.MAX_VALUE));
    const change = fc.record({
      path: fc.string(),
      status: fc.constantFrom("added" as const, "removed" as const),
      additions: number,
      deletions: number,
      binary: fc.constantFrom(true, false, null),
    });
    const pushed = fc.record({
      message: fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "Fix [2h]", "[99999999]", "#time 5w")),
      files: fc.option(fc.array(change, { maxLength: 5 })),
      authoredAt: fc.option(fc.string()),
      committedAt: fc.constantFrom(null, "1901-01-01T00:00:00Z", "9999-01-01T00:00:00Z"),
    });
    const config = fc.record({
      estimation_strategy: fc.constantFrom(...estimationStrategies),
      explicit_pattern: fc.option(fc.string({ maxLength: 20 })),
      default_minutes: fc.double(),
      factor: fc.double(),
      max_minutes: fc.oneof(fc.double(), fc.integer()),
    });
    fc.assert(
      fc.property(pushed, config, ({ message, files, ...rest }, parameters) => {
        const result = estimateCommit(commit(message, files, rest), { ...defaultGitConfig, ...parameters }, now);
        const { minutes, low, high } = result;
        expect([minutes, low, high].every((value) => Number.isInteger(value) && value >= 0 && value <= 1440)).toBe(
          true,
        );
        expect(low <= minutes && minutes <= high).toBe(true);
        expect(result.reason).not.toBe("");
        for (const { code, message: sentence } of result.flags) {
          expect(code).toMatch(/^[a-z_0-9]+$/u);
          expect(sentence).toMatch(/\.$/u);
        }
      }),
      { numRuns: 500 },
    );
  });
});
