import { describe, expect, it } from "vitest";
import type { Formatters } from "../../data/format.ts";
import { describeAudit } from "./audit-words.ts";

const format = {
  hours: (minutes) => `${minutes} m`,
  money: (minor, currency) => `${minor} ${currency}`,
  day: (day) => `day ${day}`,
} as Formatters;
const say = (action: string, before: object, after: object) =>
  describeAudit(
    { id: 1, action, actor_id: "a", before, after, created_at: "" },
    "EUR",
    format,
    (id) => `Project ${id}`,
  );

describe("the history of a line", () => {
  it("says what was and what is, in words", () => {
    expect(say("edit", { minutes: 45, description: "Old" }, { minutes: 60, description: "New" })).toBe(
      "edited it: description “Old” → “New”; hours 45 m → 60 m",
    );
    expect(
      say("edit", { start_date: "2026-03-02", billable: true }, { start_date: "2026-03-03", billable: false }),
    ).toBe("edited it: date day 2026-03-02 → day 2026-03-03; billed yes → no");
  });

  it("names projects, and each rate in its own currency", () => {
    const before = { project_id: "a", hourly_rate_minor: 9000, currency: "EUR" };
    const after = { project_id: "b", hourly_rate_minor: null, currency: "USD" };
    expect(say("edit", before, after)).toBe("edited it: project Project a → Project b; rate 9000 EUR → none");
    expect(say("edit", after, before)).toContain("rate none → 9000 EUR");
  });

  it("says what was put off, ignored and accepted", () => {
    expect(say("defer", {}, { deferred_until: "2026-04-01" })).toBe("deferred it until day 2026-04-01");
    expect(say("defer", {}, { deferred_for_ticket: true })).toBe("deferred it until its ticket is done");
    expect(say("ignore", {}, { rejected_reason: "twice" })).toBe("ignored it: twice");
    const flag = { code: "long", message: "8 h for one commit" };
    expect(say("accept", { flags: [flag] }, { flags: [{ ...flag, accepted_at: "now" }] })).toBe(
      "accepted the flag “8 h for one commit”",
    );
    expect(say("accept", { flags: null }, { flags: "?" })).toBe("accepted a flag");
  });

  it("tells what an undoing put back, and stays readable where it knows nothing", () => {
    expect(say("undo", { minutes: 60 }, { minutes: 45 })).toBe("took a change back: hours 60 m → 45 m");
    expect(say("something new", {}, { unknown: 1 })).toBe("changed it");
  });
});
