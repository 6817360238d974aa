/** The part of a diff that says what was done: hand-written files, some of their changed lines. */
import { classifyFile, isHandwritten } from "@billhook/domain/file-kind";

/** Changed lines of one commit. */
const MAX_DIFF_LINES = 500;
/** UTF-16 units of one line, and of all. */
const MAX_LINE_LENGTH = 300;
const MAX_DIFF_LENGTH = 40_000;

export interface DiffText {
  text: string;
  /** Changed lines in it. */
  lines: number;
  files: string[];
}

const pathOf = (header: string): string => / b\/(?<path>.+)$/u.exec(header)?.groups?.["path"]?.replace(/"$/u, "") ?? "";

/**
 * File by file, as long as the lines last: what git says of blobs and modes is left out, as are lock, generated, vendored
 * and binary files. Takes the text as redacted: a cut would leave half a secret, which nothing finds.
 */
export function selectDiff(diff: string): DiffText {
  const kept: string[] = [];
  const files: string[] = [];
  let lines = 0;
  let length = 0;
  let isKept = false;
  for (const line of diff.split("\n")) {
    if (line.startsWith("diff --git ")) {
      const path = pathOf(line);
      const kind = classifyFile(path);
      isKept = path !== "" && (isHandwritten(kind) || kind === "test" || kind === "docs");
      if (isKept) {
        files.push(path);
        kept.push(`File ${path}`);
      }
      continue;
    }
    if (
      !isKept ||
      /^(?:---|\+\+\+|index|@@|new file|deleted file|old mode|new mode|similarity|rename|copy|Binary|\\)/u.test(line)
    ) {
      continue;
    }
    if (!line.startsWith("+") && !line.startsWith("-")) continue;
    const cut = line.slice(0, MAX_LINE_LENGTH);
    length += cut.length + 1;
    if (lines >= MAX_DIFF_LINES || length > MAX_DIFF_LENGTH) break;
    kept.push(cut);
    lines += 1;
  }
  return { text: kept.join("\n"), lines, files };
}
