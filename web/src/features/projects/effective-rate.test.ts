import { expect, test } from "vitest";
import { effectiveRate } from "./effective-rate.ts";

const none = { hourly_rate_minor: null };

test("the project's rate goes before the client's, and the client's before the workspace's", () => {
  const workspace = { hourly_rate_minor: 1, currency: "EUR" };
  const client = { hourly_rate_minor: 2, currency: "EUR" };
  expect(effectiveRate({ hourly_rate_minor: 0 }, client, workspace)).toEqual({ minor: 0, from: "project" });
  expect(effectiveRate(none, client, workspace)).toEqual({ minor: 2, from: "client" });
  expect(effectiveRate(none, { ...client, ...none }, workspace)).toEqual({ minor: 1, from: "workspace" });
});

test("a workspace's rate in another currency is no rate", () => {
  expect(effectiveRate(none, { ...none, currency: "JPY" }, { hourly_rate_minor: 1, currency: "EUR" })).toBeNull();
});
