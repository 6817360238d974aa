/** Connecting a git host and importing its history, as a person does it: in a browser, against a running stack. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Stack, startStack } from "../embedded/stack.ts";
import { type Clone, makeLongHistory } from "../standins/forge/histories.ts";
import { addOAuth, oauthOf, type OAuthState } from "../standins/service/oauth.ts";
import type { ForgeStandin } from "../standins/forge/server.ts";
import { startGithubStandin } from "../standins/github/server.ts";
import { launchBrowser } from "./chromium.ts";

const client = { clientId: "billhook-client", clientSecret: "client-secret-of-the-test" };
const commits = 700;

let folder: string;
let clone: Clone;
let standin: ForgeStandin;
let oauth: OAuthState;
let stack: Stack;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "billhook-browser-"));
  clone = makeLongHistory(commits).clone;
  standin = await startGithubStandin({
    repositories: ["shop", "docs", "tools"].map((name) => ({ owner: "example", name, path: clone.path })),
    tokens: [],
    // Slow enough to press a button meanwhile.
    latencyMs: 150,
  });
  oauth = addOAuth(standin, { ...oauthOf.github, ...client });
  stack = await startStack({
    dataFolder: folder,
    port: 0,
    demo: "account",
    bindings: {
      GITHUB_OAUTH_CLIENT_ID: client.clientId,
      GITHUB_OAUTH_CLIENT_SECRET: client.clientSecret,
      GITHUB_OAUTH_BASE_URL: standin.origin,
    },
  });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(15_000);
  await page.goto(`${stack.appUrl}/repositories`);
  await page.getByLabel("Email").fill(stack.demo?.email ?? "");
  await page.getByLabel("Password").fill(stack.demo?.password ?? "");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Repositories" }).waitFor();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await standin?.close();
  clone?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A picture of what is there, where somebody wants to look: the folder is named by BROWSER_PICTURES. */
async function picture(name: string): Promise<void> {
  const { BROWSER_PICTURES: pictures } = process.env;
  if (pictures === undefined) return;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: "light" });
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.screenshot({ path: join(pictures, `${name}-phone.png`) });
  if (size !== null) await page.setViewportSize(size);
}

const statusOf = async (): Promise<string | undefined> =>
  (await stack.query<{ status: string }>("select status from public.import_jobs order by created_at desc limit 1"))[0]
    ?.status;

it("access that is denied at the host is told, and nothing is connected", async () => {
  await page.getByRole("button", { name: "Connect a repository" }).first().click();
  await picture("connect");
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  await page.getByRole("link", { name: "Deny" }).click();
  await page.getByText("access was not allowed there").waitFor();
  expect(new URL(page.url()).origin).toBe(stack.appUrl);
});

it("GitHub is connected in its own pages, a repository is picked, and its ping is seen", async () => {
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  await page.getByRole("link", { name: "Allow" }).click();
  await page.getByRole("heading", { name: "Pick repositories from GitHub" }).waitFor();
  expect(page.url()).not.toMatch(/code=|state=|access-/);
  await page.getByLabel("Search repositories").fill("shop");
  await page.getByRole("checkbox", { name: "example/shop" }).check();
  const project = page.getByLabel("Project of example/shop");
  if ((await project.inputValue()) === "") await project.selectOption({ index: 1 });
  await picture("pick");
  await page.getByRole("button", { name: "Connect the repository" }).click();
  await page.getByText("GitHub has sent its first delivery").waitFor();
  expect(standin.repository("example/shop").hooks[0]?.settings["content_type"]).toBe("json");
});

it("history is imported with its progress, stopped, resumed, and done", async () => {
  await page.getByRole("button", { name: "Import history" }).click();
  await page.getByLabel("Which commits").selectOption("last");
  await page.getByLabel("How many").fill(String(commits));
  await page.getByLabel("As", { exact: true }).selectOption("billed");
  await picture("import-form");
  await page.getByRole("button", { name: "Start the import" }).click();
  await page.getByRole("progressbar", { name: "Import" }).waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  expect(await statusOf()).toBe("stopped");
  await picture("import-stopped");
  await page.getByRole("button", { name: "Resume" }).click();
  await expect.poll(statusOf, { timeout: 20_000 }).toBe("done");
  await expect.poll(() => page.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("100");
  const [row] = await stack.query<{ n: number }>(
    "select count(*)::integer as n from public.commits where status = 'invoiced'",
  );
  expect(row?.n).toBe(commits);
  await picture("import-done");
}, 120_000);

it("the secret is rotated: the new one is shown once, and both are accepted until the overlap ends", async () => {
  await page.getByRole("link", { name: "Settings" }).last().click();
  await page.getByRole("heading", { name: "Access to GitHub" }).waitFor();
  await page.getByText("As dev-one").waitFor();
  await picture("repository");
  await page.getByRole("button", { name: "Rotate the secret" }).click();
  await page.getByRole("button", { name: "Make a new secret" }).click();
  const shown = await page.getByLabel("New secret", { exact: true }).inputValue();
  expect(shown).toMatch(/^[\w-]{43}$/);
  await picture("rotated");
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("The old one is accepted until").waitFor();
  const [valid] = await stack.query<{ n: number }>(
    "select count(*)::integer as n from public.repository_secrets where purpose = 'webhook' and (valid_until is null or valid_until > now())",
  );
  expect(valid?.n).toBe(2);
});

it("deliveries are taken from the host's published addresses only, where a person wants that", async () => {
  await page.getByLabel("published addresses only").check();
  const check = async () =>
    (await stack.query<{ on: boolean }>('select check_source_address as "on" from public.repositories'))[0]?.on;
  await expect.poll(check).toBe(true);
  await page.getByLabel("published addresses only").uncheck();
  await expect.poll(check).toBe(false);
});

it("access that was taken back is said in the repository and in the bell, and connecting again mends it", async () => {
  oauth.revoke();
  const [repository] = await stack.query<{ id: string }>("select id from public.repositories");
  // The next question to the host finds out.
  await page.getByRole("button", { name: "Import more" }).click();
  await page.getByRole("button", { name: "Start the import" }).click();
  await page.getByText("Needs mending").waitFor({ timeout: 30_000 });
  await picture("revoked");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Notifications, \d+ new/ }).click();
  // What was recorded as billed elsewhere is no draft that waits.
  expect(await page.getByText(/drafts? waits? from/).count()).toBe(0);
  await page.getByRole("button", { name: /^A git host no longer lets Billhook in/ }).waitFor();
  await page.getByRole("button", { name: /^The import of example\/shop failed/ }).click();
  await page.getByRole("button", { name: "Connect GitHub again" }).click();
  await page.getByRole("link", { name: "Allow" }).click();
  await page.getByText("Works", { exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get("repository")).toBe(repository?.id);
}, 60_000);

it("an account is disconnected under Settings, its repository says so, and reconnecting it mends that", async () => {
  await page.goto(`${stack.appUrl}/settings`);
  const accounts = page.getByRole("list").filter({ has: page.getByText("dev-one", { exact: true }) });
  await accounts.getByText("connected by").waitFor();
  await accounts.getByRole("link", { name: "example/shop" }).waitFor();
  await accounts.scrollIntoViewIfNeeded();
  await picture("accounts");
  await accounts.getByRole("button", { name: "Disconnect dev-one" }).click();
  await page.getByText("Webhooks stay as they are").waitFor();
  await picture("disconnect");
  await page.getByRole("button", { name: "Disconnect", exact: true }).click();
  await accounts.getByText("disconnected dev-one. Connect it again").waitFor();
  await picture("disconnected");
  const secrets = await stack.query("select id from public.host_grant_secrets");
  expect(secrets).toEqual([]);
  await accounts.getByRole("link", { name: "example/shop" }).click();
  await page.getByText("disconnected dev-one. Connect it again").waitFor();
  await picture("disconnected-repository");
  await page.goto(`${stack.appUrl}/settings`);
  await accounts.getByRole("button", { name: "Reconnect dev-one" }).click();
  await page.getByRole("link", { name: "Deny" }).click();
  await page.getByText("access was not allowed there").waitFor();
  await accounts.getByRole("button", { name: "Reconnect dev-one" }).click();
  await page.getByRole("link", { name: "Allow" }).click();
  await accounts.getByText("Works", { exact: true }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/settings");
}, 60_000);

it("a repository with an access token is given the connected account instead", async () => {
  const [repository] = await stack.query<{ id: string }>("select id from public.repositories");
  standin.tokens.add("own-token");
  await page.goto(`${stack.appUrl}/repositories?repository=${repository?.id}`);
  const [grant] = await stack.query<{ id: string }>("select id from public.host_grants");
  // As one that was connected before there was an application.
  await stack.query("update public.repositories set grant_id = null");
  await page.getByRole("button", { name: "Add an access token" }).click();
  await page.getByLabel("Access token").fill("own-token");
  await page.getByRole("button", { name: "Save the token" }).click();
  await page.getByText("With an access token").first().waitFor();
  await picture("other-access");
  await page.getByRole("button", { name: "Use the account dev-one" }).click();
  await page.getByText(/^As dev-one/).waitFor();
  expect(await stack.query("select id from public.host_grants")).toEqual([grant]);
}, 60_000);

it("the delivery log shows where a delivery came from and how long each step took", async () => {
  const { hooks } = standin.repository("example/shop");
  const before = clone.git("rev-parse", "HEAD");
  clone.write("file-1.txt", "another line\n");
  const after = clone.commit("Mend the first file", "2026-03-03T09:00:00+01:00");
  expect(hooks).toHaveLength(1);
  await standin.push({ repository: "example/shop", changes: [{ ref: "refs/heads/main", before, after }] });
  const recorded = async () =>
    (
      await stack.query<{ id: string }>(
        "select id from public.webhook_deliveries where origin = 'webhook' and verdict = 'push' and status = 'done'",
      )
    )[0]?.id;
  await expect.poll(recorded).toBeDefined();
  await page.goto(`${stack.appUrl}/deliveries?status=recorded`);
  await page
    .getByRole("button", { name: /^Delivery of example\/shop/ })
    .first()
    .click();
  await page.getByText("Sent by the host").waitFor();
  await page.getByText("How long each step took").waitFor();
  await picture("delivery");
});
