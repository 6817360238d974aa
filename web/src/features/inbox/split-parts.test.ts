import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readParts, toParts } from "./split-parts.ts";

const part = (size: string, change: { description?: string; date?: string } = {}) => ({
  size,
  description: "Did it",
  date: "2026-03-02",
  ...change,
});

describe("the parts of a line", () => {
  it("are read in hours, per cent, and as what the others leave", () => {
    expect(readParts([part("1:30"), part("25 %"), part("")], 240)).toEqual({
      minutes: [90, 60, 90],
      errors: [undefined, undefined, undefined],
      missing: 0,
    });
    expect(readParts([part("90m"), part("2h")], 240).missing).toBe(30);
    expect(readParts([part("3"), part("2")], 240).missing).toBe(-60);
  });

  it("in per cent come to the whole, however odd it is", () => {
    const shares = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(shares, fc.integer({ min: 60, max: 10_000 }), (given, total) => {
        const sum = given.reduce((all, each) => all + each, 0);
        const sizes = given.map((each) => `${((each * 100) / sum).toFixed(4)}%`);
        expect(
          Math.abs(
            readParts(
              sizes.map((size) => part(size)),
              total,
            ).missing,
          ),
        ).toBeLessThanOrEqual(1);
        expect(readParts([...sizes.slice(1).map((size) => part(size)), part("")], total).missing).toBe(0);
      }),
    );
  });

  it("say what is wrong with them", () => {
    expect(readParts([part(""), part("")], 60).errors[0]).toMatch(/Only one part/u);
    expect(readParts([part("soon"), part("")], 60).errors[0]).toMatch(/40 %/u);
    expect(readParts([part("60m"), part("")], 60).errors[1]).toMatch(/leave nothing/u);
    expect(readParts([part("0"), part("")], 60).errors[0]).toMatch(/at least a minute/u);
    expect(readParts([part("1", { description: " " }), part("")], 90).errors[0]).toMatch(/what was done/u);
    expect(readParts([part("1", { date: "" }), part("")], 90).errors[0]).toMatch(/day/u);
  });

  it("are sent with what differs from the line only", () => {
    const line = { description: "Did it", project_id: "a", start_date: "2026-03-02" };
    const texts = (change: object) => ({ key: "", project: "a", invoice: "", ...part(""), ...change });
    const parts = [texts({ invoice: "new" }), texts({ description: "Drew it ", project: "b" })];
    expect(toParts(parts, [20, 40], line)).toEqual([
      { minutes: 20, invoice: "new" },
      { minutes: 40, description: "Drew it", project_id: "b" },
    ]);
  });
});
