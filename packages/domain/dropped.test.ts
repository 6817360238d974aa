import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DroppedWork, suspectDropped } from "./dropped.ts";
import type { KnownWork } from "./identity.ts";
import type { FileChange, PushedCommit } from "./push.ts";

const author = { name: "Dev One", email: "dev.one@example.com", username: null };
const file = (path: string, additions: number | null, deletions: number | null = 0): FileChange => ({
  path,
  status: "modified",
  additions,
  deletions,
  binary: false,
});
const lost = (files: FileChange[] | null, hash = "a".repeat(40)): DroppedWork =>
  new DroppedWork({ id: hash, hash, root: hash, rootHash: hash, author, files } as KnownWork);
const commit = (files: FileChange[] | null, more: Partial<PushedCommit> = {}): PushedCommit => ({
  hash: "b".repeat(40),
  message: "Change",
  parents: [],
  author,
  committer: null,
  authoredAt: null,
  committedAt: null,
  files,
  patchId: null,
  url: null,
  ...more,
});

describe("a commit may be a piece of what its branch lost", () => {
  it("where its files and lines were in it", () => {
    const dropped = lost([file("a.ts", 10), file("b.ts", 5, 2)]);
    expect(suspectDropped(commit([file("b.ts", 5, 2)]), [dropped])?.reason).toContain("it may be a part of it");
    expect(suspectDropped(commit([file("b.ts", 6, 2)]), [dropped])).toBeNull();
    expect(suspectDropped(commit([file("b.ts", 5), file("c.ts", 1)]), [dropped])).toBeNull();
  });

  it("but not where another commit accounts for them already", () => {
    const dropped = lost([file("a.ts", 10), file("b.ts", 5)]);
    dropped.take([file("a.ts", 10)]);
    expect(suspectDropped(commit([file("a.ts", 1)]), [dropped])).toBeNull();
    expect(suspectDropped(commit([file("b.ts", 5)]), [dropped])).not.toBeNull();
  });

  it("or all of it, rewritten, where it changes all its files and nothing else was made of it", () => {
    const dropped = lost([file("a.ts", 10)]);
    expect(suspectDropped(commit([file("a.ts", 50), file("b.ts", 1)]), [dropped])?.reason).toContain("rewritten");
    dropped.take([file("a.ts", 4)]);
    expect(suspectDropped(commit([file("a.ts", 50)]), [dropped])).toBeNull();
  });

  it("and is not where it is somebody else's, or where files are not known", () => {
    const other = { ...author, name: "Dev Two", email: "dev.two@example.com" };
    expect(suspectDropped(commit([file("a.ts", 1)], { author: other }), [lost([file("a.ts", 1)])])).toBeNull();
    expect(suspectDropped(commit(null), [lost([file("a.ts", 1)])])).toBeNull();
    expect(suspectDropped(commit([file("a.ts", 1)]), [lost(null)])).toBeNull();
  });

  it("however a commit is cut into pieces, each of them is one, and nothing is left for another", () => {
    const lines = fc.nat(50);
    const pieces = fc.array(fc.dictionary(fc.constantFrom("a.ts", "b.ts", "c.ts"), fc.tuple(lines, lines)), {
      minLength: 2,
      maxLength: 6,
    });
    fc.assert(
      fc.property(pieces, (cut) => {
        const parts = cut.map((piece) =>
          Object.entries(piece)
            .filter(([, [additions, deletions]]) => additions + deletions > 0)
            .map(([path, [additions, deletions]]) => file(path, additions, deletions)),
        );
        const whole = new Map<string, FileChange>();
        for (const { path, additions, deletions } of parts.flat()) {
          const sum = whole.get(path);
          whole.set(
            path,
            file(path, (sum?.additions ?? 0) + (additions ?? 0), (sum?.deletions ?? 0) + (deletions ?? 0)),
          );
        }
        const dropped = lost([...whole.values()]);
        for (const part of parts.filter((files) => files.length > 0)) {
          expect(suspectDropped(commit(part), [dropped])).not.toBeNull();
          dropped.take(part);
        }
        if (whole.size > 0) expect(suspectDropped(commit([file("a.ts", 1)]), [dropped])).toBeNull();
      }),
    );
  });
});
