import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findExplicitTime, removeExplicitTimes } from "./explicit-time.ts";

const minutes = (message: string, pattern: string | null = null) => findExplicitTime(message, pattern)?.minutes ?? null;

describe("findExplicitTime", () => {
  it.each([
    ["Fix login [2.5h]", 150],
    ["Fix login [2]", 120],
    ["[3h] Fix login", 180],
    ["Fix [0.25]", 15],
    ["Fix [2.h]", 120],
    ["Fix [1,5h]", 90],
    ["Fix [90m]", 90],
    ["Fix [45 min]", 45],
    ["Fix [1h 30m]", 90],
    ["Fix [1h30m]", 90],
    ["Fix [0h]", 0],
    ["ABC-1 #time 1h 30m Reviewed", 90],
    ["ABC-1 #time 1d 2h", 600],
    ["Fix\n\n/spend 2h", 120],
    ["Fix\n\n/spend 1h30m 2026-01-01", 90],
    ["Fix\r\n\r\nTime-Spent: 45m\r\n", 45],
    ["Fix\n\ntime-spent: 1:15", 75],
    ["\n\n  Fix [2h]", 120],
  ])("reads %j as %i minutes", (message, expected) => {
    expect(findExplicitTime(message)).toMatchObject({ minutes: expected, plausible: true, count: 1 });
  });

  it.each([
    "",
    "[WIP] Fix login",
    "Fix [#123]",
    "Fix [ABC-123]",
    "Read argv[1] and args[2]",
    "See [1](https://example.com)",
    "Fix\n\nAs said in [1] and [2].\n\n[1] https://example.com/a\n[2]: https://example.com/b",
    "Fix `[2]`",
    "[1:30] Fix",
    "Fix [v2]",
    "Fix [-2h]",
    "Fix\n\n/spend -2h",
    "Fix #time soon",
    "Spend 2h on /spend 2h",
    "Color [33m red",
    "Fix [h]",
    "Fix []",
    "Fix [1h 90] [2h2h]",
  ])("finds no time in %j", (message) => {
    expect(findExplicitTime(message)).toBeNull();
  });

  it("returns what exceeds a day as implausible, with its text, unless something plausible stands beside it", () => {
    expect(findExplicitTime("Budget [2024]")).toEqual({
      minutes: 121_440,
      text: "[2024]",
      notation: "bracket",
      count: 1,
      plausible: false,
    });
    expect(findExplicitTime("ABC-1 #time 1w")?.plausible).toBe(false);
    expect(findExplicitTime("Budget [2024]\n\nTime-Spent: 45m")).toMatchObject({ minutes: 45, plausible: true });
    expect(minutes("Budget [2024] [1h]")).toBe(60);
  });

  it("takes what the subject says for the whole commit", () => {
    expect(minutes("Merge things [3h]\n\n* One [1h]\n* Two [2h]")).toBe(180);
  });

  it("adds up the annotations of one notation in the body of a squash", () => {
    expect(findExplicitTime("Merge things\n\n* One [1h]\n* Two [30m]\n\nTime-Spent: 4h")).toEqual({
      minutes: 90,
      text: "[1h], [30m]",
      notation: "bracket",
      count: 2,
      plausible: true,
    });
  });

  it("never adds different notations of the same time", () => {
    expect(minutes("Fix [2h]\n\nTime-Spent: 2h")).toBe(120);
  });

  it("prefers an annotation with a unit to a bare number", () => {
    expect(minutes("Fix case [3] of the parser [1h]")).toBe(60);
  });

  it("calls a sum over a day implausible", () => {
    expect(findExplicitTime("Squash\n\n[20h]\n[20h]")).toMatchObject({ minutes: 2400, plausible: false });
  });

  it("tries the project's own pattern first, group 1 being a duration and a bare number hours", () => {
    expect(minutes("Fix {1.5} [4h]", String.raw`\{([^}]+)\}`)).toBe(90);
    expect(minutes("Fix {20m}", String.raw`\{([^}]+)\}`)).toBe(20);
    expect(minutes("Fix took:2h", String.raw`took:\S+`)).toBeNull();
    expect(minutes("Fix 2h", String.raw`\d+h`)).toBe(120);
    expect(minutes("Fix {x} [4h]", String.raw`\{([^}]+)\}`)).toBe(240);
    expect(minutes("Fix [4h]", "(")).toBe(240);
  });

  it("reads a message of 64 KB made to be slow in good time", () => {
    const hostile = [
      "[",
      "[1",
      "1",
      " ",
      "#time ",
      "\n/spend ",
      "time-spent:",
      "[1h ",
      "\r\n",
      "[ 1 h 1 m",
      "`[1](",
      "1h",
    ];
    const started = performance.now();
    for (const part of hostile) findExplicitTime(part.repeat(Math.ceil(65_536 / part.length)));
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it("returns whole minutes, and text that stands in the message", () => {
    const piece = fc.constantFrom(
      "[2h]",
      "[90m]",
      "[2024]",
      "#time 1h",
      "\n/spend 2h",
      "\nTime-Spent: 5m",
      " ",
      "x",
      "\n",
      "[1]",
      "[99999h]",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const message = pieces.join("");
        const time = findExplicitTime(message);
        if (time === null) return;
        expect(Number.isSafeInteger(time.minutes) && time.minutes >= 0).toBe(true);
        expect(time.plausible).toBe(time.minutes <= 1440);
        if (time.count === 1) expect(message).toContain(time.text);
      }),
    );
  });

  it("never throws on any message or pattern", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.option(fc.string({ maxLength: 20 })), (message, pattern) => {
        findExplicitTime(message, pattern);
        removeExplicitTimes(message, pattern);
      }),
    );
  });
});

describe("removeExplicitTimes", () => {
  it("removes annotations and leaves what is none", () => {
    expect(removeExplicitTimes("Fix login [2h]")).toBe("Fix login");
    expect(removeExplicitTimes("ABC-1 #time 1h 30m Reviewed")).toBe("ABC-1 Reviewed");
    expect(removeExplicitTimes("Budget [2024] of argv[1]")).toBe("Budget [2024] of argv[1]");
    expect(removeExplicitTimes("Fix {20m}", String.raw`\{([^}]+)\}`)).toBe("Fix");
    expect(removeExplicitTimes("One [1h]\nTwo [30m]\n/spend 2h")).toBe("One\nTwo\n");
  });

  it("leaves nothing that would be found again", () => {
    const piece = fc.constantFrom("Fix [2h]", "[90m]", "#time 1h ", "\n/spend 2h", "\nTime-Spent: 5m", " a ", "\n");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        expect(findExplicitTime(removeExplicitTimes(pieces.join(" ")))).toBeNull();
      }),
    );
  });
});
