import { describe, expect, it } from "vitest";
import { chordOf, createSequenceReader } from "./keys.ts";

const press = (key: string, held: Partial<Record<"metaKey" | "ctrlKey" | "altKey" | "shiftKey", boolean>> = {}) =>
  chordOf({ key, metaKey: false, ctrlKey: false, altKey: false, shiftKey: false, ...held });

describe("a chord", () => {
  it("names letters in lower case, with shift said", () => {
    expect(press("j")).toBe("j");
    expect(press("J", { shiftKey: true })).toBe("shift+j");
    expect(press("ArrowDown", { shiftKey: true })).toBe("shift+arrowdown");
  });

  it("takes a character for what it is, however the keyboard makes it", () => {
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("*", { shiftKey: true })).toBe("*");
    expect(press("/")).toBe("/");
  });

  it("treats Command and Control alike", () => {
    expect(press("k", { metaKey: true })).toBe("mod+k");
    expect(press("k", { ctrlKey: true })).toBe("mod+k");
  });

  it("is none for a modifier alone, or with Alt", () => {
    expect(press("Shift", { shiftKey: true })).toBeNull();
    expect(press("j", { altKey: true })).toBeNull();
  });
});

describe("a sequence", () => {
  const known = ["g i", "g v", "i", "v"];

  it("is two keys one after the other", () => {
    const read = createSequenceReader();
    expect(read("g", 0, known)).toBeNull();
    expect(read("v", 300, known)).toBe("g v");
    expect(read("v", 400, known)).toBe("v");
  });

  it("is forgotten when the second key comes late, or is another", () => {
    const read = createSequenceReader();
    read("g", 0, known);
    expect(read("i", 5000, known)).toBe("i");
    read("g", 6000, known);
    expect(read("x", 6100, known)).toBeNull();
    expect(read("i", 6200, known)).toBe("i");
  });
});
