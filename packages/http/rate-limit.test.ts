import { describe, expect, it } from "vitest";
import { isLimit, readBudget, readWait } from "./rate-limit.ts";

const now = Date.UTC(2026, 2, 1, 12);
const epoch = now / 1000;
const headers = (init: Record<string, string>): Headers => new Headers(init);

describe("the budget", () => {
  it("is read from GitHub's headers", () => {
    const said = { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999", "x-ratelimit-reset": `${epoch + 60}` };
    expect(readBudget(headers(said), now)).toEqual({
      limit: 5000,
      remaining: 4999,
      resetAt: "2026-03-01T12:01:00.000Z",
    });
  });

  it("is read from GitLab's headers, and where the reset is given in seconds from now", () => {
    const said = { "ratelimit-limit": "2000", "ratelimit-remaining": "3", "ratelimit-reset": "30" };
    expect(readBudget(headers(said), now)).toEqual({ limit: 2000, remaining: 3, resetAt: "2026-03-01T12:00:30.000Z" });
  });

  it("is read from the headers of help desks, each in its own words", () => {
    const zendesk = { "x-rate-limit": "700", "x-rate-limit-remaining": "699", "ratelimit-reset": "41" };
    expect(readBudget(headers(zendesk), now)).toEqual({
      limit: 700,
      remaining: 699,
      resetAt: "2026-03-01T12:00:41.000Z",
    });
    const freshdesk = { "x-ratelimit-total": "200", "x-ratelimit-remaining": "150" };
    expect(readBudget(headers(freshdesk))).toEqual({ limit: 200, remaining: 150, resetAt: null });
    const helpScout = { "x-ratelimit-limit-minute": "400", "x-ratelimit-remaining-minute": "0" };
    expect(readBudget(headers(helpScout))).toEqual({ limit: 400, remaining: 0, resetAt: null });
    expect(readWait(headers({ ...helpScout, "x-ratelimit-retry-after": "12" }))).toBe(12);
    expect(readBudget(headers({ "x-rate-limit-remaining-v3": "4990" }))?.remaining).toBe(4990);
  });

  it("is read from Linear's headers, which tell the reset in milliseconds", () => {
    const said = {
      "x-ratelimit-requests-limit": "5000",
      "x-ratelimit-requests-remaining": "0",
      "x-ratelimit-requests-reset": String(now + 60_000),
    };
    expect(readBudget(headers(said), now)).toEqual({ limit: 5000, remaining: 0, resetAt: "2026-03-01T12:01:00.000Z" });
    expect(readWait(headers(said), now)).toBe(60);
  });

  it("is read from Jira's headers, which tell the reset as a date", () => {
    const said = { "x-ratelimit-limit": "350", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-03-01T12:00Z" };
    expect(readBudget(headers(said))).toEqual({ limit: 350, remaining: 0, resetAt: "2026-03-01T12:00:00.000Z" });
  });

  it("is at most a fifth where Bitbucket says that the limit is near", () => {
    const limit = { "x-ratelimit-limit": "1000" };
    expect(readBudget(headers({ ...limit, "x-ratelimit-nearlimit": "true" }))?.remaining).toBe(200);
    expect(readBudget(headers({ ...limit, "x-ratelimit-nearlimit": "false" }))?.remaining).toBeNull();
  });

  it("is none where the host says nothing, or nonsense", () => {
    expect(readBudget(headers({}))).toBeNull();
    expect(readBudget(headers({ "x-ratelimit-remaining": "-1", "x-ratelimit-reset": "soon" }))).toBeNull();
    expect(readBudget(headers({ "x-ratelimit-reset": "999999999999" }))?.resetAt).toBeNull();
  });
});

describe("the wait", () => {
  it("is what the host asks for, in seconds or as a date", () => {
    expect(readWait(headers({ "retry-after": "7" }), now)).toBe(7);
    expect(readWait(headers({ "retry-after": "Sun, 01 Mar 2026 12:00:09 GMT" }), now)).toBe(9);
    expect(readWait(headers({ "retry-after": "Sun, 01 Mar 2026 11:00:00 GMT" }), now)).toBe(0);
  });

  it("is until the budget is full again where nothing is left of it", () => {
    const reset = { "x-ratelimit-reset": `${epoch + 90}` };
    expect(readWait(headers({ ...reset, "x-ratelimit-remaining": "0" }), now)).toBe(90);
    expect(readWait(headers({ ...reset, "x-ratelimit-remaining": "5" }), now)).toBeNull();
    expect(readWait(headers({ "retry-after": "whenever" }), now)).toBeNull();
  });
});

describe("a limit", () => {
  it("is told from a refusal", () => {
    expect(isLimit(429, headers({}), "")).toBe(true);
    expect(isLimit(403, headers({}), '{"message":"You have exceeded a secondary rate limit."}')).toBe(true);
    expect(isLimit(403, headers({ "retry-after": "60" }), "")).toBe(true);
    expect(isLimit(403, headers({ "x-ratelimit-remaining": "0" }), "")).toBe(true);
    expect(isLimit(403, headers({ "x-ratelimit-remaining": "12" }), "Resource not accessible")).toBe(false);
    expect(isLimit(500, headers({ "retry-after": "60" }), "")).toBe(false);
  });
});
