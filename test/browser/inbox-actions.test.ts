import { formatDuration } from "@billhook/domain/duration";
import { describe, expect, test } from "vitest";
import {
  countOf,
  type Draft,
  editLine,
  expectSoon,
  expectText,
  gridOf,
  inboxReady,
  lineOf,
  moveTo,
  readDraft,
  readDrafts,
  tabOf,
  toastOf,
} from "./inbox-page.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct();

const drafts = (): Promise<Draft[]> => readDrafts(product.demo.database, product.demo.workspaceId);
const draft = (words: string): Promise<Draft> => readDraft(product.demo.database, product.demo.workspaceId, words);

async function openInbox(search = "") {
  const page = await product.openSignedIn(`/inbox${search}`);
  await inboxReady(page);
  return page;
}
type Page = Awaited<ReturnType<typeof openInbox>>;

/** What the open list shows of lines with these words: their hours. */
const hoursOf = (page: Page, words: string) =>
  lineOf(page, words).evaluateAll((rows) =>
    rows.map((row) => row.textContent?.match(/(?:\d+ h )?\d+ [hm](?=\D)/u)?.[0]),
  );

describe("splitting and merging", () => {
  test("s splits by hours and per cent into parts that come to the whole, and u joins them after a reload", async () => {
    const page = await openInbox();
    const words = "Released reservations";
    const before = await draft(words);
    await moveTo(page, lineOf(page, words));
    await page.keyboard.press("s");
    const dialog = page.getByRole("dialog", { name: "Split the line" });
    await dialog.getByRole("textbox", { name: "Size of part 1" }).fill("0:10");
    await dialog.getByRole("textbox", { name: "Description of part 1" }).fill("Released reservations: planned it");
    await dialog.getByText(`Together ${formatDuration(before.minutes, "hm", "en")}, as before`).waitFor();
    await dialog.getByRole("button", { name: "Add a part" }).click();
    await dialog.getByRole("textbox", { name: "Size of part 2" }).fill("90 %");
    await dialog.getByRole("textbox", { name: "Size of part 1" }).press("Enter");
    await dialog.getByText("The others leave nothing.").waitFor();
    await dialog.getByRole("textbox", { name: "Size of part 2" }).fill("20 %");
    await dialog.getByRole("textbox", { name: "Size of part 2" }).press("Enter");
    await toastOf(page, "Split the line into 3").waitFor();
    await expectSoon(() => lineOf(page, words).count()).toBe(3);
    const parts = (await drafts()).filter((row) => row.description.includes(words) && row.status === "draft");
    expect(parts.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(before.minutes);
    expect(parts.map(({ minutes }) => minutes)).toContain(10);

    await page.reload();
    await inboxReady(page);
    await page.keyboard.press("u");
    await toastOf(page, "Joined the parts again").waitFor();
    await expectSoon(() => lineOf(page, words).count()).toBe(1);
    expect(await hoursOf(page, words)).toEqual([formatDuration(before.minutes, "hm", "en")]);
  });

  test("m merges the selected lines into one with all their commits, which is taken apart from its evidence", async () => {
    const page = await openInbox("?q=LARK-86");
    const rows = (await drafts()).filter((row) => row.ticket_key === "LARK-86" && row.status === "draft");
    const minutes = rows.reduce((sum, row) => sum + row.minutes, 0);
    const open = await countOf(page, "Open");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("m");
    const words = page.getByRole("textbox", { name: "What the client reads" });
    await words.fill("Export schedules");
    await words.press("Enter");
    await toastOf(page, `Merged ${rows.length} lines into one`).waitFor();
    await expectText(lineOf(page, "Export schedules")).toContain(formatDuration(minutes, "hm", "en"));
    expect(await countOf(page, "Open")).toBe(open - rows.length + 1);
    await page.keyboard.press("Space");
    const pane = page.getByRole("complementary", { name: "Evidence" });
    await pane.getByText(`Commits (${rows.length})`).waitFor();
    await pane.getByRole("button", { name: "Take apart" }).click();
    await toastOf(page, "Put the lines back as they were").waitFor();
    await expectSoon(() => countOf(page, "Open")).toBe(open);

    // The taking apart is itself taken back, also after a reload, and then the merge.
    await page.reload();
    await inboxReady(page);
    await page.keyboard.press("u");
    await toastOf(page, "Merged the lines again").waitFor();
    await lineOf(page, "Export schedules").waitFor();
    await page.keyboard.press("u");
    await toastOf(page, "Took the merged line apart again").waitFor();
    await expectSoon(() => countOf(page, "Open")).toBe(open);
  });

  test("parts of a split go to a new invoice draft or to one that is there, and one u takes all of it back", async () => {
    const page = await openInbox();
    const words = "large reports instead";
    const { database, workspaceId } = product.demo;
    const invoiced = () =>
      database
        .from("inbox_drafts")
        .select("minutes")
        .eq("workspace_id", workspaceId)
        .ilike("description", "%large reports%")
        .not("invoice_id", "is", null);
    const split = async (invoice: RegExp): Promise<void> => {
      await moveTo(page, lineOf(page, words).last());
      await page.keyboard.press("s");
      const dialog = page.getByRole("dialog", { name: "Split the line" });
      await dialog.getByRole("textbox", { name: "Size of part 1" }).fill("0:05");
      const choice = dialog.getByRole("combobox", { name: "Invoice of part 1" });
      const option = choice.getByRole("option", { name: invoice }).first();
      await choice.selectOption((await option.getAttribute("value")) ?? "");
      await dialog.getByRole("textbox", { name: "Size of part 1" }).press("Enter");
      await dialog.waitFor({ state: "detached" });
    };
    await split(/^A new invoice draft/u);
    const toast = toastOf(page, "Split the line into 2, 1 of them on invoice drafts");
    await toast.first().waitFor();
    await expectSoon(() => lineOf(page, words).count()).toBe(1);
    await split(/^The draft of .+ \(1 line, /u);
    await expectSoon(async () => (await invoiced()).data).toEqual([{ minutes: 5 }, { minutes: 5 }]);
    // The newest stands first; that of the split before may still be there.
    await toast.first().getByRole("button", { name: "Undo" }).click();
    await toastOf(page, "Joined the parts again").waitFor();
    await expectSoon(async () => (await invoiced()).data).toEqual([{ minutes: 5 }]);
    await page.reload();
    await inboxReady(page);
    await page.keyboard.press("u");
    await toastOf(page, "Joined the parts again").waitFor();
    await expectSoon(async () => (await invoiced()).data).toEqual([]);
    expect((await database.from("invoices").select("id").eq("status", "draft")).data).toEqual([]);
  });
});

describe("one key each", () => {
  test("Shift+I ignores with a reason that is listed, and r brings it back", async () => {
    const page = await openInbox();
    const words = "Explained why a chart is empty";
    await moveTo(page, lineOf(page, words));
    await page.keyboard.press("Shift+I");
    await page.getByRole("dialog", { name: "Ignore the line" }).getByRole("textbox").fill("Our own mistake");
    await page.keyboard.press("Enter");
    await toastOf(page, "Ignored 1 line").waitFor();
    await tabOf(page, "Ignored").click();
    await expectText(lineOf(page, words)).toContain("Our own mistake");
    await moveTo(page, lineOf(page, words));
    await page.keyboard.press("r");
    await expectSoon(async () => (await draft(words)).status).toBe("draft");
  });

  test("f accepts a flag: it asks no more, and stays with the evidence", async () => {
    const flagged = (await drafts()).find((row) => row.status === "draft" && row.flags.length > 0);
    if (flagged === undefined) throw new Error("the demo has no flagged line");
    const page = await openInbox();
    const line = gridOf(page).locator(`[data-draft="${flagged.id}"]`);
    await moveTo(page, line);
    await page.keyboard.press("f");
    await toastOf(page, "Accepted the flag of 1 line").waitFor();
    await page.keyboard.press("Space");
    await page.getByRole("complementary", { name: "Evidence" }).getByText("Accepted.").first().waitFor();
    await page.keyboard.press("u");
    await toastOf(page, "Took the change to 1 line back").waitFor();
  });

  test("e edits date, project and billable too: Tab goes on, Enter saves, and the project's rate comes along", async () => {
    const page = await openInbox();
    const words = "Store export schedules";
    const before = await draft(words);
    await editLine(page, lineOf(page, words));
    await page.keyboard.press("Tab");
    const project = gridOf(page).getByRole("combobox", { name: "Project" });
    expect(await project.evaluate((element) => element === document.activeElement)).toBe(true);
    const other = (await drafts()).find((row) => row.project_name === "Warehouse sync" && row.status === "draft");
    await project.selectOption({ label: `${other?.client_name ?? ""} / Warehouse sync` });
    await gridOf(page).getByLabel("Date", { exact: true }).fill("2026-01-05");
    await expectText(
      lineOf(page, words)
        .or(gridOf(page).locator(`[data-draft="${before.id}"]`))
        .first(),
    ).toContain("€");
    await gridOf(page).getByLabel("Date", { exact: true }).press("Enter");
    await toastOf(page, "Saved 1 line").waitFor();
    expect(await draft(words)).toMatchObject({
      project_name: "Warehouse sync",
      currency: other?.currency,
      hourly_rate_minor: other?.hourly_rate_minor,
      start_date: "2026-01-05",
    });
    await page.keyboard.press("u");
    await toastOf(page, "Took the change to 1 line back").waitFor();
    expect(await draft(words)).toMatchObject({ project_name: before.project_name, start_date: before.start_date });
  });

  test("Shift+A approves onto a new invoice draft, and u takes both back", async () => {
    const page = await openInbox();
    const words = "directory groups to roles";
    await moveTo(page, lineOf(page, words));
    await page.keyboard.press("Shift+A");
    await toastOf(page, "Approved 1 line onto a new invoice draft").waitFor();
    await lineOf(page, words).waitFor({ state: "detached" });
    await page.reload();
    await inboxReady(page);
    await page.keyboard.press("u");
    await toastOf(page, "Brought 1 line back").waitFor();
    await lineOf(page, words).waitFor();
    const invoices = await product.demo.database.from("invoices").select("id").eq("status", "draft");
    expect(invoices.data).toEqual([]);
  });
});
