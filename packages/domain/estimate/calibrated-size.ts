/**
 * How long a commit takes by its size alone, in hours: the bound for gaps in which no one can say who worked.
 *
 * Counts come from webhooks, git and people's scripts, so any number may arrive. What cannot be a count is treated as
 * unknown and flagged, never billed.
 */
import { makeFlag } from "../flags.ts";
import type { EstimateFlag } from "./types.ts";

export interface CommitCounts {
  files: number | null;
  additions: number | null;
  deletions: number | null;
  /** Without lock, generated, vendored and binary files. Null where the commit was not looked into. */
  sourceFiles: number | null;
  sourceAdditions: number | null;
  sourceDeletions: number | null;
  binaryFiles: number | null;
}

/** Changed lines and files, null where unknown. */
export interface CommitSize {
  lines: number | null;
  files: number | null;
}

const countNames = [
  "files",
  "additions",
  "deletions",
  "sourceFiles",
  "sourceAdditions",
  "sourceDeletions",
  "binaryFiles",
] as const satisfies readonly (keyof CommitCounts)[];

/** More than this in one commit is a broken counter or an import, not writing. */
const largestCount = 10_000_000;
const smallestHours = 0.05;
const largestHours = 4;
/** About what the formula gives for a commit of middling size (60 lines in 2 files). */
const unknownHours = 1.7;
const linesPerFile = 30;

/** Source lines and files where they are known, else all lines and files; binary files count as files. */
export function readSize(counts: CommitCounts): CommitSize {
  const sourceFiles = readCount(counts.sourceFiles);
  return {
    lines: addCounts(counts.sourceAdditions, counts.sourceDeletions) ?? addCounts(counts.additions, counts.deletions),
    files: sourceFiles === null ? readCount(counts.files) : sourceFiles + (readCount(counts.binaryFiles) ?? 0),
  };
}

export function flagCounts(counts: CommitCounts): EstimateFlag[] {
  const flags = countNames.some((name) => isImplausible(counts[name])) ? [makeFlag("implausible_counts")] : [];
  return readSize(counts).lines === null ? [...flags, makeFlag("no_line_counts", "middling")] : flags;
}

/** The size of several commits as if they were one. Unknown counts add nothing to known ones. */
export function joinSizes(sizes: readonly CommitSize[]): CommitSize {
  const join = (one: number | null, other: number | null) =>
    one === null || other === null ? (one ?? other) : one + other;
  return sizes.reduce((all, { lines, files }) => ({ lines: join(all.lines, lines), files: join(all.files, files) }), {
    lines: null,
    files: null,
  });
}

/**
 * Hours for a commit of this size, between 0.05 and 4. Logarithmic: the thousandth line costs less than the tenth.
 * The coefficients were measured on hour logs joined to git history (docs/decisions/0004).
 */
export function boundBySize({ lines, files }: CommitSize): number {
  if (lines === null && files === null) return unknownHours;
  // With one of the two missing, the other is guessed from it: a file with changes has some thirty changed lines.
  const knownLines = lines ?? (files ?? 0) * linesPerFile;
  const knownFiles = files ?? Math.ceil(knownLines / linesPerFile);
  const hours = 0.43 + 0.215 * Math.log1p(knownLines) + 0.33 * Math.log1p(knownFiles);
  return Math.min(largestHours, Math.max(smallestHours, hours));
}

/** "84 lines in 3 files", or what of it is known. */
export function describeSize({ lines, files }: CommitSize): string {
  if (lines === null) return files === null ? "an unknown number of lines" : countWords(files, "file");
  return files === null ? countWords(lines, "line") : `${countWords(lines, "line")} in ${countWords(files, "file")}`;
}

export function countWords(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function isImplausible(count: number | null): boolean {
  return count !== null && count !== undefined && !(count >= 0 && count <= largestCount);
}

function readCount(count: number | null): number | null {
  return count === null || count === undefined || isImplausible(count) ? null : Math.floor(count);
}

function addCounts(one: number | null, other: number | null): number | null {
  const [first, second] = [readCount(one), readCount(other)];
  return first === null || second === null ? null : first + second;
}
