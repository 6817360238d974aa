import type { BillhookClient } from "@billhook/database/client";
import type { LastAct } from "@billhook/database/drafts";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { InboxRow } from "./inbox-row.ts";
import { type ActionReport, InboxStore } from "./inbox-store.ts";
import { makeRow } from "./testing.ts";

interface Call {
  name: string;
  args: { p_ids: string[]; p_versions: Record<string, number>; p_act_id?: string };
}

/** Answers queries with the rows it holds, and procedures with what `answer` says. */
class FakeDatabase {
  rows: InboxRow[] = [];
  calls: Call[] = [];
  last: LastAct | null = null;
  /** Since when changes were asked for. */
  since: string[] = [];
  answer: (call: Call) => { data: unknown; error: { message: string; code: string } | null; status: number } = (
    call,
  ) => ({
    data: { changed: this.#change(call), skipped: [], act_id: `act ${this.calls.length}` },
    error: null,
    status: 200,
  });

  #change(call: Call): InboxRow[] {
    // What is taken back here was done to every line.
    if (call.name === "undo_act") call.args.p_ids = this.rows.map((row) => row.id);
    const status = call.name === "approve_drafts" ? ("approved" as const) : ("draft" as const);
    this.rows = this.rows.map((row) =>
      call.args.p_ids.includes(row.id) ? { ...row, status, version: row.version + 1 } : row,
    );
    return this.rows.filter((row) => call.args.p_ids.includes(row.id));
  }

  rpc(name: string, args: Call["args"]) {
    if (name === "last_act") return Promise.resolve({ data: this.last, error: null, status: 200 });
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
            if (name === "gt" && column === "updated_at") this.since.push(String(value));
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

it("what becomes visible late is asked for until it must have, and thousands of changes not again and again", async () => {
  const clock = vi.spyOn(performance, "now");
  const pollAt = async (milliseconds: number): Promise<void> => {
    clock.mockReturnValue(milliseconds);
    await store.poll();
  };
  database.rows = [makeRow({ id: "a", version: 2, updated_at: "2026-03-02T10:00:30+00:00" })];
  for (const milliseconds of [50_000, 51_000, 58_000, 61_000, 62_000]) await pollAt(milliseconds);
  clock.mockRestore();
  expect(database.since.map((since) => since.slice(14, 19))).toEqual(["59:50", "00:20", "00:21", "00:28", "00:30"]);
});

describe("an action", () => {
  it("shows before the server has answered, and passes the version that was seen", async () => {
    void store.act({ type: "approve" }, ["a"]);
    expect(statusOf("a")).toBe("approved");
    await settled(1);
    expect(database.calls).toEqual([{ name: "approve_drafts", args: { p_ids: ["a"], p_versions: { a: 1 } } }]);
  });

  it("comes back when the server refuses", async () => {
    database.answer = () => ({ data: null, error: { message: "no", code: "BH001" }, status: 400 });
    void store.act({ type: "approve" }, ["a"]);
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
    void store.act({ type: "approve" }, ["a", "b"]);
    await settled(1);
    expect([statusOf("a"), statusOf("b")]).toEqual(["approved", "draft"]);
  });

  it("waits for the one before it and passes the version that one has made", async () => {
    void store.act({ type: "approve" }, ["a"]);
    void store.act({ type: "unapprove" }, ["a"]);
    expect(statusOf("a")).toBe("draft");
    await settled(2);
    expect(database.calls.map((call) => call.args.p_versions)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(statusOf("a")).toBe("draft");
  });

  it("passes the version an edit began with, so that another person's change is not overwritten", async () => {
    void store.act({ type: "edit", changes: { minutes: 5 } }, ["a"], new Map([["a", 0]]));
    await settled(1);
    expect(database.calls[0]?.args.p_versions).toEqual({ a: 0 });
  });
});

describe("undo", () => {
  it("takes the last action back at once, by its act", async () => {
    void store.act({ type: "approve" }, ["a"]);
    void store.undo();
    expect(statusOf("a")).toBe("draft");
    await settled(2);
    expect(database.calls.map((call) => [call.name, call.args.p_act_id])).toEqual([
      ["approve_drafts", undefined],
      ["undo_act", "act 1"],
    ]);
    expect(store.snapshot().undoable).toBe(false);
  });

  it("from an older toast takes back that action, not the newest", async () => {
    void store.act({ type: "approve" }, ["a"]);
    void store.act({ type: "approve" }, ["b"]);
    await settled(2);
    void store.undo("act 1");
    expect([statusOf("a"), statusOf("b")]).toEqual(["draft", "approved"]);
    await settled(3);
    await store.undo("act 1");
    expect(database.calls.map((call) => call.args.p_act_id)).toEqual([undefined, undefined, "act 1"]);
  });

  it("of a join shows the parts again at once, and puts the whole line away", async () => {
    const whole = makeRow({ id: "whole", version: 3 });
    const gone = { status: "rejected", replaced_by: "split", version: 3 } as const;
    database.answer = () => ({
      data: { changed: [whole, ...["a", "b"].map((id) => makeRow({ id, ...gone }))], skipped: [], act_id: "act 1" },
      error: null,
      status: 200,
    });
    void store.act({ type: "join", id: "split" }, ["a", "b"]);
    await settled(1);
    expect(store.snapshot().rows.get("whole")?.status).toBe("draft");
    void store.undo();
    const shown = ["a", "b", "whole"].map((id) => store.snapshot().rows.get(id)?.replaced_by ?? null);
    expect(shown).toEqual([null, null, "split"]);
    await settled(2);
    expect(reports[1]).toMatchObject({ type: "undone", act: "join" });
  });

  it("asks for nothing where the server had refused", async () => {
    database.answer = () => ({
      data: { changed: [], skipped: [{ id: "a", code: "changed" }], act_id: null },
      error: null,
      status: 200,
    });
    void store.act({ type: "approve" }, ["a"]);
    void store.undo();
    await settled(2);
    expect(database.calls).toHaveLength(1);
  });

  it("takes back what was done before the page was opened", async () => {
    database.last = { act_id: "before", action: "approve", at: "2026-03-02T10:00:00Z", lines: 2 };
    const reopened = new InboxStore(database as unknown as BillhookClient, "workspace");
    await reopened.start();
    await expect.poll(() => reopened.snapshot().undoable, { interval: 5 }).toBe(true);
    database.last = null;
    await reopened.undo();
    expect(database.calls.map((call) => call.args.p_act_id)).toEqual(["before"]);
    expect(reopened.snapshot().undoable).toBe(false);
  });
});

describe("without a connection", () => {
  const offline = { data: null, error: { message: "Failed to fetch", code: "" }, status: 0 };

  it("what was done stays as it is shown, and is sent when the connection is back", async () => {
    const { answer } = database;
    database.answer = () => offline;
    void store.act({ type: "approve" }, ["a"]);
    await settled(1);
    expect(reports[0]).toMatchObject({ type: "held", ids: ["a"] });
    expect([statusOf("a"), store.snapshot().held]).toEqual(["approved", 1]);
    database.answer = answer;
    await expect.poll(() => reports.length, { interval: 50, timeout: 5000 }).toBe(2);
    expect([statusOf("a"), store.snapshot().held]).toEqual(["approved", 0]);
    expect(database.calls.map((call) => call.args.p_versions)).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it("what had arrived although no answer came back is no conflict with oneself", async () => {
    database.answer = () => offline;
    void store.act({ type: "edit", changes: { minutes: 5 } }, ["a"]);
    await settled(1);
    database.answer = () => ({
      data: { changed: [], skipped: [{ id: "a", code: "changed", by: null, action: "edit" }], act_id: null },
      error: null,
      status: 200,
    });
    await expect.poll(() => reports.length, { interval: 50, timeout: 5000 }).toBe(2);
    expect(reports[1]).toMatchObject({ type: "done", outcome: { skipped: [] } });
  });
});
