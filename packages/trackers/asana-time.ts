/**
 * Time written to Asana as time tracking entries. developers.asana.com, "Time tracking entries": an entry has a day and
 * whole minutes; a list of them has no descriptions, so those of the day are read one by one, in batches.
 */
import { mapResult, readJson, send } from "@billhook/http/call";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import { asanaHost, created, findTask, mostActions, pageOf, readActions, readPages } from "./asana-api.ts";
import { ownId } from "./ticket-text.ts";
import type { TrackerConnection, TrackerWorklog } from "./tracker.ts";
import { markedComment, wholeMinutes } from "./worklog-text.ts";

const entries = pageOf(z.object({ gid: ownId, entered_on: z.string().nullable().catch(null) }));
const described = z.object({ data: z.object({ description: z.string() }) });

export const asanaWorklog: TrackerWorklog = {
  async log(connection, { key, startedAt, seconds, comment, marker }) {
    const task = await findTask(connection, key);
    if (!task.ok) return task;
    const path = `/tasks/${task.value}/time_tracking_entries`;
    // The day as it was where the work was done; Asana keeps no hour.
    const day = startedAt.slice(0, 10);
    const known = await findEntry(connection, path, day, marker);
    if (!known.ok) return known;
    if (known.value !== null) return { ...known, value: { id: known.value, wasThere: true } };
    const body = {
      data: { duration_minutes: wholeMinutes(seconds), entered_on: day, description: markedComment(comment, marker) },
    };
    const made = await readJson(asanaHost, connection, created, { method: "POST", path, body });
    return mapResult(made, (answer) => ({ id: answer.body.data.gid, wasThere: false }));
  },

  async withdraw(connection, log) {
    const path = `/time_tracking_entries/${encodeURIComponent(log.id)}`;
    const sent = await send(asanaHost, connection, { method: "DELETE", path });
    if (!sent.ok && sent.code === "not_found") return { ok: true, value: null, budget: sent.budget };
    return mapResult(sent, () => null);
  },
};

/** The entry of that day with the marker; null where there is none. */
async function findEntry(
  connection: TrackerConnection,
  path: string,
  day: string,
  marker: string,
): Promise<CallResult<string | null>> {
  const listed = await readPages(connection, entries, path, { opt_fields: "entered_on" });
  if (!listed.ok) return listed;
  const ofDay = listed.value.flatMap((entry) => (entry.entered_on === day ? [entry.gid] : []));
  for (let start = 0; start < ofDay.length; start += mostActions) {
    const part = ofDay.slice(start, start + mostActions);
    const read = await readActions(
      connection,
      part.map((gid) => `/time_tracking_entries/${encodeURIComponent(gid)}`),
      ["description"],
    );
    if (!read.ok) return read;
    const index = read.value.findIndex(({ body }) => described.safeParse(body).data?.data.description.includes(marker));
    const found = part[index];
    if (found !== undefined) return { ...read, value: found };
  }
  return { ok: true, value: null, budget: listed.budget };
}
