/**
 * Reads commits with their changes from one `git log`.
 *
 * Fields and records end with NUL, the one byte that neither a message nor a path can hold. After a commit's fields come
 * git's raw records (`:100644 100644 … M`, then one path, or two for a rename) and its counts (`12\t3\tpath`, or `12\t3\t`
 * and two paths): git-diff(1), "Raw output format", "Other diff formats". A commit has no counts of its own merges.
 */
import type { FileChange } from "@billhook/domain/push";
import type { Clone } from "./clone.ts";
import { firstLine, pipeGit, runGit, streamGit } from "./git.ts";
import { CommandFailure } from "./failure.ts";

export interface LocalPerson {
  name: string;
  email: string;
}

export interface LocalCommit {
  hash: string;
  /** Null where a shallow clone does not have them. */
  parents: string[] | null;
  author: LocalPerson;
  /** ISO 8601 with the author's offset; empty where the commit's date is none. */
  authoredAt: string;
  committer: LocalPerson;
  committedAt: string;
  message: string;
  /** Null where the changes are not known: the edge of a shallow clone, and merges. */
  files: FileChange[] | null;
  /** Null for a merge, a change of nothing, and the edge of a shallow clone. */
  patchId: string | null;
}

/** Which commits of a branch. A date is ISO 8601. */
export type Selection =
  | { kind: "last"; count: number }
  | { kind: "since"; date: string }
  | { kind: "all" }
  | { kind: "listed"; hashes: readonly string[] };

const fields = ["%H", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"];
const format = `--format=tformat:${fields.join("%x00")}`;
const form = [
  "-z",
  "--raw",
  "--numstat",
  "-M",
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--no-notes",
  "--encoding=UTF-8",
];

/**
 * The patch as the hosts write it, whatever this clone's settings say, so that the same change has the same patch-id
 * here and there: packages/forges/patch-id.ts. A binary file counts by its blob ids, of which seven digits are taken.
 */
const patchForm = [
  "-c",
  "core.quotePath=true",
  "log",
  "--format=tformat:commit %H",
  "-p",
  "-M",
  "-U3",
  "--inter-hunk-context=0",
  "--diff-algorithm=default",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  "--abbrev=7",
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--no-notes",
];

function select(selection: Selection, tip: string): { args: string[]; input: string } {
  switch (selection.kind) {
    case "last":
      return { args: [`--max-count=${selection.count}`, tip], input: "" };
    case "since":
      return { args: [`--since=${selection.date}`, tip], input: "" };
    case "all":
      return { args: [tip], input: "" };
    case "listed":
      return { args: ["--no-walk=unsorted", "--ignore-missing", "--stdin"], input: `${selection.hashes.join("\n")}\n` };
  }
}

/** How many commits `readCommits` will give. */
export async function countCommits(clone: Clone, selection: Selection, tip: string): Promise<number> {
  if (selection.kind === "listed") return selection.hashes.length;
  const counted = await runGit(clone.folder, ["rev-list", "--count", ...select(selection, tip).args, "--"]);
  if (!counted.ok)
    throw new CommandFailure("repository", `git could not read the history: ${firstLine(counted.stderr)}`);
  return Number(counted.stdout);
}

/** The commits, parents before children; listed ones in the order of the list. Only one is held at a time. */
export async function* readCommits(clone: Clone, selection: Selection, tip: string): AsyncGenerator<LocalCommit> {
  const { args, input } = select(selection, tip);
  const order = selection.kind === "listed" ? [] : ["--reverse", "--topo-order"];
  const chosen = [...order, ...(selection.kind === "listed" ? args : [...args, "--"])];
  const patchIds = readPatchIds(clone, chosen, input);
  let next = await patchIds.next();
  try {
    for await (const commit of parseLog(streamGit(clone.folder, ["log", ...form, format, ...chosen], input))) {
      let patchId: string | null = null;
      // Both lists are of the same commits in the same order; the other leaves out those that change nothing.
      if (next.done !== true && next.value.hash === commit.hash) {
        patchId = next.value.patchId;
        next = await patchIds.next();
      }
      const isEdge = clone.shallow.has(commit.hash);
      if (isEdge) yield { ...commit, parents: null, files: null };
      else if ((commit.parents?.length ?? 0) > 1) yield { ...commit, files: null };
      else yield { ...commit, patchId };
    }
  } finally {
    await patchIds.return(undefined);
  }
}

/** git-patch-id(1): one line a commit, its patch-id and its hash. */
async function* readPatchIds(
  clone: Clone,
  chosen: readonly string[],
  input: string,
): AsyncGenerator<{ hash: string; patchId: string }, undefined, undefined> {
  let rest = "";
  for await (const chunk of pipeGit(clone.folder, [...patchForm, ...chosen], ["patch-id", "--stable"], input)) {
    const lines = (rest + chunk.toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [patchId = "", hash = ""] = line.split(" ");
      yield { hash, patchId };
    }
  }
}

/** Exported for its test. */
export async function* parseLog(output: AsyncIterable<Buffer>): AsyncGenerator<LocalCommit> {
  let commit: LocalCommit | null = null;
  let header: string[] = [];
  // What is still missing of the current record, and what is done with it once it is whole.
  let pending: { paths: string[]; missing: number; finish: (paths: string[]) => void } | null = null;
  let files = new Map<string, FileChange>();

  for await (const token of splitAtNul(output)) {
    if (header.length > 0) {
      header.push(decodeText(token));
      if (header.length < fields.length) continue;
      commit = toCommit(header);
      files = new Map();
      header = [];
      continue;
    }
    if (pending !== null) {
      pending.paths.push(decodeText(token));
      pending.missing -= 1;
      if (pending.missing === 0) {
        pending.finish(pending.paths);
        pending = null;
      }
      continue;
    }
    const text: string = decodeText(token).replace(/^\n+/u, "");
    if (text === "") continue;
    if (text.startsWith(":")) {
      const letter = /(?<letter>[A-Z])\d*$/u.exec(text)?.groups?.["letter"] ?? "M";
      const found = files;
      pending = {
        paths: [],
        missing: letter === "R" || letter === "C" ? 2 : 1,
        finish: (paths) => {
          const path = paths.at(-1) ?? "";
          found.set(path, { path, status: statusOf(letter), additions: null, deletions: null, binary: null });
        },
      };
      continue;
    }
    const counts = /^(?<added>\d+|-)\t(?<deleted>\d+|-)\t(?<path>[^]*)$/u.exec(text)?.groups;
    if (counts !== undefined) {
      const found = files;
      const finish = (paths: string[]): void =>
        count(found.get(paths.at(-1) ?? ""), counts["added"], counts["deleted"]);
      const path = counts["path"] ?? "";
      if (path === "") pending = { paths: [], missing: 2, finish };
      else finish([path]);
      continue;
    }
    if (commit !== null) yield { ...commit, files: [...files.values()] };
    commit = null;
    header = [text];
  }
  if (commit !== null) yield { ...commit, files: [...files.values()] };
}

async function* splitAtNul(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, start)) {
      const part = chunk.subarray(start, end);
      yield rest.length === 0 ? part : Buffer.concat([...rest, part]);
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// git keeps bytes. What is not UTF-8 and does not name its encoding is most often this one; it has a letter for every byte.
const western = new TextDecoder("windows-1252");

function decodeText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return western.decode(bytes);
  }
}

function toCommit(header: readonly string[]): LocalCommit {
  const [hash = "", parents = "", authorName = "", authorEmail = "", authoredAt = "", ...rest] = header;
  const [committerName = "", committerEmail = "", committedAt = "", message = ""] = rest;
  return {
    hash,
    parents: parents === "" ? [] : parents.split(" "),
    author: { name: authorName, email: authorEmail },
    authoredAt,
    committer: { name: committerName, email: committerEmail },
    committedAt,
    // `%B` ends every message with a line end, whether it had one or not.
    message: message.replace(/\n+$/u, ""),
    files: null,
    patchId: null,
  };
}

function statusOf(letter: string): FileChange["status"] {
  switch (letter) {
    case "A":
    case "C":
      return "added";
    case "D":
      return "removed";
    case "R":
      return "renamed";
    default:
      return "modified";
  }
}

function count(file: FileChange | undefined, added: string | undefined, deleted: string | undefined): void {
  if (file === undefined) return;
  file.binary = added === "-";
  if (file.binary) return;
  file.additions = Number(added);
  file.deletions = Number(deleted);
}
