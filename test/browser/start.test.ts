import { expect, test } from "vitest";
import { countOf, gridOf, inboxReady } from "./inbox-page.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct();

test("the sign-in page of the embedded mode shows the demo account, which opens an inbox of drafts in groups", async () => {
  const page = await product.open("/");
  const { email = "", password = "" } = product.stack.demo ?? {};
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByText(email, { exact: true }).waitFor();
  await page.getByText(password, { exact: true }).waitFor();

  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await inboxReady(page);
  expect(new URL(page.url()).pathname).toBe("/inbox");
  expect(await countOf(page, "Open")).toBeGreaterThan(30);
  for (const group of ["Quillhaven Books Ltd / Web shop", "Larkmoor Analytics, Inc. / Reporting dashboard"]) {
    await gridOf(page).getByRole("button", { name: group }).waitFor();
  }
});

test("a wrong password is told in words that do not say which of the two was wrong", async () => {
  const page = await product.open("/sign-in");
  await page.getByLabel("Email").fill(product.stack.demo?.email ?? "");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  expect(await page.getByRole("alert").innerText()).toBe("This email and password do not belong together.");
  expect(new URL(page.url()).pathname).toBe("/sign-in");
});

test("an address without an at sign and an empty password are told at their fields", async () => {
  const page = await product.open("/sign-in");
  await page.getByLabel("Email").fill("somebody");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("Enter an email address, such as you@example.com.").waitFor();
  await page.getByText("Enter your password.").waitFor();
  expect(await page.getByLabel("Email").getAttribute("aria-invalid")).toBe("true");
});

test("who signs out is at the sign-in page, and comes back to the page they asked for", async () => {
  const page = await product.open("/invoices?status=paid");
  await page.getByRole("button", { name: "Use the demo account" }).click();
  await page.getByRole("heading", { name: "Invoices", level: 1 }).waitFor();
  expect(page.url()).toContain("/invoices?status=paid");
  await page.getByRole("button", { name: /theme, sign out/u }).click();
  const ended = page.waitForResponse(/\/auth\/v1\/logout/u);
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect((await ended).status()).toBe(204);
  await page.goto("/inbox");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});
