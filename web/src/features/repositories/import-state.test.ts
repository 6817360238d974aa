import { expect, it } from "vitest";
import { canResume, isUnderWay, shareDone, skippedReasons } from "./import-state.ts";

it("The share done is known where the number of commits was asked for, and at the end", () => {
  expect(shareDone({ status: "running", found: 50, last_commits: 200 })).toBe(0.25);
  expect(shareDone({ status: "running", found: 300, last_commits: 200 })).toBe(1);
  expect(shareDone({ status: "running", found: 50, last_commits: null })).toBeNull();
  expect(shareDone({ status: "done", found: 50, last_commits: 200 })).toBe(1);
});

it("Each import is under way, can be resumed, or is done, and never two of these", () => {
  for (const status of ["queued", "running", "waiting", "stopped", "done", "failed"]) {
    const states = [isUnderWay({ status }), canResume({ status }), status === "done"];
    expect(states.filter(Boolean)).toHaveLength(1);
  }
});

it("Reasons for skipping are in words, the most frequent first", () => {
  expect(skippedReasons({ skipped_reasons: { merge: 3, known: 40, bot: 0, new_rule: 1 } })).toEqual([
    { words: "recorded before", count: 40 },
    { words: "merges", count: 3 },
    { words: "new rule", count: 1 },
  ]);
  expect(skippedReasons({ skipped_reasons: null })).toEqual([]);
});
