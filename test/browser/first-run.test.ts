import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { deliverGithub, githubPush } from "../http/harness.ts";
import { findBarriers } from "./accessibility.ts";
import { inboxReady, lineOf } from "./inbox-page.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct("account");
const password = "correct horse battery";

/** A new person's page after the first of the steps, in a browser that is Swiss. */
async function signUp(email: string): Promise<Page> {
  const page = await product.open("/sign-in", { locale: "de-CH", timezoneId: "Europe/Zurich" });
  await page.getByRole("button", { name: "Create one" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByText("Use at least eight characters.").waitFor();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Create the account" }).click();

  await page.getByRole("heading", { name: "Who bills?" }).waitFor();
  expect(await page.getByLabel("Currency").inputValue()).toBe("CHF");
  expect(await page.getByLabel("Time zone").inputValue()).toBe("Europe/Zurich");
  await page.getByRole("button", { name: "Create the workspace" }).click();
  await page.getByText("Give the workspace a name.").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Example Works");
  await page.getByRole("button", { name: "Create the workspace" }).click();
  await page.getByText("1 of 4 done").waitFor();
  return page;
}

async function createFirstWork(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Client" }).fill("Client Ltd");
  expect(await page.getByLabel("Currency").inputValue()).toBe("CHF");
  await page.getByLabel("Hourly rate").fill("90");
  await page.getByRole("textbox", { name: "Project" }).fill("Shop");
  await page.getByRole("button", { name: "Create the client and the project" }).click();
  await page.getByText("2 of 4 done").waitFor();
}

test("the steps are left in one browser, gone on with in another, and end with lines to bill", async () => {
  const email = `${randomUUID()}@example.com`;
  const first = await signUp(email);
  await first.getByRole("link", { name: "Leave for now" }).click();
  await first.getByRole("heading", { name: "No commits yet" }).waitFor();
  await first.getByRole("link", { name: "Go on with the first steps" }).click();
  await createFirstWork(first);

  const page = await product.open("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("link", { name: "First steps, 2 of 4 done" }).click();
  await page.getByRole("button", { name: "Connect the repository" }).click();
  const form = page.getByRole("dialog", { name: "Connect a repository" });
  await form.getByRole("radio", { name: "GitHub" }).check();
  await form.getByRole("button", { name: "Connect the repository" }).click();
  const told = page.getByRole("dialog", { name: "Paste this into GitHub" });
  const [address = "", secret = ""] = await Promise.all(
    ["Address", "Secret"].map((name) => told.getByRole("textbox", { name, exact: true }).inputValue()),
  );
  await told.getByRole("button", { name: "Done for now" }).click();
  await told.getByRole("button", { name: "Close all the same" }).click();
  await page.getByText("3 of 4 done").waitFor();
  await page.getByText("Waiting for the first delivery…").waitFor();

  const push = githubPush([{ message: "feat: gift wrapping (GIFT-1) [1h 30m]" }], {
    id: 82_001,
    full_name: "example/gifts",
  });
  const repository = { id: address.split("/").at(-1) ?? "", webhook_url: address, webhook_secret: secret };
  expect((await deliverGithub(repository, JSON.stringify(push))).status).toBe(202);
  await page.getByText("4 of 4 done").waitFor();
  await page.getByRole("link", { name: "Go to the inbox" }).click();
  await inboxReady(page);
  await lineOf(page, "GIFT-1").waitFor();
  expect(await page.getByRole("link", { name: /^First steps/u }).count()).toBe(0);
});

test("a step is in the address, and a client without a project is gone on with", async () => {
  const page = await signUp(`${randomUUID()}@example.com`);
  await page.getByRole("button", { name: "Who bills" }).click();
  expect(new URL(page.url()).searchParams.get("step")).toBe("biller");
  await page.getByText("Example Works, in CHF, with the days of Europe/Zurich.").waitFor();
  await page.reload();
  await page.getByRole("link", { name: "Complete the details" }).waitFor();

  await page.goto("/clients?new=true");
  const client = page.getByRole("dialog", { name: "New client" });
  await client.getByLabel("Name").fill("Client Ltd");
  await client.getByRole("button", { name: "Create the client" }).click();
  await page.getByRole("link", { name: "First steps, 1 of 4 done" }).click();
  await page.getByText("For Client Ltd.").waitFor();
  await page.getByRole("textbox", { name: "Project" }).fill("Shop");
  await page.getByRole("button", { name: "Create the project" }).click();
  await page.getByText("2 of 4 done").waitFor();
});

test.each(["light", "dark"] as const)("the steps have no barrier in the %s theme, on a phone too", async (theme) => {
  const page = await product.openSignedIn("/start", { colorScheme: theme });
  await page.getByText("2 of 4 done").waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByRole("link", { name: "First steps, 2 of 4 done" }).waitFor();
  await page.getByRole("button", { name: "First client and project" }).click();
  expect(await findBarriers(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
