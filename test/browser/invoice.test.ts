import { randomUUID } from "node:crypto";
import { updateInvoice, updateInvoiceLine } from "@billhook/database/invoices";
import { formatMoney } from "@billhook/domain/money";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { callApi, type ConnectedRepository, deliverGithub, githubPush } from "../http/harness.ts";
import {
  countOf,
  type Draft,
  expectSoon,
  expectText,
  gridOf,
  headingOf,
  inboxReady,
  lineOf,
  pressOn,
  readDrafts,
  sumOf,
  tabOf,
  toastOf,
} from "./inbox-page.ts";
import { findBarriers } from "./accessibility.ts";
import { about, lineRows, openPaymentPage, readPdf, sendAndPay, stateOf } from "./invoice-page.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct();

/** Milliseconds within which an open invoice shows what Stripe says. */
const PAID_WITHIN = 3000;

const drafts = (): Promise<Draft[]> => readDrafts(product.demo.database, product.demo.workspaceId);

/** A client who is billed in yen, with a project, and a repository connected to it. */
async function prepareYenClient(): Promise<ConnectedRepository> {
  const { database, workspaceId, token } = product.demo;
  const [clientId, projectId] = [randomUUID(), randomUUID()];
  const client = await database.from("clients").insert({
    id: clientId,
    workspace_id: workspaceId,
    name: "Sakura Example KK",
    email: "billing@sakura.example",
    address: "1-1 Example\nTokyo",
    currency: "JPY",
    locale: "ja-JP",
    hourly_rate_minor: 9000,
  });
  const project = await database
    .from("projects")
    .insert({ id: projectId, workspace_id: workspaceId, client_id: clientId, name: "Timetable" });
  expect([client.error, project.error]).toEqual([null, null]);
  const answer = await callApi(product.stack, "POST", "/api/repositories", {
    token,
    body: { project_id: projectId, provider: "github" },
  });
  return (await answer.json()) as ConnectedRepository;
}

/** The drafts that the list shows. */
async function shownDrafts(page: Page): Promise<Draft[]> {
  const ids = await gridOf(page)
    .locator("[data-draft]")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-draft")));
  return (await drafts()).filter(({ id }) => ids.includes(id));
}

/** Approves the lines with these words in the inbox and puts them on a new invoice draft; ends on its page. */
async function invoiceLines(page: Page, words: string): Promise<Draft[]> {
  await page.goto(`/inbox?q=${words}`);
  await inboxReady(page);
  const rows = await shownDrafts(page);
  await gridOf(page)
    .getByRole("checkbox", { name: /^Select all of/u })
    .check();
  await page.getByRole("toolbar", { name: "Selected lines" }).getByRole("button", { name: "Approve" }).click();
  await tabOf(page, "Approved").click();
  await page
    .getByRole("button", { name: rows.length === 1 ? "Invoice 1 line…" : `Invoice ${rows.length} lines…` })
    .click();
  await page
    .getByRole("dialog", { name: /^Invoice / })
    .getByRole("button", { name: "Put on the invoice" })
    .click();
  await page.getByRole("heading", { name: "Draft invoice" }).waitFor();
  return rows;
}

/** Finalises the invoice on the page, and answers its number. */
async function finalise(page: Page, total: string): Promise<string> {
  await page.getByRole("button", { name: "Finalise", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Finalise this invoice?" });
  const number = dialog.getByText(/^INV-\d{4}-\d{4}$/u);
  const promised = await number.innerText();
  expect(await dialog.innerText()).toContain(total);
  await dialog.getByRole("button", { name: "Finalise the invoice" }).click();
  await toastOf(page, `Finalised as ${promised}`).waitFor();
  await page.getByRole("heading", { name: promised, level: 1 }).waitFor();
  return promised;
}

test("approved lines become an invoice, more are added, it gets its number, its PDF, goes to Stripe and is paid", async () => {
  const page = await product.openSignedIn("/inbox");
  const first = await invoiceLines(page, "SHOP-142");
  expect(first.length).toBeGreaterThan(1);
  const money = (rows: Draft[]): string => formatMoney(sumOf(rows, "EUR"), "EUR", "en-IE");
  await expectSoon(() => lineRows(page).count()).toBe(first.length);
  await expectText(about(page)).toContain(money(first));

  // To the draft that is there already, from the inbox.
  await page.goto("/inbox?q=SHOP-152");
  await inboxReady(page);
  const second = (await drafts()).filter((row) => row.ticket_key === "SHOP-152");
  await pressOn(lineOf(page, "Found titles with accents"), "Approve");
  await tabOf(page, "Approved").click();
  await page.getByRole("button", { name: "Invoice 1 line…" }).click();
  const dialog = page.getByRole("dialog", { name: "Invoice Quillhaven Books Ltd" });
  const choice = dialog.getByLabel("Invoice for Quillhaven Books Ltd");
  const existing = choice.getByRole("option", { name: /^The draft of/u });
  expect(await existing.innerText()).toContain(money(first));
  await choice.selectOption({ label: await existing.innerText() });
  await dialog.getByRole("button", { name: "Put on the invoice" }).click();
  const rows = [...first, ...second];
  await expectSoon(() => lineRows(page).count()).toBe(rows.length);
  await expectText(about(page)).toContain(money(rows));

  // And from the invoice itself.
  const approved = (await drafts()).filter((row) => row.status === "approved" && row.currency === "EUR");
  await page.getByRole("button", { name: "Add work" }).click();
  await page.getByRole("button", { name: new RegExp(`^Add ${approved.length} line`, "u") }).click();
  const all = [...rows, ...approved];
  await expectSoon(() => lineRows(page).count()).toBe(all.length);
  await expectText(page.getByRole("table")).toContain(money(all));
  await expectText(about(page)).toContain(money(all));
  await lineRows(page).first().click();
  await page
    .getByRole("link", { name: /[0-9a-f]{7}/u })
    .first()
    .waitFor();

  const number = await finalise(page, money(all));
  await page.getByRole("button", { name: "Add work" }).waitFor({ state: "detached" });
  const pdf = await readPdf(page, number);
  expect(pdf).toContain(number);
  expect(pdf).toContain(money(all));
  expect(pdf).toContain("Quillhaven Books Ltd");
  // A line may be broken anywhere, also after the hyphen of "e-mail".
  const unbroken = (text: string): string => text.replaceAll(/\s+/gu, "");
  for (const row of all) expect(unbroken(pdf)).toContain(unbroken(row.description));

  const waited = await sendAndPay(page, number, money(all));
  expect(waited).toBeLessThan(PAID_WITHIN);
  await expectText(about(page)).toContain(`${money(all)} received`);
});

test("a currency without decimals is right in the inbox, on the invoice, in the PDF, at Stripe and when it is paid", async () => {
  const repository = await prepareYenClient();
  const page = await product.openSignedIn("/inbox");
  const push = githubPush(
    [{ message: "feat: show platforms (YEN-1) [1h 30m]" }, { message: "fix: the last train (YEN-1) [20m]" }],
    { id: 91_001, full_name: "sakura/timetable" },
  );
  expect((await deliverGithub(repository, JSON.stringify(push))).status).toBe(202);
  await page.goto("/inbox?q=YEN-1");
  await lineOf(page, "last train").waitFor();
  // 90 and 20 minutes at ¥9,000 an hour.
  await expectText(lineOf(page, "platforms")).toContain(formatMoney(13_500, "JPY", "ja-JP"));
  await expectText(headingOf(page, "Sakura Example KK / Timetable")).toContain(formatMoney(16_500, "JPY", "en"));

  await invoiceLines(page, "YEN-1");
  const total = formatMoney(16_500, "JPY", "ja-JP");
  await expectText(about(page)).toContain(total);
  const number = await finalise(page, total);
  const pdf = await readPdf(page, number);
  expect(pdf).toContain(number);
  expect(pdf.normalize("NFKC")).toContain(total.normalize("NFKC"));
  expect(pdf).not.toMatch(/16,500\.|165\.00/u);
  expect(await sendAndPay(page, number, "¥16,500")).toBeLessThan(PAID_WITHIN);
  await expectText(about(page)).toContain(`${total} received`);
  await page.goto("/invoices");
  await expectText(page.getByRole("row").filter({ hasText: number })).toContain(total);
});

test("an invoice that is voided keeps its number, and its lines wait for another one", async () => {
  const page = await product.openSignedIn("/inbox");
  const rows = await invoiceLines(page, "WH-62");
  const total = formatMoney(sumOf(rows, "EUR"), "EUR", "en-IE");
  const number = await finalise(page, total);
  await page.getByRole("button", { name: "Void", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Void ${number}?` });
  await dialog.getByRole("button", { name: "Void the invoice" }).click();
  await toastOf(page, `${number} is void`).waitFor();
  await stateOf(page).getByText("Void", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Send with Stripe" }).waitFor({ state: "detached" });

  await page.goto("/inbox?tab=approved&q=WH-62");
  await inboxReady(page);
  await expectSoon(() => gridOf(page).locator("[data-draft]").count()).toBe(rows.length);
  expect(await countOf(page, "Approved")).toBeGreaterThanOrEqual(rows.length);
  expect((await drafts()).filter((row) => row.ticket_key === "WH-62").map(({ status }) => status)).toEqual(
    rows.map(() => "approved"),
  );
});

test("the client sees the invoice on a phone without signing in, until the address is revoked", async () => {
  const [sent] = await product.stack.query<{ id: string; number: string }>(
    "select id, number from public.invoices where status = 'open' and sent_at is not null order by created_at limit 1",
  );
  const page = await product.openSignedIn(`/invoices/${sent?.id}`);
  await page.getByRole("heading", { name: sent?.number ?? "", level: 1 }).waitFor();
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "Client’s page" });
  await dialog.getByRole("button", { name: "Make the address" }).click();
  await dialog.getByText("Nobody has opened it yet.").waitFor();
  await dialog.getByLabel("The work behind each line").check();
  await expectSoon(() => dialog.getByLabel("Links to commits and tickets").isEnabled()).toBe(true);
  expect(await findBarriers(page)).toEqual([]);
  const address = await dialog.getByLabel("Address", { exact: true }).inputValue();
  const [own] = await Promise.all([
    page.context().waitForEvent("page"),
    dialog.getByRole("link", { name: "Open it" }).click(),
  ]);
  await own.getByRole("heading", { name: `Invoice ${sent?.number}` }).waitFor();
  await own.close();

  // A browser that says it has no window is taken for a program.
  const client = await product.open(address, {
    viewport: { width: 390, height: 844 },
    userAgent:
      "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
  });
  await client.getByRole("heading", { name: `Invoice ${sent?.number}` }).waitFor();
  await client
    .getByText(/^Evidence/u)
    .first()
    .click();
  await client.locator("code").first().waitFor();
  expect(await client.getByRole("link", { name: /^Pay €/u }).getAttribute("href")).toMatch(/^http/u);
  const [download] = await Promise.all([
    client.waitForEvent("download"),
    client.getByRole("link", { name: "Download PDF" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${sent?.number}.pdf`);
  expect(await client.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await findBarriers(client)).toEqual([]);

  await page.reload();
  await about(page).getByText("The client opened it").waitFor();
  await page.getByRole("button", { name: "Client’s page" }).click();
  await dialog.getByText(/^Opened once/u).waitFor();
  await dialog.getByRole("button", { name: "Revoke…" }).click();
  await dialog.getByRole("button", { name: "Revoke the address" }).click();
  await dialog.getByRole("button", { name: "Make the address" }).waitFor();
  await client.reload();
  await client.getByRole("heading", { name: "This page is not available" }).waitFor();
});

test("a card that is declined leaves the invoice open, and a draft that is discarded gives its lines back", async () => {
  const page = await product.openSignedIn("/inbox");
  const rows = await invoiceLines(page, "LARK-89");
  const address = page.url();
  await page.getByRole("button", { name: "Discard", exact: true }).click();
  await page.waitForURL("**/invoices");
  const discarded = toastOf(page, "Draft discarded").first();
  await discarded.getByRole("button", { name: "Undo" }).click();
  await page.waitForURL(address);
  await expectSoon(() => lineRows(page).count()).toBe(rows.length);
  await page.getByRole("button", { name: "Discard", exact: true }).click();
  await page.waitForURL("**/invoices");
  expect((await drafts()).filter((row) => row.ticket_key === "LARK-89")).toHaveLength(rows.length);

  const [sent] = await product.stack.query<{ number: string }>(
    "select number from public.invoices where status = 'open' and sent_at is not null order by created_at limit 1",
  );
  await page.goto("/invoices?status=open");
  await page.getByRole("link", { name: sent?.number ?? "" }).click();
  const hosted = await openPaymentPage(page);
  await hosted.getByRole("button", { name: "Pay with a card that is declined" }).click();
  await hosted.getByRole("alert").waitFor();
  await page.bringToFront();
  await stateOf(page).getByText("Open", { exact: true }).waitFor();
});

test("the account of Stripe is shown with how it works, takes no wrong key, and says the same of each invoice", async () => {
  const page = await product.openSignedIn("/settings/payments");
  await page.getByText("Demo stand-in").waitFor();
  await page.getByText("Connected", { exact: true }).waitFor();
  await page.getByText(/^Stripe last told of something on /u).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole("button", { name: "Replace the key" }).click();
  const key = page.getByLabel("Restricted key");
  await key.fill("rk_live_quay");
  await key.press("Enter");
  await page.getByText("This key belongs to another account").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Compare now" }).click();
  await page.getByText(/^Both sides said the same on /u).waitFor();
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page
    .getByRole("dialog", { name: "Disconnect Demo stand-in" })
    .getByText(/waits? for a payment/u)
    .waitFor();
  await page.keyboard.press("Escape");

  await page.goto("/clients");
  await page.getByRole("link", { name: "Quillhaven Books Ltd" }).first().click();
  await page.getByText(/^cus_/u).waitFor();
  await page.getByRole("button", { name: "Choose another" }).click();
  const dialog = page.getByRole("dialog", { name: "Choose a customer" });
  await dialog.getByLabel("Name, e-mail address or id").fill("larkmoor");
  await dialog.getByRole("button", { name: "Choose Larkmoor Analytics, Inc." }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
});

test("two taxes and a discount are the same at Stripe, a debit is on its way until it is paid, and a credit gives it back", async () => {
  const page = await product.openSignedIn("/inbox");
  await invoiceLines(page, "SHOP-151");
  const { database, workspaceId } = product.demo;
  const id = page.url().split("/").at(-1) ?? "";
  const { data: lines } = await database.from("invoice_lines").select("id").eq("invoice_id", id).order("position");
  for (const [index, percent] of [21, 9].entries()) {
    const tax = { id: randomUUID(), workspace_id: workspaceId, name: "VAT", percent };
    expect((await database.from("tax_rates").insert(tax)).error).toBeNull();
    for (const line of (lines ?? []).filter((_, nth) => Math.min(nth, 1) === index)) {
      expect((await updateInvoiceLine(database, line.id, { tax_rate_id: tax.id })).ok).toBe(true);
    }
  }
  expect((await updateInvoice(database, id, { discount_percent: 10 })).ok).toBe(true);
  const [row] = await product.stack.query<{ total_minor: string }>(
    "select total_minor from public.invoices where id = $1",
    [id],
  );
  const total = formatMoney(Number(row?.total_minor), "EUR", "en-IE");
  await expectText(about(page)).toContain(total);
  const number = await finalise(page, total);
  await page.getByRole("button", { name: "Send with Stripe" }).click();
  await toastOf(page, `${number} is with the client`).waitFor();

  const hosted = await openPaymentPage(page);
  await hosted.getByRole("heading", { name: total }).waitFor();
  await expectText(hosted.locator("main")).toMatch(/Discount \(10%\)[^]*VAT \(21%\)[^]*VAT \(9%\)/u);
  await hosted.getByRole("button", { name: "Pay by SEPA debit" }).click();
  await hosted.getByText("The payment is processing.").waitFor();
  await page.bringToFront();
  await stateOf(page).getByText("Processing", { exact: true }).waitFor();
  await hosted.getByRole("button", { name: "Let the bank pay" }).click();
  await hosted.getByText("This invoice is paid.").waitFor();
  await page.bringToFront();
  await stateOf(page).getByText("Paid", { exact: true }).waitFor();

  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Credit note…" }).click();
  const dialog = page.getByRole("dialog", { name: `Credit ${number}` });
  await dialog.getByLabel(/^Give back what Stripe received/u).check();
  await dialog.getByRole("button", { name: `Credit ${total}` }).click();
  await about(page).getByText("Stripe has it as well.").waitFor();
  await about(page).getByRole("link", { name: number }).click();
  await about(page).getByText("went back").waitFor();
  await stateOf(page).getByText("Credited", { exact: true }).waitFor();
});
