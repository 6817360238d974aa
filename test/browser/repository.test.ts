import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { type ConnectedRepository, connect, deliverGithub, eventually, githubPush } from "../http/harness.ts";
import { expectSoon, expectText, gridOf, inboxReady, lineOf, toastOf } from "./inbox-page.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct("account");

/** Connects a repository as a person does, up to what is to be pasted at the host. */
async function connectInBrowser(page: Page): Promise<ConnectedRepository> {
  await page.getByRole("button", { name: "Connect a repository" }).click();
  const form = page.getByRole("dialog", { name: "Connect a repository" });
  await form.getByLabel("Project").selectOption({ label: "First project" });
  await form.getByRole("radio", { name: "GitHub" }).check();
  await form.getByRole("button", { name: "Connect the repository" }).click();
  const told = page.getByRole("dialog", { name: "Paste this into GitHub" });
  const [address, secret] = await Promise.all(
    ["Address", "Secret"].map((name) => told.getByRole("textbox", { name, exact: true }).inputValue()),
  );
  return { id: address?.split("/").at(-1) ?? "", webhook_url: address ?? "", webhook_secret: secret ?? "" };
}

test("a repository is connected: address and secret to paste, waiting, then received without a reload", async () => {
  const page = await product.openSignedIn("/repositories");
  const repository = await connectInBrowser(page);
  expect(repository.webhook_url).toMatch(
    new RegExp(`^${product.stack.appUrl}/api/webhooks/github/[0-9a-f-]{36}$`, "u"),
  );
  const dialog = page.getByRole("dialog", { name: "Paste this into GitHub" });
  await dialog.getByText("Waiting for the first delivery…").waitFor();

  // The secret cannot be shown again: closing without having copied it says so once.
  await dialog.getByRole("button", { name: "Done for now" }).click();
  await dialog.getByText("You have not copied the secret, and it cannot be shown again.").waitFor();

  const push = githubPush([{ message: "feat: gift wrapping (GIFT-1) [1h 30m]" }, { message: "Merge nothing [15m]" }], {
    id: 81_001,
    full_name: "example/gifts",
  });
  expect((await deliverGithub(repository, JSON.stringify(push))).status).toBe(202);
  await dialog.getByText("Received from example/gifts").waitFor();
  await dialog.getByRole("link", { name: "See the deliveries" }).click();

  const row = page.getByRole("row").filter({ hasText: "example/gifts" });
  await row.getByText("Recorded").waitFor();
  expect(await row.innerText()).toContain("2 commits, 2 to bill");
  await row.getByRole("button", { name: /^Delivery of example\/gifts/u }).click();
  const detail = page.getByRole("complementary", { name: "The delivery" });
  await detail.getByText("feat: gift wrapping (GIFT-1) [1h 30m]").waitFor();
  await detail.getByRole("link", { name: "See the drafts of this repository" }).click();
  await inboxReady(page);
  await lineOf(page, "GIFT-1").waitFor();
});

test("a delivery with a wrong secret is refused, and the repository goes on waiting", async () => {
  const page = await product.openSignedIn("/repositories");
  const repository = await connectInBrowser(page);
  const forged = await deliverGithub({ ...repository, webhook_secret: "guessed" }, JSON.stringify(githubPush([{}])));
  expect(forged.status).toBe(401);
  const dialog = page.getByRole("dialog", { name: "Paste this into GitHub" });
  await dialog.getByText("Waiting for the first delivery…").waitFor();
  await dialog.getByRole("button", { name: "Done for now" }).click();
  await dialog.getByRole("button", { name: "Close all the same" }).click();
  await page.getByRole("button", { name: "Waiting for the first delivery…" }).first().waitFor();
});

interface QueueRunner {
  queue: (name: string, messages: object[]) => Promise<unknown>;
}

test("a delivery that was given up is told in the bell, shows why, and is recorded when it is replayed", async () => {
  const { stack, demo } = product;
  const repository = await connect({ stack, owner: demo }, "github");
  // What a mistake in the database's rules would do: this one push cannot be recorded.
  await stack.query(`create function public.refuse_commit() returns trigger language plpgsql as
    $$ begin raise exception 'refused for the test'; end $$`);
  await stack.query(`create trigger refuse_commit before insert on public.commits
    for each row when (new.repository_id = '${repository.id}') execute function public.refuse_commit()`);
  const push = githubPush([{ message: "feat: comes through in the end [1h]" }], {
    id: 81_002,
    full_name: "example/late",
  });
  await deliverGithub(repository, JSON.stringify(push));
  const [delivery] = await eventually("the attempt to fail", async () => {
    const rows = await stack.query<{ id: string; error: string | null }>(
      "select id, error from public.webhook_deliveries where repository_id = $1",
      [repository.id],
    );
    return rows[0]?.error == null ? null : rows;
  });
  const worker = (await stack.miniflare.getWorker("billhook")) as unknown as QueueRunner;
  const message = { id: randomUUID(), timestamp: new Date(), attempts: 1, body: { deliveryId: delivery?.id } };
  await worker.queue("billhook-dead-letters", [message]);

  const page = await product.openSignedIn("/inbox");
  await page.getByRole("button", { name: /^Notifications, \d+ new/u }).click();
  await page
    .getByRole("dialog", { name: "Notifications" })
    .getByRole("button", { name: /^A delivery of example\/late failed/u })
    .click();
  await page.getByText("1 failed").waitFor();
  await page.getByRole("button", { name: /^Delivery of example\/late/u }).click();
  const detail = page.getByRole("complementary", { name: "The delivery" });
  await detail.getByText("It was given up").waitFor();
  expect(await detail.innerText()).not.toContain("refused for the test");

  await stack.query("drop trigger refuse_commit on public.commits");
  await detail.getByRole("button", { name: "Replay" }).click();
  await toastOf(page, "Delivery replayed").waitFor();
  await detail.getByText("Recorded", { exact: true }).waitFor();
  await detail.getByText("feat: comes through in the end [1h]").waitFor();
  await page.getByText("1 failed").waitFor({ state: "detached" });
  const { data } = await demo.database.from("draft_line_items").select("id").eq("repository_id", repository.id);
  expect(data).toHaveLength(1);

  // It is no failure any more; what it brought waits, is read and unread by key, and leads to its lines.
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("n");
  const bell = page.getByRole("dialog", { name: "Notifications" });
  const waiting = bell.getByRole("button", { name: /^1 draft waits from example\/late/u });
  await expectText(waiting).toContain("(new)");
  expect(await bell.getByText("failed").count()).toBe(0);
  await expectSoon(() => bell.locator("[data-matter]:focus").count()).toBe(1);
  await page.keyboard.press("Shift+R");
  await expectSoon(() => bell.getByText("(new)").count()).toBe(0);
  await waiting.focus();
  await page.keyboard.press("r");
  await expectText(waiting).toContain("(new)");
  await page.keyboard.press("Enter");
  await inboxReady(page);
  expect(await gridOf(page).locator("[data-draft]").count()).toBe(1);
  await page.getByRole("button", { name: "Notifications", exact: true }).waitFor();
});
