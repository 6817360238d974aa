import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findBarriers } from "./accessibility.ts";
import { setUpProduct } from "./product.ts";

// The sign-in service reads them at its start; without them it offers no GitHub.
process.env["SUPABASE_AUTH_EXTERNAL_GITHUB_CLIENT_ID"] = "an-application";
process.env["SUPABASE_AUTH_EXTERNAL_GITHUB_SECRET"] = "its-secret";
// Nobody listens there: only that the browser goes is looked at.
process.env["SUPABASE_AUTH_EXTERNAL_GITHUB_URL"] = "http://127.0.0.1:9";

const product = setUpProduct("account");

/** Follows the way a person has without a mailbox: the outbox that the page leads to, and the link in its newest letter. */
async function openLetter(page: Page): Promise<Page> {
  const opening = page.waitForEvent("popup");
  await page.getByRole("link", { name: "outbox" }).click();
  return opening;
}

test("a link signs in whoever has an account, once", async () => {
  const page = await product.open("/sign-in");
  await page.getByRole("button", { name: "Email me a link instead" }).click();
  await page.getByText("Enter an email address, such as you@example.com.").waitFor();
  await page.getByLabel("Email").fill(product.stack.demo?.email ?? "");
  await page.getByRole("button", { name: "Email me a link instead" }).click();

  const outbox = await openLetter(page);
  const link = outbox.locator("article").first().getByRole("link").first();
  const address = (await link.getAttribute("href")) ?? "";
  await link.click();
  await outbox.getByRole("heading", { name: "Inbox", level: 1 }).waitFor();
  expect(new URL(outbox.url()).hash).toBe("");

  const again = await product.open(address);
  await again.getByText("This link was used before, or is too old. Ask for a new one.").waitFor();
  expect(new URL(again.url()).hash).toBe("");
});

test("a link makes the account of who is new, and leads to the first step", async () => {
  const page = await product.open("/sign-in");
  const email = `${randomUUID()}@example.com`;
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Email me a link instead" }).click();
  await page.getByText("There is no account with this email yet. Create one.").waitFor();
  await page.getByRole("button", { name: "Create one" }).click();
  await page.getByRole("button", { name: "Email me a link instead" }).click();
  const outbox = await openLetter(page);
  await outbox.locator("article").filter({ hasText: email }).first().getByRole("link").first().click();
  await outbox.getByRole("heading", { name: "Who bills?" }).waitFor();
});

test("a person who is invited makes an account, joins in their role, and is removed again", async () => {
  const owner = await product.openSignedIn("/settings");
  const email = `${randomUUID()}@example.com`;
  await owner.getByLabel("Invite by email").fill(email);
  await owner.getByRole("button", { name: "Make a link" }).click();
  const link = await owner.getByLabel("Link of the invitation").inputValue();

  const page = await product.open(link);
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Create one" }).click();
  await page.getByRole("button", { name: "Email me a link instead" }).click();
  const outbox = await openLetter(page);
  await outbox.locator("article").filter({ hasText: email }).first().getByRole("link").first().click();
  // The page of the invitation, still open, hears that its person signed in.
  await page.getByText(`You are signed in as ${email}.`).waitFor();
  await outbox.close();
  await page.getByRole("button", { name: "Join the workspace" }).click();
  await page.getByRole("heading", { name: "Inbox", level: 1 }).waitFor();
  await page.goto("/settings");
  await page.getByText("approves, edits and ignores drafts").waitFor();
  expect(await page.getByLabel("Invite by email").count()).toBe(0);

  await owner.reload();
  const name = email.slice(0, email.indexOf("@"));
  await owner.getByLabel(`Role of ${name}`).selectOption("viewer");
  await owner.getByText(`${name} is viewer now`).waitFor();
  const row = owner.getByRole("listitem").filter({ hasText: email });
  await row.getByRole("button", { name: "Remove…" }).click();
  expect(await findBarriers(owner)).toEqual([]);
  await owner.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await row.waitFor({ state: "detached" });
  await page.goto("/inbox");
  await page.getByRole("heading", { name: "Who bills?" }).waitFor();
});

test("GitHub is offered where the sign-in service has an application there, and leads to its page", async () => {
  const page = await product.open("/sign-in");
  const going = page.waitForRequest("http://127.0.0.1:9/**");
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  const asked = new URL((await going).url());
  expect(asked.pathname).toBe("/login/oauth/authorize");
  expect(asked.searchParams.get("client_id")).toBe("an-application");
  expect(asked.searchParams.get("redirect_uri")).toBe(`${product.stack.supabaseUrl}/auth/v1/callback`);
});

test("GitHub and new accounts are not offered where the sign-in service has neither", async () => {
  const page = await product.open("/sign-in");
  await page.route("**/auth/v1/settings", (route) =>
    route.fulfill({ json: { external: { github: false, email: true }, disable_signup: true } }),
  );
  const asked = page.waitForResponse("**/auth/v1/settings");
  await page.reload();
  await asked;
  await page.getByRole("button", { name: "Create one" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Email me a link instead" }).waitFor();
  expect(await page.getByRole("button", { name: "Continue with GitHub" }).count()).toBe(0);
});

test.each(["light", "dark"] as const)("the sign-in page has no barrier in the %s theme, on a phone", async (theme) => {
  const page = await product.open("/sign-in", { colorScheme: theme, viewport: { width: 390, height: 800 } });
  await page.getByRole("button", { name: "Continue with GitHub" }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
});
