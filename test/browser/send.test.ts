import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { makeFolder, makeRepository } from "@billhook/cli/test-repository";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { eventually } from "../http/harness.ts";
import { countOf, inboxReady, lineOf } from "./inbox-page.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct("account");
const main = fileURLToPath(import.meta.resolve("@billhook/cli/main"));

/** Milliseconds within which an open inbox shows what was recorded. */
const LIVE = 2000;

/** Runs the command line as a person does, in a shell of its own. */
async function billhook(...args: string[]): Promise<string> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: makeFolder(), GIT_CONFIG_NOSYSTEM: "1" };
  const stack = join(product.stack.dataFolder, "stack.json");
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args, "--stack", stack], { env });
  return stdout;
}

/** Milliseconds from the recording of a draft until its line is on the page. */
async function timeUntilShown(page: Page, words: string): Promise<number> {
  const recorded = await eventually(`the draft "${words}"`, async () => {
    const rows = await product.stack.query<{ at: Date }>(
      "select created_at as at from public.draft_line_items where description like $1",
      [`%${words}%`],
    );
    return rows[0] === undefined ? null : new Date(rows[0].at).getTime();
  });
  await lineOf(page, words).waitFor();
  return Date.now() - recorded;
}

test("commits of a real repository appear in the open, empty inbox within two seconds, and later ones by themselves", async () => {
  const page = await product.openSignedIn("/inbox");
  await page.getByRole("heading", { name: "No commits yet" }).waitFor();
  const loads: string[] = [];
  page.on("load", () => loads.push(page.url()));

  const repository = makeRepository();
  repository.git("remote", "add", "origin", "https://github.com/example/lighthouse.git");
  repository.write("lamp.ts", "export const lamp = 1;\n");
  repository.commit("feat: turn the lamp on at dusk (LAMP-1) [1h 30m]");
  repository.write("fog.ts", "export const fog = 1;\n");
  repository.commit("fix: sound the horn in fog only (LAMP-2)");
  const sending = billhook("send", repository.folder, "--install");
  const waits = [await timeUntilShown(page, "horn in fog only")];
  const line = await lineOf(page, "lamp on at dusk").innerText();
  for (const part of ["1 h 30 m", "LAMP-1", repository.git("rev-parse", "--short=7", "HEAD~1")]) {
    expect(line).toContain(part);
  }
  const printed = await sending;
  expect(printed).toContain("Sent 2 commits of example/lighthouse (main)");
  expect(printed).toContain("From now on each commit is sent by");
  expect(await countOf(page, "Open")).toBe(2);

  for (const place of ["door", "gate"]) {
    repository.write(`${place}.ts`, "export const locked = true;\n");
    repository.commit(`feat: lock the ${place} at night (LAMP-3) [45m]`);
    waits.push(await timeUntilShown(page, `the ${place} at night`));
  }
  expect(await countOf(page, "Open")).toBe(4);
  expect(loads).toEqual([]);
  // The one in the middle: a machine that is busy with something else may hold one of them up.
  expect(waits.toSorted((a, b) => a - b)[1]).toBeLessThan(LIVE);
});

test("what comes in while a line is selected waits behind a button, so that nothing moves under the hands", async () => {
  const page = await product.openSignedIn("/inbox");
  await inboxReady(page);
  const before = await countOf(page, "Open");
  await page.keyboard.press("j");
  await page.keyboard.press("x");

  const repository = makeRepository();
  repository.git("remote", "add", "origin", "https://github.com/example/ferry.git");
  repository.commit("feat: sell return tickets (FERRY-1) [1h]");
  await billhook("send", repository.folder);
  await page.getByRole("button", { name: "1 new", exact: true }).click();
  await lineOf(page, "return tickets").waitFor();
  expect(await countOf(page, "Open")).toBe(before + 1);
});
