/**
 * The tickets a commit names: `ABC-123` (Jira, Linear, YouTrack, …), `#123` (the repository's own tracker; `GH-123` is
 * GitHub's other form of it) and `AB#123` (Azure Boards).
 *
 * A key in a message is written in capitals, as Jira requires ("Reference work items in your development work"). A branch
 * is usually all lower case, so there `feature/abc-123-login` names ABC-123, where the key begins a path segment and its
 * word is not one that branches are numbered with (`release-12`, `patch-1`). What has a key's form by custom, `UTF-8`,
 * `SHA-256`, `CVE-2024-1234`, is not a ticket; neither is anything inside an address, except a tracker's own
 * (`…/browse/ABC-123`, `…/issue/ABC-123`), nor a number that goes on (`1.2`, `ISO-8859-1`).
 */

/** Prefixes of standards, encodings, algorithms, sizes and advisories. */
// prettier-ignore
const notProjects = new Set([
  "UTF", "UCS", "ISO", "IEC", "IEEE", "RFC", "BCP", "CVE", "CWE", "CVSS", "GHSA", "RHSA", "DSA", "USN", "ZDI", "OSV",
  "SHA", "SHA1", "SHA2", "SHA3", "MD", "AES", "DES", "RSA", "ECDSA", "HMAC", "CRC", "BLAKE", "BLAKE2", "BLAKE3", "SSE",
  "FIPS", "NIST", "PKCS", "TLS", "SSL", "DTLS", "HTTP", "HTTPS", "QUIC", "IPV", "UDP", "USB", "PCI", "DDR", "HDMI",
  "ASCII", "CP", "WINDOWS", "LATIN", "KOI8", "BIG5", "EUC", "JIS", "BASE", "EBCDIC", "ECMA", "WCAG", "W3C",
  "ANSI", "DIN", "ITU", "RS", "HS", "PEP", "JSR", "JEP", "JLS", "BIP", "EIP", "ERC", "POSIX", "XPG",
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

const inMessage =
  /(?<![\p{L}\p{N}_\-.&#/@\\])(?:(?<project>[A-Z][A-Z0-9_]{1,19})-(?<key>[1-9]\d{0,6})(?![\p{L}\p{N}_]|[-.]\d)|(?<board>AB)?#(?<number>[1-9]\d{0,6})(?![\p{L}\p{N}_]|[-.]\d))/gu;
const address = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>"']{1,2000}|\bwww\.[^\s<>"']{1,2000}/giu;
const trackerAddress = /\/(?:browse|issue)\/([A-Z][A-Z0-9_]{1,19}-[1-9]\d{0,6})(?![\p{L}\p{N}_])/u;
const colour = /(?:colou?r|background|fill|stroke|hex|rgb)\w{0,10}[\s:=]{1,3}(?:(?:to|from|is|with)\s{1,3})?$/iu;

/** Whether the word before the number can be a project's key: not a standard's name, not the beginning of a hash. */
function isProject(word: string): boolean {
  return !notProjects.has(word) && !/^[0-9A-F]{7,}$/u.test(word);
}

/**
 * How a ticket is written: `ABC-123`, `#123`, `owner/name#123`, `AB#123`, a short id (`CU-86b1c2d`, `#86b1c2d`), which is
 * a ticket only where a tracker with such ids is connected, or an address.
 */
export type TicketForm = "project" | "number" | "repository" | "board" | "short" | "address";

export interface TicketMention {
  key: string;
  form: TicketForm;
  /** The whole address where the ticket was named by it. */
  address: string | null;
  /** Where it stands in the text; a tracker's address is one mention as a whole. */
  index: number;
  length: number;
}

function readKey(groups: Record<string, string | undefined>, before: string): string | null {
  const { project, key, board, number } = groups;
  if (project !== undefined && key !== undefined) {
    if (project === "GH") return `#${key}`;
    return isProject(project) ? `${project}-${key}` : null;
  }
  if (number === undefined) return null;
  // "color: #333", but any other "#333" is a ticket.
  if (/^(?:\d{3}|\d{6})$/u.test(number) && colour.test(before.slice(-40))) return null;
  return board === undefined ? `#${number}` : `AB#${number}`;
}

/** Every mention of a ticket in a commit message or any other text, in order. Never throws. */
export function locateTickets(text: string): TicketMention[] {
  const mentions: TicketMention[] = [];
  const searched = text.slice(0, MAX_TEXT_LENGTH);
  const locate = (start: number, end: number): void => {
    const part = searched.slice(start, end);
    for (const match of part.matchAll(inMessage)) {
      const key = readKey(match.groups ?? {}, part.slice(Math.max(0, match.index - 40), match.index));
      if (key === null) continue;
      const form = key.startsWith("#") ? "number" : key.startsWith("AB#") ? "board" : "project";
      mentions.push({ key, form, address: null, index: start + match.index, length: match[0].length });
    }
  };
  let start = 0;
  for (const match of searched.matchAll(address)) {
    locate(start, match.index);
    const key = trackerAddress.exec(match[0])?.[1];
    if (key !== undefined)
      mentions.push({ key, form: "address", address: match[0], index: match.index, length: match[0].length });
    start = match.index + match[0].length;
  }
  locate(start, searched.length);
  return mentions;
}

/** The ticket keys in a commit message or any other text, in the order of their first mention, each once. Never throws. */
export function findTicketKeys(text: string): string[] {
  return [...new Set(locateTickets(text).map((mention) => mention.key))].slice(0, MAX_KEYS);
}

/** The ticket keys in a branch's name, with or without `refs/heads/`. */
export function findBranchTickets(branch: string): string[] {
  const keys = new Set<string>();
  for (const segment of branch.slice(0, 1024).split("/")) {
    const match = /^(?<project>[A-Za-z][A-Za-z0-9_]{1,19}?)-(?<key>[1-9]\d{0,6})(?![\p{L}\p{N}]|\.\d)/u.exec(segment);
    const { project = "", key = "" } = match?.groups ?? {};
    if (project === "") continue;
    const word = project.toLowerCase();
    if (word === "gh" || word === "issue" || word === "issues") keys.add(`#${key}`);
    else if (isProject(project.toUpperCase()) && !branchWords.has(word) && !/^v\d+$/u.test(word))
      keys.add(`${project.toUpperCase()}-${key}`);
  }
  // In capitals a key may stand anywhere: "fix-login-ABC-123".
  for (const match of branch
    .slice(0, 1024)
    .matchAll(/(?<![A-Za-z0-9])([A-Z][A-Z0-9_]{1,19})-([1-9]\d{0,6})(?![A-Za-z0-9]|\.\d)/gu)) {
    const [, project = "", key = ""] = match;
    if (project === "GH") keys.add(`#${key}`);
    else if (isProject(project)) keys.add(`${project}-${key}`);
  }
  return [...keys].slice(0, MAX_KEYS);
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

/** What is said about a commit, by whom it was said aside. */
export interface TicketText {
  message: string;
  branch: string | null;
  pullRequestTitle: string | null;
}

/** Every mention in what is said about a commit: those of the message first, then the pull request's, then the branch's. */
export function findTicketMentions({ message, branch, pullRequestTitle }: TicketText): TicketMention[] {
  const ofBranch = (branch === null ? [] : findBranchTickets(branch)).map((key): TicketMention => {
    const form = key.startsWith("#") ? "number" : "project";
    return { key, form, address: null, index: 0, length: 0 };
  });
  return [...locateTickets(message), ...locateTickets(pullRequestTitle ?? ""), ...ofBranch];
}
