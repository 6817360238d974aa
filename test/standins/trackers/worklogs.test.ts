import { trackerFor } from "@billhook/trackers/registry";
import type { TrackerConnection, WorklogEntry } from "@billhook/trackers/tracker";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { valueOf } from "../forge/reading.ts";
import { cases, connect, secret } from "./cases.ts";
import type { TrackerStandin } from "./server.ts";

const writers = cases.filter(({ kind }) => trackerFor(kind).worklog !== undefined);

it("writes time back wherever the system has a place for it", () => {
  expect(cases.map(({ kind }) => kind).filter((kind) => trackerFor(kind).worklog === undefined)).toEqual([
    "linear",
    "github-issues",
    "zendesk",
    "help-scout",
  ]);
});

describe.each(writers)("the worklogs of $kind", (of) => {
  const { worklog } = trackerFor(of.kind);
  if (worklog === undefined) throw new Error("it should have them");
  let standin: TrackerStandin;
  let connection: TrackerConnection;
  const entry: WorklogEntry = {
    key: of.key(1),
    startedAt: "2026-03-02T09:00:00+02:00",
    seconds: 5430,
    comment: "Sessions end with the sign-out",
    marker: "billhook:4f1c2a9e-0000-4000-8000-000000000001",
  };

  beforeAll(async () => {
    standin = await of.start({ tokens: [secret], rateLimit: { requests: 10_000, windowSeconds: 60 } });
    standin.add({ key: of.key(1), title: "One" });
    connection = connect(of, standin);
  });

  afterEach(() => {
    standin.heal();
    standin.ticket(of.key(1)).worklogs.splice(0);
  });

  afterAll(() => standin.close());

  const logs = () => standin.ticket(of.key(1)).worklogs;

  it("writes time once, however often it is asked to", async () => {
    const first = valueOf(await worklog.log(connection, entry));
    expect(first.wasThere).toBe(false);
    const again = valueOf(await worklog.log(connection, entry));
    expect(again).toEqual({ id: first.id, wasThere: true });
    expect(logs()).toHaveLength(1);
    expect(logs()[0]?.comment).toContain(entry.comment);
    expect(logs()[0]?.comment).toContain(entry.marker);
    // Where minutes are counted, 90 minutes and a half are 91.
    expect([5430, 5460]).toContain(logs()[0]?.seconds);
    expect(logs()[0]?.startedAt.slice(0, 10)).toBe("2026-03-02");
    const other = valueOf(await worklog.log(connection, { ...entry, marker: "billhook:another", seconds: 1 }));
    expect(other.wasThere).toBe(false);
    expect(other.id).not.toBe(first.id);
    expect([1, 60]).toContain(logs()[1]?.seconds);
  });

  it("finds the time again where its own answer was lost", async () => {
    // The answer is lost after the work was done.
    const lossy: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      const changes =
        init?.method === "POST" && (of.isGraphql !== true || JSON.stringify(init.body).includes("mutation"));
      return changes ? new Response("<html>", { status: 502 }) : response;
    };
    expect(await worklog.log({ ...connection, fetch: lossy }, entry)).toMatchObject({ code: "unavailable" });
    expect(logs()).toHaveLength(1);
    expect(valueOf(await worklog.log(connection, entry)).wasThere).toBe(true);
    expect(logs()).toHaveLength(1);
  });

  it("finds it among many others", async () => {
    for (let index = 0; index < 230; index += 1) {
      const startedAt = "2026-03-02T07:00:00.000Z";
      logs().push({ id: String(9000 + index), startedAt, seconds: 60, comment: `Log ${index}`, author: "Dev One" });
    }
    const first = valueOf(await worklog.log(connection, entry));
    expect(valueOf(await worklog.log(connection, entry))).toEqual({ id: first.id, wasThere: true });
    expect(logs()).toHaveLength(231);
  });

  it("takes time back, and takes it for done where it is gone already", async () => {
    const { id } = valueOf(await worklog.log(connection, entry));
    const kept = valueOf(await worklog.log(connection, { ...entry, marker: "billhook:kept" }));
    const log = { key: entry.key, id, marker: entry.marker };
    valueOf(await worklog.withdraw(connection, log));
    valueOf(await worklog.withdraw(connection, log));
    expect(logs().map(({ comment }) => comment.includes("billhook:kept"))).toEqual([true]);
    // Approved once more, it is written once more.
    expect(valueOf(await worklog.log(connection, entry)).wasThere).toBe(false);
    valueOf(await worklog.withdraw(connection, { ...log, id: kept.id }));
    expect(logs()).toHaveLength(1);
  });

  it("says that there is no such ticket, and writes nothing", async () => {
    expect(await worklog.log(connection, { ...entry, key: of.key(99) })).toMatchObject({ code: "not_found" });
    expect(await worklog.log(connection, { ...entry, key: "no key" })).toMatchObject({ code: "not_found" });
    expect(logs()).toEqual([]);
  });

  it("sends words as words, whatever is in them", async () => {
    const comment = `"; drop table\u0000 \ud800 <b>€</b> ${"x".repeat(100_000)}`;
    valueOf(await worklog.log(connection, { ...entry, comment }));
    expect(valueOf(await worklog.log(connection, { ...entry, comment })).wasThere).toBe(true);
    expect(logs()[0]?.comment.length).toBeLessThan(2000);
  });
});
