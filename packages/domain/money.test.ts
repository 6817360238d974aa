import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { currencyExponent, currencyExponents, formatMoney, lineTotalMinor, parseMoney } from "./money.ts";

const max = Number.MAX_SAFE_INTEGER;

describe("currencyExponent", () => {
  it("knows the currencies without decimals, with three, and takes two for every other", () => {
    expect(["JPY", "ISK", "KWD", "TND", "EUR", "USD", "XYZ"].map(currencyExponent)).toEqual([0, 0, 3, 3, 2, 2, 2]);
  });

  it("is not fooled by names every object has", () => {
    expect(currencyExponent("constructor")).toBe(2);
  });

  it("lists exceptions only", () => {
    expect(Object.values(currencyExponents).every((exponent) => exponent === 0 || exponent === 3)).toBe(true);
    expect(Object.keys(currencyExponents).every((code) => /^[A-Z]{3}$/u.test(code))).toBe(true);
  });
});

describe("lineTotalMinor", () => {
  it("multiplies hours by rate", () => {
    expect(lineTotalMinor(5400, 8000)).toBe(12_000);
  });

  it("rounds a half away from zero, on both sides", () => {
    expect([
      lineTotalMinor(1800, 1),
      lineTotalMinor(1800, 3),
      lineTotalMinor(-1800, 1),
      lineTotalMinor(1800, -3),
    ]).toEqual([1, 2, -1, -2]);
    expect([lineTotalMinor(1799, 1), lineTotalMinor(-1799, 1)]).toEqual([0, -0].map((value) => value + 0));
  });

  it("stays exact where the product passes 2^53", () => {
    expect(lineTotalMinor(3600, max)).toBe(max);
    expect(lineTotalMinor(3_600_001, 9_000_000_000_001)).toBe(9_000_002_500_001_000);
  });

  it("refuses results and arguments that are no safe integers", () => {
    expect(() => lineTotalMinor(7200, max)).toThrow(RangeError);
    expect(() => lineTotalMinor(0.5, 100)).toThrow(RangeError);
    expect(() => lineTotalMinor(Number.NaN, 100)).toThrow(RangeError);
  });

  it("is never further than half a minor unit from the exact value, and symmetric", () => {
    const amount = fc.integer({ min: -(10 ** 9), max: 10 ** 9 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 7 }), amount, (seconds, rate) => {
        const total = lineTotalMinor(seconds, rate);
        const twiceOff = 2n * (BigInt(total) * 3600n - BigInt(seconds) * BigInt(rate));
        expect(twiceOff <= 3600n && twiceOff >= -3600n).toBe(true);
        expect(lineTotalMinor(seconds, -rate) + 0).toBe(-total + 0);
        expect(Object.is(total, -0)).toBe(false);
      }),
    );
  });

  it("never decreases with time, and loses at most one minor unit when a line is split in two", () => {
    fc.assert(
      fc.property(fc.nat(10 ** 6), fc.nat(10 ** 6), fc.nat(10 ** 7), (first, second, rate) => {
        const whole = lineTotalMinor(first + second, rate);
        expect(whole).toBeGreaterThanOrEqual(lineTotalMinor(first, rate));
        expect(Math.abs(whole - lineTotalMinor(first, rate) - lineTotalMinor(second, rate))).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("formatMoney", () => {
  it("shows the currency's own number of decimals", () => {
    expect(formatMoney(123_456, "USD", "en-US")).toBe("$1,234.56");
    expect(formatMoney(123_456, "JPY", "en-US")).toBe("¥123,456");
    expect(formatMoney(123_456, "KWD", "en-US")).toBe("KWD\u00a0123.456");
    expect(formatMoney(5, "IQD", "en-US")).toBe("IQD\u00a00.005");
    expect(formatMoney(-5, "EUR", "de-DE")).toBe("-0,05\u00a0€");
  });

  it("is exact to the last minor unit of the largest amount", () => {
    expect(formatMoney(max, "USD", "en-US")).toBe("$90,071,992,547,409.91");
  });
});

describe("parseMoney", () => {
  const minor = (text: string, currency = "EUR", locale?: string) => {
    const parsed = parseMoney(text, currency, locale);
    return parsed.ok ? parsed.minor : parsed.error;
  };

  it("reads what people type", () => {
    expect(minor("1234.5")).toBe(123_450);
    expect(minor("1.234,56 €")).toBe(123_456);
    expect(minor("1,234.56")).toBe(123_456);
    expect(minor("CHF 1'234.50", "CHF", "de-CH")).toBe(123_450);
    expect(minor("1 234,50", "EUR", "fr-FR")).toBe(123_450);
    expect(minor("12,34,567.89", "INR", "en-IN")).toBe(123_456_789);
    expect(minor(".5")).toBe(50);
    expect(minor("-12")).toBe(-1200);
    expect(minor("-0")).toBe(0);
    expect(minor("eur 80")).toBe(8000);
    expect(minor("1500", "JPY")).toBe(1500);
    expect(minor("12.00", "JPY")).toBe(12);
    expect(minor("kr.12", "DKK", "da-DK")).toBe(1200);
  });

  it("lets the locale decide what a mark before three digits is", () => {
    expect(minor("1.234")).toBe(123_400);
    expect(minor("1.234", "EUR", "de-DE")).toBe(123_400);
    expect(minor("1.234", "KWD", "en-US")).toBe(1234);
    expect(minor("1.234", "KWD", "de-DE")).toBe(1_234_000);
    expect(minor("1.234", "KWD")).toMatch(/Write an amount in KWD, such as 15\.500/u);
  });

  it("says what to do about too many decimals instead of rounding", () => {
    expect(minor("12.345", "EUR", "en-US")).toBe("EUR has 2 decimals.");
    expect(minor("12.5", "JPY")).toBe("JPY has no decimals: write a whole amount.");
    expect(minor("12.50", "JPY")).toBe("JPY has no decimals: write a whole amount.");
    expect(minor("12.3400")).toBe(1234);
  });

  it("refuses what is no amount of this currency", () => {
    for (const text of [
      "",
      " ",
      "abc",
      "12 USD",
      "1.2.3",
      "1,2,3",
      "--5",
      "5-",
      "1-2",
      "12x",
      "1e5",
      "NaN",
      "Infinity",
      ".",
    ]) {
      expect(minor(text), text).toMatch(/^Write an amount in EUR/u);
    }
    expect(minor("9".repeat(40))).toBe("This amount is too large.");
    expect(parseMoney("1".repeat(10_000), "EUR").ok).toBe(false);
  });

  it("reads back whatever formatMoney writes", () => {
    const locales = [
      "en-US",
      "de-DE",
      "fr-FR",
      "de-CH",
      "en-IN",
      "pt-BR",
      "sv-SE",
      "ja-JP",
      "es-ES",
      "da-DK",
      "he-IL",
      "ar-EG",
      "fa-IR",
    ];
    const currencies = ["USD", "EUR", "JPY", "KWD", "CHF", "INR", "BRL", "SEK", "DKK", "EGP", "ILS"];
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.constantFrom(...currencies),
        fc.constantFrom(...locales),
        (amount, currency, locale) => {
          expect(parseMoney(formatMoney(amount, currency, locale), currency, locale)).toEqual({
            ok: true,
            minor: amount + 0,
          });
        },
      ),
      { numRuns: 400 },
    );
  });

  it("never throws on any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const parsed = parseMoney(text, "EUR", "de-DE");
        expect(parsed.ok ? Number.isSafeInteger(parsed.minor) : parsed.error.length > 0).toBe(true);
      }),
    );
  });
});
