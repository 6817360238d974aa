import { trackerFor } from "@billhook/trackers/registry";
import type { TrackerConnection } from "@billhook/trackers/tracker";
import type { CallFailure } from "@billhook/http/result";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { valueOf } from "../forge/reading.ts";
import { cases, connect, secret } from "./cases.ts";
import type { TrackerStandin } from "./server.ts";

describe.each(cases)("the client of $kind", (of) => {
  const tracker = trackerFor(of.kind);
  const keys = [1, 2, 3].map(of.key);
  let standin: TrackerStandin;
  let connection: TrackerConnection;

  beforeAll(async () => {
    standin = await of.start({ tokens: [secret] });
    for (const key of keys) standin.add({ key, title: `Ticket ${key}` });
    connection = connect(of, standin);
  });

  afterEach(() => {
    standin.heal();
    standin.requests.splice(0);
    for (const { worklogs } of standin.tickets) worklogs.splice(0);
  });

  afterAll(() => standin.close());

  /** Every question fails, none throws, and no answer has the token. */
  async function failures(asked = connection): Promise<CallFailure[]> {
    const entry = { key: of.key(1), startedAt: "2026-03-02T09:00:00Z", seconds: 60, comment: "Work", marker: "#m" };
    const results = [
      await tracker.readTickets(asked, keys),
      await tracker.checkAccess(asked),
      ...(tracker.worklog === undefined
        ? []
        : [
            await tracker.worklog.log(asked, entry),
            await tracker.worklog.withdraw(asked, { key: entry.key, id: "1/1", marker: entry.marker }),
          ]),
    ];
    return results.map((result) => {
      if (result.ok) throw new Error("it should have failed");
      expect(JSON.stringify(result)).not.toContain(secret);
      return result;
    });
  }

  it("goes on after a passing fault", async () => {
    standin.fail({ kind: "error", status: 502 }, { times: 1 });
    standin.fail({ kind: "unreachable" }, { times: 1 });
    const answers = valueOf(await tracker.readTickets(connection, keys));
    expect(answers.map(({ outcome }) => outcome)).toEqual(["found", "found", "found"]);
  });

  it("says that the system is away while it is down, slow, or out of reach", async () => {
    standin.fail({ kind: "error", status: 503 });
    for (const failure of await failures()) expect(failure.code).toBe("unavailable");
    standin.heal();
    standin.fail({ kind: "unreachable" });
    expect(await tracker.readTickets(connection, keys)).toMatchObject({ ok: false, code: "unavailable" });
    standin.heal();
    standin.fail({ kind: "slow", delayMs: 1500 });
    const started = Date.now();
    const hasty = { ...connection, limits: { timeoutMs: 100, attempts: 1 } };
    expect(await tracker.readTickets(hasty, keys)).toMatchObject({ ok: false, code: "unavailable" });
    expect(Date.now() - started).toBeLessThan(1400);
    const nowhere = { ...connection, baseUrl: "http://127.0.0.1:1" };
    for (const failure of await failures(nowhere)) expect(failure.code).toBe("unavailable");
  });

  it("stops when it is told to", async () => {
    standin.fail({ kind: "slow", delayMs: 300 });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    const started = Date.now();
    const result = await tracker.readTickets({ ...connection, signal: stop.signal }, keys);
    expect(result).toMatchObject({ ok: false, code: "unavailable" });
    expect(Date.now() - started).toBeLessThan(280);
  });

  it("tells a token that is not valid from one that may not", async () => {
    standin.fail({ kind: "revoked" });
    for (const failure of await failures()) expect(failure.code).toBe("unauthorised");
    standin.heal();
    standin.fail({ kind: "forbidden" });
    for (const failure of await failures()) expect(failure.code).toBe("forbidden");
    standin.heal();
    const other = { ...connection, token: of.token("another-token") };
    for (const failure of await failures(other)) expect(failure.code).toBe("unauthorised");
    expect(await tracker.readTickets({ ...connection, token: null }, keys)).toMatchObject({ code: "unauthorised" });
  });

  it("waits a little where it is asked to, and hands a long wait back", async () => {
    standin.fail({ kind: "rate-limited", retryAfterSeconds: 1 }, { times: 1 });
    const started = Date.now();
    const patient = { ...connection, limits: { longestWaitMs: 2000 } };
    const answers = valueOf(await tracker.readTickets(patient, keys));
    expect(answers.map(({ outcome }) => outcome)).toEqual(["found", "found", "found"]);
    expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
    standin.fail({ kind: "rate-limited", retryAfterSeconds: 1800 });
    for (const failure of await failures()) {
      expect(failure).toMatchObject({ code: "rate_limited", retryAfterSeconds: 1800 });
    }
  });

  it("asks no more once the budget is used up, and keeps what it has", async () => {
    const small = await of.start({ tokens: [secret], rateLimit: { requests: 9, windowSeconds: 600 } });
    try {
      const all = Array.from({ length: 60 }, (_, index) => of.key(index + 1));
      for (const key of all) small.add({ key, title: key });
      const limited = connect(of, small);
      let last = await tracker.readTickets(limited, all);
      for (let round = 0; last.ok && round < 12; round += 1) {
        for (const answer of last.value) {
          if (answer.outcome === "failed") expect(answer.code).toBe("rate_limited");
        }
        last = await tracker.readTickets(limited, all);
      }
      if (last.ok) throw new Error("it should have failed");
      expect(last.code).toBe("rate_limited");
      expect(last.retryAfterSeconds).toBeGreaterThan(500);
      const asked = small.requests.length;
      await tracker.readTickets(limited, all);
      expect(small.requests.length - asked).toBeLessThanOrEqual(5);
    } finally {
      await small.close();
    }
  });

  it("takes neither nonsense, a web page, half an answer nor an endless one for an answer", async () => {
    for (const fault of [
      { kind: "nonsense" },
      { kind: "nonsense", body: [7] },
      { kind: "nonsense", body: "?" },
    ] as const) {
      standin.heal();
      standin.fail(fault);
      expect(await tracker.readTickets(connection, keys)).toMatchObject({ ok: false, code: "unexpected" });
      expect(await tracker.checkAccess(connection)).toMatchObject({ ok: false, code: "unexpected" });
    }
    for (const kind of ["web-page", "cut-short"] as const) {
      standin.heal();
      standin.fail({ kind });
      expect(await tracker.readTickets(connection, keys)).toMatchObject({ ok: false, code: "unavailable" });
    }
    standin.heal();
    standin.fail({ kind: "endless" });
    const once = { ...connection, limits: { timeoutMs: 8000, attempts: 1 } };
    expect(await tracker.readTickets(once, keys)).toMatchObject({ ok: false, code: "unexpected" });
  });

  it("sends what changes something once", async () => {
    if (tracker.worklog === undefined || of.isGraphql === true) return;
    const entry = { key: of.key(1), startedAt: "2026-03-02T09:00:00Z", seconds: 60, comment: "Work", marker: "#m" };
    const logged = valueOf(await tracker.worklog.log(connection, entry));
    standin.fail({ kind: "error", status: 502 });
    standin.requests.splice(0);
    const log = { key: entry.key, id: logged.id, marker: entry.marker };
    expect(await tracker.worklog.withdraw(connection, log)).toMatchObject({ ok: false, code: "unavailable" });
    expect(standin.requests.filter((request) => request.startsWith("DELETE"))).toHaveLength(1);
  });

  it("goes nowhere without an address of its own, or with one that is none", async () => {
    for (const baseUrl of ["ftp://team.example", "not an address", "javascript:alert(1)"]) {
      for (const failure of await failures({ ...connection, baseUrl })) expect(failure.code).toBe("unexpected");
    }
  });
});
