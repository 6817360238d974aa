/**
 * A real git repository on disk, read with git itself: what every stand-in of a git host answers from.
 *
 * Commits are read some hundred at a time and kept, so that a long history costs a few processes and not one a commit.
 */
import { execFile } from "node:child_process";

export interface GitPerson {
  name: string;
  email: string;
  /** ISO 8601 with the offset the person had. */
  date: string;
}

export interface GitFile {
  path: string;
  oldPath: string;
  /** Git's letter: A, M, D, R, C or T. */
  letter: string;
  oldMode: string;
  newMode: string;
  newBlob: string;
  additions: number;
  deletions: number;
  binary: boolean;
}

export interface GitCommit {
  hash: string;
  tree: string;
  parents: string[];
  author: GitPerson;
  committer: GitPerson;
  message: string;
  /** Against the first parent. */
  files: GitFile[];
}

export interface Selection {
  include: string;
  exclude?: readonly string[];
  since?: string | undefined;
  skip?: number;
  count?: number;
  oldestFirst?: boolean;
}

const fields = ["%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"];
const changes = ["-z", "--raw", "--numstat", "--no-abbrev", "-M", "--diff-merges=first-parent", "--no-ext-diff"];
const batch = 300;

export class GitRepository {
  readonly path: string;
  readonly #commits = new Map<string, GitCommit>();
  /** The patch of the commit last asked for, a text a file. */
  #sections: { hash: string; texts: Promise<string[]> } | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /** Git's output; null where it fails, because what was asked for is not there. */
  async run(args: readonly string[]): Promise<string | null> {
    const whole = ["-c", "core.quotePath=true", "-c", "safe.directory=*", ...args];
    return new Promise((resolve) => {
      execFile("git", whole, { cwd: this.path, maxBuffer: 1 << 30, env: plainEnvironment }, (error, stdout) => {
        resolve(error === null ? stdout : null);
      });
    });
  }

  /** The hash of a branch, tag or commit; null where there is none. */
  async resolve(name: string): Promise<string | null> {
    if (name.startsWith("-")) return null;
    const found = await this.run(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]);
    return found?.trim() || null;
  }

  async branches(): Promise<{ name: string; head: string }[]> {
    const list = await this.run(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/"]);
    return lines(list).map((line) => ({
      head: line.slice(0, line.indexOf(" ")),
      name: line.slice(line.indexOf(" ") + 1 + "refs/heads/".length),
    }));
  }

  async defaultBranch(): Promise<string> {
    return (await this.run(["symbolic-ref", "--short", "HEAD"]))?.trim() ?? "main";
  }

  /** All zeroes, as long as the repository's hashes. */
  async zeroes(): Promise<string> {
    const format = (await this.run(["rev-parse", "--show-object-format"]))?.trim();
    return "0".repeat(format === "sha256" ? 64 : 40);
  }

  /** Hashes, newest first in an order that puts no parent before its child. */
  async list({ include, exclude = [], since, skip = 0, count, oldestFirst = false }: Selection): Promise<string[]> {
    const output = await this.run([
      "rev-list",
      "--topo-order",
      ...(since === undefined ? [] : [`--since-as-filter=${since}`]),
      ...(oldestFirst ? ["--reverse"] : [`--skip=${skip}`, ...(count === undefined ? [] : [`--max-count=${count}`])]),
      include,
      ...exclude.map((commit) => `^${commit}`),
      "--",
    ]);
    const all = lines(output);
    return oldestFirst ? all.slice(skip, count === undefined ? undefined : skip + count) : all;
  }

  async hasCommonAncestor(one: string, other: string): Promise<boolean> {
    return (await this.run(["merge-base", one, other])) !== null;
  }

  async isAncestor(older: string, newer: string): Promise<boolean> {
    return (await this.run(["merge-base", "--is-ancestor", older, newer])) !== null;
  }

  async commit(hash: string): Promise<GitCommit | null> {
    if (!this.#commits.has(hash)) await this.#load(hash);
    return this.#commits.get(hash) ?? null;
  }

  async commits(hashes: readonly string[]): Promise<GitCommit[]> {
    const found: GitCommit[] = [];
    for (const hash of hashes) {
      const commit = await this.commit(hash);
      if (commit !== null) found.push(commit);
    }
    return found;
  }

  /** The change against the first parent, as patch text. */
  async diff(hash: string): Promise<string> {
    const parent = (await this.commit(hash))?.parents[0];
    const range = parent === undefined ? ["--root", hash] : [parent, hash];
    return (await this.run(["diff-tree", "-p", "-M", "--no-commit-id", "--no-ext-diff", ...range])) ?? "";
  }

  /** The hunks of one file, without its header; empty where it has none. */
  async hunks(hash: string, file: GitFile): Promise<string> {
    const files = (await this.commit(hash))?.files ?? [];
    if (this.#sections?.hash !== hash) this.#sections = { hash, texts: this.diff(hash).then(splitPatch) };
    const texts = await this.#sections.texts;
    // A file that became a link, or the other way round, has two sections, and then none is certain.
    const text = texts.length === files.length ? (texts[files.indexOf(file)] ?? "") : "";
    const start = text.indexOf("\n@@ ");
    return start < 0 ? "" : text.slice(start + 1);
  }

  /** As `git format-patch` writes it, except that a merge has none. */
  async patch(hash: string): Promise<string> {
    return (await this.run(["format-patch", "-1", "-M", "--stdout", "--root", hash])) ?? "";
  }

  async #load(hash: string): Promise<void> {
    const format = `--format=tformat:${fields.join("%x00")}`;
    const output = await this.run(["log", ...changes, format, `--max-count=${batch}`, "--topo-order", hash, "--"]);
    for (const commit of parseLog(output ?? "")) this.#commits.set(commit.hash, commit);
  }
}

const plainEnvironment = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  LC_ALL: "C",
};

/** No line of a file begins a line of a patch: each has its mark first. */
const splitPatch = (patch: string): string[] => patch.split(/(?<=\n)(?=diff --git )/).filter((text) => text !== "");

const lines = (text: string | null): string[] => (text ?? "").split("\n").filter((line) => line !== "");

function* parseLog(output: string): Generator<GitCommit> {
  const tokens = output.split("\0");
  let at = 0;
  const next = (): string => tokens[at++] ?? "";
  while (at < tokens.length) {
    const hash = next().replace(/^\n+/, "");
    if (hash === "") continue;
    const [tree, parents, an, ae, ad, cn, ce, cd, message] = Array.from({ length: fields.length - 1 }, next);
    const files = new Map<string, GitFile>();
    for (;;) {
      const token = (tokens[at] ?? "").replace(/^\n+/, "");
      const raw = /^:(\d+) (\d+) [0-9a-f]+ ([0-9a-f]+) ([A-Z])\d*$/.exec(token);
      const counts = /^(\d+|-)\t(\d+|-)\t([^]*)$/.exec(token);
      if (raw) {
        at += 1;
        const [, oldMode = "", newMode = "", newBlob = "", letter = ""] = raw;
        const oldPath = next();
        const path = letter === "R" || letter === "C" ? next() : oldPath;
        const unchanged = { additions: 0, deletions: 0, binary: false };
        files.set(path, { path, oldPath, letter, oldMode, newMode, newBlob, ...unchanged });
      } else if (counts) {
        at += 1;
        if (counts[3] === "") next();
        const file = files.get(counts[3] === "" ? next() : (counts[3] ?? ""));
        if (file === undefined) continue;
        file.binary = counts[1] === "-";
        file.additions = file.binary ? 0 : Number(counts[1]);
        file.deletions = file.binary ? 0 : Number(counts[2]);
      } else if (token === "" && at < tokens.length) at += 1;
      else break;
    }
    yield {
      hash,
      tree: tree ?? "",
      parents: (parents ?? "").split(" ").filter((parent) => parent !== ""),
      author: { name: an ?? "", email: ae ?? "", date: ad ?? "" },
      committer: { name: cn ?? "", email: ce ?? "", date: cd ?? "" },
      message: message ?? "",
      files: [...files.values()],
    };
  }
}
