import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { findBarriers } from "./accessibility.ts";
import { countOf, expectSoon, gridOf, inboxReady, lineOf, readDraft, toastOf } from "./inbox-page.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct();

const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 1,
  isMobile: true,
  hasTouch: true,
};
const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };

/** Each page of the app with what is on it once it has loaded. */
const pages: Record<string, { path: string; ready: (page: Page) => Promise<unknown> }> = {
  inbox: { path: "/inbox", ready: inboxReady },
  "approved lines": { path: "/inbox?tab=approved", ready: inboxReady },
  invoices: { path: "/invoices", ready: (page) => page.getByRole("link", { name: /^INV-/u }).first().waitFor() },
  invoice: { path: "/invoices", ready: openInvoice },
  clients: { path: "/clients", ready: (page) => page.getByRole("link", { name: /^Quillhaven/u }).waitFor() },
  client: { path: "/clients", ready: openClient },
  project: { path: "/clients", ready: openProject },
  repositories: {
    path: "/repositories",
    ready: (page) => page.getByRole("button", { name: "quillhaven/web-shop" }).waitFor(),
  },
  deliveries: {
    path: "/deliveries",
    ready: (page) =>
      page
        .getByRole("button", { name: /^Delivery of/u })
        .first()
        .waitFor(),
  },
  estimates: {
    path: "/reports/estimates",
    ready: (page) => page.getByText("From commit to invoice").first().waitFor(),
  },
  bill: { path: "/clients", ready: openBill },
  people: { path: "/settings/people", ready: (page) => page.getByText("Working hours").first().waitFor() },
  payments: { path: "/settings/payments", ready: (page) => page.getByText("Connected", { exact: true }).waitFor() },
  words: { path: "/settings/words", ready: (page) => page.getByText("Code names").first().waitFor() },
  tickets: { path: "/settings/tickets", ready: (page) => page.getByText("Works", { exact: true }).first().waitFor() },
  settings: { path: "/settings", ready: (page) => page.getByRole("heading", { name: "Settings", level: 1 }).waitFor() },
};

async function openInvoice(page: Page): Promise<void> {
  await page.getByRole("link", { name: /-0002$/u }).click();
  await page.getByRole("heading", { name: "History" }).waitFor();
  await page.getByText("Sent to the client").waitFor();
}

async function openClient(page: Page): Promise<void> {
  await page.getByRole("link", { name: /^Quillhaven/u }).click();
  await page.getByRole("link", { name: "Web shop" }).waitFor();
}

async function openBill(page: Page): Promise<void> {
  await openClient(page);
  await page.getByRole("link", { name: "Bill this client" }).click();
  await page.getByRole("button", { name: "Make the invoice draft" }).waitFor();
}

async function openProject(page: Page): Promise<void> {
  await openClient(page);
  await page.getByRole("link", { name: "Web shop" }).click();
  await page.getByRole("heading", { name: "Web shop", level: 1 }).waitFor();
}

const schemes = ["light", "dark"] as const;

describe("on a phone", () => {
  test("a line is approved with one tap, and taken back from the toast", async () => {
    const page = await product.openSignedIn("/inbox", phone);
    await inboxReady(page);
    const open = await countOf(page, "Open");
    await lineOf(page, "large reports instead").getByRole("button", { name: "Approve" }).tap();
    const toast = toastOf(page, "Approved 1 line");
    await toast.waitFor();
    expect(await countOf(page, "Open")).toBe(open - 1);
    const { database, workspaceId } = product.demo;
    expect((await readDraft(database, workspaceId, "large reports instead")).status).toBe("approved");
    await toast.getByRole("button", { name: "Undo" }).tap();
    await lineOf(page, "large reports instead").waitFor();
  });

  test("a tap on a line opens all it stands on, with its fields and buttons, and Close leads back", async () => {
    const page = await product.openSignedIn("/inbox", phone);
    await inboxReady(page);
    await lineOf(page, "Warned before a report").tap();
    const pane = page.getByRole("complementary", { name: "Evidence" });
    await pane.getByText("LARK-91 Warn before a report", { exact: false }).waitFor();
    await pane.getByLabel("Hours").fill("0:55");
    await pane.getByLabel("Hours").press("Enter");
    await pane.getByRole("button", { name: "Close" }).tap();
    await lineOf(page, "Warned before a report").getByText("55 m", { exact: true }).waitFor();
  });

  test("no page scrolls sideways, and every page is reached from the bar below", async () => {
    const page = await product.openSignedIn("/inbox", phone);
    for (const [name, { path, ready }] of Object.entries(pages)) {
      await page.goto(path);
      await ready(page);
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      expect(widths, name).toEqual([390, 390]);
    }
    for (const destination of ["Inbox", "Invoices", "Clients", "Repos"]) {
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: destination }).tap();
      await page.getByRole("heading", { level: 1 }).waitFor();
    }
    await page.getByRole("button", { name: "More" }).tap();
    for (const destination of ["Deliveries", "Estimates", "Settings", "Sign out"]) {
      await page.getByRole("menuitem", { name: destination }).waitFor();
    }
  }, 60_000);
});

describe("the theme", () => {
  test("follows the system, and the choice of a person stays over it when the page is loaded again", async () => {
    const page = await product.openSignedIn("/inbox", { ...desktop, colorScheme: "dark" });
    await inboxReady(page);
    const brightness = (): Promise<number> =>
      page.evaluate(() => {
        const [red = 0] = (
          getComputedStyle(document.querySelector("main") ?? document.body).backgroundColor.match(/\d+/gu) ?? []
        ).map(Number);
        return red;
      });
    expect(await brightness()).toBeLessThan(64);
    await page.getByRole("button", { name: /theme, sign out/u }).click();
    await page.getByRole("menuitemcheckbox", { name: "Light" }).click();
    await expectSoon(brightness).toBeGreaterThan(192);
    await page.reload();
    await inboxReady(page);
    expect(await brightness()).toBeGreaterThan(192);
  });
});

describe("the keyboard's focus", () => {
  test.each(schemes)("is seen on everything that Tab reaches in the inbox, in the %s theme", async (colorScheme) => {
    const page = await product.openSignedIn("/inbox", { ...desktop, colorScheme });
    await inboxReady(page);
    const reached: string[] = [];
    for (let pressed = 0; pressed < 30; pressed += 1) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return null;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        const name = element.getAttribute("aria-label") ?? element.textContent ?? element.tagName;
        return {
          name: name.slice(0, 40),
          seen: (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none",
        };
      });
      if (focused === null) break;
      expect(focused.seen, focused.name).toBe(true);
      reached.push(focused.name);
    }
    expect(reached).toEqual(expect.arrayContaining(["Skip to the page", "Inbox", "Filter by words", "open lines"]));
  });
});

describe("axe finds no serious barrier", () => {
  test.each(schemes)("on the sign-in page in the %s theme", async (colorScheme) => {
    const page = await product.open("/sign-in", { ...desktop, colorScheme });
    await page.getByRole("button", { name: "Use the demo account" }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });

  test.each(schemes)(
    "on any page of the app in the %s theme",
    async (colorScheme) => {
      const page = await product.openSignedIn("/inbox", { ...desktop, colorScheme });
      const found: Record<string, string[]> = {};
      for (const [name, { path, ready }] of Object.entries(pages)) {
        await page.goto(path);
        await ready(page);
        const barriers = await findBarriers(page);
        if (barriers.length > 0) found[name] = barriers;
      }
      expect(found).toEqual({});
    },
    60_000,
  );

  test.each(schemes)(
    "in the evidence, a field being edited, a selection and the dialogs in the %s theme",
    async (colorScheme) => {
      const page = await product.openSignedIn("/inbox", { ...desktop, colorScheme });
      await inboxReady(page);
      const found: Record<string, string[]> = {};
      const check = async (name: string): Promise<void> => {
        const barriers = await findBarriers(page);
        if (barriers.length > 0) found[name] = barriers;
      };
      await page.keyboard.press("j");
      await page.keyboard.press("Space");
      await page.getByRole("complementary", { name: "Evidence" }).getByText("Billhook made this line").waitFor();
      await check("evidence");
      await page.keyboard.press("Escape");
      await page.keyboard.press("s");
      await page.getByRole("combobox", { name: "Invoice of part 2" }).waitFor();
      await check("split");
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.keyboard.press("g");
      await page.keyboard.press("n");
      await page.getByRole("button", { name: "Mark all as read" }).waitFor();
      await check("notifications");
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.keyboard.press("e");
      await gridOf(page).getByRole("textbox", { name: "Hours" }).fill("abc");
      await gridOf(page).getByRole("alert").waitFor();
      await check("editing");
      await page.keyboard.press("Escape");
      await page.keyboard.press("x");
      await page.getByRole("toolbar", { name: "Selected lines" }).waitFor();
      await check("selection");
      await page.keyboard.press("d");
      await page.getByRole("dialog", { name: "Defer the line" }).waitFor();
      await check("defer");
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      await check("keys");
      await page.goto("/repositories?connect=new");
      await page.getByRole("dialog", { name: "Connect a repository" }).waitFor();
      await check("connect");
      expect(found).toEqual({});
    },
  );
});
