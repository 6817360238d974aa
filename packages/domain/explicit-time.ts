/**
 * The time an author wrote into a commit message.
 *
 * | Notation     | Example                          | From                                                     |
 * |--------------|----------------------------------|----------------------------------------------------------|
 * | pattern      | as the project configures it     | group 1 is a duration; a bare number is hours            |
 * | bracket      | `[2.5h]` `[2]` `[90m]` `[1h 30m]`| the default pattern, and its forms with minutes          |
 * | smart-commit | `#time 1w 2d 4h 30m`             | Jira, "Process work items with smart commits"            |
 * | quick-action | `/spend 1h 30m`                  | GitLab, "GitLab quick actions"                           |
 * | trailer      | `Time-Spent: 45m`                | git-interpret-trailers                                   |
 *
 * Several annotations: what the subject line says counts for the whole commit. Only where it says nothing is the rest of
 * the message read, and there the annotations of one notation (the first in the table that occurs) are added up, because
 * a squash commit lists the messages of the commits it replaces, and Jira and GitLab add as well. Different notations are
 * never added: `[2h]` and `Time-Spent: 2h` in one message say the same thing twice.
 *
 * A bare number in brackets counts as hours by the default pattern, but not where it is plainly something else: an index
 * (`argv[1]`), a link (`[1](…)`, `[1]: …`), a footnote with its own line in the body, or beside an annotation with a unit.
 * More than 24 hours (`[2024]`) is no working time of one commit: it is passed over where anything plausible stands beside
 * it, and otherwise returned as implausible, to be shown and not billed.
 */
import { MAX_DAY_MINUTES, readDuration, readUnits } from "./duration.ts";
import { compileLinearPattern } from "./linear-pattern.ts";

/** Hours in brackets, as the product has always documented it. */
const DEFAULT_EXPLICIT_PATTERN = String.raw`\[(\d+\.?\d*)h?\]`;

/** Characters of a message that are read. */
const MAX_MESSAGE_LENGTH = 65_536;

export type TimeNotation = "pattern" | "bracket" | "smart-commit" | "quick-action" | "trailer";

export interface ExplicitTime {
  /** Whole minutes, at least 0. */
  minutes: number;
  /** The annotation as written; several are joined with ", ". */
  text: string;
  notation: TimeNotation;
  /** How many annotations were added up. */
  count: number;
  /** False where the minutes exceed a day: show them, don't bill them. */
  plausible: boolean;
}

interface Hit {
  minutes: number;
  text: string;
  index: number;
  /** False for a bare number in brackets. */
  hasUnit: boolean;
}

interface Region {
  text: string;
  isSubject: boolean;
}

type Finder = (region: Region) => Hit[];

const MAX_HITS = 50;

function findBrackets({ text, isSubject }: Region): Hit[] {
  const footnotes = new Set(
    isSubject
      ? []
      : [...text.matchAll(/^[ \t]{0,8}\[(\d{1,15}(?:\.\d{0,15})?)\]:?[ \t]{1,8}\S/gmu)].map((match) => match[1]),
  );
  const hits: Hit[] = [];
  for (const match of text.matchAll(/(?<before>[\p{L}\p{N}_)\]`])?\[(?<inner>[^[\]\n]{1,40})\](?<after>[(:`])?/gu)) {
    const { before, inner = "", after } = match.groups ?? {};
    const bare = /^\d{1,15}(?:\.\d{0,15})?$/u.test(inner);
    if (bare && (before !== undefined || after !== undefined || footnotes.has(inner))) continue;
    if (!bare && !/^[\d.,]+\s*[a-z]/iu.test(inner.trim())) continue;
    const minutes = readDuration(inner);
    const index = match.index + (before?.length ?? 0);
    if (minutes !== null) hits.push({ minutes, text: `[${inner}]`, index, hasUnit: !bare });
    if (hits.length >= MAX_HITS) break;
  }
  return hits.some((hit) => hit.hasUnit) ? hits.filter((hit) => hit.hasUnit) : hits;
}

/** Finds a keyword followed by `1w 2d 4h 30m`. */
function findAfter(keyword: RegExp): Finder {
  return ({ text }) => {
    const hits: Hit[] = [];
    for (const match of text.matchAll(keyword)) {
      const start = match.index + match[0].length;
      const read = readUnits(text.slice(start, start + 80), ["w", "d", "h", "m"]);
      if (read === null) continue;
      const lead = match[0].length - match[0].trimStart().length;
      const written = text.slice(match.index + lead, start + read.length);
      hits.push({ minutes: read.minutes, text: written, index: match.index + lead, hasUnit: true });
      if (hits.length >= MAX_HITS) break;
    }
    return hits;
  };
}

function findTrailers({ text }: Region): Hit[] {
  const hits: Hit[] = [];
  for (const match of text.matchAll(/^time-spent[ \t]{0,4}:[ \t]{0,8}([^\n]{1,60})$/gimu)) {
    const minutes = readDuration(match[1] ?? "") ?? readUnits(match[1] ?? "", ["w", "d", "h", "m"])?.minutes ?? null;
    if (minutes !== null) hits.push({ minutes, text: match[0].trim(), index: match.index, hasUnit: true });
    if (hits.length >= MAX_HITS) break;
  }
  return hits;
}

function findPattern(source: string): Finder {
  const compiled = compileLinearPattern(source);
  if (!compiled.ok) return () => [];
  return ({ text }) =>
    compiled.pattern.findAll(text, MAX_HITS).flatMap((match) => {
      const minutes = readDuration(match.groups[0] ?? match.text);
      return minutes === null ? [] : [{ minutes, text: match.text, index: match.index, hasUnit: true }];
    });
}

function listFinders(pattern: string | null): [TimeNotation, Finder][] {
  const finders: [TimeNotation, Finder][] = [
    ["bracket", findBrackets],
    ["smart-commit", findAfter(/(?:^|\s)#time[ \t]{1,4}/gimu)],
    ["quick-action", findAfter(/^[ \t]{0,8}(?:[-*][ \t]{1,4})?\/(?:spend|spent|spend_time)[ \t]{1,4}/gimu)],
    ["trailer", findTrailers],
  ];
  if (pattern !== null && pattern !== DEFAULT_EXPLICIT_PATTERN) finders.unshift(["pattern", findPattern(pattern)]);
  return finders;
}

function splitRegions(message: string): Region[] {
  const text = message.slice(0, MAX_MESSAGE_LENGTH).replace(/\r\n?/gu, "\n");
  const start = /\S/u.exec(text)?.index ?? 0;
  const end = text.indexOf("\n", start);
  if (end < 0) return [{ text: text.slice(start), isSubject: true }];
  return [
    { text: text.slice(start, end), isSubject: true },
    { text: text.slice(end + 1), isSubject: false },
  ];
}

/**
 * The explicit time of a message, or null where it has none. `pattern` is the project's own, in RE2 syntax, tried before
 * the built-in notations; one that does not compile finds nothing (`compileLinearPattern` says why). Never throws.
 */
export function findExplicitTime(message: string, pattern: string | null = null): ExplicitTime | null {
  const finders = listFinders(pattern);
  let implausible: ExplicitTime | null = null;
  for (const region of splitRegions(message)) {
    for (const [notation, find] of finders) {
      const hits = find(region);
      const possible = hits.filter((hit) => hit.minutes <= MAX_DAY_MINUTES);
      const used = possible.length > 0 ? possible : hits.slice(0, 1);
      if (used.length === 0) continue;
      const sum = used.reduce((total, hit) => total + hit.minutes, 0);
      const time: ExplicitTime = {
        minutes: Math.min(Math.round(sum), Number.MAX_SAFE_INTEGER),
        text: used
          .map((hit) => hit.text)
          .join(", ")
          .slice(0, 200),
        notation,
        count: used.length,
        plausible: sum <= MAX_DAY_MINUTES,
      };
      if (time.plausible) return time;
      implausible ??= time;
    }
  }
  return implausible;
}

/** The text without its time annotations, plausible ones only: `[2024]` in a subject is not about time. */
export function removeExplicitTimes(text: string, pattern: string | null = null): string {
  let rest = text.slice(0, MAX_MESSAGE_LENGTH).replace(/\r\n?/gu, "\n");
  const isSubject = !rest.trim().includes("\n");
  for (const [, find] of listFinders(pattern)) {
    for (const hit of find({ text: rest, isSubject }).toReversed()) {
      if (hit.minutes > MAX_DAY_MINUTES) continue;
      const after = rest.slice(hit.index + hit.text.length);
      // With the space in front of it, where none is needed any more.
      const spaced = /[ \t]/u.test(rest.charAt(hit.index - 1)) && /^(?:$|[\s.,;:!?)])/u.test(after);
      rest = rest.slice(0, spaced ? hit.index - 1 : hit.index) + after;
    }
  }
  return rest;
}
