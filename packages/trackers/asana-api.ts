/** Asana's API as its clients need it: batches, pages, and where a task is. developers.asana.com. */
import { authorise, failure, type Host, mapResult, readJson } from "@billhook/http/call";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import { ownId } from "./ticket-text.ts";
import type { TrackerConnection } from "./tracker.ts";

export const webRoot = "https://app.asana.com";
export const asanaHost: Host = { root: `${webRoot}/api/1.0`, headers: {}, authorise };

/** "Batch API": at most ten actions. */
export const mostActions = 10;
const mostPages = 20;

const action = z.object({ status_code: z.int(), body: z.unknown() });
const batchAnswer = z.object({ data: z.array(action) });

export const created = z.object({ data: z.object({ gid: ownId }) });

export const pageOf = <T>(entry: z.ZodType<T>) =>
  z.object({
    data: z.array(entry),
    next_page: z.object({ offset: z.string() }).nullable().catch(null).optional(),
  });

/** Reads up to ten paths in one request; one answer for each, in the order asked. */
export async function readActions(
  connection: TrackerConnection,
  paths: readonly string[],
  fields: readonly string[],
): Promise<CallResult<{ status: number; body: unknown }[]>> {
  const call = { method: "POST" as const, path: "/batch", isRead: true };
  const actions = paths.map((path) => ({ method: "get", relative_path: path, options: { fields } }));
  const read = await readJson(asanaHost, connection, batchAnswer, { ...call, body: { data: { actions } } });
  if (!read.ok) return read;
  const { data } = read.value.body;
  // Each action counts as a request of its own: the budget may end in the midst of a batch.
  const refused = data.find((answer) => answer.status_code === 429 || answer.status_code === 401)?.status_code;
  if (refused === 429) return failure("rate_limited", call, "had an action answered 429", read.budget, 60);
  if (refused === 401) return failure("unauthorised", call, "had an action answered 401", read.budget);
  return { ...read, value: data.map(({ status_code: status, body }) => ({ status, body })) };
}

export async function readPages<T>(
  connection: TrackerConnection,
  schema: z.ZodType<{ data: T[]; next_page?: { offset: string } | null | undefined }>,
  path: string,
  query: Record<string, string>,
): Promise<CallResult<T[]>> {
  const items: T[] = [];
  let offset: string | null = null;
  for (let page = 1; ; page += 1) {
    const read: CallResult<{ body: z.infer<typeof schema> }> = await readJson(asanaHost, connection, schema, {
      path,
      query: { ...query, limit: 100, offset },
    });
    if (!read.ok) return read;
    items.push(...read.value.body.data);
    const next: string | null = read.value.body.next_page?.offset ?? null;
    if (next === null || next === offset || page >= mostPages) return { ...read, value: items };
    offset = next;
  }
}

/** Null for what is no key, or an ID where no workspace is chosen to look it up in. */
export function taskPath({ site }: TrackerConnection, key: string): string | null {
  if (/^\d{1,20}$/.test(key)) return `/tasks/${key}`;
  if (site === null || !/^[A-Z][A-Z0-9_]*-\d+$/.test(key)) return null;
  return `/workspaces/${encodeURIComponent(site)}/tasks/custom_id/${key}`;
}

/** The task's own id. */
export async function findTask(connection: TrackerConnection, key: string): Promise<CallResult<string>> {
  const path = taskPath(connection, key);
  if (path === null) return failure("not_found", { path: "/tasks" }, "was asked for no task");
  if (path.startsWith("/tasks/")) return { ok: true, value: key, budget: null };
  const read = await readJson(asanaHost, connection, created, { path });
  return mapResult(read, ({ body }) => body.data.gid);
}
