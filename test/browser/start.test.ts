import { randomUUID } from "node:crypto";
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
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goto("/inbox");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("a new person makes an account and a workspace, and an empty inbox leads to connecting a repository", async () => {
  const page = await product.open("/sign-in");
  await page.getByRole("button", { name: "Create one" }).click();
  await page.getByLabel("Email").fill(`${randomUUID()}@example.com`);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByText("Use at least eight characters.").waitFor();
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create the account" }).click();

  await page.getByRole("heading", { name: "Who bills?" }).waitFor();
  await page.getByRole("button", { name: "Create the workspace" }).click();
  await page.getByText("Give the workspace a name.").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Example Works");
  await page.getByLabel("Currency").selectOption("EUR");
  await page.getByRole("button", { name: "Create the workspace" }).click();

  await page.getByRole("heading", { name: "No commits yet" }).waitFor();
  await page.getByRole("link", { name: "Add a client and a project" }).click();
  await page.getByRole("button", { name: "Create the first client" }).click();
  const client = page.getByRole("dialog", { name: "New client" });
  await client.getByLabel("Name").fill("Client Ltd");
  await client.getByLabel("Email").fill("billing@client.example.com");
  await client.getByLabel("Hourly rate").fill("90");
  await client.getByRole("button", { name: "Create the client" }).click();
  await page.getByRole("button", { name: "Create the first project" }).click();
  const project = page.getByRole("dialog", { name: "New project for Client Ltd" });
  await project.getByLabel("Name").fill("Shop");
  await project.getByRole("button", { name: "Create the project" }).click();
  await page.getByRole("heading", { name: "Shop", level: 1 }).waitFor();

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Inbox" }).click();
  await page.getByRole("heading", { name: "No commits yet" }).waitFor();
  await page.getByRole("link", { name: "Connect a repository" }).click();
  await page.getByRole("heading", { name: "No repository is connected" }).waitFor();
  await page.getByRole("button", { name: "Connect the first repository" }).click();
  await page.getByRole("dialog", { name: "Connect a repository" }).waitFor();
});
