/** What happens by the clock: the crons of wrangler.toml. */
import type { Settings } from "../env.ts";
import { log } from "../log.ts";
import { refreshAddressRanges } from "./addresses.ts";
import { completeLater } from "./complete-later.ts";
import { reconcileRepositories } from "./reconcile.ts";
import { reencryptSecrets } from "./reencrypt.ts";
import { settleStripe } from "./settle-stripe.ts";
import { compareStripeAccounts } from "./stripe.ts";
import { sweepWaiting } from "./sweep.ts";
import { refreshTickets } from "./tickets.ts";
import { forgetOldWords, sweepWords } from "./words.ts";
import { sendWorklogs } from "./worklogs.ts";

type Task = (env: Env, settings: Settings) => Promise<void>;

const everyMinute: Task[] = [sweepWaiting, refreshTickets, sendWorklogs, sweepWords, completeLater, settleStripe];
const everyHour: Task[] = [
  reconcileRepositories,
  reencryptSecrets,
  refreshAddressRanges,
  forgetOldWords,
  compareStripeAccounts,
];

/** One task that fails does not keep the others from running. */
export async function runSchedule(cron: string, env: Env, settings: Settings): Promise<void> {
  for (const task of cron === "* * * * *" ? everyMinute : everyHour) {
    try {
      await task(env, settings);
    } catch (error) {
      log("error", "task_failed", { task: task.name, cause: String(error) });
    }
  }
}
