import { describe, expect, it } from "vitest";
import { makeRow } from "../inbox/testing.ts";
import { keepApart, nameProposal } from "./apart.ts";
import { chooseLines, listChoices, listRollable, type RollUpChoice } from "./roll-up-choice.ts";

const choice = (change: Partial<RollUpChoice> = {}): RollUpChoice => ({
  projectId: "project",
  kind: "dates",
  value: "",
  from: "",
  until: "",
  ...change,
});
const rows = [
  makeRow({ id: "c", start_date: "2026-03-04", ticket_key: "SHOP-1", epic: "Checkout" }),
  makeRow({ id: "a", start_date: "2026-03-02", ticket_key: "SHOP-1" }),
  makeRow({
    id: "b",
    start_date: "2026-03-03",
    ticket_key: "SHOP-2",
    epic: "Checkout",
    hourly_rate_minor: 12_000,
    minutes: 30,
  }),
  makeRow({ id: "d", start_date: "2026-03-05", billable: false }),
  makeRow({ id: "e", start_date: "2026-03-02", project_id: "another", ticket_key: "SHOP-1" }),
  makeRow({ id: "f", start_date: "2026-03-06", status: "approved", ticket_key: "SHOP-1" }),
];
const idsOf = (change: Partial<RollUpChoice>, selected: string[] = []): string[] =>
  chooseLines(rows, choice(change), new Set(selected)).rows.map(({ id }) => id);

describe("what is rolled up", () => {
  it("is a ticket's, an epic's, a span's or the selected lines of one project, oldest first", () => {
    expect(idsOf({ kind: "ticket", value: "SHOP-1" })).toEqual(["a", "c", "f"]);
    expect(idsOf({ kind: "dates", from: "2026-03-03", until: "2026-03-04" })).toEqual(["c"]);
    expect(idsOf({ kind: "selection" }, ["c", "a", "e"])).toEqual(["a", "c"]);
  });

  it("is open or approved, never on an invoice or replaced", () => {
    const others = [
      makeRow({ id: "g", status: "approved", invoice_id: "invoice" }),
      makeRow({ id: "h", status: "rejected" }),
      makeRow({ id: "i", status: "rejected", replaced_by: "merge" }),
    ];
    expect(listRollable([...rows, ...others]).map(({ id }) => id)).toEqual(["c", "a", "b", "d", "e", "f"]);
  });

  it("has one rate, that of most of the time, and says what it leaves out", () => {
    const { leftOut, rateMinor } = chooseLines(rows, choice(), new Set());
    expect(rateMinor).toBe(10_000);
    expect(leftOut).toEqual({ notBilled: 1, otherRate: 1 });
  });

  it("offers the tickets and epics that have lines", () => {
    expect(listChoices(rows, "project", "ticket_key")).toEqual([
      { value: "SHOP-1", count: 3 },
      { value: "SHOP-2", count: 1 },
    ]);
    expect(listChoices(rows, "project", "epic")).toEqual([{ value: "Checkout", count: 2 }]);
  });
});

it("a proposal is another one with another line", () => {
  expect(nameProposal(["a", "b"])).toBe(nameProposal(["a", "b"]));
  expect(nameProposal(["a", "b"])).not.toBe(nameProposal(["a", "b", "c"]));
  expect(keepApart("one").has("one")).toBe(true);
});
