import { replayDeliveries, replayFailedDeliveries } from "@billhook/database/deliveries";
import * as z from "zod";
import type { Settings } from "../env.ts";
import { readJson } from "../http/json.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem } from "../http/problem.ts";
import { tellQueueOfDeliveries } from "../pipeline/queue.ts";

const requestSchema = z.union([
  z.object({ ids: z.array(z.uuid()).min(1).max(1000) }),
  /** All that failed, in the workspace or of one repository. */
  z.object({ ids: z.undefined().optional(), workspace_id: z.uuid(), repository_id: z.uuid().optional() }),
]);

/** POST /api/deliveries/replay: puts failed deliveries back in the queue. */
export async function replay(request: Request, env: Env, settings: Settings): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const body = await readJson(request, requestSchema);
  if (body instanceof Response) return body;
  const replayed =
    body.ids === undefined
      ? await replayFailedDeliveries(db, body.workspace_id, body.repository_id ?? null)
      : await replayDeliveries(db, body.ids);
  if (!replayed.ok) return databaseProblem(replayed.error);
  await tellQueueOfDeliveries(env, replayed.value);
  return Response.json({ replayed: replayed.value }, { status: 202 });
}
