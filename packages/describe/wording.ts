/** The words of a commit's subject, rewritten for someone who pays for the work and does not read git logs. */
import { removeExplicitTimes } from "@billhook/domain/explicit-time";
import { parseConventional } from "@billhook/domain/message";
import { findTicketKeys, locateTickets } from "@billhook/domain/tickets";
import { cleanLine } from "./text.ts";

/** Conventional Commits' types (the specification's two and Angular's list) and common others, in plain words. */
const typeWords: Readonly<Record<string, string>> = {
  feat: "Feature",
  feature: "Feature",
  fix: "Bug fix",
  bugfix: "Bug fix",
  hotfix: "Urgent fix",
  docs: "Documentation",
  doc: "Documentation",
  style: "Code style",
  refactor: "Refactoring",
  perf: "Performance",
  test: "Testing",
  tests: "Testing",
  build: "Build",
  ci: "Continuous integration",
  chore: "Maintenance",
  revert: "Revert",
  security: "Security",
  deps: "Dependencies",
  i18n: "Translation",
  l10n: "Translation",
  a11y: "Accessibility",
  ui: "User interface",
};

/** Imperatives that open a subject, and their past tense. Words that are as often nouns ("Test", "Support") are left out. */
const regular =
  "add adjust allow apply avoid bump change clean configure convert correct create deprecate disable enable enforce " +
  "ensure expand expose extend extract fix handle harden implement improve increase inline install integrate introduce " +
  "limit localise localize merge migrate modernise modernize move normalise normalize optimise optimize polish prevent " +
  "reduce reenable refactor refine reinstall remove rename reorder reorganise reorganize replace resolve restore " +
  "restrict restructure return revert revise rework sanitise sanitize secure simplify speed suppress translate tweak " +
  "unify update upgrade use validate verify delete";
const irregular: Readonly<Record<string, string>> = {
  drop: "Dropped",
  hide: "Hid",
  keep: "Kept",
  make: "Made",
  rebuild: "Rebuilt",
  rewrite: "Rewrote",
  rerun: "Reran",
  set: "Set",
  show: "Showed",
  skip: "Skipped",
  speed: "Sped",
  split: "Split",
  strip: "Stripped",
  submit: "Submitted",
  trim: "Trimmed",
  wrap: "Wrapped",
  write: "Wrote",
};

function inflect(verb: string): string {
  const capital = verb.charAt(0).toUpperCase() + verb.slice(1);
  if (capital.endsWith("e")) return `${capital}d`;
  return /[^aeiou]y$/u.test(capital) ? `${capital.slice(0, -1)}ied` : `${capital}ed`;
}

const pastTense = new Map<string, string>([
  ...regular.split(" ").map((verb) => [verb, inflect(verb)] as const),
  ...Object.entries(irregular),
]);
pastTense.set("limit", "Limited");
pastTense.set("refactor", "Refactored");

/** "Fix login" becomes "Fixed login"; "Fix for login" and "Update: login" name things and stay. */
export function toPastTense(sentence: string): string {
  const match = /^(?<verb>[A-Za-z]+)(?<rest>(?=[ ,.]|$).*)$/su.exec(sentence);
  const { verb = "", rest = "" } = match?.groups ?? {};
  const past = pastTense.get(verb.toLowerCase());
  return past === undefined || /^ (?:for|of)\b/iu.test(rest) ? sentence : past + rest;
}

function capitalise(sentence: string): string {
  const [first = ""] = sentence;
  // Not "iOS" or "eBPF": a capital further on in the word says that its author meant the small letter.
  return /^\p{Ll}[\p{Ll}\p{P}]*(?:\s|$)/u.test(sentence)
    ? first.toUpperCase() + sentence.slice(first.length)
    : sentence;
}

/** Stands for a ticket key while the words around it are looked at: a private-use character, removed from the text first. */
const keys = "\ue000(?:(?:\\s?[,;&+/]\\s?|\\sand\\s|\\s)?\ue000)*";
const verb =
  "(?:close[sd]?|closing|fix(?:e[sd])?|fixing|resolve[sd]?|resolving|implements?|refs?|references?|see|re|part of|" +
  "relate[sd]? to|for|in)";
const noun = "(?:(?:issues?|tickets?|bugs?|tasks?|story|pull request|merge request|pr|mr)\\s)?";
const bracketed = new RegExp(`[([]\\s?(?:${verb}:?\\s)?${noun}${keys}\\s?[)\\]]`, "giu");
const closing = new RegExp(`(?<![\\p{L}\\p{N}_])${verb}:?\\s${noun}${keys}\\s?(?=$|[.,;])`, "giu");
/** "Closes #12: …", but not "Fix #12: …", which says what kind of work it was. */
const opening = new RegExp(`^(?:(?!fix)${verb}\\s)?${noun}${keys}\\s?[:–-]`, "iu");

/** Removes ticket keys, with the brackets and the "closes", "refs", … around them. */
function removeTickets(text: string): string {
  let marked = text.replaceAll("\ue000", "");
  for (const { index, length } of locateTickets(marked).toReversed()) {
    marked = `${marked.slice(0, index)}\ue000${marked.slice(index + length)}`;
  }
  return marked.replace(bracketed, " ").replace(opening, "").replace(closing, " ").replaceAll("\ue000", " ");
}

export interface Wording {
  /** `Bug fix`; null where the subject has no conventional type. */
  type: string | null;
  /** Empty where nothing is left once the markers are removed. */
  sentence: string;
}

function splitType(subject: string): [type: string | null, rest: string] {
  // A type and nothing else: "feat:", of which the colon is gone by now.
  const alone = subject.toLowerCase();
  if (Object.hasOwn(typeWords, alone) && !pastTense.has(alone)) return [typeWords[alone] ?? null, ""];
  const header = parseConventional(subject);
  const word = header !== null && Object.hasOwn(typeWords, header.type) ? typeWords[header.type] : undefined;
  return header === null || word === undefined ? [null, subject] : [word, header.description];
}

/**
 * The subject without what is meant for tools: `fixup!`, `[WIP]` and other tags, emoji codes, ticket keys, smart-commit
 * commands and time annotations; the conventional type apart; the rest in the past tense where its verb is a common one.
 */
export function wordSubject(subject: string, explicitPattern: string | null = null): Wording {
  let rest = cleanLine(removeExplicitTimes(subject.slice(0, 2000), explicitPattern));
  let type: string | null = null;
  // Prefixes stack in any order ("fixup! [WIP] feat: …"); each round removes at least one.
  for (let round = 0; round < 6; round += 1) {
    const before = rest;
    rest = rest
      .replace(/^(?:(?:fixup|squash|amend)! ?)+/u, "")
      .replace(/^(?::[a-z0-9_+-]{1,40}: ?)+/u, "")
      .replace(/^(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\u200d|\ufe0f|\u20e3)* ?)+/u, "")
      .replace(/^\[[^[\]]{1,40}\] ?(?=[^ (:])/u, (tag) => (findTicketKeys(tag).length > 0 ? tag : ""))
      .replace(/^(?:wip|draft)\b ?[:!-]? ?/iu, "")
      .replace(/^Merged PR \d{1,9}: /u, "")
      .replace(/ ?(?:\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]|\*\*\*NO_CI\*\*\*)/giu, "");
    rest = tidy(removeTickets(rest));
    if (type === null) [type, rest] = splitType(rest);
    if (rest === before) break;
  }
  rest = tidy(rest.replace(/(?:^|\s)#(?:comment|close|closes|done|resolve|resolved|in-progress|start|time)\b/giu, " "));
  return { type, sentence: capitalise(toPastTense(rest)) };
}

/** Closes the gaps that removed parts leave. */
function tidy(text: string): string {
  return cleanLine(text)
    .replace(/\(\s?\)|\[\s?\]/gu, "")
    .replace(/ +(?=[.,;:!?)]+(?: |$))/gu, "")
    .replace(/ {2,}/gu, " ")
    .replace(/^[\s\-–—:;,.|/*•]+/u, "")
    .replace(/[\s\-–—:;,|/.]+$/u, "");
}
