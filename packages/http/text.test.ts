import fc from "fast-check";
import { expect, test } from "vitest";
import { toText, toWebUrl } from "./text.ts";

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
