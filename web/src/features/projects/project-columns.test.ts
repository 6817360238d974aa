import { defaultGitConfig } from "@billhook/domain/git-config";
import { expect, test } from "vitest";
import { type ProjectValues, gitRulesOf, projectSchema, ticketRulesOf, workRulesOf } from "./project-columns.ts";

const values: ProjectValues = {
  name: "Shop",
  billing_type: "hourly",
  rate: "",
  rounding_minutes: "",
  rounding_direction: "nearest",
  rounding_scope: "entry",
  budget_hours: "",
  budget: "",
  budget_is_cap: false,
  estimation_strategy: "hybrid",
  explicit_pattern: "",
  default_minutes: "30",
  base_minutes: "15",
  minutes_per_file: "5",
  minutes_per_line: "0,5",
  factor: "1",
  max_minutes: "480",
  exclude_patterns: "",
  ignore_merges: true,
  ignore_bots: true,
  ignore_releases: true,
  ignore_dependencies: true,
  ignore_reverts: false,
  tickets_only: false,
  billable_labels: "",
  nonbillable_labels: "",
  done_tickets_only: false,
  epic_rule: "group",
  logged_time_rule: "evidence",
  write_worklogs: false,
  old_commit_days: "60",
  pair_rule: "author_only",
  agent_rule: "as_person",
  agent_rate: "",
};
const check = (changes: Partial<ProjectValues>) => projectSchema("EUR", "en").safeParse({ ...values, ...changes });

test("the form's values become the columns of the git configuration", () => {
  expect(defaultGitConfig).toMatchObject({ ...gitRulesOf(values), estimation_strategy: expect.any(String) as string });
  expect(defaultGitConfig).toMatchObject(ticketRulesOf(values));
  expect(check({}).success).toBe(true);
});

test("a pattern that does not compile is refused with the number of its line", () => {
  const checked = check({ exclude_patterns: "^WIP\n\n(unclosed" });
  expect(checked.error?.issues).toMatchObject([
    { path: ["exclude_patterns"], message: expect.stringMatching(/^Line 2: /u) },
  ]);
  expect(check({ explicit_pattern: "(?=x)" }).error?.issues[0]?.path).toEqual(["explicit_pattern"]);
});

test("numbers out of their bounds are refused at their field", () => {
  expect(check({ max_minutes: "0" }).error?.issues[0]?.path).toEqual(["max_minutes"]);
  expect(check({ factor: "abc" }).error?.issues[0]?.path).toEqual(["factor"]);
  expect(check({ base_minutes: "1.5" }).error?.issues[0]?.path).toEqual(["base_minutes"]);
});

test("assistants at another rate need the rate", () => {
  expect(defaultGitConfig).toMatchObject(workRulesOf(values, "EUR", "en"));
  expect(check({ agent_rule: "at_rate" }).error?.issues[0]?.path).toEqual(["agent_rate"]);
  const paid = { ...values, agent_rule: "at_rate", agent_rate: "40.50" } as const;
  expect(projectSchema("EUR", "en").safeParse(paid).success).toBe(true);
  expect(workRulesOf(paid, "EUR", "en")).toMatchObject({ agent_rule: "at_rate", agent_hourly_rate_minor: 4050 });
});
