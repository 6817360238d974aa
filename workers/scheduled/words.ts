import { findWaitingWords, forgetWords } from "@billhook/database/words";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import { tellQueueOfWords } from "../pipeline/queue.ts";

/** Lines whose words nobody finished: the queue was not told, a worker died over them, or the model is to be tried again. */
export async function sweepWords(env: Env, settings: Settings): Promise<void> {
  const waiting = await findWaitingWords(serviceDatabase(settings));
  if (waiting.ok) await tellQueueOfWords(env, waiting.value);
  else log("error", "sweep_failed", { cause: waiting.error.cause });
}

/** What was sent and answered is kept for a while only. */
export async function forgetOldWords(_env: Env, settings: Settings): Promise<void> {
  const forgotten = await forgetWords(serviceDatabase(settings));
  if (!forgotten.ok) log("error", "words_not_forgotten", { cause: forgotten.error.cause });
}
