/** What is wrong with the patterns of a git configuration, for the form that edits it. */
import type { GitConfig } from "./git-config.ts";
import { compileLinearPattern } from "./linear-pattern.ts";

export interface PatternError {
  field: "explicit_pattern" | "exclude_patterns";
  /** Place in the list; null for a field that is no list. */
  index: number | null;
  message: string;
}

/** One error per pattern that does not compile; empty where all do. */
export function findPatternErrors(config: Pick<GitConfig, "explicit_pattern" | "exclude_patterns">): PatternError[] {
  const errors: PatternError[] = [];
  if (config.explicit_pattern !== null) {
    const compiled = compileLinearPattern(config.explicit_pattern);
    if (!compiled.ok) errors.push({ field: "explicit_pattern", index: null, message: compiled.error });
  }
  for (const [index, source] of config.exclude_patterns.entries()) {
    const compiled = compileLinearPattern(source);
    if (!compiled.ok) errors.push({ field: "exclude_patterns", index, message: compiled.error });
  }
  return errors;
}
