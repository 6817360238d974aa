import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findOverclaims, measureSpan } from "./day-budget.ts";
import { findShares, shareRange } from "./pairs.ts";
import { instantAt, localClock, localDay } from "./timezone.ts";

describe("instantAt", () => {
  it.each([
    ["2026-11-10", 8, "2026-11-10T07:00:00.000Z"],
    ["2026-03-29", 8, "2026-03-29T06:00:00.000Z"],
    ["2026-10-25", 8, "2026-10-25T07:00:00.000Z"],
    // Half past two is skipped in March and comes twice in October.
    ["2026-03-29", 2.5, "2026-03-29T01:30:00.000Z"],
    ["2026-10-25", 2.5, "2026-10-25T00:30:00.000Z"],
    ["2026-11-10", 26, "2026-11-11T01:00:00.000Z"],
  ])("%s, hour %s in Berlin is %s", (day, hour, instant) => {
    expect(instantAt(day, hour, "Europe/Berlin").toISOString()).toBe(instant);
  });

  it("is what the clocks of any zone show then, unless they skip it", () => {
    const zones = fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC");
    const days = fc
      .integer({ min: 0, max: 3650 })
      .map((n) => new Date(Date.UTC(2020, 0, 1 + n)).toISOString().slice(0, 10));
    fc.assert(
      fc.property(days, fc.integer({ min: 4, max: 23 }), zones, (day, hour, zone) => {
        const iso = instantAt(day, hour, zone).toISOString();
        expect([localDay(iso, zone), localClock(iso, zone)]).toEqual([day, `${String(hour).padStart(2, "0")}:00`]);
      }),
    );
  });
});

describe("measureSpan", () => {
  const berlin = (activity: string[], day = "2026-11-10") => measureSpan(day, activity, 8, "Europe/Berlin");

  it("counts from the first working hour to the last activity", () => {
    expect(berlin(["2026-11-10T09:00:00Z", "2026-11-10T16:30:00Z"])).toEqual({
      passed: 570,
      from: "08:00",
      until: "17:30",
    });
  });

  it("counts from four in the morning where somebody was up before", () => {
    expect(berlin(["2026-11-10T05:00:00Z", "2026-11-10T11:00:00Z"])).toEqual({
      passed: 480,
      from: "04:00",
      until: "12:00",
    });
  });

  it("knows how long the days are on which clocks change, and no day without activity", () => {
    expect(berlin(["2026-03-29T10:00:00Z"], "2026-03-29")?.passed).toBe(240);
    expect(berlin(["2026-10-25T11:00:00Z"], "2026-10-25")?.passed).toBe(240);
    expect(berlin([])).toBeNull();
    expect(berlin(["no instant"])).toBeNull();
  });
});

describe("findOverclaims", () => {
  const span = { passed: 600, from: "08:00", until: "18:00" };

  it("names the claims that go over, with what was claimed before them", () => {
    const claims = [
      { id: "a", minutes: 180 },
      { id: "b", minutes: 480 },
      { id: "c", minutes: 0 },
    ];
    expect(findOverclaims(0, claims, span)).toEqual(new Map([["b", { minutes: 480, other: 180, ...span }]]));
    expect([...findOverclaims(500, claims, span).keys()]).toEqual(["a", "b"]);
    expect(findOverclaims(0, [{ id: "a", minutes: 600 }], span).size).toBe(0);
  });
});

describe("shares", () => {
  it("of a split commit add up to it, in order, whatever the numbers", () => {
    fc.assert(
      fc.property(
        fc.nat(1440),
        fc.nat(1440),
        fc.nat(1440),
        fc.integer({ min: 1, max: 20 }),
        (one, two, three, people) => {
          const [low = 0, minutes = 0, high = 0] = [one, two, three].toSorted((a, b) => a - b);
          const parts = shareRange({ minutes, low, high }, findShares("split", people));
          const sum = (name: "minutes" | "low" | "high") => parts.reduce((all, part) => all + part[name], 0);
          expect([sum("low"), sum("minutes"), sum("high")]).toEqual([low, minutes, high]);
          for (const part of parts) expect(part.low <= part.minutes && part.minutes <= part.high).toBe(true);
        },
      ),
    );
  });

  it("are the author's alone, or each the whole, by the other rules", () => {
    expect(findShares("author_only", 3)).toEqual([1]);
    expect(shareRange({ minutes: 60, low: 30, high: 90 }, findShares("each_in_full", 2))).toEqual([
      { minutes: 60, low: 30, high: 90 },
      { minutes: 60, low: 30, high: 90 },
    ]);
  });
});
