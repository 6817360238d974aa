import { formatDuration } from "@billhook/domain/duration";
import { expect, test } from "vitest";
import { type Draft, expectSoon, expectText, gridOf, headingOf, inboxReady, readDrafts } from "./inbox-page.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct();

const openDrafts = async (): Promise<Draft[]> =>
  (await readDrafts(product.demo.database, product.demo.workspaceId)).filter(
    (row) => row.status === "draft" && row.deferred_until === null,
  );

async function openInbox(search = "") {
  const page = await product.openSignedIn(`/inbox${search}`);
  await inboxReady(page);
  return page;
}

const hoursOf = (rows: readonly Draft[]): string =>
  formatDuration(
    rows.reduce((sum, { minutes }) => sum + minutes, 0),
    "hm",
    "en",
  );

test("groups stand within groups with totals of their own, and the heading of what is in view stays at the top", async () => {
  const page = await openInbox("?group=project&within=ticket");
  const rows = (await openDrafts()).filter((row) => row.ticket_key === "LARK-86");
  await expectText(headingOf(page, "LARK-86")).toContain(hoursOf(rows));
  const outer = headingOf(page, "Larkmoor Analytics, Inc. / Reporting dashboard");
  await expectText(outer).toContain(
    hoursOf((await openDrafts()).filter((row) => row.project_name === "Reporting dashboard")),
  );
  await page.setViewportSize({ width: 1440, height: 500 });
  await gridOf(page).evaluate((grid) => grid.scrollTo(0, 260));
  // At the top of the list, beneath its column heads.
  const below = async (): Promise<number> =>
    ((await outer.boundingBox())?.y ?? Infinity) - ((await gridOf(page).boundingBox())?.y ?? 0);
  await expectSoon(below).toBeLessThan(50);
  expect(await below()).toBeGreaterThanOrEqual(0);
});

test("filters by everything a line shows, all of it in the address", async () => {
  const page = await openInbox();
  const flagged = (await openDrafts()).filter((row) => row.flags.length > 0);
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("checkbox", { name: "Flagged" }).check();
  await expectSoon(() => gridOf(page).locator("[data-draft]").count()).toBe(flagged.length);
  await page.getByRole("checkbox", { name: "Flagged" }).uncheck();
  await page.getByLabel("Hours, at least").fill("1.25");
  await page.getByLabel("Ticket", { exact: true }).selectOption("LARK-86");
  const long = (await openDrafts()).filter((row) => row.minutes >= 75 && row.ticket_key === "LARK-86");
  await expectSoon(() => gridOf(page).locator("[data-draft]").count()).toBe(long.length);
  await page.getByLabel("Sort by").selectOption({ label: "Sorted by amount, up" });
  await page.reload();
  await expectSoon(() => gridOf(page).locator("[data-draft]").count()).toBe(long.length);
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
    minHours: "1.25",
    ticket: "LARK-86",
    by: "amount",
    sort: "asc",
  });
  await page.getByRole("button", { name: "Show all" }).click();
  await expectSoon(() => gridOf(page).locator("[data-draft]").count()).toBeGreaterThan(30);
});

test("a view is kept under a name, opens the inbox, and is gone when it is deleted", async () => {
  const page = await openInbox("?group=week&within=person");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Name of the view").fill("Weeks");
  await page.getByLabel("Name of the view").press("Enter");
  await page.getByRole("button", { name: "Open the inbox with Weeks" }).click();
  await page.getByRole("button", { name: "Open the inbox without Weeks" }).waitFor();
  await page.goto("/inbox");
  await page.getByRole("button", { name: "View: Weeks" }).waitFor();
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ group: "week", within: "person" });
  await page.getByRole("button", { name: "View: Weeks" }).click();
  await page.getByRole("button", { name: "Delete Weeks" }).click();
  await page.getByText("Keep what you look at often under a name.").waitFor();
});
