/**
 * Asana. developers.asana.com, API 1.0; `baseUrl` is only needed where a proxy stands before `app.asana.com`.
 *
 * Tasks are asked for ten at a time ("Batch API"). A task is known by the number in its address, which stays; where a
 * workspace gives its tasks IDs of their own ("ID custom field", `WEB-12`), it is known by that too. `site` is the
 * workspace, which such an ID is looked up in. Reading time takes the paid plans that have time tracking; without, a
 * task has no time. An estimate is the number of minutes in the field that Asana itself makes for it.
 */
import type { TicketMention } from "@billhook/domain/tickets";
import { mapResult, readJson } from "@billhook/http/call";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import { asanaHost, mostActions, pageOf, readActions, readPages, taskPath, webRoot } from "./asana-api.ts";
import { asanaWorklog } from "./asana-time.ts";
import { orElse, readInBatches, type TicketOutcome, toOutcome } from "./batches.ts";
import { labelsBy } from "./label-names.ts";
import { createOAuth } from "./oauth.ts";
import { isProjectKey, pathBelow } from "./ticket-key.ts";
import { id, instant, line, link, ownId, title, toMinutes } from "./ticket-text.ts";
import type { Ticket, TicketClaim, TicketScope, Tracker, TrackerConnection } from "./tracker.ts";

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
  gid: ownId,
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

const taskBody = z.object({ data: task });

const user = z.object({
  data: z.object({ name: line, email: line }),
});
const workspaces = pageOf(z.object({ gid: ownId, name: title }));
const workspaceFields = pageOf(z.object({ id_prefix: line }));

const subtypes: Record<string, string> = { default_task: "Task", milestone: "Milestone", approval: "Approval" };

export const asana: Tracker = {
  kind: "asana",
  name: "Asana",
  claim,

  readTickets: (connection, keys) =>
    readInBatches(keys, { size: mostActions, atOnce: 1 }, (batch) => readBatch(connection, batch)),

  async checkAccess(connection) {
    const me = await readJson(asanaHost, connection, user, {
      path: "/users/me",
      query: { opt_fields: "name,email" },
    });
    if (!me.ok) return me;
    const sites = await readPages(connection, workspaces, "/workspaces", { opt_fields: "name" });
    if (!sites.ok) return sites;
    const only = sites.value.length === 1 ? sites.value[0]?.gid : undefined;
    const prefixes = await readPrefixes(connection, connection.site ?? only);
    if (!prefixes.ok) return prefixes;
    const { name, email } = me.value.body.data;
    return mapResult(sites, (all) => ({
      account: email ?? name ?? "Asana",
      sites: all.map((site) => ({ id: site.gid, name: site.name, url: null })),
      prefixes: prefixes.value,
    }));
  },

  worklog: asanaWorklog,

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
  const read = await readActions(
    connection,
    asked.map(({ path }) => path),
    taskFields,
  );
  if (!read.ok) return read;
  for (const [index, { key, path }] of asked.entries()) {
    const { status, body } = read.value[index] ?? noAnswer;
    outcomes.set(key, readAction(key, path, status, body));
  }
  return { ok: true, value: outcomes, budget: read.budget };
}

/** An answer too few is no ticket that is gone. */
const noAnswer = { status: 500, body: null };

function readAction(key: string, path: string, status: number, body: unknown): TicketOutcome {
  const detail = `GET ${path} was answered ${status} in a batch`;
  if (status === 404) return { outcome: "gone" };
  if (status === 403) return { outcome: "failed", code: "forbidden", detail };
  if (status >= 500) return { outcome: "failed", code: "unavailable", detail };
  const parsed = taskBody.safeParse(body);
  if (status >= 400 || !parsed.success) return { outcome: "failed", code: "unexpected", detail };
  return toOutcome(key, toTicket(parsed.data.data, key));
}

function toTicket(read: Task, asked: string): Ticket {
  const membership = read.memberships[0] ?? null;
  const shown = read.custom_fields.find((field) => field.representation_type === "custom_id")?.display_value;
  const ownId = shown?.toUpperCase() ?? "";
  const estimate = read.custom_fields.find((field) => field.asana_created_field === "estimated_time");
  const project = membership?.project ?? null;
  const parent = read.parent;
  return {
    externalId: read.gid,
    key: asked !== read.gid && isProjectKey(ownId) ? ownId : read.gid,
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

/** What the workspace's own IDs begin with; none where its plan has no such fields. */
async function readPrefixes(connection: TrackerConnection, site: string | undefined): Promise<CallResult<string[]>> {
  if (site === undefined) return { ok: true, value: [], budget: null };
  const path = `/workspaces/${encodeURIComponent(site)}/custom_fields`;
  const fields = orElse(await readPages(connection, workspaceFields, path, { opt_fields: "id_prefix" }), []);
  return mapResult(fields, (all) => [
    ...new Set(all.flatMap(({ id_prefix }) => (id_prefix === null ? [] : [id_prefix.toUpperCase()]))),
  ]);
}
