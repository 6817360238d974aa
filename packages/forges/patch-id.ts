/**
 * Git's stable patch-id: a name for a change that stays the same when the commit that carries it is rebased,
 * cherry-picked or amended in its message.
 *
 * git-patch-id(1) and git's `builtin/patch-id.c`: whitespace, line numbers and blob ids are left out, each file is
 * hashed by itself, and the hashes are added up, so that the order of files does not matter. A binary file counts by
 * its blob ids. The reading follows git's line by line, its oddities included (a file with only a header is hashed
 * together with the next), because a patch-id is of use only where everybody computes the same.
 *
 * For the same reason blob ids count by their first seven digits, git's usual abbreviation: one host writes them out
 * where another shortens them, and a growing repository makes them longer.
 */

/**
 * The patch-id of the first patch in the text, 40 hex digits. Null for no change at all, and where the text leaves
 * out the blob ids of a binary file: any two changes of that file would look the same.
 */
export async function patchId(text: string): Promise<string | null> {
  const files = readFiles(text);
  if (files === null) return null;
  const sum = new Uint8Array(20);
  for (const file of files) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(file)));
    let carry = 0;
    for (const [index, byte] of digest.entries()) {
      carry += (sum[index] ?? 0) + byte;
      sum[index] = carry & 0xff;
      carry >>= 8;
    }
  }
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What git would hash, one text a file. */
function readFiles(text: string): string[] | null {
  const files: string[] = [];
  let current: string[] = [];
  let length = 0;
  // Lines left in the hunk, before and after; -1 while in a file's header.
  let before = -1;
  let after = -1;
  let isBinary = false;
  let blobs: string | null = null;
  const finishFile = (): void => {
    files.push(current.join(""));
    current = [];
  };

  for (const line of linesOf(text)) {
    if (line.startsWith("\\ ") && line.length > 12) continue;
    if (/^(?:commit |From )?[0-9a-f]{40}/i.test(line)) {
      // The next commit of a series; the first one's name comes before its patch.
      if (length > 0) break;
      continue;
    }
    if (length === 0 && !line.startsWith("diff ")) continue;

    if (before === -1) {
      if (line.startsWith("diff ")) blobs = null;
      if (line.startsWith("GIT binary patch") || line.startsWith("Binary files")) {
        if (blobs === null) return null;
        isBinary = true;
        before = 0;
        current.push(blobs);
        finishFile();
        continue;
      }
      if (line.startsWith("index ")) {
        const ids = /^index ([0-9a-f]{1,7})[0-9a-f]*\.\.([0-9a-f]{1,7})/.exec(line);
        blobs = ids ? `${ids[1] ?? ""}${ids[2] ?? ""}` : blobs;
        continue;
      }
      if (line.startsWith("--- ")) before = after = 1;
      else if (!/^[A-Za-z]/.test(line)) break;
    }

    if (isBinary) {
      if (line.startsWith("diff ")) {
        isBinary = false;
        before = -1;
        blobs = null;
      }
      continue;
    }

    if (before === 0 && after === 0) {
      if (line.startsWith("@@ -")) {
        const hunk = /^@@ -(?:\d+)(?:,(\d+))? \+(?:\d+)(?:,(\d+))?/.exec(line);
        before = Number(hunk?.[1] ?? "1");
        after = Number(hunk?.[2] ?? "1");
        continue;
      }
      if (!line.startsWith("diff ")) break;
      finishFile();
      before = after = -1;
      blobs = null;
    }

    if (line.startsWith("-") || line.startsWith(" ")) before -= 1;
    if (line.startsWith("+") || line.startsWith(" ")) after -= 1;
    const bare = line.replace(/[ \t\r\n]+/g, "");
    length += bare.length;
    current.push(bare);
  }
  finishFile();
  return length === 0 ? null : files;
}

/** Lines as C sees them: one ends at its line feed, and its text at the first NUL. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found + 1;
    const line = text.slice(start, end);
    const nul = line.indexOf("\0");
    yield nul < 0 ? line : line.slice(0, nul);
    start = end;
  }
}
