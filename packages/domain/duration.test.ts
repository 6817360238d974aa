import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration, readUnits } from "./duration.ts";

const minutes = (text: string) => {
  const parsed = parseDuration(text);
  return parsed.ok ? parsed.minutes : parsed.error;
};

describe("parseDuration", () => {
  it.each([
    ["1:30", 90],
    ["0:05", 5],
    ["1.5", 90],
    ["1,5", 90],
    [".5", 30],
    ["2.", 120],
    ["90m", 90],
    ["1h 30m", 90],
    ["1h30m", 90],
    ["1 h 30 min", 90],
    ["2h", 120],
    ["1h30", 90],
    ["1.25 hours", 75],
    ["45 min", 45],
    ["45 Minutes", 45],
    ["0", 0],
    ["24", 1440],
    ["24:00", 1440],
    ["1440m", 1440],
    ["0.333", 20],
    ["  2h  ", 120],
  ])("reads %s as %i minutes", (text, expected) => {
    expect(minutes(text)).toBe(expected);
  });

  it.each([
    ["", /Enter a time/u],
    ["-1", /negative/u],
    ["−2h", /negative/u],
    ["NaN", /not a time/u],
    ["Infinity", /not a time/u],
    ["1e3", /not a time/u],
    ["1:60", /not a time/u],
    ["1:5", /not a time/u],
    ["30m 1h", /not a time/u],
    ["1h 1h", /not a time/u],
    ["2d", /not a time/u],
    ["h", /not a time/u],
    ["1.5.2", /not a time/u],
    ["90", /For minutes write 90m/u],
    ["25h", /at most 24 hours/u],
    ["24:01", /at most 24 hours/u],
    ["1441m", /at most 24 hours/u],
    ["999999999999999", /at most 24 hours/u],
  ])("refuses %s and says what to do", (text, expected) => {
    expect(minutes(text)).toMatch(expected);
  });

  it("answers any text with whole minutes of a day or a sentence", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-0-9.,:hm ]{0,12}$/u)), (text) => {
        const parsed = parseDuration(text);
        if (parsed.ok)
          expect(Number.isInteger(parsed.minutes) && parsed.minutes >= 0 && parsed.minutes <= 1440).toBe(true);
        else expect(parsed.error).toMatch(/\.$/u);
      }),
    );
  });
});

describe("formatDuration", () => {
  it("writes hours and minutes, or decimal hours", () => {
    expect([135, 120, 45, 0, -135].map((value) => formatDuration(value, "hm"))).toEqual([
      "2 h 15 m",
      "2 h",
      "45 m",
      "0 m",
      "-2 h 15 m",
    ]);
    expect([135, 120, 50].map((value) => formatDuration(value, "decimal"))).toEqual(["2.25 h", "2.00 h", "0.83 h"]);
    expect(formatDuration(135, "decimal", "de-DE")).toBe("2,25 h");
  });

  it("is read back as the same minutes, in both styles", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1440 }),
        fc.constantFrom("hm" as const, "decimal" as const),
        (value, style) => {
          expect(parseDuration(formatDuration(value, style))).toEqual({ ok: true, minutes: value });
          expect(parseDuration(formatDuration(value, style, "de-DE"))).toEqual({ ok: true, minutes: value });
        },
      ),
    );
  });
});

describe("readUnits", () => {
  it("reads a leading duration and leaves the words after it", () => {
    expect(readUnits("1w 2d 4h 30m Reviewed 5 more", ["w", "d", "h", "m"])).toEqual({ minutes: 3630, length: 12 });
    expect(readUnits("30 more tests", ["h", "m"])).toBeNull();
    expect(readUnits("1mo", ["h", "m"])).toBeNull();
  });
});
