import { expect, test } from "vitest";
import { splitIdentity } from "./text.ts";

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
