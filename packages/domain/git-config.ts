/**
 * A project's git configuration: how its commits become drafts. The names are those of the columns of
 * `project_git_configs`, the defaults and bounds those of its checks, so that a row parses as it is read.
 */
import * as z from "zod";

export const estimationStrategies = ["explicit", "heuristic", "hybrid", "calibrated"] as const;

export const gitConfigSchema = z.object({
  estimation_strategy: z.enum(estimationStrategies).default("calibrated"),
  /** RE2 syntax; group 1 is a duration, a bare number hours. Null for the built-in notations alone. */
  explicit_pattern: z.string().nullable().default(null),
  /** For what cannot be estimated. */
  default_minutes: z.int().min(0).max(1440).default(30),
  base_minutes: z.int().min(0).max(480).default(15),
  minutes_per_file: z.number().min(0).max(480).default(5),
  /** Per added or deleted line. */
  minutes_per_line: z.number().min(0).max(480).default(0.5),
  /** Multiplies the heuristic: 1.5 for a project where everything takes longer. */
  factor: z.number().min(0).max(100).default(1),
  /** The most the heuristic gives to one commit. */
  max_minutes: z.int().min(1).max(1440).default(480),
  /** RE2 syntax, matched in the first line of the message. */
  exclude_patterns: z.array(z.string()).max(50).default([]),
  /** Leaves out commits that name no ticket. */
  tickets_only: z.boolean().default(false),
  /** Where not empty, only tickets with one of these labels are billable. */
  billable_labels: z.array(z.string()).max(50).default([]),
});

export type GitConfig = z.infer<typeof gitConfigSchema>;
export type EstimationStrategy = GitConfig["estimation_strategy"];

export const defaultGitConfig: Readonly<GitConfig> = gitConfigSchema.parse({});
