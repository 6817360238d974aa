import { expect, it } from "vitest";
import { filterOf, latestMonths, percent, readEstimatesSearch } from "./estimates-search.ts";

it("reads filters from the address and drops what is none", () => {
  expect(readEstimatesSearch({ project: "p", person: "", month: "2026-13", other: 1 })).toEqual({ project: "p" });
  expect(readEstimatesSearch({ month: "2026-02" })).toEqual({ month: "2026-02" });
});

it("asks for the first to the last day of a month", () => {
  expect(filterOf({ month: "2028-02", person: "x" })).toEqual({
    from: "2028-02-01",
    until: "2028-02-29",
    personId: "x",
  });
  expect(filterOf({})).toEqual({});
});

it("lists the latest months across a year's end", () => {
  expect(latestMonths("2026-02-10", 3)).toEqual(["2026-02", "2026-01", "2025-12"]);
});

it("says a share in whole percent, and nothing of nothing", () => {
  expect([percent(2, 3), percent(0, 0)]).toEqual(["67%", "–"]);
});
