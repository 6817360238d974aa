/** The inbox as a person finds their way in it: by what is written there. */
import { settle } from "@billhook/database/client";
import type { BillhookClient } from "@billhook/database/client";
import { lineTotalMinor } from "@billhook/domain/money";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

export const gridOf = (page: Page): Locator => page.getByRole("grid");

/** The line whose description has these words. */
export const lineOf = (page: Page, words: string): Locator => gridOf(page).getByRole("row").filter({ hasText: words });

/** The heading of a group. */
export const headingOf = (page: Page, name: string): Locator =>
  gridOf(page)
    .getByRole("row")
    .filter({ has: page.getByRole("checkbox", { name: `Select all of ${name}`, exact: true }) });

export const tabOf = (page: Page, name: "Open" | "Deferred" | "Approved" | "Ignored"): Locator =>
  page.getByRole("group", { name: "Status" }).getByRole("button", { name: new RegExp(`^${name}`, "u") });

/** How many lines a tab says it has. */
export async function countOf(page: Page, tab: Parameters<typeof tabOf>[1]): Promise<number> {
  return Number((await tabOf(page, tab).innerText()).replaceAll(/\D/gu, ""));
}

/** The list is there, with all its lines. */
export async function inboxReady(page: Page): Promise<void> {
  await gridOf(page).waitFor();
  await page.getByText(/^Loading \d/u).waitFor({ state: "hidden" });
}

/** Moves the keyboard to a line with j, from the first one on; each press is waited for. */
export async function moveTo(page: Page, line: Locator): Promise<void> {
  const id = `draft-${(await line.getAttribute("data-draft")) ?? ""}`;
  const active = (): Promise<string | null> => gridOf(page).getAttribute("aria-activedescendant");
  const first = gridOf(page).locator("[data-draft]").first();
  await page.keyboard.press("Home");
  await expectSoon(active).toBe(`draft-${(await first.getAttribute("data-draft")) ?? ""}`);
  for (let at = await active(); at !== id; at = await active()) {
    const before = at;
    await page.keyboard.press("j");
    await expectSoon(active, "j does not reach the line").not.toBe(before);
  }
}

export const toastOf = (page: Page, words: string | RegExp): Locator =>
  page
    .getByRole("region", { name: /Notifications/u })
    .getByRole("listitem")
    .filter({ hasText: words });

/** The buttons of a line show when the pointer is on it. */
export async function pressOn(line: Locator, name: string): Promise<void> {
  await line.hover();
  await line.getByRole("button", { name, exact: true }).click();
}

/** Opens a field of a line by clicking on what is written there. */
export async function editLine(
  page: Page,
  line: Locator,
): Promise<{ description: Locator; hours: Locator; rate: Locator }> {
  await moveTo(page, line);
  await page.keyboard.press("e");
  const field = (name: string): Locator => gridOf(page).getByRole("textbox", { name, exact: true });
  await field("Description").waitFor();
  return { description: field("Description"), hours: field("Hours"), rate: field("Rate per hour") };
}

export interface Draft {
  id: string;
  description: string;
  minutes: number;
  hourly_rate_minor: number | null;
  total_minor: number | null;
  currency: string;
  billable: boolean;
  status: string;
  deferred_until: string | null;
  version: number;
  ticket_key: string | null;
  epic: string | null;
  start_date: string;
  client_id: string;
  client_name: string;
  project_name: string;
  repository_name: string | null;
  flags: { code: string; message: string }[];
  source_type: string;
  commits: { short_hash: string }[];
}

/** The drafts that are not on an invoice, as the database has them. */
export async function readDrafts(database: BillhookClient, workspaceId: string): Promise<Draft[]> {
  const found = await settle(
    database.from("inbox_drafts").select("*").eq("workspace_id", workspaceId).is("invoice_id", null),
  );
  if (!found.ok) throw new Error(found.error.cause);
  return found.value as unknown as Draft[];
}

/** The one draft whose description has these words. */
export async function readDraft(database: BillhookClient, workspaceId: string, words: string): Promise<Draft> {
  const matching = (await readDrafts(database, workspaceId)).filter((draft) => draft.description.includes(words));
  const [draft] = matching;
  if (draft === undefined || matching.length !== 1) throw new Error(`${matching.length} drafts say "${words}"`);
  return draft;
}

/** What lines come to in one currency, in minor units, by the rule that everything billed is computed by. */
export const sumOf = (
  drafts: readonly Pick<Draft, "minutes" | "hourly_rate_minor" | "currency" | "billable">[],
  currency: string,
): number =>
  drafts
    .filter((draft) => draft.currency === currency && draft.billable && draft.hourly_rate_minor !== null)
    .reduce((sum, draft) => sum + lineTotalMinor(draft.minutes * 60, draft.hourly_rate_minor ?? 0), 0);

/** Milliseconds in which a page comes to be as expected, on a machine that is busy. */
const PATIENCE = 10_000;

/** Waits until what is read is as expected. */
export const expectSoon = <Value>(read: () => Value | Promise<Value>, message?: string) =>
  expect.poll(read, { timeout: PATIENCE, ...(message === undefined ? {} : { message }) });

/** Waits until a text on the page is as expected; the message shows what it was. */
export const expectText = (locator: Locator) => expectSoon(() => locator.innerText());
