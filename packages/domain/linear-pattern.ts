/**
 * Regular expressions that users give. They run on RE2 (re2js), whose time is linear in the text, so that no pattern can
 * hang the pipeline for everyone (OWASP, "Regular expression Denial of Service"). What is left, a large constant, is
 * bounded by the caps below: the worst allowed pattern takes some 70 ms on the longest allowed text.
 */
import { RE2JS, RE2JSSyntaxException } from "re2js";

/** Characters of a pattern. */
export const MAX_PATTERN_LENGTH = 200;
/** Instructions of the compiled pattern; `(.{0,100}){9}` has 1,800, everyday ones under 50. */
const MAX_PATTERN_SIZE = 500;
/** Characters of the text that are searched; the rest is not looked at. */
export const MAX_SEARCHED_LENGTH = 8192;

export interface PatternMatch {
  text: string;
  index: number;
  /** The capturing groups in order, null where one took no part. */
  groups: (string | null)[];
}

export interface LinearPattern {
  source: string;
  /** Whether the pattern matches anywhere in the text. */
  test: (text: string) => boolean;
  /** The first matches, left to right, none of them empty. */
  findAll: (text: string, limit?: number) => PatternMatch[];
}

export type CompiledPattern = { ok: true; pattern: LinearPattern } | { ok: false; error: string };

/** The engine's words for an error, and ours. Everything else is answered in general words. */
const errors: Readonly<Record<string, string>> = {
  "invalid character class range": "A range in […] is not valid.",
  "invalid escape sequence": "An escape sequence is not known.",
  "invalid named capture": "A named group is not valid.",
  "invalid or unsupported Perl syntax": "Lookahead, lookbehind and back-references are not supported.",
  "invalid nested repetition operator": "A repetition follows a repetition.",
  "invalid repeat count": "A repeat count is not valid, or over 1000.",
  "missing closing ]": "A closing ] is missing.",
  "missing closing )": "A closing ) is missing.",
  "missing argument to repetition operator": "There is nothing to repeat before *, + or ?.",
  "trailing backslash at end of expression": "The pattern ends with a backslash.",
  "duplicate capture group name": "Two groups have the same name.",
  "unexpected )": "There is a ) without its (.",
};

function compile(source: string): CompiledPattern {
  if (source === "") return { ok: false, error: "The pattern is empty." };
  if (source.length > MAX_PATTERN_LENGTH) {
    return { ok: false, error: `The pattern is longer than ${MAX_PATTERN_LENGTH} characters.` };
  }
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source);
  } catch (error) {
    const known = error instanceof RE2JSSyntaxException ? errors[error.getDescription()] : undefined;
    return { ok: false, error: known ?? "This is not a valid pattern." };
  }
  if (compiled.programSize() > MAX_PATTERN_SIZE) {
    return { ok: false, error: "The pattern is too complex. Use smaller repeat counts." };
  }
  const pattern: LinearPattern = {
    source,
    test: (text) => compiled.test(text.slice(0, MAX_SEARCHED_LENGTH)),
    findAll: (text, limit = 20) => {
      const searched = text.slice(0, MAX_SEARCHED_LENGTH);
      const found: PatternMatch[] = [];
      // The automaton answers "nowhere" much faster than the engine that tracks groups.
      if (!compiled.test(searched)) return found;
      for (const match of compiled.matchAll(searched)) {
        if (match[0] !== "") {
          const groups = match.slice(1).map((group: string | undefined) => group ?? null);
          found.push({ text: match[0], index: match.index ?? 0, groups });
        }
        if (found.length >= limit) break;
      }
      return found;
    },
  };
  return { ok: true, pattern };
}

const CACHE_ENTRIES = 64;
const CACHE_MILLISECONDS = 10 * 60 * 1000;

/** Compiled patterns of this isolate. Only saves time: an entry depends on nothing but its key. */
const isolatePatternCache = new Map<string, { compiled: CompiledPattern; until: number }>();

/** Compiles a pattern, or says what is wrong with it in a sentence for the person who wrote it. Never throws. */
export function compileLinearPattern(source: string): CompiledPattern {
  if (source.length > MAX_PATTERN_LENGTH) return compile(source);
  const now = Date.now();
  const hit = isolatePatternCache.get(source);
  isolatePatternCache.delete(source);
  const entry =
    hit !== undefined && hit.until > now ? hit : { compiled: compile(source), until: now + CACHE_MILLISECONDS };
  if (isolatePatternCache.size >= CACHE_ENTRIES) {
    const [oldest] = isolatePatternCache.keys();
    if (oldest !== undefined) isolatePatternCache.delete(oldest);
  }
  isolatePatternCache.set(source, entry);
  return entry.compiled;
}
