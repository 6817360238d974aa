import { resumeImport, startImport, stopImport } from "@billhook/database/imports";
import * as z from "zod";
import type { Settings } from "../env.ts";
import { readJson } from "../http/json.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";
import { tellQueue } from "../pipeline/queue.ts";

const requestSchema = z
  .object({
    since: z
      .union([z.iso.date(), z.iso.datetime({ offset: true })], { error: "must be a date or an instant" })
      .optional(),
    last: z.number().int().min(1).max(1_000_000).optional(),
    as: z.enum(["drafts", "billed"]),
  })
  .refine(({ since, last }) => since === undefined || last === undefined, {
    path: ["since"],
    error: "either since or last, not both",
  });

const unknownImport = (): Response => problem(404, "There is no such import.");

/** POST /api/repositories/:id/imports: brings in history, since a moment, the last commits, or all of it. */
export async function createImport(
  request: Request,
  env: Env,
  settings: Settings,
  repositoryId: string,
): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  if (!isUuid(repositoryId)) return problem(404, "There is no such repository.");
  const body = await readJson(request, requestSchema);
  if (body instanceof Response) return body;
  const started = await startImport(db, {
    repositoryId,
    as: body.as,
    since: body.since === undefined ? null : new Date(body.since).toISOString(),
    last: body.last ?? null,
  });
  if (!started.ok) return databaseProblem(started.error);
  await tellQueue(env, [{ importId: started.value }]);
  return Response.json({ id: started.value }, { status: 202 });
}

/** POST /api/imports/:id/stop */
export async function stop(request: Request, settings: Settings, importId: string): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  if (!isUuid(importId)) return unknownImport();
  const stopped = await stopImport(db, importId);
  return stopped.ok ? Response.json({ status: stopped.value }) : databaseProblem(stopped.error);
}

/** POST /api/imports/:id/resume */
export async function resume(request: Request, env: Env, settings: Settings, importId: string): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  if (!isUuid(importId)) return unknownImport();
  const resumed = await resumeImport(db, importId);
  if (!resumed.ok) return databaseProblem(resumed.error);
  await tellQueue(env, [{ importId }]);
  return Response.json({ status: resumed.value }, { status: 202 });
}
