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
    ["Stream large reports instead of holding them", "Streamed large reports instead of holding them"],
    ["Map directory groups to roles", "Mapped directory groups to roles"],
  ])("takes a word that is a noun as well for a verb where an object follows: %s", (subject, told) => {
    expect(toPastTense(subject)).toBe(told);
  });

  it.each([
    "Store export schedules",
    "Store opening hours",
    "Cache headers",
    "Query parameters of the report",
    "Map view to show the route",
    "Match score",
    "Support tickets that wait",
    "New cache",
    "Test missing for the import",
    "Cache stale after a deploy",
    "Cache failed on a fork",
  ])("leaves what may be the name of a thing: %s", (subject) => {
    expect(toPastTense(subject)).toBe(subject);
  });

  it.each([
    ["Print and send the stored invoice", "Printed and sent the stored invoice"],
    ["Know the same work under a new hash", "Knew the same work under a new hash"],
    [
      "Take the database away, poison deliveries and kill the process",
      "Took the database away, poisoned deliveries and killed the process",
    ],
    [
      "Split a line into parts, merge several into one, and put them back",
      "Split a line into parts, merged several into one, and put them back",
    ],
    [
      "Give hours their room, and try a stalled test once more",
      "Gave hours their room, and tried a stalled test once more",
    ],
    [
      "Complete pushes, heal lost webhooks, import history; rotate secrets, check addresses",
      "Completed pushes, healed lost webhooks, imported history; rotated secrets, checked addresses",
    ],
    ["Flag what looks wrong", "Flagged what looks wrong"],
    ["Drop the old API; update the docs", "Dropped the old API; updated the docs"],
  ])("tells each of several deeds: %s", (subject, told) => {
    expect(toPastTense(subject)).toBe(told);
  });

  it.each([
    ["Add create and update endpoints", "Added create and update endpoints"],
    ["Fix create, read, update and delete of users", "Fixed create, read, update and delete of users"],
    ["Let people add lines, edit the words and sort them", "Let people add lines, edit the words and sort them"],
    ["Allow users to upload files, and delete the old ones", "Allowed users to upload files, and delete the old ones"],
    [
      "Fix a crash when people log in, open the menu and log out",
      "Fixed a crash when people log in, open the menu and log out",
    ],
    [
      "Keep the button out of lists, and the focus out of pictures",
      "Kept the button out of lists, and the focus out of pictures",
    ],
    ["Split, merge and sort lines by one key each", "Split, merge and sort lines by one key each"],
    ["Fix export, import pages", "Fixed export, import pages"],
  ])("leaves what is no deed of its own: %s", (subject, told) => {
    expect(toPastTense(subject)).toBe(told);
  });

  it.each(["Cache size", "Support portal", "Test data for imports", "Fix for login", "Update: login", "Stream", ""])(
    "leaves %j, which names a thing",
    (subject) => {
      expect(toPastTense(subject)).toBe(subject);
    },
  );
});
