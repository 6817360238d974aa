import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, isoWeek, isTimeZone, localDay, localInstant, weekStart } from "./timezone.ts";

const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Sao_Paulo",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Kiritimati",
  "Pacific/Niue",
  "Africa/Cairo",
];
const instant = fc.date({ min: new Date("1990-01-01"), max: new Date("2060-01-01"), noInvalidDate: true });
const day = instant.map((date) => date.toISOString().slice(0, 10));

describe("localDay", () => {
  it("is the calendar's day in the zone, not in UTC", () => {
    expect(localDay("2026-03-01T23:30:00Z", "Europe/Berlin")).toBe("2026-03-02");
    expect(localDay("2026-03-01T23:30:00-05:00", "America/New_York")).toBe("2026-03-01");
    expect(localDay("2026-03-01T23:30:00-05:00", "Asia/Kolkata")).toBe("2026-03-02");
  });

  it("holds at the ends of days that daylight saving time makes 23 and 25 hours long", () => {
    expect(localDay("2026-03-28T23:00:00Z", "Europe/Berlin")).toBe("2026-03-29");
    expect(localDay("2026-03-29T21:59:59Z", "Europe/Berlin")).toBe("2026-03-29");
    expect(localDay("2026-03-29T22:00:00Z", "Europe/Berlin")).toBe("2026-03-30");
    expect(localDay("2026-10-24T22:00:00Z", "Europe/Berlin")).toBe("2026-10-25");
    expect(localDay("2026-10-25T22:59:59Z", "Europe/Berlin")).toBe("2026-10-25");
    expect(localDay("2026-10-25T23:00:00Z", "Europe/Berlin")).toBe("2026-10-26");
  });

  it("never runs backwards, and stays within a day of UTC's", () => {
    fc.assert(
      fc.property(instant, fc.nat(90_000_000), fc.constantFrom(...zones), (date, later, zone) => {
        const first = localDay(date.toISOString(), zone);
        const second = localDay(new Date(date.getTime() + later).toISOString(), zone);
        expect(second >= first).toBe(true);
        const utc = date.toISOString().slice(0, 10);
        expect([addDays(utc, -1), utc, addDays(utc, 1)]).toContain(first);
      }),
    );
  });

  it("refuses what is no instant, no zone, or out of the calendar", () => {
    expect(() => localDay("yesterday", "UTC")).toThrow(RangeError);
    expect(() => localDay("2026-03-01T00:00:00Z", "Mars/Olympus")).toThrow(RangeError);
    expect(() => localDay("+010000-01-01T00:00:00Z", "UTC")).toThrow(RangeError);
    expect(() => localDay("-000001-01-01T00:00:00Z", "UTC")).toThrow(RangeError);
    expect(localDay("0033-04-03T12:00:00Z", "UTC")).toMatch(/^0033-04-/u);
  });
});

describe("localInstant", () => {
  it("is the same instant, on the zone's own day", () => {
    expect(localInstant("2026-03-01T22:00:00Z", "Australia/Sydney")).toBe("2026-03-02T09:00:00+11:00");
    expect(localInstant("2026-07-01T12:34:56.789Z", "America/St_Johns")).toBe("2026-07-01T10:04:56-02:30");
    expect(localInstant("2026-03-02T09:00:00Z", "UTC")).toBe("2026-03-02T09:00:00+00:00");
    const instants = fc.date({ min: new Date("1980-01-01"), max: new Date("2090-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(instants, fc.constantFrom("Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "UTC"), (date, zone) => {
        const local = localInstant(date.toISOString(), zone);
        expect(Date.parse(local)).toBe(Math.floor(date.getTime() / 1000) * 1000);
        expect(local.slice(0, 10)).toBe(localDay(date.toISOString(), zone));
      }),
    );
  });

  it("refuses what is no instant", () => {
    expect(() => localInstant("yesterday", "UTC")).toThrow(RangeError);
  });
});

describe("isTimeZone", () => {
  it("knows zones from words", () => {
    expect(["Europe/Berlin", "UTC", "Mars/Olympus", "", "Europe/../Berlin"].map(isTimeZone)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("weeks", () => {
  it.each([
    ["2026-01-01", "2026-W01", "2025-12-29"],
    ["2025-12-29", "2026-W01", "2025-12-29"],
    ["2027-01-03", "2026-W53", "2026-12-28"],
    ["2024-12-30", "2025-W01", "2024-12-30"],
    ["2024-02-29", "2024-W09", "2024-02-26"],
    ["1969-12-31", "1970-W01", "1969-12-29"],
  ])("puts %s into %s, beginning on %s", (date, week, monday) => {
    expect(isoWeek(date)).toBe(week);
    expect(weekStart(date)).toBe(monday);
  });

  it("have seven days of one number, and the next week sorts after them", () => {
    fc.assert(
      fc.property(day, (date) => {
        const monday = weekStart(date);
        for (let offset = 0; offset < 7; offset += 1) expect(isoWeek(addDays(monday, offset))).toBe(isoWeek(date));
        expect(isoWeek(addDays(monday, 7)) > isoWeek(date)).toBe(true);
        expect(new Date(`${monday}T12:00:00Z`).getUTCDay()).toBe(1);
      }),
    );
  });

  it("refuse what is no day", () => {
    for (const text of ["2026-02-30", "2026-13-01", "2026-1-1", "", "2026-01-01T00:00:00Z"]) {
      expect(() => isoWeek(text), text).toThrow(RangeError);
    }
  });
});

describe("addDays", () => {
  it("undoes itself, across leap days and changes of the clock", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -5000, max: 5000 }), (date, count) => {
        expect(addDays(addDays(date, count), -count)).toBe(date);
      }),
    );
    expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
    expect(addDays("2026-03-28", 2)).toBe("2026-03-30");
  });
});
