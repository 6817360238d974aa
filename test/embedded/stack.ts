import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Miniflare } from "miniflare";
import { openDatabase } from "./database.ts";
import { type Demo, prepareDemo } from "./demo.ts";
import { startDemoTrackers } from "./demo-trackers.ts";
import { writePrivateFile } from "./files.ts";
import { type Keys, loadKeys } from "./keys.ts";
import { lockFolder } from "./lock.ts";
import type { Log } from "./log.ts";
import { choosePorts, type Ports } from "./ports.ts";
import type { StripeStandin } from "../standins/stripe/server.ts";
import { startSchedules } from "./schedule.ts";
import { keepStatistics } from "./statistics.ts";
import { serveSupabase } from "./supabase.ts";
import { buildWebApp, preparePlaceholder } from "./web-app.ts";
import { startWorker } from "./worker.ts";

const DEMO_EMAIL = "demo@billhook.example";

export type StackOptions = {
  /** Everything the stack keeps. Made when it does not exist. */
  dataFolder: string;
  /** The address people open; Supabase and the Stripe stand-in take the next two. 0 takes free ones. */
  port: number;
  /** The demo account with a week of work, the account alone, or neither (quickest; for tests). */
  demo?: "work" | "account" | "none";
  /** Another Worker than that of wrangler.toml, with the same bindings. */
  workerEntry?: string;
  /** Leaves what was accepted in the queue, to measure accepting by itself. */
  withoutConsumer?: boolean;
  /** Whether the schedules run by themselves; `runCron` works either way. */
  schedules?: boolean;
  /** Leaves the web app unbuilt, for tests that only call the API. */
  withoutWebApp?: boolean;
  /** Variables of the Worker, over those the stack sets. */
  bindings?: Record<string, string>;
  log?: Log;
};

/** A running stack. `stop` ends every part of it; what was accepted stays in the data folder. */
export type Stack = {
  appUrl: string;
  supabaseUrl: string;
  /** The stand-in's address; undefined when the real Stripe is used. */
  stripeUrl: string | undefined;
  /** The stand-in itself, whose keys a test can restrict. */
  stripe: StripeStandin | undefined;
  publishableKey: string;
  secretKey: string;
  keys: Keys;
  demo: Demo | undefined;
  dataFolder: string;
  /** Queues, bucket and handlers of the Worker. */
  miniflare: Miniflare;
  /** SQL as the superuser, between the requests and never inside one. */
  query: <Row>(sql: string, parameters?: unknown[]) => Promise<Row[]>;
  /** Makes the database unreachable over HTTP, for tests of what happens then; `query` still works. */
  setDatabaseAway: (away: boolean) => void;
  /** Runs the Worker's handler of a schedule and resolves when it has finished. */
  runCron: (cron: string) => Promise<void>;
  stop: () => Promise<void>;
};

/** Starts Postgres, Supabase's API, the Stripe stand-in and the Worker in this process (and workerd beside it). */
export async function startStack(options: StackOptions): Promise<Stack> {
  // Read by @supabase/lite, wrangler and npm's update check: nothing is reported to anyone.
  Object.assign(process.env, { LITE_TELEMETRY: "0", WRANGLER_SEND_METRICS: "false", DO_NOT_TRACK: "1" });
  const dataFolder = resolve(options.dataFolder);
  const undo: (() => Promise<unknown> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    undo.push(await lockFolder(dataFolder));
    await rm(join(dataFolder, "stack.json"), { force: true });
    return await startParts({ ...options, dataFolder }, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  options: StackOptions,
  undo: (() => Promise<unknown> | void)[],
  stop: () => Promise<void>,
): Promise<Stack> {
  const { dataFolder } = options;
  const log: Log = options.log ?? (() => undefined);
  const ports = await choosePorts(options.port);
  const appUrl = `http://127.0.0.1:${ports.app}`;
  const supabaseUrl = `http://127.0.0.1:${ports.supabase}`;
  const keys = await loadKeys(dataFolder);

  const [connection, assetsFolder] = await Promise.all([
    openDatabase(join(dataFolder, "postgres")),
    options.withoutWebApp === true ? preparePlaceholder() : buildWebApp(),
  ]);
  undo.push(() => connection.close());
  undo.push(keepStatistics(connection, log));
  const serving = serveSupabase({ connection, keys, port: ports.supabase, appUrl, log });
  undo.push(async () => (await serving.catch(() => undefined))?.stop());
  const [stripe, ticketSystems] = await Promise.all([
    startStripe({ dataFolder, appUrl, keys, ports, log }),
    withWork(options) ? startDemoTrackers(dataFolder) : null,
  ]);
  undo.push(stripe.stop, () => ticketSystems?.stop());
  for (const { before, after } of ticketSystems?.moved ?? []) {
    await connection.driver.query("update public.tracker_connections set base_url = $2 where base_url = $1", [
      before,
      after,
    ]);
  }

  const worker = await startWorker({
    ...(options.workerEntry === undefined ? {} : { entry: options.workerEntry }),
    withoutConsumer: options.withoutConsumer === true,
    port: ports.app,
    assetsFolder,
    dataFolder,
    log,
    bindings: {
      SUPABASE_URL: supabaseUrl,
      SUPABASE_PUBLISHABLE_KEY: keys.publishable_key,
      SUPABASE_SECRET_KEY: keys.secret_key,
      APP_URL: appUrl,
      // Whoever restarts the stack waits for the sweep.
      SWEEP_AFTER_SECONDS: "5",
      DEMO_EMAIL: options.demo === "none" ? "" : DEMO_EMAIL,
      DEMO_PASSWORD: options.demo === "none" ? "" : keys.demo_password,
      ENCRYPTION_KEYS: keys.encryption_keys,
      GITHUB_WEBHOOK_SECRET: keys.github_webhook_secret,
      GITLAB_WEBHOOK_SECRET: keys.gitlab_webhook_secret,
      BITBUCKET_WEBHOOK_SECRET: keys.bitbucket_webhook_secret,
      ...stripe.bindings,
      ...readNamedServices(),
      ...options.bindings,
    },
  });
  undo.push(() => worker.stop());
  const supabase = await serving;
  if (options.schedules !== false) undo.push(startSchedules(worker.crons, worker.runCron, log));

  const target = { appUrl, supabaseUrl, publishableKey: keys.publishable_key };
  const demo =
    options.demo === "none"
      ? undefined
      : await prepareDemo(
          { ...target, demoEmail: DEMO_EMAIL, demoPassword: keys.demo_password },
          dataFolder,
          withWork(options),
          ticketSystems?.trackers ?? [],
        );
  const stackFile = join(dataFolder, "stack.json");
  await writePrivateFile(stackFile, describe({ appUrl, supabaseUrl, keys, demo }));
  undo.push(() => rm(stackFile, { force: true }));

  return {
    ...target,
    secretKey: keys.secret_key,
    stripeUrl: stripe.standin?.url,
    stripe: stripe.standin,
    keys,
    demo,
    dataFolder,
    miniflare: worker.miniflare,
    runCron: worker.runCron,
    setDatabaseAway: supabase.setAway,
    query: async <Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> =>
      (await connection.driver.query<Row>(sql, parameters)).rows,
    stop,
  };
}

const withWork = ({ demo }: StackOptions): boolean => demo === "work" || demo === undefined;

/** What other programs read to find the stack. */
function describe(stack: { appUrl: string; supabaseUrl: string; keys: Keys; demo: Demo | undefined }): string {
  return JSON.stringify(
    {
      app_url: stack.appUrl,
      supabase_url: stack.supabaseUrl,
      publishable_key: stack.keys.publishable_key,
      secret_key: stack.keys.secret_key,
      ...(stack.demo === undefined ? {} : { demo: stack.demo }),
    },
    null,
    2,
  );
}

/** What the environment names: applications at git hosts and ticket systems, and whose model words lines. Without them it works as well. */
function readNamedServices(): Record<string, string> {
  const names =
    /^ANTHROPIC_(?:API_KEY|BASE_URL)$|^(?:GITHUB|GITLAB|BITBUCKET|GITEA|JIRA|LINEAR|ASANA|CLICKUP|ZENDESK|ZOHO_DESK|HELP_SCOUT)_OAUTH_(?:CLIENT_ID|CLIENT_SECRET|BASE_URL)$|^GITHUB_APP_(?:ID|SLUG|PRIVATE_KEY)$/;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (names.test(name) && value ? [[name, value]] : [])),
  );
}

/** The real Stripe when the environment has its key, otherwise the stand-in. */
async function startStripe(options: {
  dataFolder: string;
  appUrl: string;
  keys: Keys;
  ports: Ports;
  log: Log;
}): Promise<{ standin: StripeStandin | undefined; bindings: Record<string, string>; stop: () => Promise<void> }> {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = process.env;
  if (secretKey !== undefined && secretKey !== "") {
    return {
      standin: undefined,
      bindings: {
        STRIPE_API_BASE: "",
        STRIPE_SECRET_KEY: secretKey,
        STRIPE_WORKSPACE_ID: "",
        STRIPE_WEBHOOK_SECRET: webhookSecret ?? options.keys.stripe_webhook_secret,
      },
      stop: () => Promise.resolve(),
    };
  }
  const { startStripeStandin } = await import("../standins/stripe/server.ts");
  const standin = await startStripeStandin({
    port: options.ports.stripe,
    accounts: ["embedded", "demo", "harbour", "quay"],
    dataDir: join(options.dataFolder, "stripe"),
    webhookUrl: `${options.appUrl}/api/webhooks/stripe`,
    webhookSecret: options.keys.stripe_webhook_secret,
    log: (message) => options.log({ level: "debug", source: "stripe", message }),
  });
  return {
    standin,
    bindings: {
      STRIPE_API_BASE: standin.url,
      STRIPE_SECRET_KEY: "sk_test_embedded",
      // Everybody who signs up here is the same person, who tries it out.
      STRIPE_WORKSPACE_ID: "*",
      STRIPE_WEBHOOK_SECRET: options.keys.stripe_webhook_secret,
    },
    stop: () => standin.close(),
  };
}
