/** What git itself says of a commit, read apart from the stand-ins, to compare what the hosts' clients say with. */
import { execFileSync } from "node:child_process";
import type { ForgeApi, ForgeConnection, ForgeResult, CommitRange } from "@billhook/forges/api";
import type { PushedCommit } from "@billhook/domain/push";
import { tmpdir } from "node:os";
import type { Clone } from "./histories.ts";

export interface ExpectedFile {
  path: string;
  status: string;
  additions: number;
  deletions: number;
}

const statuses: Record<string, string> = { A: "added", D: "removed", R: "renamed", M: "modified", T: "modified" };

export function filesOf(clone: Clone, hash: string): ExpectedFile[] {
  const read = (form: string): string[] =>
    clone.git("diff-tree", "-r", "--root", "-M", "--no-commit-id", "-z", form, hash).split("\0");
  const byPath = new Map<string, string>();
  const names = read("--name-status");
  while (names.length > 1) {
    const letter = (names.shift() ?? "").slice(0, 1);
    const first = names.shift() ?? "";
    byPath.set(letter === "R" ? (names.shift() ?? "") : first, statuses[letter] ?? letter);
  }
  const files: ExpectedFile[] = [];
  const counts = read("--numstat");
  while (counts.length > 1) {
    const [, added = "", deleted = "", name = ""] = /^([^\t]*)\t([^\t]*)\t([^]*)$/.exec(counts.shift() ?? "") ?? [];
    if (name === "") counts.shift();
    const path = name === "" ? (counts.shift() ?? "") : name;
    const number = (text: string): number => (text === "-" ? 0 : Number(text));
    files.push({ path, status: byPath.get(path) ?? "", additions: number(added), deletions: number(deleted) });
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

export interface ExpectedCommit {
  hash: string;
  parents: string[];
  author: { name: string; email: string };
  authoredAt: number;
  committedAt: number;
  message: string;
}

export function commitOf(clone: Clone, hash: string): ExpectedCommit {
  const format = "--format=%P%x00%an%x00%ae%x00%at%x00%ct%x00%B";
  const [parents = "", name = "", email = "", authored, committed, message = ""] = clone
    .git("show", "-s", format, hash)
    .split("\0");
  return {
    hash,
    parents: parents.split(" ").filter((parent) => parent !== ""),
    author: { name, email },
    authoredAt: Number(authored),
    committedAt: Number(committed),
    message: message.replaceAll("\r\n", "\n").trimEnd(),
  };
}

/** The same of what a client read. */
export function sayCommit(commit: PushedCommit): ExpectedCommit {
  const seconds = (date: string | null): number => Date.parse(date ?? "") / 1000;
  return {
    hash: commit.hash,
    parents: commit.parents ?? ["unknown"],
    author: { name: commit.author.name ?? "", email: commit.author.email ?? "" },
    authoredAt: seconds(commit.authoredAt),
    committedAt: seconds(commit.committedAt),
    message: commit.message.trimEnd(),
  };
}

export function patchIdOfGit(diff: string): string | null {
  const output = execFileSync("git", ["patch-id", "--stable"], { cwd: tmpdir(), input: diff }).toString();
  return output === "" ? null : output.slice(0, 40);
}

/** All commits of a range in the order they came, and how many pages they took. */
export async function listAll(
  api: ForgeApi,
  connection: ForgeConnection,
  range: CommitRange,
): Promise<{ commits: PushedCommit[]; pages: number }> {
  const commits: PushedCommit[] = [];
  let cursor: string | null = range.cursor ?? null;
  for (let pages = 1; pages < 100; pages += 1) {
    const page = valueOf(await api.listCommits(connection, { ...range, cursor }));
    commits.push(...page.items);
    if (page.cursor === null) return { commits, pages };
    // A cursor outlives the process that got it.
    cursor = JSON.parse(JSON.stringify(page.cursor)) as string;
  }
  throw new Error("the list has no end");
}

export function valueOf<T>(result: ForgeResult<T>): T {
  if (!result.ok) throw new Error(`${result.code}: ${result.detail}`);
  return result.value;
}
