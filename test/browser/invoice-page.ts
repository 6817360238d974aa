import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { extractText, getDocumentProxy } from "unpdf";
import { expect } from "vitest";
import { toastOf } from "./inbox-page.ts";

export const lineRows = (page: Page) =>
  page.getByRole("table").getByRole("button", { name: /^What line \d+ stands on/u });
export const about = (page: Page) => page.getByRole("complementary", { name: "About this invoice" });
export const stateOf = (page: Page) => page.getByRole("banner").or(page.locator("main header")).first();

/** Opens the PDF on the page, downloads it, and answers its text. */
export async function readPdf(page: Page, number: string): Promise<string> {
  await page.getByRole("group", { name: "View" }).getByRole("button", { name: "PDF" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${number}.pdf`);
  const bytes = await readFile(await download.path());
  expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
  await page.getByRole("group", { name: "View" }).getByRole("button", { name: "Lines" }).click();
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: true });
  return text;
}

/** Opens the page at Stripe where the client pays, in a second tab. */
export async function openPaymentPage(page: Page): Promise<Page> {
  const [hosted] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("link", { name: "Open the payment page" }).click(),
  ]);
  return hosted;
}

/** Sends the invoice, pays it in a second tab, and answers how long the first one took to say so. */
export async function sendAndPay(page: Page, number: string, amountAtStripe: string): Promise<number> {
  await page.getByRole("button", { name: "Send with Stripe" }).click();
  await toastOf(page, `${number} is with the client`).waitFor();
  const loads: string[] = [];
  page.on("load", () => loads.push(page.url()));
  const hosted = await openPaymentPage(page);
  await hosted.getByRole("heading", { name: amountAtStripe }).waitFor();
  expect(await hosted.locator("main").innerText()).toContain(`Invoice ${number}`);
  await hosted.getByRole("button", { name: `Pay ${amountAtStripe}`, exact: true }).click();
  await hosted.getByText("This invoice is paid.").waitFor();
  const paidAt = Date.now();
  await page.bringToFront();
  await stateOf(page).getByText("Paid", { exact: true }).waitFor();
  const waited = Date.now() - paidAt;
  expect(loads).toEqual([]);
  await hosted.close();
  return waited;
}
