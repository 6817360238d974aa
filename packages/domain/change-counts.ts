/** The files and lines of a commit, added up from what its host told. */
import { classifyFile, isHandwritten } from "./file-kind.ts";
import type { FileChange } from "./push.ts";

export interface ChangeCounts {
  files: number;
  /** Lines, over the files whose lines are known; null where they are known for none. */
  additions: number | null;
  deletions: number | null;
  /** Text files whose lines are not known. */
  uncounted: number;
  /** Without lock, generated, vendored and binary files; lines null where they are known for none of these. */
  sourceFiles: number;
  sourceAdditions: number | null;
  sourceDeletions: number | null;
  binaryFiles: number;
  /** 0 to 1: lock, generated, vendored and binary files among the changed lines, or among the files without lines. */
  unwrittenShare: number;
  /** True where a count was negative, fractional or not a number, and was taken as 0. */
  impossible: boolean;
}

function sane(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0;
}

/** Adds up the files of a commit; null where the payload lists none. Never throws, and never passes 2^53 - 1. */
export function countChanges(files: readonly FileChange[] | null): ChangeCounts | null {
  if (files === null) return null;
  let additions = 0;
  let deletions = 0;
  let counted = 0;
  let uncounted = 0;
  let impossible = false;
  let unwrittenFiles = 0;
  let binaryFiles = 0;
  let [sourceAdditions, sourceDeletions, countedSource] = [0, 0, 0];
  for (const file of files) {
    const kind = file.binary === true ? "binary" : classifyFile(file.path);
    const unwritten = !isHandwritten(kind);
    if (unwritten) unwrittenFiles += 1;
    if (kind === "binary") binaryFiles += 1;
    if (file.additions === null && file.deletions === null) {
      if (file.binary !== true) uncounted += 1;
      continue;
    }
    counted += 1;
    const added = file.additions ?? 0;
    const deleted = file.deletions ?? 0;
    // Hosts count both or none: one of two was no number, and was dropped on the way.
    if (file.additions === null || file.deletions === null) impossible = true;
    if (!sane(added) || !sane(deleted)) impossible = true;
    additions += sane(added) ? added : 0;
    deletions += sane(deleted) ? deleted : 0;
    if (unwritten) continue;
    countedSource += 1;
    sourceAdditions += sane(added) ? added : 0;
    sourceDeletions += sane(deleted) ? deleted : 0;
  }
  const known = counted > 0 || uncounted === 0;
  const lines = additions + deletions;
  const byLines = uncounted === 0 && lines > 0;
  const unwrittenLines = lines - sourceAdditions - sourceDeletions;
  const sourceFiles = files.length - unwrittenFiles;
  const sourceKnown = countedSource > 0 || sourceFiles === 0;
  return {
    files: files.length,
    additions: known ? Math.min(additions, Number.MAX_SAFE_INTEGER) : null,
    deletions: known ? Math.min(deletions, Number.MAX_SAFE_INTEGER) : null,
    uncounted,
    sourceFiles,
    sourceAdditions: sourceKnown ? Math.min(sourceAdditions, Number.MAX_SAFE_INTEGER) : null,
    sourceDeletions: sourceKnown ? Math.min(sourceDeletions, Number.MAX_SAFE_INTEGER) : null,
    binaryFiles,
    // Sums beyond 2^53 are no longer exact, and their difference may fall below zero.
    unwrittenShare: byLines
      ? Math.max(0, unwrittenLines) / lines
      : files.length === 0
        ? 0
        : unwrittenFiles / files.length,
    impossible,
  };
}
