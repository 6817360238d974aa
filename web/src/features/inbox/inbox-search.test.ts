import { expect, it } from "vitest";
import { readInboxSearch } from "./inbox-search.ts";

it("An address keeps what is known of it and drops the rest", () => {
  expect(readInboxSearch({ tab: "approved", group: "ticket", q: "import", sort: "asc", other: "x" })).toEqual({
    tab: "approved",
    group: "ticket",
    q: "import",
    sort: "asc",
  });
  expect(readInboxSearch({ tab: "gone", group: 7, sort: {}, q: "  " })).toEqual({});
});

it("A filter that looks like a number stays text", () => {
  expect(readInboxSearch({ q: 42 })).toEqual({ q: "42" });
});

it("Bounds are numbers and days, or nothing", () => {
  expect(
    readInboxSearch({ minHours: "1.5", maxAmount: 0, from: "2026-03-02", flagged: "yes", within: "week" }),
  ).toEqual({
    minHours: 1.5,
    maxAmount: 0,
    from: "2026-03-02",
    flagged: "yes",
    within: "week",
  });
  expect(readInboxSearch({ minHours: "many", maxHours: -1, minAmount: {}, from: "soon", flagged: "no" })).toEqual({});
});
