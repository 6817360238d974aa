import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { id, instant, labels, link, minutes, title, toLine, toMinutes } from "./ticket-text.ts";

const anything = fc.oneof(fc.anything(), fc.string({ unit: "binary", maxLength: 3000 }));
const hidden = /[\p{Cc}\p{Co}\p{Zl}\p{Zp}]|[\u202A-\u202E\u2066-\u2069\u200B\uFEFF]/u;

describe("toLine", () => {
  it.each([
    ["  Pay\tby\r\n invoice ", "Pay by invoice"],
    ["a\u0000b\u0007c", "a b c"],
    ["in\u202Evoice\u200B\u2066", "invoice"],
    ["one\u2028two\u2029three", "one two three"],
    ["half \uD800 pair", "half \uFFFD pair"],
    ["👩\u200D💻 works", "👩\u200D💻 works"],
    ["می\u200Cخواهم", "می\u200Cخواهم"],
    ["", null],
    ["\u200B\n \u0000", null],
  ])("makes of %j the line %j", (value, expected) => {
    expect(toLine(value, 50)).toBe(expected);
  });

  it("is short, on one line, well-formed and fit to be seen, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (text, longest) => {
        const line = toLine(text, longest);
        if (line === null) return;
        expect(line.length).toBeGreaterThan(0);
        expect(line.length).toBeLessThanOrEqual(longest);
        expect(line.isWellFormed()).toBe(true);
        expect(line).not.toMatch(hidden);
        expect(toLine(line, longest)).toBe(line);
      }),
    );
  });

  it("cuts between characters, and says that it did", () => {
    expect(toLine("a".repeat(600), 500)).toBe(`${"a".repeat(499)}…`);
    expect(toLine("😀".repeat(600), 500)).toBe(`${"😀".repeat(249)}…`);
  });

  it("costs no more for five megabytes than for a page", () => {
    const texts = ["x", "\u200D", " ", "\u202E", "\n"].map((part) => part.repeat(5 * 1024 * 1024));
    const started = performance.now();
    for (const text of texts) toLine(text, 500);
    // What is cleaned whole takes seconds.
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("a ticket's fields", () => {
  it("take whatever is sent, and keep what is of their kind", () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(title.parse(value).length).toBeLessThanOrEqual(500);
        expect(labels.parse(value).length).toBeLessThanOrEqual(50);
        for (const text of [link.parse(value), id.parse(value), instant.parse(value)]) {
          if (text !== null) expect(text.length).toBeLessThanOrEqual(2048);
        }
        expect(minutes("seconds").parse(value) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("read instants in any offset, and none that no calendar has", () => {
    expect(instant.parse("2026-03-02T09:30:00.000+0200")).toBe("2026-03-02T07:30:00.000Z");
    expect(instant.parse("2026-03-02T09:30:00Z")).toBe("2026-03-02T09:30:00.000Z");
    expect(instant.parse(1_772_443_800_000)).toBe("2026-03-02T09:30:00.000Z");
    for (const none of ["soon", "", 8.64e15, Number.NaN, {}, "2026-13-45T99:00"])
      expect(instant.parse(none)).toBeNull();
  });

  it("count whole minutes, and no more of them than a career has", () => {
    expect(toMinutes(5400, "seconds")).toBe(90);
    expect(toMinutes(1.5, "hours")).toBe(90);
    expect(toMinutes(89_999, "milliseconds")).toBe(1);
    for (const none of [-1, Number.NaN, Infinity, "60", null, 1e12]) expect(toMinutes(none, "minutes")).toBeNull();
  });

  it("list each label once", () => {
    expect(labels.parse(["a", "b", "a", "", 7, null, " a "])).toEqual(["a", "b"]);
    expect(link.parse("javascript:alert(1)")).toBeNull();
    expect(link.parse("https://user:secret@jira.example/browse/A-1")).toBe("https://jira.example/browse/A-1");
  });
});
