/** Answers that are almost right: one value of them is something else, or is not there. */
import { trackerFor } from "@billhook/trackers/registry";
import type { Ticket, TrackerConnection } from "@billhook/trackers/tracker";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cases, connect, secret } from "./cases.ts";
import type { TrackerStandin } from "./server.ts";

const missing = Symbol("missing");

const replacement = fc.oneof(
  fc.constant(missing),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(null, -1, 1e308, "", "javascript:alert(1)", "\u0000\ud800", "2026-02-31T99:99:99Z", [null]),
);

/** A copy in which the value at a place (counted through, wherever it is) is another. */
function alter(whole: unknown, place: number, other: unknown): unknown {
  const copy: unknown = structuredClone(whole);
  const spots: { of: Record<string, unknown>; name: string }[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const of = value as Record<string, unknown>;
    for (const name of Object.keys(of)) {
      spots.push({ of, name });
      visit(of[name]);
    }
  };
  visit(copy);
  const spot = spots[place % Math.max(1, spots.length)];
  if (spot === undefined) return other === missing ? null : other;
  if (other !== missing) spot.of[spot.name] = other;
  else if (Array.isArray(spot.of)) spot.of.splice(Number(spot.name), 1);
  else delete spot.of[spot.name];
  return copy;
}

/** Answers as they come, but one of them altered. */
const altering =
  (nth: number, place: number, other: unknown): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, init);
    nth -= 1;
    const text = await response.text();
    if (nth !== -1 || text === "") {
      return new Response(response.status === 204 ? null : text, {
        status: response.status,
        headers: response.headers,
      });
    }
    return Response.json(alter(JSON.parse(text), place, other), { status: response.status });
  };

function expectFit(ticket: Ticket): void {
  for (const known of [ticket.key, ticket.externalId]) expect(known).toMatch(/^[\w./#=-]{1,200}$/);
  expect(ticket.title.length).toBeLessThanOrEqual(500);
  expect(ticket.labels.length).toBeLessThanOrEqual(50);
  expect(ticket.url ?? "https://").toMatch(/^https?:\/\//);
  expect(JSON.stringify(ticket).isWellFormed()).toBe(true);
  expect(JSON.stringify(ticket)).not.toMatch(/\\u0000|\\ud[89a-f]/);
  for (const minutes of [ticket.estimateMinutes, ticket.loggedMinutes]) {
    if (minutes !== null) expect(Number.isInteger(minutes) && minutes >= 0).toBe(true);
  }
  if (ticket.updatedAt !== null) expect(new Date(ticket.updatedAt).toISOString()).toBe(ticket.updatedAt);
}

describe.each(cases)("the client of $kind", (of) => {
  const tracker = trackerFor(of.kind);
  let standin: TrackerStandin;
  let connection: TrackerConnection;

  beforeAll(async () => {
    standin = await of.start({ tokens: [secret], rateLimit: { requests: 1_000_000, windowSeconds: 60 } });
    const above = standin.add({ key: of.key(7), title: "Above" });
    const ticket = {
      type: "Bug",
      labels: ["one", "two"],
      parent: { key: of.kind === "clickup" ? above.id : above.key, title: above.title },
      epic: { key: "55", title: "Relaunch" },
      assignee: { name: "Dev One", email: "dev.one@example.com" },
      estimateMinutes: 60,
      loggedMinutes: 30,
    };
    standin.add({ key: of.key(1), title: "One", ...ticket });
    standin.add({ key: of.key(2), title: "Two", ...ticket });
    connection = { ...connect(of, standin), limits: { timeoutMs: 8000, attempts: 1 } };
  });

  afterAll(() => standin.close());

  it("throws at none of them, answers for each key, and gives out nothing unfit", async () => {
    const keys = [of.key(1), of.key(2)];
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.nat(200), replacement, async (nth, place, other) => {
        const odd = { ...connection, fetch: altering(nth, place, other) };
        const read = await tracker.readTickets(odd, keys);
        if (!read.ok) {
          expect(["unexpected", "unavailable", "forbidden", "unauthorised", "rate_limited"]).toContain(read.code);
          return;
        }
        expect(read.value.map(({ key }) => key)).toEqual(keys);
        for (const answer of read.value) if ("ticket" in answer) expectFit(answer.ticket);
      }),
      { numRuns: 150 },
    );
  });

  it("says who it is, or that it cannot", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.nat(40), replacement, async (nth, place, other) => {
        const access = await tracker.checkAccess({ ...connection, fetch: altering(nth, place, other) });
        if (access.ok) expect(typeof access.value.account).toBe("string");
      }),
      { numRuns: 40 },
    );
  });

  it("writes no time twice because of them", async () => {
    const { worklog } = tracker;
    if (worklog === undefined) return;
    const ticket = standin.ticket(of.key(1));
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.nat(40), replacement, async (nth, place, other) => {
        count += 1;
        const entry = {
          key: of.key(1),
          startedAt: "2026-03-02T09:00:00Z",
          seconds: 600,
          comment: "Work",
          marker: `#m${count}.`,
        };
        await worklog.log({ ...connection, fetch: altering(nth, place, other) }, entry);
        const logged = await worklog.log(connection, entry);
        expect(logged.ok).toBe(true);
        expect(ticket.worklogs.filter(({ comment }) => comment.includes(entry.marker))).toHaveLength(1);
        standin.touch(ticket, { worklogs: [] });
      }),
      { numRuns: 40 },
    );
  });
});
