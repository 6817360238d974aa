import { describe, expect, it } from "vitest";
import { defaultGitConfig, gitConfigSchema } from "./git-config.ts";
import { findPatternErrors } from "./pattern-errors.ts";

describe("gitConfigSchema", () => {
  it("has the specification's defaults", () => {
    expect(defaultGitConfig).toEqual({
      estimation_strategy: "calibrated",
      explicit_pattern: null,
      default_minutes: 30,
      base_minutes: 15,
      minutes_per_file: 5,
      minutes_per_line: 0.5,
      factor: 1,
      max_minutes: 480,
      exclude_patterns: [],
      ignore_merges: true,
      ignore_bots: true,
      ignore_releases: true,
      ignore_dependencies: true,
      revert_rule: "bill",
      tickets_only: false,
      billable_labels: [],
      nonbillable_labels: [],
      done_tickets_only: false,
      epic_rule: "group",
      logged_time_rule: "evidence",
      write_worklogs: false,
      old_commit_days: 60,
      pair_rule: "author_only",
      agent_rule: "as_person",
      agent_hourly_rate_minor: null,
      words_strategy: "template",
    });
  });

  it("reads a row with the columns it does not know", () => {
    expect(gitConfigSchema.parse({ project_id: "p", ...defaultGitConfig, factor: 1.25 })).toEqual({
      ...defaultGitConfig,
      factor: 1.25,
    });
  });

  it.each([
    { factor: -1 },
    { factor: Number.NaN },
    { max_minutes: 0 },
    { max_minutes: 1441 },
    { default_minutes: 1.5 },
    { minutes_per_line: Number.POSITIVE_INFINITY },
    { estimation_strategy: "guess" },
    { exclude_patterns: Array.from({ length: 51 }, () => "a") },
  ])("refuses %o", (change) => {
    expect(gitConfigSchema.safeParse({ ...defaultGitConfig, ...change }).success).toBe(false);
  });
});

describe("findPatternErrors", () => {
  it("names the field, the place and what is wrong", () => {
    expect(findPatternErrors({ explicit_pattern: "(", exclude_patterns: ["^ok", "[a"] })).toEqual([
      { field: "explicit_pattern", index: null, message: "A closing ) is missing." },
      { field: "exclude_patterns", index: 1, message: "A closing ] is missing." },
    ]);
    expect(findPatternErrors(defaultGitConfig)).toEqual([]);
  });
});
