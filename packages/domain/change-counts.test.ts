import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countChanges } from "./change-counts.ts";
import type { FileChange } from "./push.ts";

function file(
  path: string,
  additions: number | null,
  deletions: number | null,
  binary: boolean | null = null,
): FileChange {
  return { path, status: "modified", additions, deletions, binary };
}

describe("countChanges", () => {
  it("adds up files and lines", () => {
    expect(countChanges([file("a.ts", 40, 10), file("b.ts", 5, 2)])).toEqual({
      files: 2,
      additions: 45,
      deletions: 12,
      uncounted: 0,
      sourceFiles: 2,
      sourceAdditions: 45,
      sourceDeletions: 12,
      binaryFiles: 0,
      unwrittenShare: 0,
      impossible: false,
    });
  });

  it("knows no lines where the host gave none, and nothing where it listed no files", () => {
    expect(countChanges([file("a.ts", null, null)])).toMatchObject({
      files: 1,
      additions: null,
      deletions: null,
      uncounted: 1,
    });
    expect(countChanges(null)).toBeNull();
    expect(countChanges([])).toMatchObject({ files: 0, additions: 0, deletions: 0 });
  });

  it("expects no lines of binary files", () => {
    expect(countChanges([file("a.bin", null, null, true)])).toMatchObject({
      additions: 0,
      uncounted: 0,
      unwrittenShare: 1,
    });
  });

  it("says how many files of a mixed list are not counted", () => {
    expect(countChanges([file("a.ts", 3, 1), file("b.ts", null, null)])).toMatchObject({ additions: 3, uncounted: 1 });
  });

  it("measures what nobody wrote by lines, or by files where lines are not known", () => {
    expect(countChanges([file("a.ts", 10, 0), file("package-lock.json", 90, 0)])?.unwrittenShare).toBe(0.9);
    expect(countChanges([file("a.ts", null, null), file("package-lock.json", null, null)])?.unwrittenShare).toBe(0.5);
  });

  it("takes impossible counts as 0 and says so", () => {
    expect(countChanges([file("a.ts", -5, 3), file("b.ts", Number.NaN, 1.5)])).toMatchObject({
      additions: 0,
      deletions: 3,
      impossible: true,
    });
  });

  it("keeps every figure within its bounds for any list", () => {
    const count = fc.oneof(fc.constant(null), fc.double(), fc.maxSafeInteger());
    const change = fc.record({
      path: fc.string(),
      status: fc.constant("modified" as const),
      additions: count,
      deletions: count,
      binary: fc.constantFrom(true, false, null),
    });
    fc.assert(
      fc.property(fc.array(change), (files) => {
        const counts = countChanges(files);
        if (counts === null) throw new Error("a list was given");
        for (const lines of [counts.additions, counts.deletions]) {
          if (lines !== null) expect(Number.isSafeInteger(lines) && lines >= 0).toBe(true);
        }
        expect(counts.unwrittenShare).toBeGreaterThanOrEqual(0);
        expect(counts.unwrittenShare).toBeLessThanOrEqual(1);
        expect(counts.uncounted).toBeLessThanOrEqual(files.length);
      }),
    );
  });
});
