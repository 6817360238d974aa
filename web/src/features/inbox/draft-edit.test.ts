import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginEdit, readEdit } from "./draft-edit.ts";
import { makeRow } from "./testing.ts";

const row = makeRow({ minutes: 90, hourly_rate_minor: 9550 });
const typed = (texts: Partial<ReturnType<typeof beginEdit>["texts"]>, locale = "en") => {
  const edit = beginEdit(row, "hours", locale);
  return readEdit({ ...edit, texts: { ...edit.texts, ...texts } }, row, locale);
};

describe("editing a line", () => {
  it("changes nothing while nothing is typed, in any locale and currency", () => {
    const anyRow = fc.record({
      minutes: fc.integer({ min: 0, max: 1440 }),
      hourly_rate_minor: fc.option(fc.integer({ min: 0, max: 100_000_000_000 })),
      currency: fc.constantFrom("EUR", "JPY", "KWD"),
    });
    fc.assert(
      fc.property(anyRow, fc.constantFrom("en", "de", "fr", "de-CH", "hi", "ar-EG"), (change, locale) => {
        const any = makeRow(change);
        expect(readEdit(beginEdit(any, "rate", locale), any, locale)).toEqual({ errors: {}, changes: {} });
        // Typed again, character by character, the amount is the same.
        const again = { ...beginEdit(any, "rate", locale), texts: { ...beginEdit(any, "rate", locale).texts } };
        again.texts.rate = `${again.texts.rate} `;
        expect(readEdit(again, any, locale)).toEqual({ errors: {}, changes: {} });
      }),
    );
  });

  it("reads hours in the usual forms", () => {
    for (const hours of ["2:15", "2.25", "135m", "2h 15m"]) {
      expect(typed({ hours })).toEqual({ errors: {}, changes: { minutes: 135 } });
    }
  });

  it("says at the field what is wrong with hours", () => {
    expect(typed({ hours: "-1" }).errors.hours).toMatch(/negative/u);
    expect(typed({ hours: "25" }).errors.hours).toMatch(/24/u);
    expect(typed({ hours: "soon" }).errors.hours).toBeDefined();
  });

  it("reads a rate in the client's currency and locale, and none from an empty field", () => {
    expect(typed({ rate: "120,50" }, "de").changes.hourly_rate_minor).toBe(12_050);
    expect(typed({ rate: "" }).changes.hourly_rate_minor).toBeNull();
    expect(typed({ rate: "-5" }).errors.rate).toMatch(/negative/u);
  });

  it("changes only what was touched, whatever somebody else has changed meanwhile", () => {
    const edit = beginEdit(row, "hours", "en");
    const theirs = { ...row, description: "Theirs", hourly_rate_minor: 1, start_date: "2026-01-01", billable: false };
    expect(readEdit({ ...edit, texts: { ...edit.texts, hours: "2:00" } }, theirs, "en")).toEqual({
      errors: {},
      changes: { minutes: 120 },
    });
  });

  it("wants words for the client", () => {
    expect(typed({ description: "  " }).errors.description).toBeDefined();
    expect(typed({ description: "x".repeat(2001) }).errors.description).toBeDefined();
    expect(typed({ description: " Better words " }).changes).toEqual({ description: "Better words" });
  });
});
