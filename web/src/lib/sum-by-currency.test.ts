import { expect, test } from "vitest";
import { sumByCurrency } from "./sum-by-currency.ts";

test("amounts of different currencies are never added up", () => {
  expect(
    sumByCurrency([
      { minor: 100, currency: "JPY" },
      { minor: 5, currency: "EUR" },
      { minor: 7, currency: "EUR" },
    ]),
  ).toEqual([
    { minor: 12, currency: "EUR" },
    { minor: 100, currency: "JPY" },
  ]);
  expect(sumByCurrency([])).toEqual([]);
});
