/**
 * Asana. developers.asana.com, API 1.0; `baseUrl` is only needed where a proxy stands before `app.asana.com`.
 *
 * Tasks are asked for ten at a time ("Batch API"). A task is known by the number in its address, which stays; where a
 * workspace gives its tasks IDs of their own ("ID custom field", `WEB-12`), it is known by that too. `site` is the
 * workspace, which such an ID is looked up in. Reading time takes the paid plans that have time tracking; without, a
 * task has no time. An estimate is the number of minutes in the field that Asana itself makes for it.
 */
import type { TicketMention } from "@billhook/domain/tickets";
import { authorise, failure, type Host, mapResult, readJson, send } from "@billhook/http/call";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import { orElse, readInBatches, type TicketOutcome } from "./batches.ts";
import { labelsBy } from "./label-names.ts";
import { createOAuth } from "./oauth.ts";
import { id, instant, line, link, title, toMinutes } from "./ticket-text.ts";
import { pathBelow } from "./ticket-key.ts";
import type { Ticket, TicketClaim, TicketScope, Tracker, TrackerConnection } from "./tracker.ts";
import { markedComment, wholeMinutes } from "./worklog-text.ts";

const webRoot = "https://app.asana.com";
const host: Host = { root: `${webRoot}/api/1.0`, headers: {}, authorise };

/** "Batch API": at most ten actions. */
const mostActions = 10;
const mostPages = 20;

const taskFields = [
  "name",
  "resource_subtype",
  "completed",
  "permalink_url",
  "modified_at",
  "actual_time_minutes",
  "assignee.name",
  "assignee.email",
  "tags.name",
  "parent.name",
  "memberships.project.name",
  "memberships.section.name",
  "custom_type.name",
  "custom_type_status_option.name",
  "custom_fields.asana_created_field",
  "custom_fields.number_value",
  "custom_fields.representation_type",
  "custom_fields.display_value",
];

const named = z.object({ gid: id, name: line }).nullable().catch(null);
const customField = z.object({
  asana_created_field: line,
  representation_type: line,
  display_value: line,
  number_value: z.number().nullable().catch(null),
});
const task = z.object({
  gid: z.string().min(1).max(40),
  name: title,
  resource_subtype: line,
  completed: z.boolean().catch(false),
  permalink_url: link,
  modified_at: instant,
  actual_time_minutes: z.number().nullable().catch(null),
  assignee: z.object({ name: line, email: line }).nullable().catch(null),
  tags: labelsBy("name"),
  parent: named,
  memberships: z.array(z.object({ project: named, section: named })).catch([]),
  custom_type: named,
  custom_type_status_option: named,
  custom_fields: z.array(customField).catch([]),
});
type Task = z.infer<typeof task>;

const action = z.object({ status_code: z.int(), body: z.unknown() });
const batchAnswer = z.object({ data: z.array(action) });
const taskBody = z.object({ data: task });

const user = z.object({
  data: z.object({ name: line, email: line }),
});
const pageOf = <T>(entry: z.ZodType<T>) =>
  z.object({
    data: z.array(entry),
    next_page: z.object({ offset: z.string() }).nullable().catch(null).optional(),
  });
const workspaces = pageOf(z.object({ gid: z.string(), name: title }));
const workspaceFields = pageOf(z.object({ id_prefix: line }));
const timeEntries = pageOf(z.object({ gid: z.string(), description: z.string().nullable().catch(null) }));
const saved = z.object({ data: z.object({ gid: z.string() }) });

const subtypes: Record<string, string> = { default_task: "Task", milestone: "Milestone", approval: "Approval" };

export const asana: Tracker = {
  kind: "asana",
  name: "Asana",
  claim,

  readTickets: (connection, keys) =>
    readInBatches(keys, { size: mostActions, atOnce: 1 }, (batch) => readBatch(connection, batch)),

  async checkAccess(connection) {
    const me = await readJson(host, connection, user, {
      path: "/users/me",
      query: { opt_fields: "name,email" },
    });
    if (!me.ok) return me;
    const sites = await readPages(connection, workspaces, "/workspaces", { opt_fields: "name" });
    if (!sites.ok) return sites;
    const prefixes = await readPrefixes(connection);
    if (!prefixes.ok) return prefixes;
    const { name, email } = me.value.body.data;
    return mapResult(sites, (all) => ({
      account: email ?? name ?? "Asana",
      sites: all.map((site) => ({ id: site.gid, name: site.name, url: `${webRoot}/0/${site.gid}` })),
      prefixes: prefixes.value,
    }));
  },

  worklog: {
    async log(connection, { key, startedAt, seconds, comment, marker }) {
      const gid = await findTask(connection, key);
      if (!gid.ok) return gid;
      const path = `/tasks/${gid.value}/time_tracking_entries`;
      const entries = await readPages(connection, timeEntries, path, { opt_fields: "description" });
      if (!entries.ok) return entries;
      const known = entries.value.find(({ description }) => description?.includes(marker));
      if (known !== undefined) return { ...entries, value: { id: known.gid, wasThere: true } };
      // The day as it was where the work was done; Asana keeps no hour.
      const body = {
        data: {
          duration_minutes: wholeMinutes(seconds),
          entered_on: startedAt.slice(0, 10),
          description: markedComment(comment, marker),
        },
      };
      const made = await readJson(host, connection, saved, { method: "POST", path, body });
      return mapResult(made, (answer) => ({ id: answer.body.data.gid, wasThere: false }));
    },

    async withdraw(connection, log) {
      const path = `/time_tracking_entries/${encodeURIComponent(log.id)}`;
      const sent = await send(host, connection, { method: "DELETE", path });
      if (!sent.ok && sent.code === "not_found") return { ok: true, value: null, budget: sent.budget };
      return mapResult(sent, () => null);
    },
  },

  /** Without scopes in the address the application's full permissions are meant ("OAuth scopes"). */
  oauth: createOAuth({
    root: webRoot,
    authorise: "/-/oauth_authorize",
    token: "/-/oauth_token",
    scopes: [],
    hasPkce: true,
  }),
};

function claim({ form, key, address }: TicketMention, { prefixes, webUrl }: TicketScope): TicketClaim | null {
  if (form === "address") {
    const isOurs = address !== null && pathBelow(address, { baseUrl: null, webUrl }, webRoot) !== null;
    return isOurs && /^\d{8,20}$/.test(key) ? { key, isCertain: true } : null;
  }
  // Few workspaces have IDs of their own: without a known prefix a key is somebody else's.
  const isKnown = form === "project" && prefixes.includes(key.slice(0, key.lastIndexOf("-")));
  return isKnown ? { key, isCertain: true } : null;
}

async function readBatch(
  connection: TrackerConnection,
  keys: readonly string[],
): Promise<CallResult<Map<string, TicketOutcome>>> {
  const asked = keys.flatMap((key) => {
    const path = taskPath(connection, key);
    return path === null ? [] : [{ key, path }];
  });
  const outcomes = new Map<string, TicketOutcome>();
  if (asked.length === 0) return { ok: true, value: outcomes, budget: null };
  const call = { method: "POST" as const, path: "/batch", isRead: true };
  const read = await readJson(host, connection, batchAnswer, {
    ...call,
    body: {
      data: {
        actions: asked.map(({ path }) => ({ method: "get", relative_path: path, options: { fields: taskFields } })),
      },
    },
  });
  if (!read.ok) return read;
  for (const [index, { key, path }] of asked.entries()) {
    const answer = read.value.body.data[index];
    const status = answer?.status_code ?? 500;
    // Each action counts as a request of its own: the budget may end in the midst of a batch.
    if (status === 429) return failure("rate_limited", call, "had an action answered 429", read.budget, 60);
    if (status === 401) return failure("unauthorised", call, "had an action answered 401", read.budget);
    outcomes.set(key, toOutcome(key, path, status, answer?.body));
  }
  return { ok: true, value: outcomes, budget: read.budget };
}

function toOutcome(key: string, path: string, status: number, body: unknown): TicketOutcome {
  const detail = `GET ${path} was answered ${status} in a batch`;
  if (status === 404) return { outcome: "gone" };
  if (status === 403) return { outcome: "failed", code: "forbidden", detail };
  if (status >= 500) return { outcome: "failed", code: "unavailable", detail };
  const parsed = taskBody.safeParse(body);
  if (status >= 400 || !parsed.success) return { outcome: "failed", code: "unexpected", detail };
  const ticket = toTicket(parsed.data.data, key);
  return { outcome: ticket.key === key ? "found" : "moved", ticket };
}

function toTicket(read: Task, asked: string): Ticket {
  const membership = read.memberships[0] ?? null;
  const ownId = read.custom_fields.find((field) => field.representation_type === "custom_id")?.display_value ?? null;
  const estimate = read.custom_fields.find((field) => field.asana_created_field === "estimated_time");
  const project = membership?.project ?? null;
  const parent = read.parent;
  return {
    externalId: read.gid,
    key: asked === read.gid ? asked : (ownId?.toUpperCase() ?? read.gid),
    url: read.permalink_url,
    title: read.name,
    type: read.custom_type?.name ?? subtypes[read.resource_subtype ?? ""] ?? null,
    status:
      read.custom_type_status_option?.name ?? (read.completed ? "Completed" : (membership?.section?.name ?? null)),
    isDone: read.completed,
    labels: read.tags,
    epic: null,
    parent: parent?.name == null ? null : { key: parent.gid, title: parent.name },
    project: project?.name == null ? null : { key: project.gid, title: project.name },
    estimateMinutes: toMinutes(estimate?.number_value, "minutes"),
    loggedMinutes: toMinutes(read.actual_time_minutes, "minutes"),
    assignee: read.assignee,
    updatedAt: read.modified_at,
  };
}

/** Null for what is no key, or an ID where no workspace is chosen to look it up in. */
function taskPath({ site }: TrackerConnection, key: string): string | null {
  if (/^\d{1,20}$/.test(key)) return `/tasks/${key}`;
  if (site === null || !/^[A-Z][A-Z0-9_]*-\d+$/.test(key)) return null;
  return `/workspaces/${encodeURIComponent(site)}/tasks/custom_id/${key}`;
}

/** The task's own id. */
async function findTask(connection: TrackerConnection, key: string): Promise<CallResult<string>> {
  const path = taskPath(connection, key);
  if (path === null) return failure("not_found", { path: "/tasks" }, "was asked for no task");
  if (path.startsWith("/tasks/")) return { ok: true, value: key, budget: null };
  const read = await readJson(host, connection, saved, { path });
  return mapResult(read, ({ body }) => body.data.gid);
}

/** What the chosen workspace's own IDs begin with; none where its plan has no such fields. */
async function readPrefixes(connection: TrackerConnection): Promise<CallResult<string[]>> {
  if (connection.site === null) return { ok: true, value: [], budget: null };
  const path = `/workspaces/${encodeURIComponent(connection.site)}/custom_fields`;
  const fields = orElse(await readPages(connection, workspaceFields, path, { opt_fields: "id_prefix" }), []);
  return mapResult(fields, (all) => [
    ...new Set(all.flatMap(({ id_prefix }) => (id_prefix === null ? [] : [id_prefix.toUpperCase()]))),
  ]);
}

async function readPages<T>(
  connection: TrackerConnection,
  schema: z.ZodType<{ data: T[]; next_page?: { offset: string } | null | undefined }>,
  path: string,
  query: Record<string, string>,
): Promise<CallResult<T[]>> {
  const items: T[] = [];
  let offset: string | null = null;
  for (let page = 1; ; page += 1) {
    const read: CallResult<{ body: z.infer<typeof schema> }> = await readJson(host, connection, schema, {
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
