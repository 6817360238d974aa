import { expect, it } from "vitest";
import { deferChoices } from "./defer-dates.ts";

const days = (today: string): string[] => deferChoices(today).map((choice) => choice.day);

it("Monday is the next one, also on a Monday and on a Sunday", () => {
  expect(days("2026-03-04")[1]).toBe("2026-03-09");
  expect(days("2026-03-09")[1]).toBe("2026-03-16");
  expect(days("2026-03-08")[1]).toBe("2026-03-09");
});

it("Months and years end", () => {
  expect(days("2026-12-31")).toEqual(["2027-01-01", "2027-01-04", "2027-01-01"]);
  expect(days("2028-02-28")[0]).toBe("2028-02-29");
});
