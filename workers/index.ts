import { createApi } from "./api/routes.ts";
import { readSettings } from "./env.ts";
import { consumeDeadLetters } from "./pipeline/consume.ts";
import { consumeMessages } from "./pipeline/messages.ts";
import type { QueueMessage } from "./pipeline/queue.ts";
import { runSchedule } from "./scheduled/schedule.ts";

const api = createApi();

export default {
  fetch: (request, env, context) => api.fetch(request, env, context),

  queue: (batch, env) =>
    batch.queue.endsWith("dead-letters")
      ? consumeDeadLetters(batch, readSettings(env))
      : consumeMessages(batch, env, readSettings(env)),

  scheduled: (controller, env) => runSchedule(controller.cron, env, readSettings(env)),
} satisfies ExportedHandler<Env, QueueMessage>;
