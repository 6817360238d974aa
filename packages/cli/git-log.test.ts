import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { patchId } from "@billhook/forges/patch-id";
import { expect, test } from "vitest";
import { openClone, readBranch } from "./clone.ts";
import { countCommits, type LocalCommit, parseLog, readCommits, type Selection } from "./git-log.ts";
import { collect, makeFolder, makeRepository, TestRepository } from "./test-repository.ts";

async function read(folder: string, selection: Selection = { kind: "all" }): Promise<LocalCommit[]> {
  const clone = await openClone(folder);
  const { tip } = await readBranch(clone, null);
  const commits = await collect(readCommits(clone, selection, tip ?? ""));
  expect(await countCommits(clone, selection, tip ?? "")).toBe(commits.length);
  return commits;
}

test("a commit is read with its parents, people, dates with their offsets, and counts per file, oldest first", async () => {
  const repository = makeRepository();
  repository.write("a.txt", "one\ntwo\n");
  const root = repository.commit("Add a");
  repository.write("a.txt", "one\n2\nthree\n");
  repository.write("logo.png", new Uint8Array([0, 1, 2, 0]));
  const second = repository.commit("Change a");
  const [first, last, ...more] = await read(repository.folder);
  expect(more).toEqual([]);
  expect(first).toMatchObject({ hash: root, parents: [], message: "Add a" });
  expect(first?.files).toEqual([{ path: "a.txt", status: "added", additions: 2, deletions: 0, binary: false }]);
  expect(last).toEqual({
    hash: second,
    parents: [root],
    author: { name: "Dév Öne", email: "dev.one@example.com" },
    authoredAt: "2026-03-02T09:20:00+02:00",
    committer: { name: "Committer", email: "committer@example.com" },
    committedAt: "2026-03-02T09:20:00-03:30",
    message: "Change a",
    files: [
      { path: "a.txt", status: "modified", additions: 2, deletions: 1, binary: false },
      { path: "logo.png", status: "added", additions: null, deletions: null, binary: true },
    ],
    patchId: expect.stringMatching(/^[0-9a-f]{40}$/u),
  });
});

test("a commit's patch-id is that of the product's own reading of its patch, whatever the clone's settings; merges and empty commits have none", async () => {
  const repository = makeRepository();
  repository.git("config", "diff.noprefix", "true");
  repository.git("config", "diff.context", "9");
  repository.write("a.txt", "one\ntwo\nthree\nfour\nfive\n");
  repository.write("logo.png", new Uint8Array([0, 1, 2, 0]));
  repository.commit("Add a");
  repository.git("mv", "a.txt", "b ü.txt");
  repository.write("b ü.txt", "one\ntwo\nthree\nfour\n5\n");
  repository.commit("Move a");
  repository.commit("Nothing");
  repository.git("checkout", "-q", "-b", "side", "HEAD~1");
  repository.write("side.txt", "side");
  repository.commit("Add a side");
  repository.git("checkout", "-q", "main");
  repository.git("merge", "-q", "--no-ff", "-m", "Merge", "side");
  const commits = await read(repository.folder);
  const expected = await Promise.all(
    commits.map(async ({ hash, parents }) =>
      (parents?.length ?? 0) > 1
        ? null
        : await patchId(
            repository.git("-c", "diff.noprefix=false", "show", "-U3", "-M", "--full-index", "--format=", hash),
          ),
    ),
  );
  expect(commits.map((commit) => commit.patchId)).toEqual(expected);
  expect(expected.filter((id) => id === null)).toHaveLength(2);
});

test("renames keep their counts under the new path, deletions are removed files, and any path is read as it is", async () => {
  const repository = makeRepository();
  const odd = 'dir/ta\tb "q" ü\n:100644 x';
  repository.write(odd, "1\n2\n3\n4\n5\n6\n");
  repository.write("gone.txt", "bye\n");
  repository.commit("Add");
  repository.git("mv", odd, "plain.txt");
  repository.write("plain.txt", "1\n2\n3\n4\n5\nsix\n");
  repository.git("rm", "-q", "gone.txt");
  repository.commit("Move");
  const [add, move] = await read(repository.folder);
  expect(add?.files?.map(({ path }) => path)).toEqual([odd, "gone.txt"]);
  expect(move?.files).toEqual([
    { path: "gone.txt", status: "removed", additions: 0, deletions: 1, binary: false },
    { path: "plain.txt", status: "renamed", additions: 1, deletions: 1, binary: false },
  ]);
});

test("a merge has both parents and no files of its own, and what it merged comes before it", async () => {
  const repository = makeRepository();
  const root = repository.commit("Root");
  repository.git("checkout", "-q", "-b", "side");
  repository.write("side.txt", "side\n");
  const side = repository.commit("Side");
  repository.git("checkout", "-q", "main");
  repository.write("main.txt", "main\n");
  const main = repository.commit("Main");
  repository.git("merge", "-q", "--no-edit", "side");
  const commits = await read(repository.folder);
  expect(commits.map(({ hash }) => hash).toSorted()).toEqual(
    [root, side, main, repository.git("rev-parse", "HEAD")].toSorted(),
  );
  expect(commits[0]?.hash).toBe(root);
  expect(commits.at(-1)).toMatchObject({ parents: [main, side], files: null, message: "Merge branch 'side'" });
});

test("messages that are empty, look like git's output, have several paragraphs or other encodings are read whole", async () => {
  const repository = makeRepository();
  const odd = `:100644 100644 abc M\n\n1\t2\tpath\n\n${"0".repeat(40)}\n\nlast`;
  repository.commit("");
  repository.commit(odd);
  repository.commit("Größe 日本語 🎉");
  // The bytes of "Prüfung" in Latin-1, once without and once with the encoding named in the commit.
  const latin = new Uint8Array([0x50, 0x72, 0xfc, 0x66, 0x75, 0x6e, 0x67]);
  repository.commit(latin);
  repository.git("config", "i18n.commitEncoding", "ISO-8859-1");
  repository.commit(latin);
  const messages = (await read(repository.folder)).map(({ message }) => message);
  expect(messages).toEqual(["", odd, "Größe 日本語 🎉", "Prüfung", "Prüfung"]);
});

test("a repository with SHA-256 hashes is read", async () => {
  const repository = makeRepository("--object-format=sha256");
  repository.write("a", "a\n");
  repository.commit("One");
  repository.commit("Two");
  const [one, two] = await read(repository.folder);
  expect(one?.hash).toMatch(/^[0-9a-f]{64}$/u);
  expect(two?.parents).toEqual([one?.hash]);
});

test("the last commits, those since a day, and a list in its own order are chosen", async () => {
  const repository = makeRepository();
  const hashes = ["A", "B", "C"].map((message) => repository.commit(message));
  const [a = "", b = "", c = ""] = hashes;
  const chosen = async (selection: Selection) => (await read(repository.folder, selection)).map(({ hash }) => hash);
  expect(await chosen({ kind: "last", count: 2 })).toEqual([b, c]);
  // Committed at 09:10, 09:20 and 09:30 three and a half hours behind UTC.
  expect(await chosen({ kind: "since", date: "2026-03-02T12:45:00Z" })).toEqual([b, c]);
  expect(await chosen({ kind: "listed", hashes: [c, a] })).toEqual([c, a]);
});

test("at the edge of a shallow clone neither parents nor changes are known", async () => {
  const repository = makeRepository();
  for (const message of ["A", "B", "C"]) {
    repository.write("a.txt", message);
    repository.commit(message);
  }
  const folder = join(makeFolder(), "shallow");
  execFileSync("git", ["clone", "-q", "--depth", "2", `file://${repository.folder}`, folder]);
  const [edge, last] = await read(folder);
  expect(edge).toMatchObject({ message: "B", parents: null, files: null });
  expect(last).toMatchObject({ message: "C", parents: [edge?.hash] });
  expect(last?.files).toHaveLength(1);
});

test("an empty repository has a branch without a commit", async () => {
  const repository = makeRepository();
  expect(await readBranch(await openClone(repository.folder), null)).toEqual({ name: "main", tip: null });
});

test("a bare repository and a folder inside a worktree are opened; anything else is refused in words", async () => {
  const repository = makeRepository();
  repository.write("deep/er/file", "");
  const hash = repository.commit("A");
  const bare = join(makeFolder(), "copy.git");
  execFileSync("git", ["clone", "-q", "--bare", repository.folder, bare]);
  expect((await read(bare)).map((commit) => commit.hash)).toEqual([hash]);
  expect(await openClone(bare)).toMatchObject({ name: "copy" });
  expect(await openClone(join(repository.folder, "deep/er"))).toMatchObject({ name: "shop" });
  await expect(openClone(makeFolder())).rejects.toThrow(/is not a git repository/u);
  await expect(openClone("/nowhere/at/all")).rejects.toThrow(/There is no folder/u);
});

test("a branch is found by name, here or at the origin, and a detached HEAD takes the name of what it is on", async () => {
  const origin = makeRepository();
  const one = origin.commit("One");
  origin.git("checkout", "-q", "-b", "feature/x");
  const two = origin.commit("Two");
  origin.git("checkout", "-q", "main");
  const folder = join(makeFolder(), "clone");
  execFileSync("git", ["clone", "-q", origin.folder, folder]);
  const clone = await openClone(folder);
  expect(await readBranch(clone, "feature/x")).toEqual({ name: "feature/x", tip: two });
  expect(await readBranch(clone, null)).toEqual({ name: "main", tip: one });
  await expect(readBranch(clone, "--all")).rejects.toThrow(/There is no branch/u);
  execFileSync("git", ["-C", folder, "checkout", "-q", two]);
  expect(await readBranch(clone, null)).toEqual({ name: "feature/x", tip: two });
});

test("settings of a hook that runs us do not lead to another repository", async () => {
  const other = makeRepository();
  const repository = new TestRepository(join(makeFolder(), "own"));
  const hash = repository.commit("Own");
  process.env["GIT_DIR"] = join(other.folder, ".git");
  try {
    expect((await read(repository.folder)).map((commit) => commit.hash)).toEqual([hash]);
  } finally {
    delete process.env["GIT_DIR"];
  }
});

test("it makes no difference how git's output is cut into chunks", async () => {
  const repository = makeRepository();
  repository.write("ä/b", "1\n");
  repository.commit("Größe\n\nText");
  repository.git("mv", "ä/b", "c");
  repository.commit("Move");
  const whole: Buffer[] = [];
  const args = [
    "-C",
    repository.folder,
    "log",
    "-z",
    "--raw",
    "--numstat",
    "-M",
    "--format=tformat:%H%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B",
  ];
  whole.push(execFileSync("git", args));
  const output = Buffer.concat(whole);
  const parse = async (sizes: number[]): Promise<LocalCommit[]> => {
    async function* cut() {
      let at = 0;
      for (let turn = 0; at < output.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        yield output.subarray(at, at + size);
        at += size;
      }
    }
    return collect(parseLog(cut()));
  };
  const expected = await parse([output.length]);
  expect(expected).toHaveLength(2);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
      expect(await parse(sizes)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
