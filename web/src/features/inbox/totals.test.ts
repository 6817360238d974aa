import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { totalOf } from "./inbox-row.ts";
import { makeRow } from "./testing.ts";
import { listMoney, replaceInTotals, sumRows } from "./totals.ts";

const rows = fc.array(
  fc.record({
    minutes: fc.integer({ min: 0, max: 1440 }),
    hourly_rate_minor: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
    billable: fc.boolean(),
    currency: fc.constantFrom("EUR", "JPY", "USD"),
  }),
  { minLength: 1, maxLength: 30 },
);

describe("totals", () => {
  it("sums minutes, and money per currency", () => {
    const totals = sumRows([
      makeRow({ minutes: 90 }),
      makeRow({ minutes: 30, currency: "USD" }),
      makeRow({ minutes: 60 }),
    ]);
    expect(totals.minutes).toBe(180);
    expect(listMoney(totals)).toEqual([
      ["EUR", 25_000],
      ["USD", 5_000],
    ]);
  });

  it("counts what is not billed, or has no rate, as time but not as money", () => {
    const totals = sumRows([makeRow({ billable: false }), makeRow({ hourly_rate_minor: null })]);
    expect(totals.minutes).toBe(120);
    expect(listMoney(totals)).toEqual([["EUR", 0]]);
    expect(totalOf(makeRow({ hourly_rate_minor: null }))).toBeNull();
  });

  it("rounds each line, not the sum, so that the list shows what the invoice will", () => {
    const line = makeRow({ minutes: 20, hourly_rate_minor: 10_001 });
    expect(totalOf(line)).toBe(3334);
    expect(listMoney(sumRows([line, line, line]))).toEqual([["EUR", 10_002]]);
  });

  it("come to the same when one row is replaced as when all are summed again", () => {
    fc.assert(
      fc.property(rows, fc.nat(), fc.integer({ min: 0, max: 1440 }), (parts, at, minutes) => {
        const list = parts.map((part) => makeRow(part));
        const index = at % list.length;
        const before = list[index] ?? makeRow();
        const after = { ...before, minutes };
        expect(replaceInTotals(sumRows(list), before, after)).toEqual(sumRows(list.with(index, after)));
      }),
    );
  });
});
