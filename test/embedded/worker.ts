import { join } from "node:path";
import { Log, LogLevel as MiniflareLogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
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
  runCron(cron: string): Promise<void>;
  stop(): Promise<void>;
};

export type WorkerSetup = {
  /** The Worker's entry file; the one of wrangler.toml unless given. */
  entry?: string;
  port: number;
  /** Variables and secrets, over those of wrangler.toml. */
  bindings: Record<string, string>;
  assetsFolder: string;
  dataFolder: string;
  log: Report;
};

/** Runs a Worker in workerd with the queue, bucket, assets and compatibility date of wrangler.toml. */
export async function startWorker(setup: WorkerSetup): Promise<RunningWorker> {
  const config = unstable_readConfig({ config: join(repositoryFolder, "wrangler.toml") }, { hideWarnings: true });
  // The secrets are the stack's own; wrangler would look for them in the environment and in .dev.vars.
  const { workerOptions } = unstable_getMiniflareWorkerOptions({ ...config, secrets: undefined });
  const crons = config.triggers.crons ?? [];
  const entry = setup.entry ?? config.main;
  if (entry === undefined) throw new Error("wrangler.toml names no main.");
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
        name,
        bindings: { ...workerOptions.bindings, ...setup.bindings },
        modules: await bundleWorker(entry, workerOptions.modulesRules ?? []),
        ...(workerOptions.assets === undefined
          ? {}
          : { assets: { ...workerOptions.assets, directory: setup.assetsFolder } }),
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
