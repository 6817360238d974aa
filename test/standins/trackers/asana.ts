/**
 * A stand-in for Asana's API 1.0 as far as tasks, their time and workspaces go. developers.asana.com; a task answers
 * with the fields that were asked for, and no more.
 */
import { type StandinContext, tokenOf } from "../service/server.ts";
import { addApplication, type ApplicationOptions, type ApplicationStandin } from "./application.ts";
import { TrackerStandin, type TrackerRules } from "./server.ts";
import { secondsLogged, type StandinTicket } from "./ticket.ts";

const say = (message: string): object => ({
  errors: [{ message, help: "For more information, see the documentation." }],
});

const rules: TrackerRules = {
  apiPath: "/api/1.0",
  // "Rate limits": 150 a minute without a paid plan, of which only the wait is told.
  rateLimit: { requests: 150, windowSeconds: 60 },
  rateHeaders: ({ remaining, resetAt }) =>
    remaining > 0 ? {} : { "retry-after": String(Math.max(1, resetAt - Math.floor(Date.now() / 1000))) },
  limited: () => ({ status: 429, body: say("You have made too many requests recently. Please, be chill.") }),
  unauthorised: () => ({ status: 401, body: say("Not Authorized") }),
  forbidden: () => ({ status: 403, body: say("Forbidden") }),
  notFound: () => say("No matching route for request"),
};

export const asanaWorkspace = { gid: "1200000000000001", name: "Studio" };

interface Action {
  relative_path?: string;
  method?: string;
  options?: { fields?: string[] };
}

export async function startAsanaStandin(options: ApplicationOptions): Promise<ApplicationStandin> {
  const standin = new TrackerStandin(rules, options);
  const oauth = addApplication(standin, options, rules.apiPath, {
    authorise: "/-/oauth_authorize",
    token: "/-/oauth_token",
    hasPkce: true,
    keepsRefreshToken: true,
  });
  standin.guard(tokenOf);

  standin.route("POST", "/batch", async (c) => {
    const { data } = await c.req.json<{ data?: { actions?: Action[] } }>();
    const actions = data?.actions ?? [];
    if (actions.length === 0 || actions.length > 10) return c.json(say("actions: Must be between 1 and 10"), 400);
    const answers = actions.map(({ relative_path: path = "", method, options: wanted }) => {
      if (method !== "get" || path.includes("?")) return answerOf(400, say("relative_path: Invalid"));
      const found = readPath(standin, path);
      return found === null
        ? answerOf(404, say(`Unknown object: ${path}`))
        : answerOf(200, { data: select(found, wanted?.fields ?? []) });
    });
    return c.json({ data: answers });
  });

  standin.route("GET", "/workspaces/:workspace/tasks/custom_id/:id", (c) => {
    const found = ofWorkspace(standin, c.req.param("workspace"), c.req.param("id"));
    return found === undefined ? c.json(say("task: Unknown object"), 404) : c.json({ data: toTask(found) });
  });
  standin.route("GET", "/users/me", (c) =>
    c.json({ data: { gid: "1200000000000002", name: "Dev One", email: "dev.one@example.com" } }),
  );
  standin.route("GET", "/workspaces", (c) => paged(c, [{ ...asanaWorkspace, resource_type: "workspace" }]));
  standin.route("GET", "/workspaces/:workspace/custom_fields", (c) => {
    const prefixes = new Set(standin.tickets.flatMap(({ key }) => /^([A-Z]+)-/.exec(key)?.[1] ?? []));
    return paged(c, [{ gid: "1", id_prefix: null }, ...[...prefixes].map((id_prefix) => ({ gid: "2", id_prefix }))]);
  });
  addTimeRoutes(standin);
  await standin.start();
  return Object.assign(standin, { oauth });
}

function addTimeRoutes(standin: TrackerStandin): void {
  standin.route("GET", "/tasks/:task/time_tracking_entries", (c) => {
    const found = standin.find(c.req.param("task") ?? "");
    if (found === undefined) return c.json(say("task: Unknown object"), 404);
    return paged(
      c,
      // A list has no descriptions.
      found.worklogs.map(({ id, seconds, startedAt }) => ({
        gid: id,
        duration_minutes: seconds / 60,
        entered_on: startedAt.slice(0, 10),
      })),
    );
  });
  standin.route("POST", "/tasks/:task/time_tracking_entries", async (c) => {
    const found = standin.find(c.req.param("task") ?? "");
    if (found === undefined) return c.json(say("task: Unknown object"), 404);
    const { data } = await c.req.json<{ data: Record<string, unknown> }>();
    const { duration_minutes: minutes, entered_on: day, description } = data;
    if (!Number.isInteger(minutes) || Number(minutes) < 1) return c.json(say("duration_minutes: Invalid"), 400);
    if (!/^\d{4}-\d\d-\d\d$/.test(String(day))) return c.json(say("entered_on: Not a valid date"), 400);
    const id = String(1_300_000_000_000_000 + standin.nextId());
    found.worklogs.push({
      id,
      startedAt: String(day),
      seconds: Number(minutes) * 60,
      comment: String(description),
      author: "Dev One",
    });
    return c.json({ data: { gid: id, duration_minutes: minutes, entered_on: day } }, 201);
  });
  standin.route("DELETE", "/time_tracking_entries/:entry", (c) => {
    const entry = c.req.param("entry");
    for (const { worklogs } of standin.tickets) {
      const index = worklogs.findIndex(({ id }) => id === entry);
      if (index < 0) continue;
      worklogs.splice(index, 1);
      return c.json({ data: {} });
    }
    return c.json(say("time_tracking_entry: Unknown object"), 404);
  });
}

const answerOf = (status: number, body: object): object => ({ status_code: status, headers: {}, body });

/** What an action of a batch reads: a task by its gid or its ID, or an entry of time. */
function readPath(standin: TrackerStandin, path: string): Record<string, unknown> | null {
  const entry = /^\/time_tracking_entries\/(\d+)$/.exec(path)?.[1];
  if (entry !== undefined) {
    const log = standin.tickets.flatMap(({ worklogs }) => worklogs).find(({ id }) => id === entry);
    return log === undefined ? null : { gid: log.id, resource_type: "time_tracking_entry", description: log.comment };
  }
  const gid = /^\/tasks\/(\d+)$/.exec(path)?.[1];
  const [, workspace, ownId] = /^\/workspaces\/(\d+)\/tasks\/custom_id\/([\w-]+)$/.exec(path) ?? [];
  const found = gid === undefined ? ofWorkspace(standin, workspace, ownId) : standin.find(gid);
  return found === undefined ? null : toTask(found);
}

/** IDs of their own are looked up in the workspace that has them; a moved task has a new one. */
function ofWorkspace(standin: TrackerStandin, workspace = "", customId = ""): StandinTicket | undefined {
  return workspace === asanaWorkspace.gid ? standin.find(customId) : undefined;
}

function toTask(ticket: StandinTicket): Record<string, unknown> {
  const { key, parent, project, assignee } = ticket;
  const ownId = { asana_created_field: null, representation_type: "custom_id", display_value: key, number_value: 12 };
  const estimate = {
    asana_created_field: "estimated_time",
    representation_type: "number",
    display_value: null,
    number_value: ticket.estimateMinutes,
  };
  return {
    gid: ticket.id,
    resource_type: "task",
    resource_subtype: ticket.type === "Milestone" ? "milestone" : "default_task",
    name: ticket.title,
    completed: ticket.isDone,
    permalink_url: `https://app.asana.com/1/${asanaWorkspace.gid}/task/${ticket.id}`,
    modified_at: ticket.updatedAt,
    actual_time_minutes: secondsLogged(ticket) / 60,
    assignee: assignee === null ? null : { gid: "1200000000000002", resource_type: "user", ...assignee },
    tags: ticket.labels.map((name, index) => ({ gid: String(index + 1), resource_type: "tag", name })),
    parent: parent === null ? null : { gid: parent.key, resource_type: "task", name: parent.title },
    memberships: [
      {
        project: { gid: "1200000000000003", resource_type: "project", name: project.title },
        section: { gid: "1200000000000004", resource_type: "section", name: ticket.status },
      },
    ],
    custom_type: null,
    custom_type_status_option: null,
    custom_fields: [...(/^\d+$/.test(key) ? [] : [ownId]), estimate],
  };
}

/** What an answer has of an object: its gid and type, and the fields that were asked for. */
function select(whole: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  const chosen: Record<string, unknown> = { gid: whole["gid"], resource_type: whole["resource_type"] };
  const byHead = Map.groupBy(fields, (field) => field.split(".")[0] ?? "");
  for (const [head, wanted] of byHead) {
    const below = wanted.flatMap((field) => (field.includes(".") ? [field.slice(head.length + 1)] : []));
    const value = whole[head];
    if (value === undefined) continue;
    chosen[head] = below.length === 0 ? value : selectBelow(value, below);
  }
  return chosen;
}

function selectBelow(value: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((entry) => selectBelow(entry, fields));
  return typeof value === "object" && value !== null ? select(value as Record<string, unknown>, fields) : value;
}

function paged(c: StandinContext, all: readonly object[]): Response {
  const limit = Math.min(100, Number(c.req.query("limit") ?? 20));
  const start = Number((c.req.query("offset") ?? "from-0").replace("from-", ""));
  const offset = start + limit < all.length ? `from-${start + limit}` : null;
  const next = offset === null ? null : { offset, path: c.req.path, uri: c.req.url };
  return c.json({ data: all.slice(start, start + limit), next_page: next });
}
