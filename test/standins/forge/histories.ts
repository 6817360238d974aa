/** Git histories made for tests of the stand-ins and of the clients that read them. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A temporary clone with work in it. */
export class Clone {
  readonly path: string;

  constructor(objectFormat: "sha1" | "sha256" = "sha1") {
    this.path = mkdtempSync(join(tmpdir(), "billhook-history-"));
    this.git("init", "-q", "-b", "main", `--object-format=${objectFormat}`);
  }

  git(...args: string[]): string {
    return this.gitWith("", args);
  }

  gitWith(input: string, args: string[], env: Record<string, string> = {}): string {
    const output = execFileSync("git", args, {
      cwd: this.path,
      input,
      maxBuffer: 1 << 28,
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: "/nonexistent",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "Ada Author",
        GIT_AUTHOR_EMAIL: "12345+ada@users.noreply.github.com",
        GIT_COMMITTER_NAME: "Carl Committer",
        GIT_COMMITTER_EMAIL: "carl@example.com",
        ...env,
      },
    });
    return output.toString("utf8").trimEnd();
  }

  write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), content);
  }

  rename(from: string, to: string): void {
    mkdirSync(dirname(join(this.path, to)), { recursive: true });
    renameSync(join(this.path, from), join(this.path, to));
  }

  remove(path: string): void {
    rmSync(join(this.path, path));
  }

  makeExecutable(path: string): void {
    chmodSync(join(this.path, path), 0o755);
  }

  /** Records everything. Dates are ISO 8601 with an offset. */
  commit(message: string, authored: string, committed = authored): string {
    this.git("add", "-A");
    const args = ["commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "-"];
    this.gitWith(message, args, { GIT_AUTHOR_DATE: authored, GIT_COMMITTER_DATE: committed });
    return this.git("rev-parse", "HEAD");
  }

  close(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface Story {
  clone: Clone;
  first: string;
  /** Renames, binary files, a change of mode, CRLF, no line feed at the end, names in other scripts. */
  changes: string[];
  merge: string;
  /** The side of the merge. */
  side: string[];
  /** Not merged into main. */
  feature: string;
  head: string;
  /** Of another root. */
  unrelated: string;
}

/** A short history with everything that is hard to count in it. */
export function tellStory(objectFormat: "sha1" | "sha256" = "sha1"): Story {
  const clone = new Clone(objectFormat);
  let minute = 0;
  const next = (offset: string): string => {
    minute += 7;
    const [hour, rest] = [9 + Math.floor(minute / 60), minute % 60];
    return `2026-03-02T${String(hour).padStart(2, "0")}:${String(rest).padStart(2, "0")}:00${offset}`;
  };
  const commit = (message: string): string => clone.commit(message, next("+02:00"), next("-05:00"));

  clone.write("src/a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n");
  clone.write("image.png", Buffer.from([137, 80, 78, 71, 0, 1, 2, 3]));
  clone.write("run.sh", "echo one\n");
  clone.write("empty.txt", "");
  clone.write("last.txt", "no line feed");
  const first = commit("Begin [30m]\n\nWith a body.\n\nSigned-off-by: Ada Author <ada@example.com>");

  const changes: string[] = [];
  clone.rename("src/a.txt", "src/Größe – 大.txt");
  changes.push(commit("Rename a file"));
  clone.write("src/Größe – 大.txt", "one\ntwo\nthree!\nfour\nfive\nsix\nseven\neight\nnine\n");
  clone.write("image.png", Buffer.from([137, 80, 78, 71, 0, 9, 9, 9, 9]));
  changes.push(commit("Änderung: zwei Dateien 🎉"));
  clone.makeExecutable("run.sh");
  clone.write("crlf.txt", "one\r\ntwo\r\n");
  clone.write('odd "name" with \\ and\ttab.txt', "odd\n");
  clone.write("cr.txt", "a\r@@ -1 +1 @@\rdiff --git a/x b/x\rb\n");
  clone.write("with blank.txt", "-- \n++ \n@@ -1 +1 @@\n");
  changes.push(commit("Mode, CRLF\r\n\r\nand a body\r\n"));
  clone.write("last.txt", "no line feed\nstill none");
  clone.rename("src/Größe – 大.txt", "moved/b.txt");
  clone.write("moved/b.txt", "one\ntwo\nthree!\nfour\nfive\nsix!\nseven\neight\nnine\n");
  changes.push(commit("Move and change"));
  clone.remove("crlf.txt");
  clone.remove("image.png");
  changes.push(commit("Remove two"));

  clone.git("checkout", "-q", "-b", "side");
  clone.write("side.txt", "1\n2\n3\n");
  const side = [commit("On the side")];
  clone.write("side.txt", "1\n2\n3\n4\n");
  side.push(commit("More on the side"));
  clone.git("checkout", "-q", "main");
  clone.write("main.txt", "main\n");
  const onMain = commit("Meanwhile on main");
  clone.gitWith("", ["merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side"], {
    GIT_AUTHOR_DATE: next("+02:00"),
    GIT_COMMITTER_DATE: next("+02:00"),
  });
  const merge = clone.git("rev-parse", "HEAD");
  clone.write("after.txt", "after\n");
  const head = commit("After the merge");

  clone.git("checkout", "-q", "-b", "feature/one", onMain);
  clone.write("feature.txt", "f\n");
  const feature = commit("Not merged yet");
  clone.git("checkout", "-q", "--orphan", "unrelated");
  clone.git("rm", "-rfq", ".");
  clone.write("other.txt", "o\n");
  const unrelated = commit("Another beginning");
  clone.git("checkout", "-q", "main");
  return { clone, first, changes, merge, side, feature, head, unrelated };
}

/** A long line of small commits, oldest first, made in one go. */
export function makeLongHistory(count: number): { clone: Clone; hashes: string[] } {
  const clone = new Clone();
  const start = Date.UTC(2025, 0, 1) / 1000;
  const parts: string[] = [];
  for (let index = 1; index <= count; index += 1) {
    const message = `Commit ${index}`;
    const content = `line ${index}\n`;
    parts.push(
      "commit refs/heads/main\n",
      `mark :${index}\n`,
      `author Ada Author <ada@example.com> ${start + index * 600} +0100\n`,
      `committer Ada Author <ada@example.com> ${start + index * 600} +0100\n`,
      `data ${Buffer.byteLength(message)}\n${message}\n`,
      ...(index === 1 ? [] : [`from :${index - 1}\n`]),
      `M 100644 inline file-${index % 50}.txt\n`,
      `data ${Buffer.byteLength(content)}\n${content}\n`,
    );
  }
  clone.gitWith(parts.join(""), ["fast-import", "--quiet"]);
  clone.git("reset", "-q", "--hard", "main");
  return { clone, hashes: clone.git("rev-list", "--reverse", "main").split("\n") };
}
