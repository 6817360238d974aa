import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { patchId } from "./patch-id.ts";

const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "An Author",
  GIT_AUTHOR_EMAIL: "author@example.com",
  GIT_COMMITTER_NAME: "A Committer",
  GIT_COMMITTER_EMAIL: "committer@example.com",
};

let folder = "";
let clone = "";

const git = (args: string[]): string =>
  execFileSync("git", args, { cwd: clone, env: environment, maxBuffer: 1 << 28 }).toString("utf8");

/** Run outside of any repository, where git hashes with SHA-1. */
function patchIdOfGit(diff: string): string | null {
  const output = execFileSync("git", ["patch-id", "--stable"], {
    cwd: folder,
    env: environment,
    input: diff,
  }).toString();
  return output === "" ? null : output.slice(0, 40);
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), content);
}

function commitAll(): string {
  git(["add", "-A"]);
  git(["commit", "-q", "--allow-empty", "-m", "diff --git is not the beginning of a patch here"]);
  return git(["rev-parse", "HEAD"]).trim();
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "billhook-patch-id-"));
  clone = join(folder, "clone");
  mkdirSync(clone);
  git(["init", "-q", "-b", "main"]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const diffOf = (commit: string): string => git(["diff-tree", "-p", "-M", "--root", "--no-commit-id", commit]);

describe("the patch-id", () => {
  it("is git's for a rename, a binary file, a change of mode, CRLF, no line feed at the end and an empty file", async () => {
    write("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nseven\n");
    write("crlf.txt", "one\r\ntwo\r\n");
    write("image.bin", Uint8Array.from([0, 1, 2, 3, 0, 255]));
    write("run.sh", "echo\n");
    write("no-newline.txt", "last");
    write("empty.txt", "");
    write("Größe – 大.txt", "ä\n");
    write("with blank.txt", "x\n");
    const commits = [commitAll()];
    renameSync(join(clone, "a.txt"), join(clone, "b.txt"));
    commits.push(commitAll());
    renameSync(join(clone, "b.txt"), join(clone, "c.txt"));
    write("c.txt", "one\ntwo\nthree\nfour\nfive\nsix\nseven!\n");
    chmodSync(join(clone, "run.sh"), 0o755);
    commits.push(commitAll());
    write("image.bin", Uint8Array.from([0, 1, 2, 3, 0, 254]));
    write("crlf.txt", "one\r\ntwo\r\nthree\r\n");
    write("no-newline.txt", "last\nbut one");
    write("Größe – 大.txt", "äöü\n");
    write("with blank.txt", "x \t y\n");
    commits.push(commitAll());
    chmodSync(join(clone, "run.sh"), 0o644);
    commits.push(commitAll());
    rmSync(join(clone, "image.bin"));
    rmSync(join(clone, "no-newline.txt"));
    commits.push(commitAll());
    write("latin1.txt", Uint8Array.from([0x66, 0xfc, 0x72, 0x0a]));
    write("-- dashes", "-- \n--- a\n+++ b\n@@ -1 +1 @@\n");
    commits.push(commitAll());
    for (const commit of commits) {
      const diff = diffOf(commit);
      // What is not UTF-8 was read as U+FFFD above, and git is given the same.
      expect(await patchId(diff), diff).toBe(patchIdOfGit(diff));
      expect(await patchId(diff)).toMatch(/^[0-9a-f]{40}$/);
    }
  });

  it("is the same for a diff and for a mail of the commit, with blob ids in full", async () => {
    write("mail.bin", Uint8Array.from([0, 1, 2]));
    const commit = commitAll();
    const mail = git(["format-patch", "-1", "--stdout", commit]);
    expect(await patchId(mail)).toBe(patchIdOfGit(diffOf(commit)));
    expect(await patchId(git(["diff-tree", "-p", "--full-index", "--root", commit]))).toBe(await patchId(mail));
  });

  it("reads a patch as `git format-patch` writes it like git", async () => {
    write("mail.txt", "one\n-- \n");
    const patch = git(["format-patch", "-1", "--stdout", commitAll()]);
    expect(await patchId(patch)).toBe(patchIdOfGit(patch));
    expect(await patchId(patch.slice(patch.indexOf("\ndiff --git") + 1))).not.toBeNull();
  });

  it("is git's for random changes of random files", async () => {
    const line = fc.stringMatching(/^[ -~äß\t]{0,12}$/);
    const content = fc
      .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom("", "\n"))
      .map(([lines, end]) => lines.join("\n") + end);
    const files = fc.dictionary(fc.constantFrom("a", "b", "c/d", "é f", "g.bin"), content, { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(files, files, async (before, after) => {
        for (const state of [before, after]) {
          git(["rm", "-rfq", "--ignore-unmatch", "."]);
          for (const [path, text] of Object.entries(state)) {
            write(path, path.endsWith(".bin") ? `\0${text}` : text);
          }
          commitAll();
        }
        const diff = diffOf("HEAD");
        expect(await patchId(diff)).toBe(patchIdOfGit(diff));
      }),
      { numRuns: 40 },
    );
  });

  it("does not change with the surroundings, white space and order of files", async () => {
    const one = "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n+new  line\n b\n";
    const two = "diff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -7 +7 @@ f()\n-old\n+new\n";
    const moved = one
      .replace("@@ -1,2 +1,3 @@", "@@ -90,2 +95,3 @@ g()")
      .replace("new  line", "newline")
      .replace("1..2", "3..4");
    expect(await patchId(moved + two)).toBe(await patchId(two + one));
    expect(await patchId(one)).not.toBe(await patchId(two));
  });

  it("is none for no change, and for a binary file without blob ids", async () => {
    expect(await patchId("")).toBeNull();
    expect(await patchId("only words\n")).toBeNull();
    const header = "diff --git a/x.png b/x.png\n";
    expect(await patchId(`${header}Binary files a/x.png and b/x.png differ\n`)).toBeNull();
    expect(await patchId(`${header}index 1..2 100644\nBinary files a/x.png and b/x.png differ\n`)).not.toBeNull();
  });
});
