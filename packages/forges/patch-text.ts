/**
 * Git's patch text: written from what hosts give as JSON, and its lines counted.
 *
 * git-diff(1), "Generating patch text with -p".
 */
import type { FileChange } from "@billhook/domain/push";
import { toText } from "@billhook/http/text";

/** A changed file with its hunks, from `@@` on; empty where only its name or mode changed. */
export interface ChangedFile {
  oldPath: string;
  newPath: string;
  status: FileChange["status"];
  /** `100644`, or null where the host does not say. */
  oldMode: string | null;
  newMode: string | null;
  hunks: string;
}

/** The files as one patch, without blob ids and how similar a renamed file is: hosts give neither. */
export function toPatch(files: readonly ChangedFile[]): string {
  return files.map(toFilePatch).join("");
}

function toFilePatch({ oldPath, newPath, status, oldMode, newMode, hunks }: ChangedFile): string {
  const before = quote(`a/${oldPath}`);
  const after = quote(`b/${newPath}`);
  const lines = [`diff --git ${before} ${after}`];
  if (status === "added") lines.push(`new file mode ${newMode ?? "100644"}`);
  else if (status === "removed") lines.push(`deleted file mode ${oldMode ?? "100644"}`);
  else if (oldMode !== null && newMode !== null && oldMode !== newMode) {
    lines.push(`old mode ${oldMode}`, `new mode ${newMode}`);
  }
  if (status === "renamed") {
    if (hunks === "") lines.push("similarity index 100%");
    lines.push(`rename from ${quote(oldPath)}`, `rename to ${quote(newPath)}`);
  }
  if (hunks !== "") {
    lines.push(`--- ${status === "added" ? "/dev/null" : before}`, `+++ ${status === "removed" ? "/dev/null" : after}`);
  }
  const header = `${lines.join("\n")}\n`;
  return hunks === "" || hunks.endsWith("\n") ? header + hunks : `${header}${hunks}\n`;
}

/** The lines of a file's hunks. */
export function countLines(hunks: string): { additions: number; deletions: number } {
  const [file] = readPatch(`diff --git a/- b/-\n--- a/-\n+++ b/-\n${hunks}`);
  return { additions: file?.additions ?? 0, deletions: file?.deletions ?? 0 };
}

const escapes: Record<string, string> = { a: "\x07", b: "\b", t: "\t", n: "\n", v: "\v", f: "\f", r: "\r" };

/** The files of a patch with their lines. Text before the first file and after the last is passed over. */
export function readPatch(text: string): FileChange[] {
  const files: FileChange[] = [];
  let file: FileChange | null = null;
  let before = 0;
  let after = 0;
  for (const line of text.split("\n")) {
    if (file !== null && (before > 0 || after > 0)) {
      // An empty line is an unchanged one that something stripped of its blank.
      if (line.startsWith("+")) {
        after -= 1;
        file.additions = (file.additions ?? 0) + 1;
      } else if (line.startsWith("-")) {
        before -= 1;
        file.deletions = (file.deletions ?? 0) + 1;
      } else if (!line.startsWith("\\")) {
        before -= 1;
        after -= 1;
      }
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (file !== null && hunk) {
      before = Number(hunk[1] ?? "1");
      after = Number(hunk[2] ?? "1");
    } else if (line.startsWith("diff --git ")) {
      const path = pathOfHeader(line.slice("diff --git ".length));
      file = { path, status: "modified", additions: 0, deletions: 0, binary: false };
      files.push(file);
    } else if (file !== null) readHeader(file, line);
  }
  return files;
}

function readHeader(file: FileChange, line: string): void {
  if (line.startsWith("new file mode ")) file.status = "added";
  else if (line.startsWith("deleted file mode ")) file.status = "removed";
  else if (line.startsWith("rename to ")) {
    file.status = "renamed";
    file.path = unquote(line.slice("rename to ".length));
  } else if (line.startsWith("copy to ")) {
    file.status = "added";
    file.path = unquote(line.slice("copy to ".length));
  } else if (line.startsWith("Binary files ") || line.startsWith("GIT binary patch")) file.binary = true;
  else if (/^(?:---|\+\+\+) (?!\/dev\/null)/.test(line)) {
    // A name with blanks ends with a tab.
    file.path = unquote(line.slice(4).replace(/\t$/, "")).slice(2);
  }
}

/** `a/PATH b/PATH`: of a file that only changed its mode or is binary, this is the one place that names it. */
function pathOfHeader(header: string): string {
  if (header.endsWith('"')) return unquote(header.slice(header.indexOf(' "b/') + 1)).slice(2);
  return toText(header.slice((header.length + 1) / 2 + 2));
}

function unquote(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return toText(name);
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [part, octal, letter] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...encoder.encode(letter === undefined ? part : (escapes[letter] ?? letter)));
  }
  return toText(new TextDecoder().decode(Uint8Array.from(bytes)));
}

/** As git quotes with `core.quotePath` on, its default: control characters, `"`, `\` and all but ASCII. */
function quote(name: string): string {
  const quoted = Array.from(new TextEncoder().encode(name), (byte) => {
    const char = String.fromCodePoint(byte);
    if (char === '"' || char === "\\") return `\\${char}`;
    if (byte >= 0x20 && byte < 0x7f) return char;
    const letter = Object.keys(escapes).find((key) => escapes[key] === char);
    return letter === undefined ? `\\${byte.toString(8).padStart(3, "0")}` : `\\${letter}`;
  }).join("");
  return quoted === name ? name : `"${quoted}"`;
}
