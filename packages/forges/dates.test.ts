import fc from "fast-check";
import { expect, test } from "vitest";
import { toIsoDate } from "./dates.ts";

test.each([
  ["2026-03-01T09:12:00Z", "2026-03-01T09:12:00Z"],
  ["2026-03-01T09:12:00+02:00", "2026-03-01T09:12:00+02:00"],
  ["2026-03-01T09:12:00-0330", "2026-03-01T09:12:00-03:30"],
  ["2026-03-01T09:12:00+05", "2026-03-01T09:12:00+05:00"],
  ["2026-03-01T09:12:00+00:00", "2026-03-01T09:12:00Z"],
  ["2026-03-01 09:12:00 UTC", "2026-03-01T09:12:00Z"],
  ["2026-03-01 09:12:00 +0200", "2026-03-01T09:12:00+02:00"],
  ["2026-03-01T09:12Z", "2026-03-01T09:12:00Z"],
  ["2026-03-01T09:12:00", "2026-03-01T09:12:00Z"],
  ["2026-03-01T09:12:00.000Z", "2026-03-01T09:12:00Z"],
  ["2026-03-01T09:12:00.3309587Z", "2026-03-01T09:12:00.330Z"],
  ["2024-02-29T23:59:59+01:00", "2024-02-29T23:59:59+01:00"],
  [1_772_356_320_000, "2026-03-01T09:12:00Z"],
  ["1772356320000", "2026-03-01T09:12:00Z"],
])("%s is %s", (written, read) => {
  expect(toIsoDate(written)).toBe(read);
});

test("an offset that Postgres refuses becomes UTC", () => {
  expect(toIsoDate("2026-03-02T09:12:00+24:00")).toBe("2026-03-01T09:12:00Z");
});

test.each([
  "0001-01-01T00:00:00",
  "2026-02-30T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-03-01T24:00:00Z",
  "2026-03-01T09:12:00+02:75",
  "2026-03-01",
  "yesterday",
  "",
  0,
  1_772_356_320,
  Number.NaN,
  1e300,
  null,
  {},
])("%j is no date", (written) => {
  expect(toIsoDate(written)).toBeNull();
});

test("the same moment comes out as went in, with any offset git can hold", () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date("1971-01-01"), max: new Date("9998-12-31"), noInvalidDate: true }),
      fc.integer({ min: -15 * 60, max: 15 * 60 }),
      (at, offset) => {
        const two = (n: number): string => String(n).padStart(2, "0");
        const zone = `${offset < 0 ? "-" : "+"}${two(Math.trunc(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
        const local = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, -1);
        expect(Date.parse(toIsoDate(local + zone) ?? "")).toBe(at.getTime());
      },
    ),
  );
});
