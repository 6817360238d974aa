import { describe, expect, it } from "vitest";
import { describeAction, describeUndo } from "./action-words.ts";
import { type InboxAction, patchBack, patchFor } from "./inbox-actions.ts";
import { makeRow } from "./testing.ts";

describe("taking back", () => {
  const actions: InboxAction[] = [
    { type: "approve" },
    { type: "unapprove" },
    { type: "invoice", invoiceId: null },
    { type: "ignore", reason: "a duplicate" },
    { type: "restore" },
    { type: "defer", until: "2026-05-01" },
    { type: "defer", until: null, forTicket: true },
    { type: "edit", changes: { minutes: 90, project_id: "b" }, shown: { project_name: "B" } },
    { type: "accept", code: "large" },
    { type: "split", id: "r", parts: [] },
    { type: "merge", id: "r", fields: {} },
    { type: "join", id: "r" },
  ];

  it.each(actions)("$type shows the line as it was before", (action) => {
    const before = makeRow({
      status: action.type === "unapprove" ? "approved" : action.type === "restore" ? "rejected" : "draft",
      deferred_until: "2026-04-01",
      flags: [{ code: "large", message: "8 h for one commit" }],
    });
    const after = { ...before, ...patchFor(action, before) };
    expect(after).not.toEqual(before);
    expect({ ...after, ...patchBack(action, before) }).toEqual(before);
  });
});

it("An approval is shown as approved and no longer deferred", () => {
  expect(patchFor({ type: "approve" }, makeRow())).toEqual({
    status: "approved",
    deferred_until: null,
    deferred_for_ticket: false,
  });
});

it("What was done is said in words", () => {
  const day = (text: string): string => text;
  expect(describeAction({ type: "approve" }, 1, day)).toBe("Approved 1 line");
  expect(describeAction({ type: "defer", until: "2026-04-01" }, 3, day)).toBe("Deferred 3 lines until 2026-04-01");
  expect(describeAction({ type: "defer", until: null }, 2, day)).toBe("Brought 2 lines back");
  expect(describeAction({ type: "merge", id: "r", fields: {} }, 3, day)).toBe("Merged 3 lines into one");
  expect(describeUndo("approve", 3)).toBe("Brought 3 lines back");
  expect(describeUndo("split", 1)).toBe("Joined the parts again");
});
