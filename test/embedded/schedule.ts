import type { Log } from "./log.ts";

/** How often what runs every minute in production runs here: people look at the result. */
const SWEEP_SECONDS = 15;

/**
 * Runs the schedules of wrangler.toml, which workerd does not do by itself. Each runs once at the start, so that what was
 * accepted and not finished before a crash is taken up at once. Knows every minute and once an hour. Returns how to stop.
 */
export function startSchedules(crons: readonly string[], run: (cron: string) => Promise<void>, log: Log): () => void {
  const timers = crons.map((cron) => {
    let running = false;
    const runOnce = async (): Promise<void> => {
      if (running) return;
      running = true;
      try {
        await run(cron);
      } catch (error) {
        log({ level: "error", source: "schedule", message: error instanceof Error ? error.message : String(error) });
      } finally {
        running = false;
      }
    };
    void runOnce();
    return setInterval(() => void runOnce(), readInterval(cron) * 1000);
  });
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

function readInterval(cron: string): number {
  if (cron === "* * * * *") return SWEEP_SECONDS;
  if (/^\d+ \* \* \* \*$/.test(cron)) return 3600;
  throw new Error(`The embedded stack does not know the schedule "${cron}".`);
}
