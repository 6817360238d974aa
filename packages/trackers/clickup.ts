/**
 * ClickUp. developer.clickup.com, API v2; `baseUrl` is only needed where a proxy stands before `api.clickup.com`.
 *
 * A task is known by its own id (`CU-86b1c2d`), which stays, or, where its Space gives them, by a custom one (`WEB-12`),
 * which is looked up in the workspace: `site`. No call reads several tasks by their ids, so they are read one by one, a
 * few at a time. What is not there is answered like a workspace that the token is not for ("Common errors": 401 with
 * OAUTH_027), so that a refusal says nothing until the token has been tried elsewhere.
 */
import type { TicketMention } from "@billhook/domain/tickets";
import { authorise, failure, type Host, mapResult, readJson, send } from "@billhook/http/call";
import type { CallResult, Token } from "@billhook/http/result";
import * as z from "zod";
import { orElse, readEach, readInBatches, type TicketOutcome, toOutcome } from "./batches.ts";
import { labelsBy } from "./label-names.ts";
import { createOAuth } from "./oauth.ts";
import { id, instant, line, link, ownId, title, toMinutes } from "./ticket-text.ts";
import { isProjectKey, pathBelow } from "./ticket-key.ts";
import type { Ticket, TicketClaim, TicketScope, Tracker, TrackerConnection } from "./tracker.ts";
import { markedComment } from "./worklog-text.ts";

const webRoot = "https://app.clickup.com";

/** A personal token stands in its header without a scheme ("Authentication"). */
const host: Host = {
  root: "https://api.clickup.com/api/v2",
  headers: {},
  authorise: (token: Token) =>
    token.kind === "bearer" && token.value.startsWith("pk_") ? { authorization: token.value } : authorise(token),
};

/** Of the hundred a minute that a token has on most plans. */
const atOnce = 5;
/** A log is looked for around its day. */
const aroundMs = 3 * 24 * 60 * 60 * 1000;

const place = z
  .object({ id, name: line, hidden: z.boolean().catch(false) })
  .nullable()
  .catch(null);
/** Milliseconds, which the API gives as a number or as its text. */
const milliseconds = z.coerce.number().nullable().catch(null);

const task = z.object({
  id: ownId,
  custom_id: z
    .string()
    .transform((value) => value.toUpperCase())
    .refine(isProjectKey)
    .nullable()
    .catch(null),
  custom_item_id: z.int().nullable().catch(null),
  name: title,
  status: z.object({ status: line, type: line }).nullable().catch(null),
  date_updated: milliseconds.transform((moment) => instant.parse(moment)),
  assignees: z.array(z.object({ username: line, email: line })).catch([]),
  tags: labelsBy("name"),
  parent: line,
  time_estimate: milliseconds,
  time_spent: milliseconds,
  list: place,
  folder: place,
  url: link,
});
type Task = z.infer<typeof task>;

const teams = z.object({ teams: z.array(z.object({ id: ownId, name: title })) });
const user = z.object({ user: z.object({ username: line, email: line }) });
const itemTypes = z.object({ custom_items: z.array(z.object({ id: z.int(), name: line })) });
const timeEntries = z.object({
  data: z.array(z.object({ id: ownId, description: z.string().nullable().catch(null) })),
});
const savedEntry = z.object({ data: z.object({ id: ownId }) });

/** What every workspace has ("Custom Task Types"). */
const itemNames = new Map<number, string>([
  [0, "Task"],
  [1, "Milestone"],
]);

export const clickup: Tracker = {
  kind: "clickup",
  name: "ClickUp",
  claim,

  async readTickets(connection, keys) {
    const tasks = new Map<string, Task>();
    const readOne = taskReader(connection);
    const answers = await readInBatches(keys, { size: 1, atOnce }, async ([key = ""]) =>
      mapResult(await readOne(key), (read) => {
        const outcomes = new Map<string, TicketOutcome>();
        if (read === null) return outcomes;
        tasks.set(key, read);
        return outcomes.set(key, toOutcome(key, toTicket(read, key)));
      }),
    );
    if (!answers.ok) return answers;
    const names = await readNames(connection, [...tasks.values()], readOne);
    if (!names.ok) return names;
    const value = answers.value.map((answer) => {
      const read = tasks.get(answer.key);
      if (read === undefined || !("ticket" in answer)) return answer;
      return { ...answer, ticket: { ...answer.ticket, ...placeOf(read, names.value) } };
    });
    return { ok: true, value, budget: names.budget ?? answers.budget };
  },

  async checkAccess(connection) {
    const me = await readJson(host, connection, user, { path: "/user" });
    if (!me.ok) return me;
    const { email, username } = me.value.body.user;
    return mapResult(await readJson(host, connection, teams, { path: "/team" }), ({ body }) => ({
      account: email ?? username ?? "ClickUp",
      sites: body.teams.map(({ id: team, name }) => ({ id: team, name, url: null })),
      // The API does not tell what the Spaces' custom ids begin with.
      prefixes: [],
    }));
  },

  worklog: {
    async log(connection, { key, startedAt, seconds, comment, marker }) {
      const found = await taskReader(connection)(key);
      if (!found.ok) return found;
      const path = entriesPath(connection);
      if (found.value === null || path === null)
        return failure("not_found", { path: "/task" }, "was asked for no task");
      const start = Date.parse(startedAt);
      const around = { start_date: start - aroundMs, end_date: start + aroundMs, task_id: found.value.id };
      const entries = await readJson(host, connection, timeEntries, { path, query: around });
      if (!entries.ok) return entries;
      const known = entries.value.body.data.find(({ description }) => description?.includes(marker));
      if (known !== undefined) return { ...entries, value: { id: known.id, wasThere: true } };
      const body = {
        tid: found.value.id,
        start,
        duration: Math.max(1, Math.round(seconds)) * 1000,
        description: markedComment(comment, marker),
      };
      const made = await readJson(host, connection, savedEntry, { method: "POST", path, body });
      return mapResult(made, (answer) => ({ id: answer.body.data.id, wasThere: false }));
    },

    async withdraw(connection, log) {
      const path = entriesPath(connection);
      if (path === null) return failure("unexpected", { path: "/team" }, "has no workspace to go to");
      const sent = await send(host, connection, { method: "DELETE", path: `${path}/${encodeURIComponent(log.id)}` });
      if (!sent.ok && sent.code === "not_found") return { ok: true, value: null, budget: sent.budget };
      return mapResult(sent, () => null);
    },
  },

  /** The person chooses the workspaces; there are no scopes ("Authentication"). */
  oauth: createOAuth({
    root: webRoot,
    tokenRoot: "https://api.clickup.com",
    authorise: "/api",
    token: "/api/v2/oauth/token",
    scopes: [],
    hasPkce: false,
  }),
};

const customId = /^[A-Z][A-Z0-9_]{0,19}-[1-9]\d{0,9}$/;

function claim(mention: TicketMention, { prefixes, site, webUrl }: TicketScope): TicketClaim | null {
  const { form, key, address } = mention;
  if (form === "address") {
    const isOurs =
      address !== null && pathBelow(address, { baseUrl: null, webUrl }, webRoot)?.startsWith("/t/") === true;
    return isOurs ? { key, isCertain: true } : null;
  }
  const own = /^CU-([a-z0-9]{4,16})$/i.exec(key)?.[1]?.toLowerCase();
  // `#86b1c2d` may be the beginning of a commit's hash just as well.
  if (own !== undefined) return { key: `CU-${own}`, isCertain: !mention.isWeak };
  if (form !== "project" || site === null || !customId.test(key)) return null;
  const isKnown = prefixes.includes(key.slice(0, key.lastIndexOf("-")));
  return isKnown || prefixes.length === 0 ? { key, isCertain: isKnown } : null;
}

type TaskReader = (key: string) => Promise<CallResult<Task | null>>;

/** Reads a task by its key; null where there is none. A refusal is looked into once. */
function taskReader(connection: TrackerConnection): TaskReader {
  const { site } = connection;
  let refusal: Promise<CallResult<boolean>> | null = null;

  /** Is it the task, and not the token, that a 401 was about? */
  async function isOfTask(): Promise<CallResult<boolean>> {
    const call = { path: "/team" };
    const read = await readJson(host, connection, teams, call);
    if (!read.ok || site === null || read.value.body.teams.some(({ id: team }) => team === site)) {
      return mapResult(read, () => true);
    }
    return failure("forbidden", call, "does not list the workspace", read.budget);
  }

  return async (key) => {
    const own = /^CU-([a-z0-9]{1,20})$/.exec(key)?.[1];
    if (own === undefined && (site === null || !customId.test(key))) return { ok: true, value: null, budget: null };
    const read = await readJson(
      host,
      connection,
      task,
      own === undefined
        ? { path: `/task/${key}`, query: { custom_task_ids: "true", team_id: site } }
        : { path: `/task/${own}` },
    );
    if (read.ok) return { ...read, value: read.value.body };
    if (read.code === "unauthorised") {
      refusal ??= isOfTask();
      return mapResult(await refusal, () => null);
    }
    return read.code === "not_found" ? { ok: true, value: null, budget: read.budget } : read;
  };
}

function toTicket(read: Task, asked: string): Ticket {
  const own = `CU-${read.id}`;
  const status = read.status;
  return {
    externalId: read.id,
    key: asked === own ? own : (read.custom_id ?? own),
    url: read.url,
    title: read.name,
    type: null,
    status: status?.status ?? null,
    // "Statuses": a list's last status is closed, and those of the done group are done.
    isDone: status?.type === "closed" || status?.type === "done",
    labels: read.tags,
    epic: null,
    parent: null,
    project: toGroup(read.list),
    estimateMinutes: toMinutes(read.time_estimate, "milliseconds"),
    loggedMinutes: toMinutes(read.time_spent ?? 0, "milliseconds"),
    assignee: toAssignee(read.assignees[0]),
    updatedAt: read.date_updated,
  };
}

const toAssignee = (person: Task["assignees"][number] | undefined): Ticket["assignee"] =>
  person === undefined ? null : { name: person.username, email: person.email };

const toGroup = (of: Task["list"]): Ticket["project"] =>
  of?.name == null || of.hidden ? null : { key: of.id, title: of.name };

interface Names {
  /** By their ids. */
  parents: Map<string, Task>;
  types: Map<number, string>;
}

/** What the tasks only have ids of: their parents, and the types that the workspace has made. */
async function readNames(
  connection: TrackerConnection,
  tasks: readonly Task[],
  readOne: TaskReader,
): Promise<CallResult<Names>> {
  const known = new Map(tasks.map((of) => [of.id, of]));
  const wanted = new Set(tasks.flatMap(({ parent }) => (parent === null || known.has(parent) ? [] : [parent])));
  const parents = await readEach([...wanted], atOnce, async (parent) => orElse(await readOne(`CU-${parent}`), null));
  if (!parents.ok) return parents;
  for (const parent of parents.value) if (parent !== null) known.set(parent.id, parent);
  const types = await readTypes(connection, [...known.values()]);
  return mapResult(types, (all) => ({ parents: known, types: all }));
}

async function readTypes(
  connection: TrackerConnection,
  tasks: readonly Task[],
): Promise<CallResult<Map<number, string>>> {
  const isOwn = tasks.some(({ custom_item_id: type }) => type !== null && !itemNames.has(type));
  if (!isOwn || connection.site === null) return { ok: true, value: itemNames, budget: null };
  const path = `/team/${encodeURIComponent(connection.site)}/custom_item`;
  const read = orElse(
    mapResult(await readJson(host, connection, itemTypes, { path }), ({ body }) => body),
    { custom_items: [] },
  );
  return mapResult(read, ({ custom_items }) => {
    const own = custom_items.flatMap(({ id: type, name }) => (name === null ? [] : [[type, name] as const]));
    return new Map([...itemNames, ...own]);
  });
}

/** An epic is a parent of that type, else the folder that the task's list is in. */
function placeOf(read: Task, { parents, types }: Names): Pick<Ticket, "type" | "epic" | "parent"> {
  const typeOf = (of: Task): string | null => types.get(of.custom_item_id ?? 0) ?? null;
  const above = read.parent === null ? undefined : parents.get(read.parent);
  const parent = above === undefined ? null : { key: `CU-${above.id}`, title: above.name };
  const isEpic = above !== undefined && typeOf(above)?.toLowerCase() === "epic";
  return { type: typeOf(read), epic: isEpic ? parent : toGroup(read.folder), parent };
}

const entriesPath = ({ site }: TrackerConnection): string | null =>
  site === null ? null : `/team/${encodeURIComponent(site)}/time_entries`;
