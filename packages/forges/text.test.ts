import fc from "fast-check";
import { expect, test } from "vitest";
import { splitIdentity, toText, toWebUrl } from "./text.ts";

test.each([
  ["Dev One <dev@example.com>", "Dev One", "dev@example.com"],
  ["Dev One", "Dev One", null],
  ["dev@example.com", null, "dev@example.com"],
  ["<dev@example.com>", null, "dev@example.com"],
  ["Dev One <>", "Dev One", null],
  ["Dev <One> <dev@example.com>", "Dev <One>", "dev@example.com"],
  ["Dev One <dev@host.(none)>", "Dev One", "dev@host.(none)"],
  ["Dev One <dev@example.com", "Dev One", "dev@example.com"],
  ["Zoë Ωmega <z@example.com>", "Zoë Ωmega", "z@example.com"],
  ["", null, null],
  ["  ", null, null],
])("%j is the name %j and the address %j", (raw, name, email) => {
  expect(splitIdentity(raw)).toEqual({ name, email });
});

test("a long run of brackets is split in no time", () => {
  const start = performance.now();
  splitIdentity("<".repeat(1_000_000));
  splitIdentity(" @".repeat(500_000));
  expect(performance.now() - start).toBeLessThan(500);
});

test("text holds neither NUL nor half of a surrogate pair, and loses nothing else", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const stored = toText(text);
      expect(stored.isWellFormed() && !stored.includes("\0")).toBe(true);
      if (text.isWellFormed() && !text.includes("\0")) expect(stored).toBe(text);
    }),
  );
});

test.each([
  ["https://example.com/a", "https://example.com/a"],
  ["https://user:secret@example.com/a", "https://example.com/a"],
  ["javascript:alert(1)", null],
  ["git@example.com:a/b.git", null],
  ["http://", null],
  [`https://example.com/${"a".repeat(3000)}`, null],
])("%s is the link %s", (url, link) => {
  expect(toWebUrl(url)).toBe(link);
});
