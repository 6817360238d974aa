import { describe, expect, it } from "vitest";
import { createFilter, flattenGroups, groupDrafts } from "./group-drafts.ts";
import { tabOf } from "./inbox-row.ts";
import { makeRow } from "./testing.ts";

const labels = (groups: { label: string | null }[]): (string | null)[] => groups.map((group) => group.label);

describe("grouping", () => {
  it("puts tickets in the order of their numbers, and lines without one last", () => {
    const rows = ["CUS-10", null, "CUS-9"].map((ticket_key, at) => makeRow({ id: `${at}`, ticket_key }));
    expect(labels(groupDrafts(rows, "ticket", "desc"))).toEqual(["CUS-9", "CUS-10", null]);
  });

  it("keeps projects of the same name but of other clients apart", () => {
    const rows = [
      makeRow({ id: "a", project_id: "1", client_name: "One", project_name: "Website" }),
      makeRow({ id: "b", project_id: "2", client_name: "Two", project_name: "Website" }),
    ];
    expect(labels(groupDrafts(rows, "project", "asc"))).toEqual(["One / Website", "Two / Website"]);
  });

  it("follows the direction asked for, both between days and within one", () => {
    const rows = [
      makeRow({ id: "a", start_date: "2026-03-01", created_at: "2026-03-01T08:00:00Z" }),
      makeRow({ id: "b", start_date: "2026-03-02", created_at: "2026-03-02T08:00:00Z" }),
      makeRow({ id: "c", start_date: "2026-03-02", created_at: "2026-03-02T09:00:00Z" }),
    ];
    const ids = (sort: "asc" | "desc"): string[] =>
      groupDrafts(rows, "date", sort).flatMap((group) => group.rows.map((row) => row.id));
    expect(ids("asc")).toEqual(["a", "b", "c"]);
    expect(ids("desc")).toEqual(["c", "b", "a"]);
  });

  it("gives each group its own totals", () => {
    const rows = [makeRow({ id: "a", epic: "Import" }), makeRow({ id: "b", epic: "Import", minutes: 30 })];
    expect(groupDrafts(rows, "epic", "desc")[0]?.totals).toMatchObject({ count: 2, minutes: 90 });
  });

  it("shows a collapsed group by its heading only", () => {
    const groups = groupDrafts([makeRow({ id: "a", epic: "One" }), makeRow({ id: "b", epic: "Two" })], "epic", "asc");
    const items = flattenGroups(groups, new Set(["One"]));
    expect(items.map((item) => (item.type === "group" ? item.group.key : item.row.id))).toEqual(["One", "Two", "b"]);
  });
});

describe("the filter", () => {
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
