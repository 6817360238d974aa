/**
 * What a person should look at before approving: the one list of rules. Each has a stable code, a severity and the words
 * it is told in. A `check` may cost somebody money; a `note` is worth knowing and no fault.
 *
 * Rules that need only the commit are applied where it is estimated (packages/domain/estimate); those that need the
 * person, the day or the ticket are in `findFlags`. A fact that is not known raises no flag.
 */
import { formatDuration } from "./duration.ts";
import type { EstimateFlag } from "./estimate/types.ts";
import type { FlagSeverity } from "./flag-severity.ts";

interface FlagRule<Facts extends unknown[]> {
  severity: FlagSeverity;
  say: (...facts: Facts) => string;
}

const hm = (minutes: number): string => formatDuration(minutes, "hm");

const note = <Facts extends unknown[]>(say: (...facts: Facts) => string): FlagRule<Facts> => ({
  severity: "note",
  say,
});
const check = <Facts extends unknown[]>(say: (...facts: Facts) => string): FlagRule<Facts> => ({
  severity: "check",
  say,
});

export const flagRules = {
  // The time in the message.
  no_explicit_time: check(() => "The message names no time."),
  explicit_implausible: check((text: string) => `${text} would be more than 24 hours and was not used.`),
  explicit_several: note((count: number) => `The message names ${count} times, which were added up.`),
  explicit_long: check((most: number) => `The message names more than ${most} minutes for one commit.`),
  explicit_pattern_invalid: check((error: string) => `The project's pattern for times was not used. ${error}`),
  // The size of the change.
  no_file_list: check(() => "The host did not say which files changed, so the size of the change is not known."),
  no_files_changed: check(() => "The commit changes no files."),
  /** Of which files: `all`, a number of them in words, or `middling` where a size is assumed. */
  no_line_counts: note((unknown: string) =>
    unknown === "all"
      ? "The host did not say how many lines changed, so they are not counted."
      : unknown === "middling"
        ? "The line counts of this commit are not known, so its size is assumed to be middling."
        : `The host did not say how many lines changed in ${unknown}.`,
  ),
  many_lines: check(
    (lines: number) => `${lines.toLocaleString("en-US")} changed lines are rarely all written by hand.`,
  ),
  mostly_generated: check(
    (percent: number, counted: boolean) =>
      `${percent}% of the change is lock, generated, vendored or binary files, which ${counted ? "the formula counts as work" : "are not counted as work"}.`,
  ),
  impossible_counts: check(() => "The host's line counts are not possible and were taken as 0."),
  implausible_counts: check(() => "A line or file count of this commit is negative or absurd and was left out."),
  capped: check((most: number) => `The formula gives more than the limit of ${most} minutes for one commit.`),
  // Who made it, and when.
  no_author: check(() => "The commit names no author, so whose day it is part of is not known."),
  date_before_2000: check(() => "The commit is dated before the year 2000."),
  date_in_future: check(() => "The commit is dated in the future."),
  authored_after_committed: check(() => "The commit was authored after it was committed."),
  implausible_time: check(
    () => "The time this commit was authored is unknown or not within its working day, so only its size counts.",
  ),
  commit_old: check(
    (day: string, age: number, most: number) =>
      `The commit is from ${day}, ${age} days before it arrived; after ${most} days the project wants it looked at.`,
  ),
  outside_hours: note(
    (clock: string, weekday: string, hours: string) =>
      `Written at ${clock} on a ${weekday}, outside the working hours (${hours}).`,
  ),
  // The person and the day.
  far_from_usual: check(
    (minutes: number, low: number, high: number) =>
      `${hm(minutes)} is far from this person's usual: of ten approved commits, eight are between ` +
      `${hm(low)} and ${hm(high)}.`,
  ),
  over_day: check(
    (claim: DayClaim) =>
      `${hm(claim.minutes)} for one commit; ` +
      (claim.other > 0
        ? `the day holds ${hm(claim.other)} of other work: ${hm(claim.minutes + claim.other)} together, while `
        : "") +
      (claim.passed >= 1440
        ? "a day has 24 h."
        : `${hm(claim.passed)} passed between ${claim.from} and ${claim.until}.`),
  ),
  overlaps_entry: check(
    (entry: { source: "timer" | "manual"; minutes: number; from: string | null; until: string | null }) => {
      const span = entry.from === null || entry.until === null ? "" : ` from ${entry.from} to ${entry.until}`;
      const what = entry.source === "timer" ? "A timer ran" : "Time was entered by hand";
      return `${what}${span} that day (${hm(entry.minutes)}): the same work may be counted twice.`;
    },
  ),
  // The ticket.
  ticket_time_disagrees: check(
    (ticket: string, logged: number, billed: number) =>
      `${ticket} has ${hm(logged)} logged, its commits come to ${hm(billed)}.`,
  ),
  ticket_not_done: note((ticket: string, status: string) => `${ticket} is not done yet: it is ${status}.`),
  /** With the label that leaves it out; null where it has none of those that are billed. */
  ticket_not_billed: note((ticket: string, label: string | null) =>
    label === null
      ? `${ticket} has none of the labels that the project bills.`
      : `${ticket} is labelled ${label.trim()}, which the project does not bill.`,
  ),
  // What the commit is.
  possible_rewrite: check((reason: string) => `${reason} Its time may be counted already.`),
  partly_proposed: note((commits: string) => `It holds ${commits}, proposed already: the time is that of the rest.`),
  pair_share: note(
    (own: number, whole: number, people: number) =>
      `${people} people made this commit: ${hm(own)} of its ${hm(whole)} is this person's share.`,
  ),
  pair_in_full: note((people: number) => `${people} people made this commit, and the project bills each in full.`),
  agent_at_rate: note((agent: string) => `Made with ${agent}, which the project bills at a rate of its own.`),
  agent_not_billed: note((agent: string) => `Made with ${agent}, which the project does not bill.`),
} as const;

export type FlagCode = keyof typeof flagRules;
type FactsOf<Code extends FlagCode> = Parameters<(typeof flagRules)[Code]["say"]>;

/** Everything that claims a part of a person's day, in minutes; the times are clock times of the workspace. */
export interface DayClaim {
  minutes: number;
  other: number;
  passed: number;
  from: string;
  until: string;
}

/** The flag of a rule, in its words. */
export function makeFlag<Code extends FlagCode>(code: Code, ...facts: FactsOf<Code>): EstimateFlag {
  const say = flagRules[code].say as (...given: FactsOf<Code>) => string;
  return { code, message: say(...facts) };
}
