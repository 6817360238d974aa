import { describe, expect, it } from "vitest";
import { describeAction, inverseOf, patchFor } from "./inbox-actions.ts";
import { makeRow } from "./testing.ts";

describe("undo", () => {
  it("takes an approval back and defers again what was deferred", () => {
    const before = [makeRow({ id: "a" }), makeRow({ id: "b", deferred_until: "2026-04-01" })];
    expect(inverseOf({ type: "approve" }, before)).toEqual([
      { action: { type: "unapprove" }, ids: ["a", "b"] },
      { action: { type: "defer", until: "2026-04-01" }, ids: ["b"] },
    ]);
  });

  it("gives each line its own earlier date back", () => {
    const before = [makeRow({ id: "a" }), makeRow({ id: "b", deferred_until: "2026-04-01" }), makeRow({ id: "c" })];
    expect(inverseOf({ type: "defer", until: "2026-05-01" }, before)).toEqual([
      { action: { type: "defer", until: null }, ids: ["a", "c"] },
      { action: { type: "defer", until: "2026-04-01" }, ids: ["b"] },
    ]);
  });

  it("restores only the fields that were edited", () => {
    const before = [makeRow({ id: "a", minutes: 45, description: "Before" })];
    expect(inverseOf({ type: "edit", changes: { minutes: 90 } }, before)).toEqual([
      { action: { type: "edit", changes: { minutes: 45 } }, ids: ["a"] },
    ]);
  });

  it("ignores again with the reason there was", () => {
    const before = [makeRow({ id: "a", status: "rejected", rejected_reason: "A merge." })];
    expect(inverseOf({ type: "restore" }, before)).toEqual([
      { action: { type: "ignore", reason: "A merge." }, ids: ["a"] },
    ]);
  });
});

it("An approval is shown as approved and no longer deferred", () => {
  expect(patchFor({ type: "approve" })).toEqual({ status: "approved", deferred_until: null });
});

it("What was done is said in words", () => {
  const day = (text: string): string => text;
  expect(describeAction({ type: "approve" }, 1, day)).toBe("Approved 1 line");
  expect(describeAction({ type: "defer", until: "2026-04-01" }, 3, day)).toBe("Deferred 3 lines until 2026-04-01");
  expect(describeAction({ type: "defer", until: null }, 2, day)).toBe("Brought 2 lines back");
});
