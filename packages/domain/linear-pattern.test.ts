import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileLinearPattern, MAX_PATTERN_LENGTH, MAX_SEARCHED_LENGTH } from "./linear-pattern.ts";

function pattern(source: string) {
  const compiled = compileLinearPattern(source);
  if (!compiled.ok) throw new Error(compiled.error);
  return compiled.pattern;
}

describe("compileLinearPattern", () => {
  it("finds matches with their groups and places", () => {
    expect(pattern(String.raw`\{(\d+)(m)?\}`).findAll("a {5} b {6m}")).toEqual([
      { text: "{5}", index: 2, groups: ["5", null] },
      { text: "{6m}", index: 8, groups: ["6", "m"] },
    ]);
    expect(pattern("(?i)^wip").test("WIP: x")).toBe(true);
    expect(pattern("^wip").test("WIP: x")).toBe(false);
  });

  it.each([
    ["", /empty/u],
    ["(", /closing \) is missing/u],
    ["[a", /closing \] is missing/u],
    ["*a", /nothing to repeat/u],
    ["(?=a)", /not supported/u],
    [String.raw`(a)\1`, /escape sequence/u],
    ["a{2000}", /repeat count/u],
    ["(.{0,100}){9}", /too complex/u],
    ["a".repeat(MAX_PATTERN_LENGTH + 1), /longer than 200/u],
  ])("says what is wrong with %s", (source, expected) => {
    const compiled = compileLinearPattern(source);
    expect(compiled.ok ? "" : compiled.error).toMatch(expected);
  });

  it("passes over empty matches and stops at the limit", () => {
    expect(
      pattern("a*")
        .findAll("baab")
        .map((match) => match.text),
    ).toEqual(["aa"]);
    expect(pattern("a").findAll("a".repeat(100), 3)).toHaveLength(3);
  });

  it("searches the beginning of a long text only", () => {
    expect(pattern("z").test(`${"a".repeat(MAX_SEARCHED_LENGTH)}z`)).toBe(false);
  });

  it("takes patterns that hang backtracking engines", () => {
    const started = performance.now();
    expect(pattern("(a+)+$").test(`${"a".repeat(8000)}!`)).toBe(false);
    expect(pattern("(a|a)*b").findAll("a".repeat(8192))).toEqual([]);
    expect(pattern("([ab]?){50}[ab]{50}[xz]").findAll(`${"ab".repeat(4000)}x`)).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("gives the same answer from the cache, also after it has overflowed", () => {
    const first = compileLinearPattern("same");
    expect(compileLinearPattern("same")).toBe(first);
    for (let number = 0; number < 200; number += 1) compileLinearPattern(`other${number}`);
    const again = compileLinearPattern("same");
    expect(again).not.toBe(first);
    expect(again.ok && again.pattern.test("the same")).toBe(true);
  });

  it("never throws, whatever the pattern and the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), fc.string({ unit: "binary" }), (source, text) => {
        const compiled = compileLinearPattern(source);
        if (compiled.ok) for (const match of compiled.pattern.findAll(text)) expect(text).toContain(match.text);
        else expect(compiled.error).toMatch(/\.$/u);
      }),
      { numRuns: 500 },
    );
  });
});
