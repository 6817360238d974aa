/**
 * The tickets a commit names: `ABC-123` (Jira, Linear, YouTrack, …; `ZD-123`, `FD-123` and `HS-123` are Zendesk's,
 * Freshdesk's and Help Scout's), `#123` (the repository's own tracker; `GH-123` is GitHub's other form of it),
 * `owner/name#123`, `AB#123` (Azure Boards), `CU-86b1c2d` (ClickUp), and the trackers' addresses (see ticket-address.ts).
 *
 * A key in a message is written in capitals, as Jira requires ("Reference work items in your development work"). A branch
 * is usually all lower case, so there `feature/abc-123-login` names ABC-123, where the key begins a path segment and its
 * word is not one that branches are numbered with (`release-12`, `patch-1`). What has a key's form by custom, `UTF-8`,
 * `SHA-256`, `CVE-2024-1234`, is not a ticket; neither is anything inside another address, nor a number that goes on
 * (`1.2`, `ISO-8859-1`).
 *
 * Some mean a ticket only where a tracker that has it is connected: an issue of a named repository, which is more often
 * somebody else's bug, ClickUp's `#86b1c2d`, and the `123-login` that GitHub and GitLab name an issue's branch. Such a
 * mention is weak, and only `findTicketMentions` gives it.
 */
import { readTicketAddress } from "./ticket-address.ts";

/** Prefixes of standards, encodings, algorithms, sizes and advisories. */
// prettier-ignore
const notProjects = new Set([
  "UTF", "UCS", "ISO", "IEC", "IEEE", "RFC", "BCP", "CVE", "CWE", "CVSS", "GHSA", "RHSA", "DSA", "USN", "ZDI", "OSV",
  "SHA", "SHA1", "SHA2", "SHA3", "MD", "AES", "DES", "RSA", "ECDSA", "HMAC", "CRC", "BLAKE", "BLAKE2", "BLAKE3", "SSE",
  "FIPS", "NIST", "PKCS", "TLS", "SSL", "DTLS", "HTTP", "HTTPS", "QUIC", "IPV", "UDP", "USB", "PCI", "DDR", "HDMI",
  "ASCII", "CP", "WINDOWS", "LATIN", "KOI8", "BIG5", "EUC", "JIS", "BASE", "EBCDIC", "ECMA", "WCAG", "W3C",
  "ANSI", "DIN", "ITU", "RS", "PEP", "JSR", "JEP", "JLS", "BIP", "EIP", "ERC", "POSIX", "XPG",
  "X86", "AMD", "ARM", "ARMV", "RISC", "MIPS", "PPC", "GPT", "COVID", "MP", "MPEG", "AAC", "H264", "UTC", "GMT",
  "EST", "PST", "CET", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC", "FY", 
  "LPT", "WEP", "WPA", "VERSION", "ISBN", "ISSN", "DOI", "EAN", "GTIN", "UPC", "IBAN",
]);

/** Words that people number branches with. */
// prettier-ignore
const branchWords = new Set([
  "release", "releases", "rel", "version", "ver", "v", "rc", "alpha", "beta", "sprint", "iteration", "milestone", "phase",
  "step", "part", "stage", "patch", "hotfix", "bugfix", "fix", "bug", "feature", "feat", "chore", "docs", "test", "tests",
  "task", "story", "epic", "ticket", "wip", "temp", "tmp", "draft", "try", "attempt", "backup", "old", "new", "copy",
  "revert", "revision", "backport", "update", "upgrade", "bump", "deps", "pr", "mr", "pull", "merge", "branch", "build",
  "week", "day", "month", "year", "quarter", "ios", "android", "chrome", "firefox", "vue", "react", "angular", "next",
  "nuxt", "rails", "ruby", "django", "laravel", "symfony", "spring", "go", "golang", "rust", "swift", "kotlin", "dotnet",
  "net", "postgres", "mysql", "redis", "debian", "ubuntu", "alpine", "node", "python", "php", "java", "tier", "level",
  "team", "group", "client", "user", "page", "demo", "lab", "exercise", "chapter", "lesson", "section", "main", "master",
  "develop", "dev", "stable", "staging", "prod", "production", "preview", "canary", "nightly",
]);

const MAX_TEXT_LENGTH = 65_536;
const MAX_KEYS = 50;

const inMessage = new RegExp(
  "(?<![\\p{L}\\p{N}_\\-.&#/@\\\\])(?:" +
    "CU-(?<short>(?=[a-z0-9]*[a-z])[a-z0-9]{4,16})(?![\\p{L}\\p{N}])|" +
    "(?<project>[A-Z][A-Z0-9_]{1,19})-(?<key>[1-9]\\d{0,6})(?![\\p{L}\\p{N}_]|[-.]\\d)|" +
    "(?<repository>[A-Za-z0-9][\\w.-]{0,99}(?:/[\\w.-]{1,100}){1,5})#(?<issue>[1-9]\\d{0,6})(?![\\p{L}\\p{N}_]|[-.]\\d)|" +
    "(?<board>AB)?#(?<number>[1-9]\\d{0,6})(?![\\p{L}\\p{N}_]|[-.]\\d)|" +
    "#(?<weak>(?=[a-z]*\\d)(?=\\d*[a-z])[a-z0-9]{5,16})(?![\\p{L}\\p{N}_-]))",
  "gu",
);
const address = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>"']{1,2000}|\bwww\.[^\s<>"']{1,2000}/giu;
const colour = /(?:colou?r|background|fill|stroke|hex|rgb)\w{0,10}[\s:=]{1,3}(?:(?:to|from|is|with)\s{1,3})?$/iu;
/** Folders that a line of a file is often given in: `src/index.ts#12`. */
const folder = /^(?:src|lib|libs|test|tests|spec|docs|app|apps|packages|internal|cmd|pkg|public|scripts)\//u;

/** Whether the word before the number can be a project's key: not a standard's name, not the beginning of a hash. */
function isProject(word: string): boolean {
  return !notProjects.has(word) && !/^[0-9A-F]{7,}$/u.test(word);
}

/** HS256 and its kin, with a dash. */
const isAlgorithm = (project: string, key: string): boolean => project === "HS" && /^(?:256|384|512)$/u.test(key);

/** How a ticket is written: `ABC-123`, `#123`, `owner/name#123`, `AB#123`, a short id (`CU-86b1c2d`), or an address. */
export type TicketForm = "project" | "number" | "repository" | "board" | "short" | "address";

export interface TicketMention {
  key: string;
  form: TicketForm;
  /** The whole address where the ticket was named by it. */
  address: string | null;
  /** A ticket only where a tracker that has it is connected. */
  isWeak: boolean;
  /** Where it stands in the text; a tracker's address is one mention as a whole. */
  index: number;
  length: number;
}

type Found = Pick<TicketMention, "key" | "form" | "isWeak">;

function readMatch(groups: Record<string, string | undefined>, before: string): Found | null {
  const { project, key = "", repository, issue, board, number, short, weak } = groups;
  const found = (as: string, form: TicketForm, isWeak = false): Found => ({ key: as, form, isWeak });
  if (short !== undefined) return found(`CU-${short}`, "short");
  if (weak !== undefined)
    return /^(?:[0-9a-f]{6}|[0-9a-f]{8})$/u.test(weak) ? null : found(`CU-${weak}`, "short", true);
  if (project === "GH") return found(`#${key}`, "number");
  if (project !== undefined) {
    return isProject(project) && !isAlgorithm(project, key) ? found(`${project}-${key}`, "project") : null;
  }
  if (repository !== undefined)
    return folder.test(repository) ? null : found(`${repository}#${issue}`, "repository", true);
  if (number === undefined) return null;
  // "color: #333", but any other "#333" is a ticket.
  if (/^(?:\d{3}|\d{6})$/u.test(number) && colour.test(before.slice(-40))) return null;
  return board === undefined ? found(`#${number}`, "number") : found(`AB#${number}`, "board");
}

function locateAll(text: string): TicketMention[] {
  const mentions: TicketMention[] = [];
  const searched = text.slice(0, MAX_TEXT_LENGTH);
  const locate = (start: number, end: number): void => {
    const part = searched.slice(start, end);
    for (const match of part.matchAll(inMessage)) {
      const found = readMatch(match.groups ?? {}, part.slice(Math.max(0, match.index - 40), match.index));
      if (found !== null)
        mentions.push({ ...found, address: null, index: start + match.index, length: match[0].length });
    }
  };
  let start = 0;
  for (const match of searched.matchAll(address)) {
    locate(start, match.index);
    const key = readTicketAddress(match[0]);
    if (key !== null) {
      const { index } = match;
      mentions.push({
        key,
        form: "address",
        address: match[0],
        isWeak: key.includes("/"),
        index,
        length: match[0].length,
      });
    }
    start = match.index + match[0].length;
  }
  locate(start, searched.length);
  return mentions;
}

/** Every mention of a ticket in a commit message or any other text, in order, without the weak ones. Never throws. */
export function locateTickets(text: string): TicketMention[] {
  return locateAll(text).filter(({ isWeak }) => !isWeak);
}

/** The ticket keys in a commit message or any other text, in the order of their first mention, each once. Never throws. */
export function findTicketKeys(text: string): string[] {
  return [...new Set(locateTickets(text).map((mention) => mention.key))].slice(0, MAX_KEYS);
}

function locateInBranch(branch: string): Found[] {
  const found: Found[] = [];
  const name = branch.slice(0, 1024);
  const addProject = (project: string, key: string): void => {
    const word = project.toUpperCase();
    if (word === "GH") found.push({ key: `#${key}`, form: "number", isWeak: false });
    else if (isProject(word) && !isAlgorithm(word, key))
      found.push({ key: `${word}-${key}`, form: "project", isWeak: false });
  };
  for (const segment of name.split("/")) {
    const short = /^(?:CU|cu)-(?<id>(?=[a-z0-9]*[a-z])[a-z0-9]{4,16})(?![a-z0-9])/u.exec(segment)?.groups?.["id"];
    if (short !== undefined) found.push({ key: `CU-${short}`, form: "short", isWeak: false });
    const match = /^(?<project>[A-Za-z][A-Za-z0-9_]{1,19}?)-(?<key>[1-9]\d{0,6})(?![\p{L}\p{N}]|\.\d)/u.exec(segment);
    const { project = "", key = "" } = match?.groups ?? {};
    const word = project.toLowerCase();
    if (word === "issue" || word === "issues") found.push({ key: `#${key}`, form: "number", isWeak: false });
    else if (project !== "" && !branchWords.has(word) && !/^v\d+$/u.test(word)) addProject(project, key);
    const issue = /^(?<issue>[1-9]\d{0,6})-[\p{L}]/u.exec(segment)?.groups?.["issue"];
    if (issue !== undefined) found.push({ key: `#${issue}`, form: "number", isWeak: true });
  }
  // In capitals a key may stand anywhere: "fix-login-ABC-123".
  for (const match of name.matchAll(/(?<![A-Za-z0-9])([A-Z][A-Z0-9_]{1,19})-([1-9]\d{0,6})(?![A-Za-z0-9]|\.\d)/gu)) {
    addProject(match[1] ?? "", match[2] ?? "");
  }
  return found;
}

/** The ticket keys in a branch's name, with or without `refs/heads/`. */
export function findBranchTickets(branch: string): string[] {
  const keys = locateInBranch(branch).flatMap(({ key, isWeak }) => (isWeak ? [] : [key]));
  return [...new Set(keys)].slice(0, MAX_KEYS);
}

export interface TicketRefs {
  /** The ticket the commit is grouped under: the first of the message, else of the branch. */
  primary: string | null;
  /** All of them, those of the message first, each once. */
  keys: string[];
}

/** The tickets of a commit: what its message names, then what its branch names. */
export function findTickets(message: string, branch: string | null): TicketRefs {
  const keys = [...new Set([...findTicketKeys(message), ...(branch === null ? [] : findBranchTickets(branch))])];
  return { primary: keys[0] ?? null, keys };
}

/** What is said about a commit. */
export interface TicketText {
  message: string;
  branch: string | null;
  pullRequestTitle: string | null;
}

/**
 * Every ticket named about a commit, weak mentions too: those of the message first, then the pull request's, then the
 * branch's, each written form once. Never throws.
 */
export function findTicketMentions({ message, branch, pullRequestTitle }: TicketText): TicketMention[] {
  const ofBranch = (branch === null ? [] : locateInBranch(branch)).map((found): TicketMention => {
    return { ...found, address: null, index: 0, length: 0 };
  });
  const mentions = new Map<string, TicketMention>();
  for (const mention of [...locateAll(message), ...locateAll(pullRequestTitle ?? ""), ...ofBranch]) {
    const known = `${mention.form} ${mention.address ?? mention.key}`;
    const earlier = mentions.get(known);
    if (earlier === undefined) mentions.set(known, mention);
    else earlier.isWeak &&= mention.isWeak;
  }
  return [...mentions.values()].slice(0, MAX_KEYS);
}
