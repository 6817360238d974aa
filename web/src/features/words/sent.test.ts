import { expect, it } from "vitest";
import { readPreview } from "./preview.ts";
import { readSent } from "./sent.ts";

it("says of what was sent how much there was and what was taken out", () => {
  const line = {
    messages: ["Fix login for [email]"],
    project: "Shop",
    ticket: { title: "Login fails", type: "Bug", labels: [] },
    files: ["src/login.ts"],
    diff: { lines: 12, files: ["src/login.ts"] },
    taken_out: { email: 1, secret: 2, unheard_of: 3 },
  };
  expect(readSent({ language: "en", lines: [line], examples: [{ proposed: "a", final: "b" }] })).toEqual({
    lines: [
      {
        messages: ["Fix login for [email]"],
        project: "Shop",
        ticket: "Login fails",
        files: 1,
        diffLines: 12,
        diffFiles: 1,
        takenOut: "taken out: 1 e-mail address, 2 secrets",
      },
    ],
    examples: [{ final: "b" }],
  });
});

it("tells what is not kept any longer from what cannot be read", () => {
  expect(readSent(null)).toBeNull();
  expect(readSent({ lines: [null, 7] })?.lines).toHaveLength(2);
  expect(readSent({})).toEqual({ lines: [], examples: [] });
});

it("believes of a preview what is there", () => {
  expect(
    readPreview({ lines: [{ draft_id: "1", subject: "a", template: "b", summary: null, reason: "c" }, {}] }),
  ).toEqual([{ draftId: "1", subject: "a", template: "b", summary: null, reason: "c" }]);
  expect(readPreview("nonsense")).toEqual([]);
});
