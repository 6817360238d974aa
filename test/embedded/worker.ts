import { join } from "node:path";
import { Log, LogLevel as MiniflareLogLevel, Miniflare } from "miniflare";
import { type Unstable_Config, unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import * as z from "zod";
import { bundleWorker } from "./bundle.ts";
import type { Log as Report, LogLevel } from "./log.ts";
import { repositoryFolder } from "./paths.ts";
import { endChildrenWithThisProcess } from "./processes.ts";

export type RunningWorker = {
  /** Queues, bucket and the Worker's own handlers, for tests. */
  miniflare: Miniflare;
  /** The schedules of wrangler.toml. */
  crons: readonly string[];
  /** Runs the handler of one schedule and resolves when it has finished. */
  runCron: (cron: string) => Promise<void>;
  stop: () => Promise<void>;
};

export type WorkerSetup = {
  /** The Worker's entry file; the one of wrangler.toml unless given. */
  entry?: string;
  /** Leaves everything in the queue. */
  withoutConsumer?: boolean;
  port: number;
  /** Variables and secrets, over those of wrangler.toml. */
  bindings: Record<string, string>;
  assetsFolder: string;
  dataFolder: string;
  log: Report;
};

/** What wrangler makes of wrangler.toml, as far as it is used here; its own types do not say. */
const configSchema = z.object({ main: z.string(), triggers: z.object({ crons: z.array(z.string()).default([]) }) });
const workerOptionsSchema = z.looseObject({
  bindings: z.record(z.string(), z.unknown()),
  modulesRules: z.array(z.object({ type: z.string(), include: z.array(z.string()) })),
  assets: z.looseObject({}),
});

function readWorkerConfig(): { main: string; crons: string[]; workerOptions: z.infer<typeof workerOptionsSchema> } {
  const config: unknown = unstable_readConfig(
    { config: join(repositoryFolder, "wrangler.toml") },
    { hideWarnings: true },
  );
  const { main, triggers } = configSchema.parse(config);
  if (!isConfig(config)) throw new Error("wrangler.toml cannot be read.");
  // The secrets are the stack's own; wrangler would look for them in the environment and in .dev.vars.
  delete config.secrets;
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
  return { main, crons: triggers.crons, workerOptions: workerOptionsSchema.parse(workerOptions) };
}

function isConfig(value: unknown): value is Unstable_Config {
  return typeof value === "object" && value !== null;
}

/** Runs a Worker in workerd with the queue, bucket, assets and compatibility date of wrangler.toml. */
export async function startWorker(setup: WorkerSetup): Promise<RunningWorker> {
  const { main, crons, workerOptions } = readWorkerConfig();
  const name = "billhook";
  const keepSignals = watchSignalHandlers();
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: setup.port,
    // Nothing is asked of or told to anyone else.
    cf: false,
    telemetry: { enabled: false },
    log: new MiniflareLog(setup.log),
    handleStructuredLogs: ({ level, message }: { level: string; message: string }) =>
      setup.log({ level: asLogLevel(level), source: "worker", message }),
    r2Persist: join(setup.dataFolder, "r2"),
    cachePersist: join(setup.dataFolder, "cache"),
    workers: [
      {
        ...workerOptions,
        ...(setup.withoutConsumer === true ? { queueConsumers: {} } : {}),
        name,
        bindings: { ...workerOptions.bindings, ...setup.bindings },
        modules: await bundleWorker(setup.entry ?? main, workerOptions.modulesRules),
        assets: { ...workerOptions.assets, directory: setup.assetsFolder },
      },
    ],
  });
  try {
    await miniflare.ready;
  } catch (error) {
    await miniflare.dispose().catch(() => undefined);
    throw error;
  } finally {
    keepSignals();
  }
  const callOff = await endChildrenWithThisProcess("workerd");
  return {
    miniflare,
    crons,
    async runCron(cron) {
      const worker: unknown = await miniflare.getWorker(name);
      if (!canRunSchedules(worker)) throw new Error("This miniflare cannot run schedules.");
      const { outcome } = await worker.scheduled({ cron, scheduledTime: new Date() });
      if (outcome !== "ok") throw new Error(`The schedule "${cron}" ended with ${outcome}.`);
    },
    async stop() {
      callOff();
      await miniflare.dispose();
    },
  };
}

/**
 * miniflare ends the process on a signal at once, before the database has closed. Returns what takes its handlers away
 * again; whoever started the stack decides, and workerd is ended with this process either way.
 */
function watchSignalHandlers(): () => void {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)));
  return () => {
    for (const signal of signals) {
      for (const listener of process.listeners(signal)) if (!before.has(listener)) process.off(signal, listener);
    }
  };
}

type ScheduleRunner = { scheduled(event: { cron: string; scheduledTime: Date }): Promise<{ outcome: string }> };

function canRunSchedules(worker: unknown): worker is ScheduleRunner {
  return typeof worker === "object" || typeof worker === "function";
}

class MiniflareLog extends Log {
  readonly #report: Report;

  constructor(report: Report) {
    super(MiniflareLogLevel.WARN);
    this.#report = report;
  }

  override log(message: string): void {
    this.#report({ level: "debug", source: "miniflare", message });
  }

  override logWithLevel(level: MiniflareLogLevel, message: string): void {
    const isWarning = level <= MiniflareLogLevel.WARN && level !== MiniflareLogLevel.NONE;
    this.#report({ level: isWarning ? "warn" : "debug", source: "miniflare", message });
  }
}

function asLogLevel(level: string): LogLevel {
  if (level === "error" || level === "warn" || level === "debug") return level;
  return "info";
}
