/** A system that was taken over, or is broken in ways nobody thought of, must not hurt: each answer is changed in one place. */
import { trackerFor } from "@billhook/trackers/registry";
import type { TicketAnswer } from "@billhook/trackers/tracker";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cases, connect, secret } from "./cases.ts";
import type { TrackerStandin } from "./server.ts";

const hostile = fc.oneof(
  fc.constantFrom<unknown>(null, [], {}, -1, 1e308, "", "x".repeat(100_000), true, ["\u0000"], { name: { name: {} } }),
  fc.constantFrom<unknown>(
    "javascript:alert(1)",
    "\uD800\u202E\u0000",
    "../../..",
    "__proto__",
    "2026-99-99T00:00:00Z",
  ),
  fc.jsonValue(),
);

/** `place` chooses one of the values, the outermost among them. */
function replaceOne(value: unknown, place: number, by: unknown): unknown {
  const size = countOf(value);
  let left = place % size;
  const visit = (inner: unknown): unknown => {
    if (left === 0) {
      left -= 1;
      return by;
    }
    left -= 1;
    if (Array.isArray(inner)) return inner.map(visit);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([name, of]) => [name, visit(of)]));
  };
  return visit(value);
}

function countOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, inner) => sum + countOf(inner), 0);
}

describe.each(cases)("the client of $kind", (of) => {
  const tracker = trackerFor(of.kind);
  let standin: TrackerStandin;

  beforeAll(async () => {
    standin = await of.start({ tokens: [secret], rateLimit: { requests: 1_000_000, windowSeconds: 3600 } });
    const parent = { key: of.key(2), title: "Checkout" };
    const assignee = { name: "Dev One", email: "dev.one@example.com" };
    standin.add({ key: of.key(1), title: "One", labels: ["a", "b"], parent, epic: parent, assignee });
    standin.add({ ...parent });
  });

  afterAll(() => standin.close());

  it("answers for each key, in words that can be stored, whatever is put into its answers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(3), hostile, async (place, request, value) => {
        let count = 0;
        const tampered: typeof fetch = async (input, init) => {
          const response = await fetch(input, init);
          const text = await response.text();
          const isChosen = count === request;
          count += 1;
          if (!isChosen || !text.startsWith("{")) return new Response(text, response);
          const body = JSON.stringify(replaceOne(JSON.parse(text), place, value));
          return new Response(body, { status: response.status, headers: { "content-type": "application/json" } });
        };
        const limits = { attempts: 1, timeoutMs: 5000 };
        const connection = { ...connect(of, standin), fetch: tampered, limits };
        const keys = [of.key(1), of.key(2), of.key(3)];
        const read = await tracker.readTickets(connection, keys);
        if (!read.ok) return;
        expect(read.value.map(({ key }) => key)).toEqual(keys);
        for (const answer of read.value) checkWords(answer);
      }),
      { numRuns: 60 },
    );
  });
});

function checkWords(answer: TicketAnswer): void {
  const words = JSON.stringify(answer);
  expect(words.length).toBeLessThan(20_000);
  expect(words).not.toMatch(/\\u0000|\\ud[89a-f]|\u202E/i);
  if (answer.outcome !== "found" && answer.outcome !== "moved") return;
  const { key, externalId, url, estimateMinutes, loggedMinutes, updatedAt, labels, title } = answer.ticket;
  for (const known of [key, externalId]) expect(known).toMatch(/^[\w./#=-]{1,200}$/);
  if (url !== null) expect(url).toMatch(/^https?:\/\//i);
  for (const minutes of [estimateMinutes, loggedMinutes]) {
    if (minutes !== null) expect(Number.isInteger(minutes) && minutes >= 0).toBe(true);
  }
  if (updatedAt !== null) expect(new Date(updatedAt).toISOString()).toBe(updatedAt);
  expect(labels.every((label) => typeof label === "string" && label.length <= 200)).toBe(true);
  expect(typeof title).toBe("string");
}
