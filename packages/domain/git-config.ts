/**
 * A project's git configuration: how its commits become drafts. The names are those of the columns of
 * `project_git_configs`, the defaults and bounds those of its checks, so that a row parses as it is read.
 */
import * as z from "zod";

export const estimationStrategies = ["explicit", "heuristic", "hybrid", "calibrated"] as const;

/** Whose time a commit with members as co-authors is. */
export const pairRules = ["author_only", "split", "each_in_full"] as const;
/** What becomes of a commit that a coding assistant wrote, or is named beside. */
export const agentRules = ["as_person", "at_rate", "not_billed"] as const;

/** Where a line's words come from: the commit alone, or a model that is told of it. */
const wordsStrategies = ["template", "summary"] as const;

const revertRules = ["bill", "ignore"] as const;

/** What becomes of a ticket's epic, or of what stands above the ticket in its place. */
export const epicRules = ["none", "group", "group_and_category"] as const;
/** What the time logged on a ticket is: evidence beside the estimate, or the time itself. */
export const loggedTimeRules = ["evidence", "time"] as const;

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
  /** What is left out by default: merge commits, programs as authors, releases, raised dependencies. */
  ignore_merges: z.boolean().default(true),
  ignore_bots: z.boolean().default(true),
  ignore_releases: z.boolean().default(true),
  ignore_dependencies: z.boolean().default(true),
  /** Whether taking an earlier commit back is billable work. */
  revert_rule: z.enum(revertRules).default("bill"),
  /** Leaves out commits that name no ticket. */
  tickets_only: z.boolean().default(false),
  /** Where not empty, only tickets with one of these labels are billable. */
  billable_labels: z.array(z.string()).max(50).default([]),
  /** Tickets with one of these labels are not billed. */
  nonbillable_labels: z.array(z.string()).max(50).default([]),
  /** Puts off what stands under a ticket until the ticket is done. */
  done_tickets_only: z.boolean().default(false),
  epic_rule: z.enum(epicRules).default("group"),
  logged_time_rule: z.enum(loggedTimeRules).default("evidence"),
  /** Writes approved time to the ticket, and takes it back with the approval. */
  write_worklogs: z.boolean().default(false),
  /** An older commit is flagged when it arrives. */
  old_commit_days: z.int().min(1).max(3650).default(60),
  pair_rule: z.enum(pairRules).default("author_only"),
  agent_rule: z.enum(agentRules).default("as_person"),
  /** Minor units of the client's currency, for `at_rate`. */
  agent_hourly_rate_minor: z.int().min(0).nullable().default(null),
  words_strategy: z.enum(wordsStrategies).default("template"),
});

export type GitConfig = z.infer<typeof gitConfigSchema>;
export type PairRule = GitConfig["pair_rule"];
export type AgentRule = GitConfig["agent_rule"];

export const defaultGitConfig: Readonly<GitConfig> = gitConfigSchema.parse({});
