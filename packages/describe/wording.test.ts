import { describe, expect, it } from "vitest";
import { toPastTense } from "./wording.ts";

describe("toPastTense", () => {
  it.each([
    ["Fix login", "Fixed login"],
    ["Retry the import", "Retried the import"],
    ["Describe the nightly run", "Described the nightly run"],
    ["Stop a schedule when its owner leaves", "Stopped a schedule when its owner leaves"],
    ["Send exports every Monday", "Sent exports every Monday"],
  ])("tells what %s did", (subject, told) => {
    expect(toPastTense(subject)).toBe(told);
  });

  it.each([
    ["Cache the tiles", "Cached the tiles"],
    ["Stream all reports", "Streamed all reports"],
    ["Map each group to a role", "Mapped each group to a role"],
    ["Alert when the feed is old", "Alerted when the feed is old"],
  ])("takes a word that is a noun as well for a verb where an object follows: %s", (subject, told) => {
    expect(toPastTense(subject)).toBe(told);
  });

  it.each(["Cache size", "Support portal", "Test data for imports", "Fix for login", "Update: login", "Stream", ""])(
    "leaves %j, which names a thing",
    (subject) => {
      expect(toPastTense(subject)).toBe(subject);
    },
  );
});
