import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, deliverGithub, githubPush } from "../http/harness.ts";
import { type AnthropicStandin, startAnthropicStandin } from "../standins/anthropic/server.ts";
import { expectText, gridOf, inboxReady, lineOf, readDrafts, toastOf } from "./inbox-page.ts";
import { setUpProduct } from "./product.ts";

const KEY = "sk-ant-standin-0001";

let model: AnthropicStandin;
beforeAll(async () => {
  model = await startAnthropicStandin({ keys: [KEY] });
});
afterAll(() => model.close());
const product = setUpProduct();

const openDrafts = async () =>
  (await readDrafts(product.demo.database, product.demo.workspaceId)).filter(
    ({ status, deferred_until: until }) => status === "draft" && until === null,
  );

describe("words by a model", () => {
  test("are set up with a key, come a moment after their line, and what was sent can be looked at", async () => {
    model.word(() => "Made the basket show the right total");
    const page = await product.openSignedIn("/settings/words");
    await page.getByRole("button", { name: "Set a key" }).click();
    await page.getByLabel("API key").fill(KEY);
    await page.getByLabel("Address").fill(model.url);
    await page.getByRole("button", { name: "Save the key" }).click();
    await page.getByText("…0001").waitFor();
    await page.getByLabel("One a line").fill("Bluebird");
    await page.getByRole("button", { name: "Save the words" }).click();
    await toastOf(page, "Words saved").waitFor();
    await page.getByLabel("Words of Web shop").selectOption("summary");
    await toastOf(page, "Words changed").waitFor();

    const repository = await connect({ stack: product.stack, owner: product.demo }, "github");
    const push = githubPush(
      [{ message: "Fix Bluebird basket for dev.two@client.example", timestamp: "2026-03-02T10:15:00+01:00" }],
      { id: 90_210, full_name: "example/basket" },
    );
    expect((await deliverGithub(repository, JSON.stringify(push))).status).toBe(202);
    await page.goto("/inbox");
    await inboxReady(page);
    await lineOf(page, "Made the basket show the right total").waitFor();

    await page.goto("/inbox?q=right+total");
    await inboxReady(page);
    await page.keyboard.press("j");
    await page.keyboard.press("Space");
    await page.getByText("Worded by the model.").waitFor();
    await page.goto("/settings/words");
    await expectText(page.getByText(/of \$5\.00 this month/u)).toContain("Under $0.01 spent");
    await page.getByText("1 line ·").click();
    const sent = page.locator("pre");
    await expectText(sent).toMatch(/^Fix Project[A-Z][a-z]{4} basket for \[email\]$/u);
    await page.getByText("taken out: 1 e-mail address, 1 code name").waitFor();
  });

  test("are tried on a project's latest lines beside the commit's own", async () => {
    model.word(() => "Made the shop quicker");
    const page = await product.openSignedIn(`/projects/${product.demo.projectId}`);
    await page.getByRole("button", { name: "Try both on the latest lines" }).click();
    const lines = page.getByRole("list", { name: "Words of the latest lines" }).getByRole("listitem");
    await expectText(lines.first()).toMatch(/Its own words[^]*Summary/u);
  });
});

describe("several lines", () => {
  test("that look like one piece of work are merged with one key, and taken apart with another", async () => {
    const page = await product.openSignedIn("/inbox?q=LARK-86");
    await inboxReady(page);
    const before = await openDrafts();
    await page.getByText(/3 lines for LARK-86, within 2 days/u).waitFor();
    await page.keyboard.press("Shift+M");
    await toastOf(page, "Merged 3 lines into one").waitFor();
    expect(await openDrafts()).toHaveLength(before.length - 2);
    await page.keyboard.press("u");
    await page.getByText(/3 lines for LARK-86, within 2 days/u).waitFor();
    await expect
      .poll(async () =>
        (await openDrafts()).map(({ id, minutes, description }) => [id, minutes, description]).toSorted(),
      )
      .toEqual(before.map(({ id, minutes, description }) => [id, minutes, description]).toSorted());
  });

  test("that are kept apart are not proposed again", async () => {
    const page = await product.openSignedIn("/inbox?q=LARK-86", {});
    await inboxReady(page);
    const proposal = page.getByText(/3 lines for LARK-86/u);
    await proposal.waitFor();
    await page.getByRole("button", { name: "Keep apart" }).click();
    await proposal.waitFor({ state: "detached" });
    await page.reload();
    await inboxReady(page);
    await page.waitForTimeout(1000);
    expect(await proposal.count()).toBe(0);
  });

  test("of a ticket are rolled up into one, worded by the model, with all of their time", async () => {
    model.word(() => "Reports can now be scheduled and sent by themselves");
    const page = await product.openSignedIn("/inbox?q=LARK");
    await inboxReady(page);
    const together = (await openDrafts()).filter(({ ticket_key: key }) => key === "LARK-86");
    await page.keyboard.press("o");
    const dialog = page.getByRole("dialog", { name: "Roll up into one line" });
    await dialog.getByLabel("Ticket").selectOption("LARK-86");
    await dialog.getByRole("button", { name: "Word it by a model" }).click();
    await expect
      .poll(() => dialog.getByLabel("What the client reads").inputValue())
      .toBe("Reports can now be scheduled and sent by themselves");
    expect(await dialog.getByLabel("Beneath it").inputValue()).toContain(
      "• Sent exports as a spreadsheet every Monday",
    );
    await dialog.getByRole("button", { name: "Make one line" }).click();
    await lineOf(page, "Reports can now be scheduled").waitFor();
    const rolled = (await openDrafts()).find(({ ticket_key: key }) => key === "LARK-86");
    expect(rolled).toMatchObject({
      source_type: "sprint",
      minutes: together.reduce((sum, { minutes }) => sum + minutes, 0),
    });
    expect(rolled?.commits).toHaveLength(together.length);
    await gridOf(page).waitFor();
  });
});
