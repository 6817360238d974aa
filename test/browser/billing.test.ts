import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { expectSoon, expectText, gridOf, inboxReady, toastOf } from "./inbox-page.ts";
import { about, lineRows, readPdf, sendAndPay } from "./invoice-page.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct();

/** What the invoice on the page comes to. */
const readTotal = (page: Page): Promise<string> =>
  about(page)
    .locator("dt")
    .filter({ hasText: /^Total$/u })
    .locator("+ dd")
    .innerText();

/** Makes a tax of 19% and charges it by default. */
async function chargeTax(page: Page): Promise<void> {
  await page.goto("/settings");
  await page.getByRole("button", { name: "Add a tax" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a tax" });
  await dialog.getByLabel("Per cent").fill("19");
  await dialog.getByRole("button", { name: "Add the tax" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByLabel("Tax", { exact: true }).selectOption({ label: "VAT 19%" });
  await page.getByRole("button", { name: "Save the workspace" }).click();
  await toastOf(page, "Workspace saved").waitFor();
}

async function approveEverything(page: Page, client: string): Promise<void> {
  await page.goto("/inbox");
  await inboxReady(page);
  for (const box of await gridOf(page)
    .getByRole("checkbox", { name: new RegExp(`^Select all of ${client}`, "u") })
    .all())
    await box.check();
  await page.getByRole("toolbar", { name: "Selected lines" }).getByRole("button", { name: "Approve" }).click();
  await page.getByRole("toolbar", { name: "Selected lines" }).waitFor({ state: "detached" });
}

async function billClient(page: Page, client: string): Promise<void> {
  await page.goto("/clients");
  await page.getByRole("link", { name: client }).first().click();
  await page.getByRole("link", { name: "Bill this client" }).click();
  await page.getByRole("heading", { name: `Bill ${client}` }).waitFor();
  await page.getByRole("checkbox", { name: "Bill all lines" }).waitFor();
}

async function finalise(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Finalise", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Finalise the invoice" }).click();
  const heading = page.getByRole("heading", { name: /^INV-\d{4}-\d{4}$/u, level: 1 });
  await heading.waitFor();
  return heading.innerText();
}

test("a month is billed, voided, billed at a new rate, sent, paid, credited in full and billed once more", async () => {
  const page = await product.openSignedIn("/inbox");
  await approveEverything(page, "Larkmoor Analytics, Inc.");
  await billClient(page, "Larkmoor Analytics, Inc.");
  await page.getByRole("button", { name: "Make the invoice draft" }).click();
  await page.getByRole("heading", { name: "Draft invoice" }).waitFor();
  const first = await finalise(page);
  const total = await readTotal(page);
  await page.getByRole("button", { name: "Void", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Void the invoice" }).click();
  await page.locator("main header").getByText("Void", { exact: true }).waitFor();

  await page.goto("/clients");
  await page.getByRole("link", { name: "Larkmoor Analytics, Inc." }).first().click();
  await page.getByLabel("An hour in USD").fill("150");
  await page.getByRole("button", { name: "Set the rate" }).click();
  await page.getByRole("cell", { name: "$150.00", exact: true }).waitFor();
  await page.getByRole("button", { name: "Apply to unbilled work since…" }).click();
  const dialog = page.getByRole("dialog", { name: "Apply rates to unbilled work" });
  await dialog.getByLabel("Work since").fill("2020-01-01");
  await dialog.getByText(/ becomes \$/u).waitFor();
  await dialog.getByRole("button", { name: /^Apply to \d+ lines?$/u }).click();
  await dialog.waitFor({ state: "detached" });

  await billClient(page, "Larkmoor Analytics, Inc.");
  await page.getByLabel("A line for each").selectOption("project");
  await page.getByRole("row").filter({ hasText: "$150.00" }).first().waitFor();
  const promised = await page
    .getByRole("status")
    .filter({ hasText: / lines?, / })
    .locator("span")
    .last()
    .innerText();
  await page.getByRole("button", { name: "Make the invoice draft" }).click();
  await page.getByRole("heading", { name: "Draft invoice" }).waitFor();
  await expectSoon(() => lineRows(page).count()).toBe(1);
  const number = await finalise(page);
  expect(number).not.toBe(first);
  const dearer = await readTotal(page);
  expect(dearer).toBe(promised);
  expect(dearer).not.toBe(total);
  expect(await readPdf(page, number)).toContain(dearer);
  // The page where the client pays shows the same amount.
  await sendAndPay(page, number, dearer);
  await expectText(about(page)).toContain(`${dearer} received`);

  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Credit note…" }).click();
  const credit = page.getByRole("dialog", { name: `Credit ${number}` });
  await credit.getByLabel("Make its work billable again").check();
  await credit.getByRole("button", { name: `Credit ${dearer}` }).click();
  await page.getByRole("heading", { name: /^CN-\d{4}-\d{4}$/u, level: 1 }).waitFor();
  const note = await page.getByRole("heading", { level: 1 }).innerText();
  expect(await readTotal(page)).toBe(dearer);
  expect(await readPdf(page, note)).toContain(dearer);

  await billClient(page, "Larkmoor Analytics, Inc.");
  await page.getByLabel("A line for each").selectOption("project");
  await expectText(
    page
      .getByRole("status")
      .filter({ hasText: / lines?, / })
      .locator("span")
      .last(),
  ).toContain(dearer);
  await page.getByRole("button", { name: "Make the invoice draft" }).click();
  await page.getByRole("heading", { name: "Draft invoice" }).waitFor();
  const last = await finalise(page);
  expect(await readTotal(page)).toBe(dearer);
  expect(Number(last.slice(-4))).toBe(Number(number.slice(-4)) + 1);
});

test("a month is billed with tax and a fee, paid in part, credited by a line and settled", async () => {
  const page = await product.openSignedIn("/inbox");
  await chargeTax(page);
  await approveEverything(page, "Quillhaven Books Ltd");
  await billClient(page, "Quillhaven Books Ltd");
  await page
    .getByRole("checkbox", { name: /^Bill Warehouse sync, week/u })
    .first()
    .waitFor();
  const promised = await page.getByRole("status").filter({ hasText: "tax" }).locator("span").last().innerText();
  await page.getByRole("button", { name: "Make the invoice draft" }).click();
  await page.getByRole("heading", { name: "Draft invoice" }).waitFor();
  await expectText(about(page)).toContain(promised);
  await expectText(about(page)).toContain("VAT 19%");

  await page.getByRole("button", { name: "Add a line" }).click();
  const lineDialog = page.getByRole("dialog", { name: "Add a line" });
  await lineDialog.getByLabel("Description", { exact: true }).fill("Set-up fee");
  await lineDialog.getByLabel("Price of one in EUR").fill("100");
  await expectText(lineDialog.getByRole("status")).toContain("€100.00 and €19.00 tax");
  await lineDialog.getByRole("button", { name: "Add the line" }).click();
  await lineDialog.waitFor({ state: "detached" });
  await page.getByRole("row").filter({ hasText: "Set-up fee" }).waitFor();
  const lines = await lineRows(page).count();
  await page.getByRole("button", { name: `More for line ${lines}` }).click();
  await page.getByRole("menuitem", { name: "Move up" }).click();
  await expectText(page.getByRole("row").nth(lines - 1)).toContain("Set-up fee");
  await finalise(page);

  await page.getByRole("button", { name: "Record a payment…" }).click();
  const payment = page.getByRole("dialog", { name: "Record a payment" });
  await payment.getByLabel("Amount in EUR").fill("50");
  await payment.getByRole("button", { name: "Book it" }).click();
  await expectText(about(page)).toContain("€50.00 on");

  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Credit note…" }).click();
  const credit = page.getByRole("dialog", { name: /^Credit INV-/u });
  await credit.getByLabel("Credit", { exact: true }).selectOption("lines");
  await credit.getByRole("checkbox", { name: /^Set-up fee/u }).check();
  await credit.getByRole("button", { name: "Credit €119.00" }).click();
  await page.getByRole("heading", { name: /^CN-\d{4}-\d{4}$/u, level: 1 }).waitFor();
  await expectText(about(page)).toContain("Corrects INV-");
  await about(page).getByRole("link", { name: /^INV-/u }).click();
  await expectText(about(page)).toContain("€119.00 credited by CN-");

  await page.getByRole("button", { name: "Record a payment…" }).click();
  await expectText(payment.getByRole("status")).toContain("This pays the invoice.");
  await payment.getByRole("button", { name: "Book it" }).click();
  await page.locator("main header").getByText("Paid", { exact: true }).waitFor();
});
