import { describe, expect, it } from "vitest";
import { clientLineOf } from "./client-line.ts";

const row = {
  description: "Built it",
  minutes: 52,
  hourly_rate_minor: 9000,
  start_date: "2026-03-02",
  end_date: "2026-03-02",
};
const quarter = { rounding_minutes: 15, rounding_direction: "up" };
const hm = { time_display: "hm" };

describe("what the client will see", () => {
  it("is rounded as the client has it, and comes to what the rounded time does", () => {
    expect(clientLineOf(row, undefined, quarter, hm, "en")).toEqual({
      description: "Built it",
      days: "Mar 2, 2026",
      hours: "1 h",
      totalMinor: 9000,
      roundedBy: 8,
      step: 15,
    });
  });

  it("is rounded as the project has it where that says something, be it not at all", () => {
    const exact = { rounding_minutes: 0, rounding_direction: "nearest" };
    const none = { rounding_minutes: null, rounding_direction: null };
    expect(clientLineOf(row, exact, quarter, hm, "en")).toMatchObject({
      hours: "52 m",
      totalMinor: 7800,
      roundedBy: 0,
    });
    expect(clientLineOf(row, none, quarter, hm, "en")).toMatchObject({ hours: "1 h" });
  });

  it("is written in the client's language", () => {
    const line = clientLineOf(
      { ...row, end_date: "2026-03-04" },
      undefined,
      quarter,
      { time_display: "decimal" },
      "de",
    );
    expect(line.days).toBe("02.–04.03.2026");
    expect(line.hours).toContain("1,00");
  });

  it("has no amount without a rate", () => {
    expect(clientLineOf({ ...row, hourly_rate_minor: null }, undefined, undefined, hm, "en").totalMinor).toBeNull();
  });
});
