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

test("a rate from a day on takes the place of the field from that day, and the client's special rate that of every other", () => {
  const [project, client, workspace] = [
    { id: "p", hourly_rate_minor: 100 },
    { id: "c", hourly_rate_minor: 200, currency: "EUR" },
    { hourly_rate_minor: 300, currency: "EUR" },
  ];
  const rate = { client_id: null, project_id: null, person_id: null, currency: "EUR", valid_from: "2026-03-01" };
  const rates = [
    { ...rate, scope: "project", project_id: "p", hourly_rate_minor: 110 },
    { ...rate, scope: "project", project_id: "other", hourly_rate_minor: 120 },
    { ...rate, scope: "client_special", client_id: "c", hourly_rate_minor: 130, valid_from: "2026-04-01" },
  ];
  const on = (day: string) => effectiveRate(project, client, workspace, rates, day);
  expect(on("2026-02-28")).toEqual({ minor: 100, from: "project" });
  expect(on("2026-03-01")).toEqual({ minor: 110, from: "project" });
  expect(on("2026-04-01")).toEqual({ minor: 130, from: "client_special" });
});
