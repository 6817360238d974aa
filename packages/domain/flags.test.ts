import { describe, expect, it } from "vitest";
import { type FlagFacts, findFlags } from "./commit-flags.ts";
import { severityOf } from "./flag-severity.ts";
import { flagRules, makeFlag } from "./flags.ts";

const facts = (changes: Partial<FlagFacts> = {}): FlagFacts => ({
  minutes: 90,
  timeZone: "Europe/Berlin",
  authoredAt: "2026-11-10T13:00:00Z",
  offsetMinutes: 60,
  receivedAt: "2026-11-10T14:00:00Z",
  oldCommitDays: 60,
  workingHours: { from: 8, until: 20, weekends: false },
  usual: null,
  entries: [],
  ...changes,
});
const found = (changes: Partial<FlagFacts>) => findFlags(facts(changes)).map(({ code }) => code);
const said = (changes: Partial<FlagFacts>) => findFlags(facts(changes)).map(({ message }) => message);

describe("the list of rules", () => {
  it("has codes in snake_case, and a severity for each", () => {
    for (const [code, { severity }] of Object.entries(flagRules)) {
      expect(code).toMatch(/^[a-z]+(?:_[a-z0-9]+)*$/);
      expect(severityOf(code), code).toBe(severity);
    }
    expect([severityOf("outside_hours"), severityOf("over_day"), severityOf("toString")]).toEqual([
      "note",
      "check",
      "check",
    ]);
  });

  it("says what is odd in a sentence", () => {
    expect(makeFlag("explicit_implausible", "[2024]")).toEqual({
      code: "explicit_implausible",
      message: "[2024] would be more than 24 hours and was not used.",
    });
    expect(makeFlag("mostly_generated", 80, false).message).toContain("are not counted as work");
    const claim = { minutes: 480, other: 180, passed: 600, from: "08:00", until: "18:00" };
    expect(makeFlag("over_day", claim).message).toBe(
      "8 h for one commit; the day holds 3 h of other work: 11 h together, while 10 h passed between 08:00 and 18:00.",
    );
    expect(makeFlag("over_day", { ...claim, other: 0, passed: 1440 }).message).toBe(
      "8 h for one commit; a day has 24 h.",
    );
  });
});

describe("findFlags", () => {
  it("has nothing to say of a commit of an ordinary afternoon, or of one that nothing is known about", () => {
    expect(found({})).toEqual([]);
    expect(found({ authoredAt: null, offsetMinutes: null })).toEqual([]);
    expect(found({ authoredAt: "no date", receivedAt: "none" })).toEqual([]);
  });

  it("flags a commit that is older than the project wants, but not one whose date is wrong altogether", () => {
    expect(said({ authoredAt: "2026-08-01T10:00:00Z" })).toEqual(
      [
        expect.stringMatching(/^The commit is from 2026-08-01, 101 days before it arrived; after 60 days/) as string,
      ].concat(["Written at 11:00 on a Saturday, outside the working hours (08:00 to 20:00, Monday to Friday)."]),
    );
    expect(found({ authoredAt: "2026-08-03T10:00:00Z", oldCommitDays: 200 })).toEqual([]);
    expect(found({ authoredAt: "1970-01-01T00:00:00Z" })).toEqual([]);
  });

  it("notes work outside the working hours, by the author's clock", () => {
    expect(said({ authoredAt: "2026-11-10T22:30:00Z" })).toEqual([
      "Written at 23:30 on a Tuesday, outside the working hours (08:00 to 20:00, Monday to Friday).",
    ]);
    // Half past two at night is still Friday's work.
    expect(said({ authoredAt: "2026-11-14T01:30:00Z" })[0]).toContain("at 02:30 on a Friday");
    expect(
      found({ authoredAt: "2026-11-14T01:30:00Z", workingHours: { from: 8, until: 28, weekends: false } }),
    ).toEqual([]);
    expect(found({ authoredAt: "2026-11-14T12:00:00Z", workingHours: { from: 8, until: 20, weekends: true } })).toEqual(
      [],
    );
    // Nine in the morning in New York.
    expect(found({ authoredAt: "2026-11-10T14:00:00Z", offsetMinutes: -300 })).toEqual([]);
    expect(found({ authoredAt: "2026-11-10T06:00:00Z", offsetMinutes: -300 })).toEqual(["outside_hours"]);
    // A host that tells UTC only says nothing of the author's clock: the workspace's is meant.
    expect(found({ authoredAt: "2026-11-10T07:30:00Z", offsetMinutes: 0 })).toEqual([]);
  });

  it("flags what is far from the person's usual, in both directions", () => {
    const usual = { low: 40, high: 120 };
    expect(said({ minutes: 241, usual })).toEqual([
      "4 h 1 m is far from this person's usual: of ten approved commits, eight are between 40 m and 2 h.",
    ]);
    expect(found({ minutes: 5, usual })).toEqual(["far_from_usual"]);
    for (const minutes of [10, 40, 240]) expect(found({ minutes, usual })).toEqual([]);
  });

  it("flags a timer or an entry over the same time, and one without times for the same project only", () => {
    const timer = {
      source: "timer",
      minutes: 110,
      startedAt: "2026-11-10T11:00:00Z",
      endedAt: "2026-11-10T12:50:00Z",
      sameProject: false,
    } as const;
    expect(said({ entries: [timer] })).toEqual([
      "A timer ran from 12:00 to 13:50 that day (1 h 50 m): the same work may be counted twice.",
    ]);
    expect(found({ entries: [timer], minutes: 10 })).toEqual([]);
    const entry = { source: "manual", minutes: 60, startedAt: null, endedAt: null, sameProject: true } as const;
    expect(found({ entries: [entry] })).toEqual(["overlaps_entry"]);
    expect(found({ entries: [{ ...entry, sameProject: false }] })).toEqual([]);
  });

  it("compares with the ticket where it is known", () => {
    const ticket = { key: "SHOP-12", loggedMinutes: 240, committedMinutes: 90, status: "In review", done: false };
    expect(said({ ticket })).toEqual([
      "SHOP-12 has 4 h logged, its commits come to 1 h 30 m.",
      "SHOP-12 is not done yet: it is In review.",
    ]);
    expect(found({ ticket: { ...ticket, committedMinutes: 120, done: true } })).toEqual([]);
    expect(found({ ticket: { ...ticket, loggedMinutes: null, done: null } })).toEqual([]);
  });
});
