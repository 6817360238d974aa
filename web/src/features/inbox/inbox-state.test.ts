import { describe, expect, it } from "vitest";
import { applyPatches, emptyInbox, forgetRows, mergeRows, settlePatches } from "./inbox-state.ts";
import { makeRow } from "./testing.ts";

const loaded = mergeRows(emptyInbox, [makeRow({ id: "a" }), makeRow({ id: "b" })]);
const approving = applyPatches(loaded, 1, new Map([["a", { status: "approved" }]]));

describe("rows from the server", () => {
  it("are taken in when they are newer, and passed over when they are not", () => {
    const newer = mergeRows(loaded, [makeRow({ id: "a", version: 2, minutes: 5 })]);
    expect(newer.rows.get("a")?.minutes).toBe(5);
    expect(mergeRows(newer, [makeRow({ id: "a", version: 1 })])).toBe(newer);
  });

  it("do not hide what is under way", () => {
    const merged = mergeRows(approving, [makeRow({ id: "a", version: 2, minutes: 5 })]);
    expect(merged.rows.get("a")).toMatchObject({ status: "approved", minutes: 5 });
  });

  it("leave the rows that have not changed the very same, so that they are not drawn again", () => {
    expect(approving.rows.get("b")).toBe(loaded.rows.get("b"));
  });
});

describe("a change under way", () => {
  it("is taken back where the server has skipped it", () => {
    expect(settlePatches(approving, 1, ["a"], []).rows.get("a")?.status).toBe("draft");
  });

  it("gives way to the server's row", () => {
    const settled = settlePatches(approving, 1, ["a"], [makeRow({ id: "a", version: 2, status: "approved" })]);
    expect(settled.rows.get("a")).toMatchObject({ status: "approved", version: 2 });
    expect(settled.pending.size).toBe(0);
  });

  it("stays while an earlier one of the same row is answered", () => {
    const twice = applyPatches(approving, 2, new Map([["a", { status: "draft" }]]));
    const settled = settlePatches(twice, 1, ["a"], [makeRow({ id: "a", version: 2, status: "approved" })]);
    expect(settled.rows.get("a")?.status).toBe("draft");
  });
});

it("A draft that no longer exists leaves the list", () => {
  expect(forgetRows(loaded, ["a"]).rows.has("a")).toBe(false);
});
