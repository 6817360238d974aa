import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addDays, localDay, weekStart } from "@billhook/domain/timezone";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { atLocalTime, workingDaysBefore } from "./demo-calendar.ts";
import { startDemoTrackers } from "./demo-trackers.ts";
import { type Demo, seedDemo } from "./demo.ts";
import { type Stack, startStack } from "./stack.ts";

let folder = "";
let stack: Stack;
const count = async (from: string): Promise<number> => {
  const [row] = await stack.query<{ count: number }>(`select count(*)::integer as count from ${from}`);
  return row?.count ?? 0;
};

describe("the demo", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "billhook-demo-"));
    stack = await startStack({ dataFolder: folder, port: 0, demo: "work", withoutWebApp: true, schedules: false });
  });
  afterAll(async () => {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("has two clients in two currencies, three projects with their own rates, and repositories on three hosts", async () => {
    const clients = await stack.query<{ currency: string }>("select currency from clients order by currency");
    expect(clients.map(({ currency }) => currency)).toEqual(["EUR", "USD"]);
    expect(await count("(select distinct hourly_rate_minor from projects) p")).toBe(3);
    const hosts = await stack.query<{ provider: string }>(
      "select provider from repositories where bound_at is not null order by 1",
    );
    expect(hosts.map(({ provider }) => provider)).toEqual(["bitbucket", "github", "gitlab"]);
  });

  test("has about forty drafts of the last five working days, some flagged, one deferred, some with an epic", async () => {
    const open = await count("draft_line_items where status = 'draft'");
    expect(open).toBeGreaterThanOrEqual(35);
    expect(open).toBeLessThanOrEqual(45);
    const [first = ""] = workingDaysBefore(localDay(new Date().toISOString(), "Europe/Berlin"), 5);
    expect(await count(`draft_line_items where status = 'draft' and start_date < '${first}'`)).toBe(0);
    expect(await count("draft_line_items where start_date >= current_date + 1")).toBe(0);
    expect(await count("draft_line_items where status = 'draft' and flags <> '[]'")).toBeGreaterThanOrEqual(3);
    expect(await count("draft_line_items where deferred_until > current_date")).toBe(1);
    expect(await count("draft_line_items where status = 'draft' and epic is not null")).toBeGreaterThan(10);
    expect(await count("tickets where state = 'found'")).toBeGreaterThan(30);
    expect(await count("tickets where state <> 'found'")).toBe(0);
    expect(await count("draft_line_items where status = 'approved'")).toBe(3);
    expect(await count("draft_line_items where estimate_method = 'explicit'")).toBeGreaterThan(20);
  });

  test("has a merge and a program's commit left out by rule, and one draft left out by the developer", async () => {
    const rules = await stack.query<{ rule: string }>(
      "select ignored_rule as rule from commits where status = 'ignored' order by 1",
    );
    expect(rules.map(({ rule }) => rule)).toEqual(["bot", "merge", "person"]);
  });

  test("has one invoice that Stripe says is paid, and one that is sent and open", async () => {
    const invoices = await stack.query<{
      status: string;
      currency: string;
      sent: boolean;
      total: number;
      lines: number;
    }>(
      `select status, currency, sent_at is not null as sent, total_minor::integer as total,
        (select sum(total_minor)::integer from invoice_lines l where l.invoice_id = i.id) as lines from invoices i order by number`,
    );
    expect(invoices).toMatchObject([
      { status: "paid", currency: "USD", sent: true },
      { status: "open", currency: "EUR", sent: true },
    ]);
    for (const { total, lines } of invoices) expect(total).toBe(lines);
    expect(await count("stripe_events where outcome = 'mismatch'")).toBe(0);
  });
});

const steps = [
  "POST /auth/v1/signup",
  "POST /rest/v1/rpc/create_workspace",
  "POST /rest/v1/clients",
  "POST /rest/v1/projects",
  "POST /api/trackers",
  "POST /api/repositories",
  "POST /api/webhooks/gitlab",
  "GET /rest/v1/webhook_deliveries",
  "POST /rest/v1/rpc/approve_drafts",
  "POST /api/stripe/accounts",
  "POST /rest/v1/rpc/create_invoice",
  "POST /rest/v1/rpc/finalise_invoice",
  "POST /api/invoices",
  "POST /i/",
];

test("a demo that is interrupted at every step is in the end made once", { timeout: 120_000 }, async () => {
  const interrupted = await mkdtemp(join(tmpdir(), "billhook-demo-"));
  const started = await startStack({
    dataFolder: interrupted,
    port: 0,
    demo: "none",
    withoutWebApp: true,
    schedules: false,
  });
  const target = { ...started, demoEmail: "demo@billhook.example", demoPassword: "correct horse" };
  const systems = await startDemoTrackers(interrupted);
  const progress = join(interrupted, "demo-progress.json");
  const network = globalThis.fetch;
  try {
    for (const step of steps) {
      // The step is done and its answer is lost: what a process that is killed leaves behind.
      vi.stubGlobal("fetch", async (input: string | URL | Request, init?: RequestInit) => {
        const answer = await network(input, init);
        const address = input instanceof Request ? input.url : String(input);
        const isStep = `${init?.method ?? "GET"} ${new URL(address).pathname}`.startsWith(step);
        return isStep ? Response.json({ message: "interrupted" }, { status: 418 }) : answer;
      });
      await expect(seedDemo(target, true, progress, systems.trackers), step).rejects.toThrow();
      vi.unstubAllGlobals();
    }
    const demo = await seedDemo(target, true, progress, systems.trackers);
    const facts = async () =>
      started.query(`select (select count(*)::integer from workspaces) as workspaces,
        (select count(*)::integer from projects) as projects,
        (select count(*)::integer from repositories where archived_at is null) as repositories,
        (select count(*)::integer from commits) as commits, (select count(*)::integer from draft_line_items) as drafts,
        (select count(*)::integer from time_entries) as entries,
        (select jsonb_agg(status order by number) from invoices) as invoices`);
    const once = await facts();
    expect(once).toMatchObject([
      { workspaces: 1, projects: 3, repositories: 3, entries: 22, invoices: ["paid", "open"] },
    ]);
    expect(await seedDemo(target, true, progress, systems.trackers)).toEqual(demo);
    expect(await facts()).toEqual(once);
  } finally {
    vi.unstubAllGlobals();
    await started.stop();
    await systems.stop();
    await rm(interrupted, { recursive: true, force: true });
  }
});

test("a stack without the demo's work has its account with one project to begin with", async () => {
  const empty = await mkdtemp(join(tmpdir(), "billhook-demo-"));
  const started = await startStack({
    dataFolder: empty,
    port: 0,
    demo: "account",
    withoutWebApp: true,
    schedules: false,
  });
  try {
    const demo: Demo | undefined = started.demo;
    expect(demo?.email).toBe("demo@billhook.example");
    const rows = await started.query<{ project: string; workspace: string }>(
      "select id as project, workspace_id as workspace from projects",
    );
    expect(rows).toEqual([{ project: demo?.project_id, workspace: demo?.workspace_id }]);
    expect(await started.query("select 1 from commits")).toEqual([]);
  } finally {
    await started.stop();
    await rm(empty, { recursive: true, force: true });
  }
});

test("working days leave weekends out and end before the day asked about", () => {
  expect(workingDaysBefore("2026-03-02", 3)).toEqual(["2026-02-25", "2026-02-26", "2026-02-27"]);
  expect(workingDaysBefore("2026-03-08", 5)).toEqual([
    "2026-03-02",
    "2026-03-03",
    "2026-03-04",
    "2026-03-05",
    "2026-03-06",
  ]);
  const days = workingDaysBefore("2026-01-01", 10);
  expect(days).toHaveLength(10);
  for (const day of days) expect([weekStart(day), addDays(weekStart(day), 5) > day]).toEqual([weekStart(day), true]);
});

test("a local time has the offset of its day, on both sides of a change of the clocks", () => {
  expect(atLocalTime("2026-03-27", "09:40", "Europe/Berlin")).toBe("2026-03-27T09:40:00+01:00");
  expect(atLocalTime("2026-03-30", "09:40", "Europe/Berlin")).toBe("2026-03-30T09:40:00+02:00");
  expect(atLocalTime("2026-03-29", "03:30", "Europe/Berlin")).toBe("2026-03-29T03:30:00+02:00");
  expect(atLocalTime("2026-01-02", "17:00", "America/Chicago")).toBe("2026-01-02T17:00:00-06:00");
  expect(atLocalTime("2026-01-02", "17:00", "UTC")).toBe("2026-01-02T17:00:00+00:00");
});
