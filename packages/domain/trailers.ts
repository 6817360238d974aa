/** What a commit's message says of the commits it was made from: git writes it, and so do the hosts. */

const hash = "(?<hash>[0-9a-f]{64}|[0-9a-f]{40})";
/** git-cherry-pick(1), `-x`. */
const cherryPicked = new RegExp(String.raw`^\(cherry picked from commit ${hash}\)\r?$`, "gmu");
/** git-revert(1); of a merge it goes on with ", reversing". */
const reverted = new RegExp(String.raw`^This reverts commit ${hash}\b`, "gmu");
/** git-merge(1), `--squash`: what it writes into SQUASH_MSG, each commit as `git log` shows it. */
const squashHeading = /^Squashed commit of the following:\r?$/mu;
const squashed = new RegExp(String.raw`^commit ${hash}\r?$`, "gmu");
const revertSubject = /^(?:[a-z]{1,20}(?:\([^()\n]{1,60}\))?!?: ?)?(?:revert|reapply)\b/iu;

/** Beyond it a message is a file. */
const longestRead = 65_536;

const hashesOf = (message: string, form: RegExp): string[] => [
  ...new Set([...message.slice(0, longestRead).matchAll(form)].map((match) => match.groups?.["hash"] ?? "")),
];

/** Full hashes of the commits that it was picked from: more than one where a picked commit was picked again. */
export const findCherryPicked = (message: string): string[] => hashesOf(message, cherryPicked);

/** Full hashes of the commits that git squashed into it. */
export const findSquashed = (message: string): string[] =>
  squashHeading.test(message.slice(0, longestRead)) ? hashesOf(message, squashed) : [];

/**
 * Full hashes of the commits that it takes back. What a squash tells of the commits it holds is not counted: there the
 * sentence stands further down, below another subject.
 */
export function findReverted(message: string): string[] {
  const lines = message.slice(0, longestRead).split("\n");
  const subject = lines.find((line) => line.trim() !== "") ?? "";
  const next = lines.slice(lines.indexOf(subject) + 1).find((line) => line.trim() !== "") ?? "";
  return revertSubject.test(subject.trim()) || next.startsWith("This reverts commit")
    ? hashesOf(message, reverted)
    : [];
}

/**
 * The subjects that a host lists in the message of a squash merge (`* Add the form`), without the pull request's own.
 * docs.github.com, "About pull request merges", "Squash and merge your commits".
 */
export function findListedSubjects(message: string): string[] {
  const [, ...lines] = message.slice(0, longestRead).split(/\r?\n/u);
  return lines.flatMap((line) => /^[*-] (?<subject>\S.*)$/u.exec(line)?.groups?.["subject"]?.trim() ?? []);
}
