import type { Database } from "@billhook/database/types.generated";
import {
  type GitConfig,
  agentRules,
  defaultGitConfig,
  epicRules,
  estimationStrategies,
  gitConfigSchema,
  loggedTimeRules,
  pairRules,
} from "@billhook/domain/git-config";
import { roundingDirections, roundingScopes } from "@billhook/domain/rounding";
import { findPatternErrors } from "@billhook/domain/pattern-errors";
import { z } from "../../lib/zod.ts";
import type { Project } from "../../data/workspace.tsx";
import { checkRate, numberOrNull, rateOrNull, requiredText, textOrNull, wholeNumber } from "../../lib/fields.ts";
import { moneyText } from "../../lib/money-text.ts";

export type GitConfigRow = Database["public"]["Tables"]["project_git_configs"]["Row"];

const readDecimal = (text: string): number => Number(text.trim().replace(",", "."));

/** A number with up to three decimals between two bounds, as text. */
const decimal = (low: number, high: number, what: string) =>
  z.string().refine((text) => {
    const number = readDecimal(text);
    return text.trim() !== "" && !Number.isNaN(number) && number >= low && number <= high;
  }, `Enter ${what} from ${low} to ${high}.`);

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** A list with one entry a line, within the bounds of its column. */
const list = z.string().superRefine((text, context) => {
  const lines = linesOf(text);
  if (lines.length > 50) context.addIssue({ code: "custom", message: "At most 50 lines." });
  else if (new TextEncoder().encode(lines.join("")).length > 10_000)
    context.addIssue({ code: "custom", message: "Together these are too long." });
});

export const projectSchema = (currency: string, locale: string) =>
  z
    .object({
      name: requiredText("Give the project a name.", 200),
      billing_type: z.enum(["hourly", "fixed", "non_billable"]),
      rate: z.string(),
      rounding_minutes: z.string(),
      rounding_direction: z.enum(roundingDirections),
      rounding_scope: z.enum(roundingScopes),
      budget_hours: z.union([z.literal(""), decimal(0.01, 30_000, "hours")]),
      budget: z.string(),
      budget_is_cap: z.boolean(),
      estimation_strategy: z.enum(estimationStrategies),
      explicit_pattern: z.string().max(200, "At most 200 characters."),
      default_minutes: wholeNumber(0, 1440, "minutes"),
      base_minutes: wholeNumber(0, 480, "minutes"),
      minutes_per_file: decimal(0, 480, "minutes"),
      minutes_per_line: decimal(0, 480, "minutes"),
      factor: decimal(0, 100, "a factor"),
      max_minutes: wholeNumber(1, 1440, "minutes"),
      exclude_patterns: list,
      ignore_merges: z.boolean(),
      ignore_bots: z.boolean(),
      ignore_releases: z.boolean(),
      ignore_dependencies: z.boolean(),
      ignore_reverts: z.boolean(),
      tickets_only: z.boolean(),
      billable_labels: list,
      nonbillable_labels: list,
      done_tickets_only: z.boolean(),
      epic_rule: z.enum(epicRules),
      logged_time_rule: z.enum(loggedTimeRules),
      write_worklogs: z.boolean(),
      old_commit_days: wholeNumber(1, 3650, "days"),
      pair_rule: z.enum(pairRules),
      agent_rule: z.enum(agentRules),
      agent_rate: z.string(),
    })
    .superRefine((values, context) => {
      checkRate(context, "rate", values.rate, currency, locale);
      checkRate(context, "budget", values.budget, currency, locale);
      checkRate(context, "agent_rate", values.agent_rate, currency, locale);
      if (values.agent_rule === "at_rate" && values.agent_rate.trim() === "")
        context.addIssue({ code: "custom", path: ["agent_rate"], message: "Enter the rate for assistants." });
      for (const { field, index, message } of findPatternErrors(gitRulesOf(values))) {
        context.addIssue({
          code: "custom",
          path: [field],
          message: index === null ? message : `Line ${index + 1}: ${message}`,
        });
      }
    });

export type ProjectValues = z.infer<ReturnType<typeof projectSchema>>;

const strategyOf = (value: string): GitConfig["estimation_strategy"] =>
  estimationStrategies.find((strategy) => strategy === value) ?? defaultGitConfig.estimation_strategy;

const billingOf = (value: string): ProjectValues["billing_type"] =>
  value === "fixed" || value === "non_billable" ? value : "hourly";

export const projectValues = (
  project: Project,
  config: GitConfigRow,
  currency: string,
  locale: string,
): ProjectValues => ({
  name: project.name,
  billing_type: billingOf(project.billing_type),
  rate: moneyText(project.hourly_rate_minor, currency, locale),
  rounding_minutes: project.rounding_minutes?.toString() ?? "",
  rounding_direction: roundingDirections.find((direction) => direction === project.rounding_direction) ?? "nearest",
  rounding_scope: roundingScopes.find((scope) => scope === project.rounding_scope) ?? "entry",
  budget_hours: project.budget_minutes === null ? "" : String(Math.round(project.budget_minutes / 0.6) / 100),
  budget: moneyText(project.budget_minor, currency, locale),
  budget_is_cap: project.budget_is_cap,
  estimation_strategy: strategyOf(config.estimation_strategy),
  explicit_pattern: config.explicit_pattern ?? "",
  default_minutes: String(config.default_minutes),
  base_minutes: String(config.base_minutes),
  minutes_per_file: String(config.minutes_per_file),
  minutes_per_line: String(config.minutes_per_line),
  factor: String(config.factor),
  max_minutes: String(config.max_minutes),
  exclude_patterns: config.exclude_patterns.join("\n"),
  ignore_merges: config.ignore_merges,
  ignore_bots: config.ignore_bots,
  ignore_releases: config.ignore_releases,
  ignore_dependencies: config.ignore_dependencies,
  ignore_reverts: config.revert_rule === "ignore",
  tickets_only: config.tickets_only,
  billable_labels: config.billable_labels.join("\n"),
  nonbillable_labels: config.nonbillable_labels.join("\n"),
  done_tickets_only: config.done_tickets_only,
  epic_rule: epicRules.find((rule) => rule === config.epic_rule) ?? defaultGitConfig.epic_rule,
  logged_time_rule:
    loggedTimeRules.find((rule) => rule === config.logged_time_rule) ?? defaultGitConfig.logged_time_rule,
  write_worklogs: config.write_worklogs,
  old_commit_days: String(config.old_commit_days),
  pair_rule: pairRules.find((rule) => rule === config.pair_rule) ?? defaultGitConfig.pair_rule,
  agent_rule: agentRules.find((rule) => rule === config.agent_rule) ?? defaultGitConfig.agent_rule,
  agent_rate: moneyText(config.agent_hourly_rate_minor, currency, locale),
});

export const projectColumns = (values: ProjectValues, currency: string, locale: string) => ({
  name: values.name.trim(),
  billing_type: values.billing_type,
  hourly_rate_minor: rateOrNull(values.rate, currency, locale),
  rounding_minutes: numberOrNull(values.rounding_minutes),
  rounding_direction: values.rounding_minutes === "" ? null : values.rounding_direction,
  rounding_scope: values.rounding_minutes === "" ? null : values.rounding_scope,
  budget_minutes: values.budget_hours === "" ? null : Math.round(readDecimal(values.budget_hours) * 60),
  budget_minor: rateOrNull(values.budget, currency, locale) || null,
  budget_is_cap: values.budget_is_cap,
});

/** Whose work a commit is, and from which age it is flagged. */
export const workRulesOf = (values: ProjectValues, currency: string, locale: string) => ({
  old_commit_days: Number(values.old_commit_days),
  pair_rule: values.pair_rule,
  agent_rule: values.agent_rule,
  agent_hourly_rate_minor: rateOrNull(values.agent_rate, currency, locale),
});

/** What the project makes of tickets, besides which commits and labels count. */
export const ticketRulesOf = (values: ProjectValues) => ({
  nonbillable_labels: linesOf(values.nonbillable_labels),
  done_tickets_only: values.done_tickets_only,
  epic_rule: values.epic_rule,
  logged_time_rule: values.logged_time_rule,
  write_worklogs: values.write_worklogs,
});

/** Numbers that do not read (somebody is typing) count as 0 in the preview; saving checks them first. */
const number = (text: string): number => {
  const read = readDecimal(text);
  return Number.isFinite(read) ? Math.round(read * 1000) / 1000 : 0;
};

/** What of a git configuration the form shows. */
export type GitRules = Pick<
  GitConfig,
  | "estimation_strategy"
  | "explicit_pattern"
  | "default_minutes"
  | "base_minutes"
  | "minutes_per_file"
  | "minutes_per_line"
  | "factor"
  | "max_minutes"
  | "exclude_patterns"
  | "ignore_merges"
  | "ignore_bots"
  | "ignore_releases"
  | "ignore_dependencies"
  | "revert_rule"
  | "tickets_only"
  | "billable_labels"
>;

export const gitRulesOf = (values: Omit<ProjectValues, "name" | "billing_type" | "rate">): GitRules => ({
  estimation_strategy: values.estimation_strategy,
  explicit_pattern: textOrNull(values.explicit_pattern),
  default_minutes: number(values.default_minutes),
  base_minutes: number(values.base_minutes),
  minutes_per_file: number(values.minutes_per_file),
  minutes_per_line: number(values.minutes_per_line),
  factor: number(values.factor),
  max_minutes: number(values.max_minutes),
  exclude_patterns: linesOf(values.exclude_patterns),
  ignore_merges: values.ignore_merges,
  ignore_bots: values.ignore_bots,
  ignore_releases: values.ignore_releases,
  ignore_dependencies: values.ignore_dependencies,
  revert_rule: values.ignore_reverts ? "ignore" : "bill",
  tickets_only: values.tickets_only,
  billable_labels: linesOf(values.billable_labels),
});

/** A stored row as a configuration. The database keeps its bounds; a row that does not parse counts as the defaults. */
export function savedGitConfig(row: GitConfigRow): GitConfig {
  const read = gitConfigSchema.safeParse(row);
  return read.success ? read.data : defaultGitConfig;
}
