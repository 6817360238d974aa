import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchBrowser } from "../browser/chromium.ts";
import { startStack } from "../embedded/stack.ts";
import { DRAFTS, seedDrafts } from "./inbox-seed.ts";
import { median, quantile, type Row } from "./row.ts";

const OPENED = 5;

/** From the request for the page until a key moves in the list, in milliseconds. */
async function openInbox(page: Page): Promise<number> {
  const started = performance.now();
  await page.goto("/inbox", { waitUntil: "commit" });
  await page.locator("[data-draft]").first().waitFor();
  await page.keyboard.press("j");
  await page.locator("[role=grid][aria-activedescendant]").waitFor();
  return performance.now() - started;
}

/** Milliseconds from each key until the frame after it, as the page sees it. */
const timeKeys = (page: Page, keys: readonly string[]): Promise<number[]> =>
  page.evaluate(async (pressed) => {
    const times: number[] = [];
    for (const key of pressed) {
      const started = performance.now();
      (document.activeElement ?? document.body).dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
      );
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
      times.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return times;
  }, keys);

/** Milliseconds until the list stands in each grouping, and is narrowed to what is typed: each changes its first heading. */
const timeArrangements = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const heading = (): string => document.querySelector("[role=grid] button[aria-expanded]")?.textContent ?? "";
    const times: number[] = [];
    const change = async (label: string, event: string, value: string): Promise<void> => {
      const control = document.querySelector(`[aria-label="${label}"]`);
      if (control === null) throw new Error(`There is nothing to ${label}.`);
      const [before, started] = [heading(), performance.now()];
      // As the browser sets it: React looks for what changed past its own property.
      Reflect.set(Object.getPrototypeOf(control), "value", value, control);
      control.dispatchEvent(new Event(event, { bubbles: true }));
      while (heading() === before) {
        if (performance.now() - started > 10_000) throw new Error(`${label} "${value}" changed nothing.`);
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
      }
      times.push(performance.now() - started);
    };
    const groupings = ["ticket", "epic", "date", "week", "repository", "person", "category", "project"];
    for (const grouping of groupings) await change("Group by", "change", grouping);
    for (const text of ["7", "77", "778", ""]) await change("Filter by words", "input", text);
    return times;
  });

/** Milliseconds between the frames while the list is scrolled through. */
const timeFrames = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const grid = document.querySelector("[role=grid]");
    const frames: number[] = [];
    let before = performance.now();
    for (let frame = 0; frame < 180; frame += 1) {
      grid?.scrollBy(0, 90);
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = performance.now();
      frames.push(now - before);
      before = now;
    }
    return frames;
  });

/** Milliseconds of processor time that the page's own thread took meanwhile: its scripts alone, and all it did. */
async function timeThread(page: Page, run: () => Promise<unknown>): Promise<{ script: number; all: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async (): Promise<Map<string, number>> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return new Map(metrics.map(({ name, value }) => [name, value * 1000]));
  };
  const before = await read();
  await run();
  const after = await read();
  await session.detach();
  const spent = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  return { script: spent("ScriptDuration"), all: spent("TaskDuration") };
}

/** The inbox of very many drafts as a person meets it: opened, moved about in by the keyboard, and scrolled. */
export async function measureInboxOpen(): Promise<Row[]> {
  const dataFolder = await mkdtemp(join(tmpdir(), "billhook-bench-"));
  const stack = await startStack({ dataFolder, port: 0, demo: "account", schedules: false });
  const browser = await launchBrowser();
  try {
    const { demo } = stack;
    if (demo === undefined) throw new Error("The stack has no demo account.");
    const [project] = await stack.query<{ client_id: string }>("select client_id from public.projects where id = $1", [
      demo.project_id,
    ]);
    await stack.query(seedDrafts(demo.workspace_id, project?.client_id ?? "", demo.project_id));
    const page = await browser.newPage({ baseURL: stack.appUrl, viewport: { width: 1440, height: 900 } });
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Use the demo account" }).click();
    await page.locator("[data-draft]").first().waitFor();
    const opened: number[] = [];
    for (let time = 0; time < OPENED; time += 1) {
      // What the page before it asked for would still be answered.
      await page.getByText(/^Loading \d/u).waitFor({ state: "hidden" });
      opened.push(await openInbox(page));
    }
    await page.getByText(/^Loading \d/u).waitFor({ state: "hidden" });
    const keys = await timeKeys(page, "jjjjjkkjjxjxjxjjj".split(""));
    const arrangements = await timeArrangements(page);
    let frames: number[] = [];
    const thread = await timeThread(page, async () => {
      frames = await timeFrames(page);
    });
    const sorted = (times: number[]): number[] => times.toSorted((a, b) => a - b);
    const count = DRAFTS.toLocaleString("en");
    return [
      {
        name: `inbox of ${count} drafts, from the address to the first key`,
        value: median(opened),
        unit: "ms",
        baseline: 1000,
        against: "the budget",
      },
      {
        name: `a key in ${count} drafts, slowest of ${keys.length}`,
        value: quantile(sorted(keys), 1),
        unit: "ms",
        baseline: 100,
        against: "the budget",
      },
      {
        name: `another grouping or filter of ${count} drafts, slowest of ${arrangements.length}`,
        value: quantile(sorted(arrangements), 1),
        unit: "ms",
        baseline: 100,
        against: "the budget of a key",
      },
      {
        name: `a frame while scrolling ${count} drafts, 95th percentile`,
        value: quantile(sorted(frames), 0.95),
        unit: "ms",
        baseline: 1000 / 60,
        against: "sixty frames a second; painted by the processor, of which it is the largest part",
      },
      {
        name: `scripts in a frame while scrolling ${count} drafts`,
        value: thread.script / frames.length,
        unit: "ms",
        baseline: 8,
        against: "half a frame, of processor time",
      },
      {
        name: `the page's thread in a frame while scrolling ${count} drafts`,
        value: thread.all / frames.length,
        unit: "ms",
        baseline: 1000 / 60,
        against: "a frame, of processor time: scripts, style, layout and what is to be painted",
      },
    ];
  } finally {
    await browser.close();
    await stack.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}
