/**
 * The words of a draft line without any model: "Backend Development: Fixed authentication bug (2 files changed, +45/-12
 * lines)". The same commit always gets the same words.
 */
import { countChanges } from "@billhook/domain/change-counts";
import { removeExplicitTimes } from "@billhook/domain/explicit-time";
import { parseMessage } from "@billhook/domain/message";
import type { PushedCommit } from "@billhook/domain/push";
import { guessCategory } from "./category.ts";
import { cleanLine, cleanLines, truncate } from "./text.ts";
import { type Wording, wordSubject } from "./wording.ts";

/** UTF-16 units of the subject's words in a description. */
const MAX_SUBJECT_LENGTH = 200;
/** UTF-16 units of a detailed description. */
const MAX_DETAIL_LENGTH = 4000;
const MAX_CATEGORY_LENGTH = 60;
const MAX_TICKET_LENGTH = 120;

export interface CommitDescription {
  /** One line, never empty, under 400 UTF-16 units; under 600 with a ticket. */
  description: string;
  /** The message's body without trailers and time annotations, lines ended by `\n`; null where there is none. */
  detailed_description: string | null;
  category: string;
}

/** A ticket the commit names, as its tracker shows it. */
export interface DescribedTicket {
  key: string;
  title: string;
  type: string | null;
  labels: readonly string[];
}

export interface DescribeOptions {
  /** Used instead of the guess from the paths. */
  category?: string;
  /** The project's pattern of time annotations, which are removed. */
  explicitPattern?: string | null;
  /** The tickets that were found, the one it stands under first. */
  tickets?: readonly DescribedTicket[];
}

/** The types of commit that are a category themselves, where the author says so. */
const ownCategories = new Map([
  ["Documentation", "Documentation"],
  ["Testing", "Testing"],
  ["Continuous integration", "Infrastructure"],
]);

function describeSize(commit: PushedCommit): string {
  const counts = countChanges(commit.files);
  if (counts === null || counts.files === 0) return "";
  const files = `${counts.files} ${counts.files === 1 ? "file" : "files"} changed`;
  const { additions, deletions } = counts;
  const known = additions !== null && deletions !== null && counts.uncounted === 0 && additions + deletions > 0;
  return known ? ` (${files}, +${additions}/-${deletions} lines)` : ` (${files})`;
}

const mergeSubject = /^(?:Merge pull request #\d|Merge branch '|Merged in .{1,200} \(pull request #\d)/u;
/** Lines that a host adds to a merge's message. */
const hostLine = /^(?:See merge request \S+|Merge in \S+ from \S+ to \S+|(?:# )?Conflicts:.*)$/u;

/** A branch without the ticket it is named after, whose key would leave a gap: `'ABC-12-stock'` is `'stock'`. */
const nameBranch = (subject: string): string =>
  subject
    .replace(/(?<=['/])[A-Z][A-Z0-9_]{1,19}-\d{1,7}[-_](?=[\p{L}\p{N}])/u, "")
    .replace(/ '[A-Z][A-Z0-9_]{1,19}-\d{1,7}'/u, "");

/** The subject that says what was done: hosts put a pull request's title below "Merge pull request #1 from …". */
function pickSubject(subject: string, lines: string[]): string {
  if (!mergeSubject.test(subject)) return subject;
  const first = lines.findIndex((line) => line.trim() !== "");
  const title = first < 0 ? "" : (lines[first] ?? "");
  if (title === "" || /^[#*\t]/u.test(title)) return nameBranch(subject);
  lines.splice(0, first + 1);
  return title;
}

/** Of so many of the title's words the beginning is in the sentence: "Suggested authors" says "Suggest authors". */
const SAID = 0.75;

function says(sentence: string, title: string): boolean {
  const beginnings = (text: string): string[] =>
    (text.toLowerCase().match(/\p{L}{3,}/gu) ?? []).map((word) => word.slice(0, 4));
  const said = new Set(beginnings(sentence));
  const words = beginnings(title);
  return words.length > 0 && words.filter((word) => said.has(word)).length >= words.length * SAID;
}

/** The ticket's own words beside those of the commit; nothing where the commit already says them. */
function nameTicket(ticket: DescribedTicket | undefined, sentence: string): string {
  const title = truncate(cleanLine(ticket?.title ?? ""), MAX_TICKET_LENGTH);
  if (ticket === undefined || title === "" || says(sentence, title)) return "";
  return `${truncate(cleanLine(ticket.key), 60)} ${title}`;
}

function joinWords({ type, sentence }: Wording, category: string): string {
  const words = truncate(sentence, MAX_SUBJECT_LENGTH);
  if (type === null || type === category) return `${category}: ${words}`;
  return words === "" ? `${category}: ${type}` : `${category}: ${type} – ${words}`;
}

/**
 * Describes a commit for the inbox and the invoice. Line counts appear only where they are known for every file. Control
 * characters never do, apart from the line ends of the detailed description. A commit whose message says nothing is
 * "Development work". Never throws.
 */
export function describeCommit(commit: PushedCommit, options: DescribeOptions = {}): CommitDescription {
  const message = parseMessage(commit.message.slice(0, 65_536));
  const lines = message.body.split("\n").filter((line) => !hostLine.test(line));
  const wording = wordSubject(pickSubject(message.subject, lines), options.explicitPattern ?? null);
  const given = truncate(cleanLine(options.category ?? ""), MAX_CATEGORY_LENGTH);
  const category = given !== "" ? given : (ownCategories.get(wording.type ?? "") ?? guessCategory(commit.files));
  const empty = wording.sentence === "" && (wording.type === null || wording.type === category);
  const detail = truncate(
    cleanLines(removeExplicitTimes(`\n${lines.join("\n")}\n`, options.explicitPattern)),
    MAX_DETAIL_LENGTH,
  );
  const ticket = nameTicket(options.tickets?.[0], wording.sentence);
  const words = empty ? (ticket === "" ? "Development work" : `${category}: ${ticket}`) : joinWords(wording, category);
  return {
    description: words + (empty || ticket === "" ? "" : ` – ${ticket}`) + describeSize(commit),
    detailed_description: detail === "" ? null : detail,
    category,
  };
}
