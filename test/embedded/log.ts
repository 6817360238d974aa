import { AsyncLocalStorage } from "node:async_hooks";
import { format } from "node:util";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Where a part of the stack says something. `source` names the part: worker, supabase, web, mail. */
export type Log = (entry: { level: LogLevel; source: string; message: string }) => void;

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];
const speaker = new AsyncLocalStorage<(message: string) => void>();

/**
 * Runs code that writes to the console, and sends what it writes to `say` instead: `@supabase/lite` prints every refused
 * statement with its stack, which is an ordinary answer here. What others write meanwhile stays as it is.
 */
export function withConsole<T>(say: (message: string) => void, run: () => T): T {
  return speaker.run(say, run);
}

for (const level of [...LEVELS, "log"] as const) {
  const original = console[level];
  console[level] = (...parts: unknown[]) => {
    const say = speaker.getStore();
    if (say === undefined) original(...parts);
    else say(format(...parts));
  };
}
