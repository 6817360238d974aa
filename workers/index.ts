import { createApi } from "./api/routes.ts";
import { consumeDeadLetters, consumeDeliveries, type DeliveryMessage } from "./pipeline/consume.ts";
import { sweepWaitingDeliveries } from "./scheduled/sweep.ts";
import { readSettings } from "./env.ts";

const api = createApi();

export default {
  fetch: (request, env, context) => api.fetch(request, env, context),

  queue: (batch, env) =>
    batch.queue.endsWith("dead-letters") ? consumeDeadLetters(batch, readSettings(env)) : consumeDeliveries(batch, readSettings(env)),

  scheduled: (_controller, env) => sweepWaitingDeliveries(env, readSettings(env)),
} satisfies ExportedHandler<Env, DeliveryMessage>;
