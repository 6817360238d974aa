import fc from "fast-check";
import { expect, test } from "vitest";
import { moneyText, readRate } from "./money-text.ts";

const currencies = ["EUR", "JPY", "KWD", "CHF", "USD"];
const locales = ["en", "de-DE", "de-CH", "fr-FR", "ja-JP", "pl-PL", "ar-EG", "hi-IN", "en-ZA"];

test("what a rate field shows reads back as the same rate in every currency and locale", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: 0, max: 100_000_000_000 }), fc.integer({ min: 0, max: 2000 })),
      fc.constantFrom(...currencies),
      fc.constantFrom(...locales),
      (minor, currency, locale) => {
        expect(readRate(moneyText(minor, currency, locale), currency, locale)).toEqual({ ok: true, minor });
      },
    ),
    { numRuns: 1000 },
  );
});

test("an empty field means no rate", () => {
  expect(moneyText(null, "EUR", "en")).toBe("");
  expect(readRate("  ", "EUR", "en")).toEqual({ ok: true, minor: null });
});

test("a negative rate, words and too many decimals are refused with a reason", () => {
  expect(readRate("-5", "EUR", "en")).toMatchObject({ ok: false });
  expect(readRate("a lot", "EUR", "en")).toMatchObject({ ok: false });
  expect(readRate("100.5", "JPY", "en")).toMatchObject({ ok: false });
  expect(readRate("99999999999999", "EUR", "en")).toMatchObject({ ok: false });
});
