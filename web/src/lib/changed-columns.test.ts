import { expect, test } from "vitest";
import { changedColumns } from "./changed-columns.ts";

test("only the columns that differ are written", () => {
  const before = { name: "a", rate: null as number | null, patterns: ["x"], flag: false };
  expect(changedColumns(before, { ...before, patterns: ["x"] })).toEqual({});
  expect(changedColumns(before, { ...before, rate: 0, patterns: ["x", "y"] })).toEqual({
    rate: 0,
    patterns: ["x", "y"],
  });
});
