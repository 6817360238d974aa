import { describe, expect, it } from "vitest";
import { createFilter, flattenGroups, groupDrafts } from "./group-drafts.ts";
import { tabOf } from "./inbox-row.ts";
import { makeRow } from "./testing.ts";

const labels = (groups: { label: string | null }[]): (string | null)[] => groups.map((group) => group.label);

describe("grouping", () => {
  it("puts tickets in the order of their numbers, and lines without one last", () => {
    const rows = ["CUS-10", null, "CUS-9"].map((ticket_key, at) => makeRow({ id: `${at}`, ticket_key }));
    expect(labels(groupDrafts(rows, { group: "ticket", sort: "desc" }))).toEqual(["CUS-9", "CUS-10", null]);
  });

  it("keeps projects of the same name but of other clients apart", () => {
    const rows = [
      makeRow({ id: "a", project_id: "1", client_name: "One", project_name: "Website" }),
      makeRow({ id: "b", project_id: "2", client_name: "Two", project_name: "Website" }),
    ];
    expect(labels(groupDrafts(rows, { group: "project", sort: "asc" }))).toEqual(["One / Website", "Two / Website"]);
  });

  it("follows the direction asked for, both between days and within one", () => {
    const rows = [
      makeRow({ id: "a", start_date: "2026-03-01", created_at: "2026-03-01T08:00:00Z" }),
      makeRow({ id: "b", start_date: "2026-03-02", created_at: "2026-03-02T08:00:00Z" }),
      makeRow({ id: "c", start_date: "2026-03-02", created_at: "2026-03-02T09:00:00Z" }),
    ];
    const ids = (sort: "asc" | "desc"): string[] =>
      groupDrafts(rows, { group: "date", sort }).flatMap((group) => group.rows.map((row) => row.id));
    expect(ids("asc")).toEqual(["a", "b", "c"]);
    expect(ids("desc")).toEqual(["c", "b", "a"]);
  });

  it("gives each group its own totals", () => {
    const rows = [makeRow({ id: "a", epic: "Import" }), makeRow({ id: "b", epic: "Import", minutes: 30 })];
    expect(groupDrafts(rows, { group: "epic", sort: "desc" })[0]?.totals).toMatchObject({ count: 2, minutes: 90 });
  });

  it("shows a collapsed group by its heading only", () => {
    const groups = groupDrafts([makeRow({ id: "a", epic: "One" }), makeRow({ id: "b", epic: "Two" })], {
      group: "epic",
      sort: "asc",
    });
    const items = flattenGroups(groups, new Set(["One"]));
    expect(items.map((item) => (item.type === "group" ? item.group.key : item.row.id))).toEqual(["One", "Two", "b"]);
  });
});

describe("grouping on two levels", () => {
  const rows = [
    makeRow({ id: "a", ticket_key: "AB-1", start_date: "2026-03-01" }),
    makeRow({ id: "b", ticket_key: "AB-1", start_date: "2026-03-04" }),
    makeRow({ id: "c", ticket_key: null, start_date: "2026-03-04", minutes: 30 }),
  ];
  const groups = groupDrafts(rows, { group: "week", within: "ticket", sort: "desc" });

  it("has weeks with their tickets, each with its own totals", () => {
    expect(groups.map(({ label, totals, groups: within }) => [label, totals.minutes, labels(within)])).toEqual([
      ["2026-03-02", 90, ["AB-1", null]],
      ["2026-02-23", 60, ["AB-1"]],
    ]);
  });

  it("collapses the inner groups of one outer group alone", () => {
    const inner = groups[0]?.groups[0]?.key ?? "";
    expect(
      flattenGroups(groups, new Set([inner])).map((item) => (item.type === "group" ? "group" : item.row.id)),
    ).toEqual(["group", "group", "group", "c", "group", "group", "a"]);
  });
});

it("Lines stand by hours, amount, ticket or person where that is asked for", () => {
  const rows = [
    makeRow({ id: "a", minutes: 30, ticket_key: "AB-10", author_name: "B" }),
    makeRow({ id: "b", minutes: 90, ticket_key: "AB-9", author_name: "C", billable: false }),
    makeRow({ id: "c", minutes: 60, ticket_key: null, author_name: "A" }),
  ];
  const ids = (by: "hours" | "amount" | "ticket" | "person") =>
    groupDrafts(rows, { group: "project", by, sort: "asc" }).flatMap((group) => group.rows.map((row) => row.id));
  expect([ids("hours"), ids("amount"), ids("ticket"), ids("person")].map((each) => each.join(""))).toEqual([
    "acb",
    "bac",
    "cba",
    "cab",
  ]);
});

describe("the filter", () => {
  it("is by person, ticket, epic, category, flag, day, hours and amount; a dash is none", () => {
    const row = makeRow({
      ticket_key: "AB-1",
      category: "Design",
      minutes: 90,
      flags: [{ code: "large", message: "8 h for one commit" }],
    });
    const accepted = makeRow({ flags: [{ code: "large", message: "8 h", accepted_at: "2026-03-02T10:00:00Z" }] });
    const fits = { person: "Author", ticket: "AB-1", epic: "-", category: "Design", flagged: "yes" } as const;
    const bounds = {
      from: "2026-03-02",
      until: "2026-03-02",
      minHours: 1.5,
      maxHours: 1.5,
      minAmount: 150,
      maxAmount: 150,
    };
    expect(createFilter({ ...fits, ...bounds })(row)).toBe(true);
    for (const wrong of [
      { person: "-" },
      { ticket: "AB-2" },
      { epic: "Import" },
      { category: "-" },
      { from: "2026-03-03" },
      { until: "2026-03-01" },
      { minHours: 1.6 },
      { maxHours: 1.4 },
      { minAmount: 151 },
      { maxAmount: 149 },
    ]) {
      expect(createFilter({ ...fits, ...bounds, ...wrong })(row), JSON.stringify(wrong)).toBe(false);
    }
    expect(createFilter({ flagged: "yes" })(accepted)).toBe(false);
  });

  it("wants each word somewhere in what the line shows", () => {
    const row = makeRow({ description: "Fixed the import", ticket_key: "CUS-7" });
    expect(createFilter({ q: "cus-7 IMPORT" })(row)).toBe(true);
    expect(createFilter({ q: "abc1234 main" })(row)).toBe(true);
    expect(createFilter({ q: "import export" })(row)).toBe(false);
  });

  it("joins words and fields", () => {
    expect(createFilter({ q: "fixed", project: "other" })(makeRow())).toBe(false);
    expect(createFilter({ client: "client", repository: "repository" })(makeRow())).toBe(true);
  });
});

describe("the tab of a draft", () => {
  it("is Open again on the day until which it was deferred", () => {
    const row = makeRow({ deferred_until: "2026-03-05" });
    expect(tabOf(row, "2026-03-04")).toBe("deferred");
    expect(tabOf(row, "2026-03-05")).toBe("open");
  });

  it("is Approved until it is on an invoice", () => {
    expect(tabOf(makeRow({ status: "approved" }), "2026-03-04")).toBe("approved");
    expect(tabOf(makeRow({ status: "approved", invoice_id: "invoice" }), "2026-03-04")).toBeNull();
    expect(tabOf(makeRow({ status: "rejected" }), "2026-03-04")).toBe("ignored");
  });
});
