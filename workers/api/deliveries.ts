import { replayDeliveries } from "@billhook/database/deliveries";
import * as z from "zod";
import type { Settings } from "../env.ts";
import { readJson } from "../http/json.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem } from "../http/problem.ts";
import { log } from "../log.ts";
import { queueDeliveries } from "../scheduled/sweep.ts";

const requestSchema = z.object({ ids: z.array(z.uuid()).min(1).max(1000) });

/** POST /api/deliveries/replay: puts failed deliveries back in the queue. */
export async function replay(request: Request, env: Env, settings: Settings): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const body = await readJson(request, requestSchema);
  if (body instanceof Response) return body;
  const replayed = await replayDeliveries(db, body.ids);
  if (!replayed.ok) return databaseProblem(replayed.error);
  try {
    await queueDeliveries(env, replayed.value);
  } catch (error) {
    // They are accepted again; the sweep queues them within a minute.
    log("warn", "queue_not_told", { deliveries: replayed.value.length, cause: String(error) });
  }
  return Response.json({ replayed: replayed.value }, { status: 202 });
}
