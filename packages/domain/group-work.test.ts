import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupWork, type WorkLine } from "./group-work.ts";

let made = 0;
function line(change: Partial<WorkLine> = {}): WorkLine {
  made += 1;
  return {
    id: `line-${String(made).padStart(4, "0")}`,
    clientId: "client",
    projectId: "shop",
    author: "Dev One",
    currency: "EUR",
    rateMinor: 9000,
    billable: true,
    ticketKey: null,
    day: "2026-03-02",
    minutes: 45,
    files: [],
    ...change,
  };
}

const basket = ["src/basket/basket.ts", "src/basket/total.ts", "src/basket/total.test.ts"];
const search = ["src/search/index.ts", "src/search/query.ts"];

/** A week in a web shop, as commits come. */
function week(): Record<string, WorkLine> {
  return {
    voucher1: line({ ticketKey: "SHOP-12", day: "2026-03-02", files: basket }),
    voucher2: line({ ticketKey: "SHOP-12", day: "2026-03-03", files: ["src/voucher.ts"] }),
    voucher3: line({ ticketKey: "SHOP-12", day: "2026-03-06", files: ["src/checkout.ts"] }),
    export1: line({ ticketKey: "SHOP-15", day: "2026-03-03", files: ["src/export.ts"] }),
    search1: line({ day: "2026-03-04", files: search }),
    search2: line({ day: "2026-03-04", files: ["src/search/query.ts", "README.md"] }),
    search3: line({ day: "2026-03-05", files: ["src/search/index.ts"] }),
    searchOfAnother: line({ day: "2026-03-04", files: search, author: "Dév Öne" }),
    typo: line({ day: "2026-03-04", files: ["src/about.ts"] }),
    unknown: line({ day: "2026-03-04" }),
  };
}

describe("groupWork", () => {
  it("proposes the work of one ticket, and what one person did to the same files within days", () => {
    const lines = week();
    expect(groupWork(Object.values(lines))).toEqual([
      {
        ids: [lines["voucher1"]?.id, lines["voucher2"]?.id, lines["voucher3"]?.id],
        ticketKey: "SHOP-12",
        reason: "3 lines for SHOP-12, within 5 days",
      },
      {
        ids: [lines["search1"]?.id, lines["search2"]?.id, lines["search3"]?.id],
        ticketKey: null,
        reason: "3 lines within 2 days change the same files: index.ts and query.ts",
      },
    ]);
  });

  it("begins another piece after a pause", () => {
    const days = ["2026-03-02", "2026-03-03", "2026-03-20", "2026-03-21"];
    const groups = groupWork(days.map((day) => line({ ticketKey: "SHOP-12", day })));
    expect(groups.map(({ reason }) => reason)).toEqual([
      "2 lines for SHOP-12, within 2 days",
      "2 lines for SHOP-12, within 2 days",
    ]);
  });

  it("takes a file that every line touches for no sign of common work", () => {
    const lines = Array.from({ length: 12 }, (_, index) =>
      line({ files: ["CHANGELOG.md", `src/page-${index}.ts`], day: "2026-03-02" }),
    );
    expect(groupWork(lines)).toEqual([]);
  });

  it.each<[string, Partial<WorkLine>]>([
    ["client", { clientId: "another" }],
    ["project", { projectId: "another" }],
    ["currency", { currency: "USD" }],
    ["rate", { rateMinor: 12_000 }],
    ["way of billing", { billable: false }],
  ])("leaves lines of another %s apart", (_what, change) => {
    expect(groupWork([line({ ticketKey: "SHOP-12" }), line({ ticketKey: "SHOP-12", ...change })])).toEqual([]);
  });

  it("ends a group where it would hold more than a week of work or twenty lines", () => {
    const long = Array.from({ length: 3 }, () => line({ ticketKey: "SHOP-12", minutes: 1200 }));
    expect(groupWork(long).map(({ ids }) => ids.length)).toEqual([2]);
    const many = Array.from({ length: 50 }, () => line({ ticketKey: "SHOP-12", minutes: 5 }));
    expect(groupWork(many).map(({ ids }) => ids.length)).toEqual([20, 20, 10]);
  });

  it("names a line once at most, with others of its party only, whatever the order", () => {
    const lines = fc.array(
      fc.record({
        clientId: fc.constantFrom("a", "b"),
        rateMinor: fc.constantFrom(9000, 12_000),
        ticketKey: fc.constantFrom("SHOP-1", "SHOP-2", null),
        author: fc.constantFrom("Dev One", "Dév Öne", null),
        day: fc.constantFrom("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-30"),
        files: fc.array(fc.constantFrom("a.ts", "b.ts", "c.ts", "d/e.ts"), { maxLength: 4 }),
        minutes: fc.integer({ min: 0, max: 600 }),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(lines, (given) => {
        const all = given.map((each) => line(each));
        const groups = groupWork(all);
        const ids = groups.flatMap((group) => group.ids);
        expect(new Set(ids).size).toBe(ids.length);
        for (const group of groups) {
          const members = all.filter(({ id }) => group.ids.includes(id));
          expect(members.length).toBeGreaterThan(1);
          expect(new Set(members.map(({ clientId, rateMinor }) => `${clientId} ${rateMinor}`)).size).toBe(1);
          expect(new Set(members.map(({ ticketKey }) => ticketKey)).size).toBe(1);
        }
        expect(groupWork(all.toReversed())).toEqual(groups);
      }),
    );
  });

  it("looks through 5,000 lines without delay", () => {
    const lines = Array.from({ length: 5000 }, (_, index) =>
      line({
        ticketKey: index % 3 === 0 ? `SHOP-${index % 400}` : null,
        day: `2026-03-${String(1 + (index % 28)).padStart(2, "0")}`,
        files: [`src/${index % 900}.ts`, `src/${index % 350}.ts`],
      }),
    );
    const started = performance.now();
    groupWork(lines);
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
