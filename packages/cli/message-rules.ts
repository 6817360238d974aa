/** What a commit's message should say for its project, and what it lacks. Pure, and small: it runs before each commit. */
import { findExplicitTime } from "@billhook/domain/explicit-time";
import { compileLinearPattern } from "@billhook/domain/linear-pattern";
import { findTickets } from "@billhook/domain/tickets";

export interface MessageRules {
  mode: "remind" | "enforce";
  wantsTime: boolean;
  wantsTicket: boolean;
  /** The project's own pattern for times (RE2), beside the built-in notations. */
  explicitPattern: string | null;
  /** Messages that the project leaves out of billing need neither. */
  excludePatterns: string[];
}

/** Everything below the scissors line is git's own, as are its comments (`# …`): git-commit(1), --cleanup. `#time 1h` is not. */
function cleanMessage(text: string): string {
  const [message = ""] = text.split(/^# -+ >8 -+$/mu);
  return message
    .split(/\r?\n/u)
    .filter((line) => !/^#(?:\s|$)/u.test(line))
    .join("\n")
    .trim();
}

/** What is missing, as sentences; nothing for what git writes itself and for what the project does not bill. */
export function findMissing(text: string, branch: string, rules: MessageRules): string[] {
  const message = cleanMessage(text);
  const [subject = ""] = message.split("\n");
  if (message === "" || /^(?:Merge |Revert "|fixup! |squash! |amend! )/u.test(subject)) return [];
  const isLeftOut = rules.excludePatterns.some((source) => {
    const compiled = compileLinearPattern(source);
    return compiled.ok && compiled.pattern.test(subject);
  });
  if (isLeftOut) return [];
  const missing: string[] = [];
  if (rules.wantsTime) {
    const time = findExplicitTime(message, rules.explicitPattern);
    if (time === null) missing.push("It says no time. Add one, such as [1h 30m] or [45m].");
    else if (!time.plausible) missing.push(`${time.text} is more than a day. Did you mean minutes?`);
  }
  if (rules.wantsTicket && findTickets(message, branch === "" ? null : branch).primary === null) {
    missing.push("Neither it nor the branch names a ticket, such as ABC-123.");
  }
  return missing;
}
