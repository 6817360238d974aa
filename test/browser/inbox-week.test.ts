import { expect, test } from "vitest";
import { countOf, expectSoon, inboxReady, readDrafts, toastOf } from "./inbox-page.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct();

const MOST_KEYS = 40;

test("a week of forty lines becomes finalised invoices with at most forty keystrokes and no mouse", async () => {
  const { database, workspaceId } = product.demo;
  const waiting = async () =>
    (await readDrafts(database, workspaceId)).filter(
      (row) => (row.status === "draft" && row.deferred_until === null) || row.status === "approved",
    );
  const week = await waiting();
  expect(week.length).toBeGreaterThanOrEqual(40);

  const page = await product.openSignedIn("/inbox");
  await inboxReady(page);
  await page.getByRole("button", { name: "Keys" }).waitFor();
  let pressed = 0;
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) {
      await page.keyboard.press(key);
      pressed += 1;
    }
  };
  /** On an invoice draft's page: finalises it. */
  const finalise = async (): Promise<void> => {
    await page.getByRole("heading", { name: "Draft invoice" }).waitFor();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: /^What line 1 stands on/u }).waitFor();
    await press("Control+Enter");
    await page.getByRole("dialog", { name: "Finalise this invoice?" }).getByText(/^INV-/u).waitFor();
    // The first button keeps the draft: what cannot be undone wants a step of its own.
    await press("Tab", "Enter");
    await page.getByRole("heading", { name: /^INV-/u, level: 1 }).waitFor();
  };
  const invoice = async (): Promise<void> => {
    await press("n");
    const dialog = page.getByRole("dialog", { name: /^Invoice / });
    await dialog.getByRole("button", { name: /on the invoice$/u }).waitFor();
    await press("Enter");
    await finalise();
  };

  // What had been approved is looked at once more with the rest.
  await press("3");
  await expectSoon(() => new URL(page.url()).searchParams.get("tab")).toBe("approved");
  await press("*", "r");
  await toastOf(page, /^Brought \d lines? back/u).waitFor();
  await press("1");
  await expectSoon(() => countOf(page, "Open")).toBe(week.length);
  // One client's lines by a word, then all of what is left.
  await press("/", "l", "a", "r", "k");
  await expectSoon(() => new URL(page.url()).searchParams.get("q")).toBe("lark");
  await press("Enter", "*");
  await page.getByRole("toolbar", { name: "Selected lines" }).waitFor();
  await invoice();
  await press("g", "i");
  await inboxReady(page);
  await press("*");
  await page.getByRole("toolbar", { name: "Selected lines" }).waitFor();
  await invoice();

  await expectSoon(async () => (await waiting()).length).toBe(0);
  const invoices = await database.from("invoices").select("status").eq("workspace_id", workspaceId);
  expect(invoices.data?.every(({ status }) => status !== "draft")).toBe(true);
  expect(pressed).toBeLessThanOrEqual(MOST_KEYS);
}, 90_000);
