import type { BillhookClient } from "@billhook/database/client";
import { beforeEach, describe, expect, it } from "vitest";
import type { InboxRow } from "./inbox-row.ts";
import { type ActionReport, InboxStore } from "./inbox-store.ts";
import { makeRow } from "./testing.ts";

interface Call {
  name: string;
  args: { p_ids: string[]; p_versions: Record<string, number> };
}

/** Answers queries with the rows it holds, and procedures with what `answer` says. */
class FakeDatabase {
  rows: InboxRow[] = [];
  calls: Call[] = [];
  answer: (call: Call) => { data: unknown; error: { message: string; code: string } | null; status: number } = (
    call,
  ) => ({
    data: { changed: this.#change(call), skipped: [] },
    error: null,
    status: 200,
  });

  #change(call: Call): InboxRow[] {
    const status = call.name === "approve_drafts" ? ("approved" as const) : ("draft" as const);
    this.rows = this.rows.map((row) =>
      call.args.p_ids.includes(row.id) ? { ...row, status, version: row.version + 1 } : row,
    );
    return this.rows.filter((row) => call.args.p_ids.includes(row.id));
  }

  rpc(name: string, args: Call["args"]) {
    const call = { name, args };
    this.calls.push(call);
    return Promise.resolve().then(() => this.answer(call));
  }

  /** A query that can be narrowed and awaited, as supabase-js's can. */
  from(): unknown {
    let { rows } = this;
    const answer = (): Promise<unknown> =>
      Promise.resolve({ data: rows, count: rows.length, error: null, status: 200 });
    const query: unknown = new Proxy(
      {},
      {
        get: (_target, name) => {
          if (name === "then") return (resolve: (value: unknown) => void) => void answer().then(resolve);
          return (column: unknown, value: unknown) => {
            if (name === "eq" && column === "status") rows = rows.filter((row) => row.status === value);
            return query;
          };
        },
      },
    );
    return query;
  }
}

let database: FakeDatabase;
let store: InboxStore;
let reports: ActionReport[];

const settled = async (count: number): Promise<void> => {
  await expect.poll(() => reports.length, { interval: 5 }).toBe(count);
};
const statusOf = (id: string): string | undefined => store.snapshot().rows.get(id)?.status;

beforeEach(async () => {
  database = new FakeDatabase();
  database.rows = [makeRow({ id: "a" }), makeRow({ id: "b" })];
  store = new InboxStore(database as unknown as BillhookClient, "workspace");
  reports = [];
  store.onReport((report) => reports.push(report));
  await store.start();
});

describe("an action", () => {
  it("shows before the server has answered, and passes the version that was seen", async () => {
    store.act({ type: "approve" }, ["a"]);
    expect(statusOf("a")).toBe("approved");
    await settled(1);
    expect(database.calls).toEqual([{ name: "approve_drafts", args: { p_ids: ["a"], p_versions: { a: 1 } } }]);
  });

  it("comes back when the server refuses", async () => {
    database.answer = () => ({ data: null, error: { message: "no", code: "BH001" }, status: 400 });
    store.act({ type: "approve" }, ["a"]);
    await settled(1);
    expect(statusOf("a")).toBe("draft");
    expect(reports[0]).toMatchObject({ type: "failed", ids: ["a"] });
    expect(store.snapshot().undoable).toBe(false);
  });

  it("comes back for the lines that were skipped only", async () => {
    database.answer = () => ({
      data: {
        changed: [makeRow({ id: "a", status: "approved", version: 2 })],
        skipped: [{ id: "b", code: "no_rate" }],
      },
      error: null,
      status: 200,
    });
    store.act({ type: "approve" }, ["a", "b"]);
    await settled(1);
    expect([statusOf("a"), statusOf("b")]).toEqual(["approved", "draft"]);
  });

  it("waits for the one before it and passes the version that one has made", async () => {
    store.act({ type: "approve" }, ["a"]);
    store.act({ type: "unapprove" }, ["a"]);
    expect(statusOf("a")).toBe("draft");
    await settled(2);
    expect(database.calls.map((call) => call.args.p_versions)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(statusOf("a")).toBe("draft");
  });

  it("passes the version an edit began with, so that another person's change is not overwritten", async () => {
    store.act({ type: "edit", changes: { minutes: 5 } }, ["a"], new Map([["a", 0]]));
    await settled(1);
    expect(database.calls[0]?.args.p_versions).toEqual({ a: 0 });
  });
});

describe("undo", () => {
  it("takes the last action back at once", async () => {
    store.act({ type: "approve" }, ["a"]);
    store.undo();
    expect(statusOf("a")).toBe("draft");
    await settled(2);
    expect(database.calls.map((call) => call.name)).toEqual(["approve_drafts", "unapprove_drafts"]);
    expect(store.snapshot().undoable).toBe(false);
  });

  it("leaves alone what the server had skipped", async () => {
    const { answer } = database;
    database.answer = (call) =>
      call.name === "approve_drafts"
        ? {
            data: {
              changed: [makeRow({ id: "a", status: "approved", version: 2 })],
              skipped: [{ id: "b", code: "changed" }],
            },
            error: null,
            status: 200,
          }
        : answer(call);
    store.act({ type: "approve" }, ["a", "b"]);
    store.undo();
    await settled(2);
    expect(database.calls[1]?.args.p_ids).toEqual(["a"]);
  });
});
