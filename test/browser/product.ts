/** The running product as people meet it: a stack with the demo's work, real browsers, and what is kept of a failure. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type BillhookClient, createDatabaseClient } from "@billhook/database/client";
import { createClient } from "@supabase/supabase-js";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type Stack, startStack } from "../embedded/stack.ts";
import type { PersonOfWorkspace } from "../http/harness.ts";
import { launchBrowser } from "./chromium.ts";

/** Milliseconds a page may take to show what is waited for, on a machine that is busy. */
const PATIENCE = 10_000;

/** Tall enough that the inbox has all lines of the demo in the page, whose list shows only what is in view. */
const desktop = { width: 1440, height: 2600 };

const artefacts = new URL("../artefacts/", import.meta.url).pathname;

export interface Product {
  readonly stack: Stack;
  /** The demo's account, to set a scene and to look at what the database holds. */
  readonly demo: PersonOfWorkspace;
  /** A browser of its own in which nobody is signed in. */
  open: (path: string, options?: BrowserContextOptions) => Promise<Page>;
  /** A page with the demo's account signed in; with `options`, in a browser of its own. */
  openSignedIn: (path: string, options?: BrowserContextOptions) => Promise<Page>;
}

/**
 * Starts the product for a test file, with the demo's week of work or with its account alone. After each test its
 * browsers are closed, and a failed one leaves pictures.
 */
export function setUpProduct(amount: "work" | "account" = "work"): Product {
  let stack: Stack | undefined;
  let browser: Browser | undefined;
  let demo: PersonOfWorkspace | undefined;
  let folder = "";
  let shared: BrowserContext | undefined;
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];

  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error("The product has not been started.");
    return value;
  };

  const openBrowser = async (options: BrowserContextOptions): Promise<BrowserContext> => {
    const context = await started(browser).newContext({
      baseURL: started(stack).appUrl,
      viewport: desktop,
      locale: "en-US",
      reducedMotion: "reduce",
      ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    contexts.push(context);
    return context;
  };

  const openPage = async (context: BrowserContext, path: string): Promise<Page> => {
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && /Content.Security.Policy|React/u.test(message.text())) {
        complaints.push(`${page.url()}: ${message.text()}`);
      }
    });
    await page.goto(path);
    return page;
  };

  const open = async (path: string, options: BrowserContextOptions = {}): Promise<Page> =>
    openPage(await openBrowser(options), path);

  const openSignedIn = async (path: string, options?: BrowserContextOptions): Promise<Page> => {
    const signedIn = (shared ??= await signInBrowser());
    if (options === undefined) return openPage(signedIn, path);
    return open(path, { storageState: await signedIn.storageState(), ...options });
  };

  /** A browser in which the demo's account is signed in, kept for the file: its pages find their parts in its cache. */
  const signInBrowser = async (): Promise<BrowserContext> => {
    const context = await openBrowser({});
    const page = await openPage(context, "/sign-in");
    await page.getByRole("button", { name: "Use the demo account" }).click();
    await page.waitForURL("**/inbox");
    await page.close();
    return context;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "billhook-browser-"));
    [stack, browser] = await Promise.all([
      startStack({ dataFolder: folder, port: 0, demo: amount, schedules: false }),
      launchBrowser(),
    ]);
    demo = await signInDemo(stack);
  }, 120_000);

  afterEach(async ({ task }) => {
    if (task.result?.state === "fail")
      await keepPictures(contexts, `${basename(task.file.name, ".test.ts")} ${task.name}`);
    await Promise.all(contexts.filter((context) => context !== shared).map((context) => context.close()));
    await Promise.all((shared?.pages() ?? []).map((page) => page.close()));
    contexts = shared === undefined ? [] : [shared];
    const told = complaints;
    complaints = [];
    if (told.length > 0) throw new Error(`The page complained:\n${told.join("\n")}`);
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  return {
    get stack() {
      return started(stack);
    },
    get demo() {
      return started(demo);
    },
    open,
    openSignedIn,
  };
}

async function signInDemo(stack: Stack): Promise<PersonOfWorkspace> {
  const account = stack.demo;
  if (account === undefined) throw new Error("The stack has no demo account.");
  const auth = createClient(stack.supabaseUrl, stack.publishableKey, { auth: { persistSession: false } });
  const { data } = await auth.auth.signInWithPassword(account);
  const token = data.session?.access_token ?? "";
  const database = createDatabaseClient({ url: stack.supabaseUrl, key: stack.publishableKey, accessToken: token });
  const project = await readOne(database, account.project_id);
  return {
    token,
    database,
    workspaceId: account.workspace_id,
    clientId: project.client_id,
    projectId: account.project_id,
  };
}

async function readOne(database: BillhookClient, projectId: string): Promise<{ client_id: string }> {
  const { data, error } = await database.from("projects").select("client_id").eq("id", projectId).single();
  if (error !== null) throw new Error(error.message);
  return data;
}

/** A picture of each page that was open, with its address and what a screen reader would say of it. */
async function keepPictures(contexts: readonly BrowserContext[], test: string): Promise<void> {
  await mkdir(artefacts, { recursive: true });
  const name = test.replaceAll(/[^a-z0-9]+/giu, "-").slice(0, 120);
  const pages = contexts.flatMap((context) => context.pages());
  for (const [at, page] of pages.entries()) {
    const file = join(artefacts, `${name}-${at + 1}`);
    try {
      await page.screenshot({ path: `${file}.png`, timeout: 5000 });
      await writeFile(
        `${file}.txt`,
        `${page.url()}\n\n${await page.locator("body").ariaSnapshot({ timeout: 5000 })}\n`,
      );
    } catch (error) {
      await writeFile(`${file}.txt`, `${page.url()}\n\nNo picture: ${String(error)}\n`);
    }
  }
}
