/**
 * A commit's estimate by the project's strategy:
 * - explicit: the time in the message, else the project's default minutes;
 * - heuristic: the size formula, whatever the message says;
 * - hybrid: the time in the message, else the size formula, flagged where the result looks wrong;
 * - calibrated: starts as hybrid; what the author's approved days add needs more than one commit.
 *
 * It raises the flags (../flags.ts) that need the commit alone.
 */
import { type ChangeCounts, countChanges } from "../change-counts.ts";
import { type ExplicitTime, findExplicitTime } from "../explicit-time.ts";
import { defaultGitConfig, type GitConfig } from "../git-config.ts";
import { compileLinearPattern } from "../linear-pattern.ts";
import { makeFlag } from "../flags.ts";
import type { PushedCommit } from "../push.ts";
import { estimateHeuristic, type HeuristicParameters } from "./heuristic.ts";
import type { Estimate, EstimateFlag } from "./types.ts";

export type StrategyConfig = HeuristicParameters &
  Pick<GitConfig, "estimation_strategy" | "explicit_pattern" | "default_minutes">;

/** Changed lines from which a heuristic estimate is doubtful. */
const MANY_LINES = 1000;
const MINUTE = 60_000;
const DAY_MINUTES = 1440;

function flagDates(commit: PushedCommit, now: Date): EstimateFlag[] {
  const flags: EstimateFlag[] = [];
  const authored = commit.authoredAt === null ? Number.NaN : Date.parse(commit.authoredAt);
  const committed = commit.committedAt === null ? Number.NaN : Date.parse(commit.committedAt);
  const dates = [authored, committed].filter((date) => !Number.isNaN(date));
  if (dates.some((date) => date < Date.UTC(2000, 0, 1))) {
    flags.push(makeFlag("date_before_2000"));
  }
  // A day's tolerance: a clock in the wrong time zone is no cause for alarm.
  if (dates.some((date) => date > now.getTime() + DAY_MINUTES * MINUTE)) {
    flags.push(makeFlag("date_in_future"));
  }
  // Five minutes: author and committer may sit at two clocks.
  if (authored > committed + 5 * MINUTE) {
    flags.push(makeFlag("authored_after_committed"));
  }
  return flags;
}

function estimateDefault(config: StrategyConfig, reason: string, flags: EstimateFlag[]): Estimate {
  const configured = Number.isNaN(config.default_minutes) ? defaultGitConfig.default_minutes : config.default_minutes;
  const minutes = Math.round(Math.min(DAY_MINUTES, Math.max(0, configured)));
  // Nothing is known about the size: anything up to the limit of a commit may be behind it.
  const most = Number.isFinite(config.max_minutes) ? Math.min(DAY_MINUTES, Math.round(config.max_minutes)) : 0;
  return { minutes, low: 0, high: Math.max(minutes, most), method: "default", reason, flags };
}

function estimateExplicit(time: ExplicitTime, config: StrategyConfig): Estimate {
  const flags: EstimateFlag[] = [];
  if (time.count > 1) {
    flags.push(makeFlag("explicit_several", time.count));
  }
  if (time.minutes > config.max_minutes) {
    flags.push(makeFlag("explicit_long", config.max_minutes));
  }
  const reason =
    time.count > 1 ? `The message says ${time.text}, ${time.minutes} min together` : `The message says ${time.text}`;
  return {
    minutes: time.minutes,
    low: time.minutes,
    high: time.minutes,
    method: "explicit",
    reason,
    flags,
  };
}

function estimateSize(counts: ChangeCounts | null, config: StrategyConfig): Estimate {
  if (counts === null) {
    return estimateDefault(config, "The default: the host did not say which files changed", [makeFlag("no_file_list")]);
  }
  const { additions, deletions } = counts;
  const lines = additions === null || deletions === null ? null : additions + deletions;
  const size = { files: counts.files, lines, uncountedFiles: counts.uncounted };
  const estimate = estimateHeuristic(size, config);
  if (counts.files === 0) {
    estimate.flags.push(makeFlag("no_files_changed"));
  }
  if (lines !== null && lines >= MANY_LINES) {
    estimate.flags.push(makeFlag("many_lines", lines));
  }
  if (counts.unwrittenShare > 0.5) {
    const share = Math.round(counts.unwrittenShare * 100);
    estimate.flags.push(makeFlag("mostly_generated", share, true));
  }
  if (counts.impossible) {
    estimate.flags.push(makeFlag("impossible_counts"));
  }
  return estimate;
}

/**
 * The estimate of one commit. Never throws, whatever the commit or the configuration holds. `now` decides what is in the
 * future.
 */
export function estimateCommit(commit: PushedCommit, config: StrategyConfig, now: Date = new Date()): Estimate {
  const flags: EstimateFlag[] = [];
  let explicit: ExplicitTime | null = null;
  if (config.estimation_strategy !== "heuristic") {
    const compiled = config.explicit_pattern === null ? null : compileLinearPattern(config.explicit_pattern);
    if (compiled !== null && !compiled.ok) {
      flags.push(makeFlag("explicit_pattern_invalid", compiled.error));
    }
    explicit = findExplicitTime(commit.message, config.explicit_pattern);
    if (explicit !== null && !explicit.plausible) {
      flags.push(makeFlag("explicit_implausible", explicit.text));
    }
  }
  let estimate: Estimate;
  if (explicit?.plausible === true) {
    estimate = estimateExplicit(explicit, config);
  } else if (config.estimation_strategy === "explicit") {
    estimate = estimateDefault(config, "The default: the message names no time", [makeFlag("no_explicit_time")]);
  } else {
    estimate = estimateSize(countChanges(commit.files), config);
  }
  return { ...estimate, flags: [...flags, ...estimate.flags, ...flagDates(commit, now)] };
}
