/** Connecting a ticket system and seeing its tickets with the lines of a push, as a person does it in a browser. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectRepository, pushCommits, SWEEP } from "../http/tracked.ts";
import { secret } from "../standins/trackers/cases.ts";
import { startJiraStandin } from "../standins/trackers/jira.ts";
import type { TrackerStandin } from "../standins/trackers/server.ts";
import { createDatabaseClient } from "@billhook/database/client";
import { findBarriers } from "./accessibility.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct("account");
let jira: TrackerStandin;

beforeAll(async () => {
  jira = await startJiraStandin({ tokens: [secret] });
  jira.add({
    key: "SHOP-1",
    title: "Login lets expired sessions through",
    type: "Bug",
    status: "In Progress",
    labels: ["client"],
    epic: { key: "SHOP-100", title: "Accounts" },
    loggedMinutes: 90,
  });
});
afterAll(() => jira.close());

test("a ticket system is connected in the settings, and the next push is a line with its ticket", async () => {
  const page = await product.openSignedIn("/settings");
  await page.getByRole("link", { name: "Ticket systems" }).click();
  await page.getByRole("heading", { name: "No ticket system is connected" }).waitFor();
  await page.getByRole("button", { name: "Connect the first one" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect a ticket system" });
  await dialog.getByLabel("Jira", { exact: true }).check();
  await dialog.getByLabel("Address of the site").fill(jira.url);
  await dialog.getByLabel("E-mail address").fill("dev.one@example.com");
  await dialog.getByLabel("API token").fill("a token of somebody else");
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Connect Jira" }).click();
  await dialog.getByText("Jira refuses this token").waitFor();
  await dialog.getByLabel("API token").fill(secret);
  await dialog.getByRole("button", { name: "Connect Jira" }).click();
  const told = page.getByRole("dialog", { name: "Jira is connected" });
  await told.getByLabel("Address", { exact: true }).waitFor();
  await told.getByRole("button", { name: "Done" }).click();
  await page.getByRole("dialog").getByText("Works").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Jira · as Dev One · SHOP").waitFor();

  const service = createDatabaseClient({ url: product.stack.supabaseUrl, key: product.stack.secretKey });
  const harness = { stack: product.stack, service, owner: product.demo, stop: () => Promise.resolve() };
  await pushCommits(harness, await connectRepository(harness), [{ message: "Fix auth bug (SHOP-1)" }]);
  await page.goto("/inbox");
  const line = page.getByRole("row").filter({ hasText: "SHOP-1" });
  await line.getByText("Login lets expired sessions through").waitFor();
  expect(await line.getByRole("link", { name: "SHOP-1" }).getAttribute("data-tip")).toContain("Login lets expired");
  await line.dblclick();
  const tickets = page.getByRole("complementary", { name: "Evidence" }).getByRole("region", { name: "Tickets" });
  for (const words of ["Login lets expired sessions through", "In Progress", "Bug", "client", "Accounts", "1 h 30 m"]) {
    await tickets.getByText(words, { exact: true }).waitFor();
  }
  expect(await findBarriers(page)).toEqual([]);
});

test("a ticket system that is away leaves the line usable, says that it waits, and fills in later", async () => {
  const page = await product.openSignedIn("/inbox");
  jira.add({ key: "SHOP-2", title: "Sessions end after a week" });
  jira.fail({ kind: "error", status: 503 });
  const service = createDatabaseClient({ url: product.stack.supabaseUrl, key: product.stack.secretKey });
  const harness = { stack: product.stack, service, owner: product.demo, stop: () => Promise.resolve() };
  await pushCommits(harness, await connectRepository(harness), [{ message: "End sessions (SHOP-2)" }]);
  const line = page.getByRole("row").filter({ hasText: "SHOP-2" });
  await line.getByText("SHOP-2…").waitFor();
  await line.dblclick();
  await page.getByText("Waiting for Jira").waitFor();
  jira.heal();
  await product.stack.query("update public.tickets set next_fetch_at = now() where next_fetch_at is not null");
  await product.stack.query("update public.host_grants set waits_until = null");
  await product.stack.runCron(SWEEP);
  await line.getByText("Sessions end after a week").waitFor();
  await page.getByRole("region", { name: "Tickets" }).getByText("Sessions end after a week").waitFor();
});
