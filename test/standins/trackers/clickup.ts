/**
 * A stand-in for ClickUp's API v2 as far as tasks, time entries and workspaces go. developer.clickup.com; a task that
 * is not there is answered as one of a workspace that the token is not for ("Common errors").
 */
import type { StandinContext } from "../service/server.ts";
import { addApplication, type ApplicationOptions, type ApplicationStandin } from "./application.ts";
import { TrackerStandin, type TrackerRules } from "./server.ts";
import { secondsLogged, type StandinTicket } from "./ticket.ts";

const say = (err: string, ECODE: string): object => ({ err, ECODE });

const rules: TrackerRules = {
  apiPath: "/api/v2",
  rateLimit: { requests: 100, windowSeconds: 60 },
  rateHeaders: ({ limit, remaining, resetAt }) => ({
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(resetAt),
  }),
  limited: () => ({ status: 429, body: say("Rate limit reached", "APP_002") }),
  unauthorised: () => ({ status: 401, body: say("Token invalid", "OAUTH_025") }),
  forbidden: () => ({ status: 403, body: say("You do not have access", "ACCESS_001") }),
  notFound: () => say("Route not found", "APP_001"),
};

export const clickupTeam = { id: "9001", name: "Studio" };

/** Types of the workspace's own ("Custom Task Types"). */
const itemTypes = [
  { id: 1001, name: "Epic" },
  { id: 1002, name: "Bug" },
];

export async function startClickupStandin(options: ApplicationOptions): Promise<ApplicationStandin> {
  const standin = new TrackerStandin(rules, options);
  const oauth = addApplication(standin, options, rules.apiPath, {
    authorise: "/api",
    token: "/api/v2/oauth/token",
    hasPkce: false,
    // Its tokens do not expire.
    expiresIn: null,
  });
  // A personal token has no scheme; another goes as a bearer.
  standin.guard((header) => (header.startsWith("Bearer pk_") ? null : header.replace(/^Bearer /, "")));

  standin.route("GET", "/user", (c) =>
    c.json({ user: { id: 81, username: "Dev One", email: "dev.one@example.com", color: null } }),
  );
  standin.route("GET", "/team", (c) => c.json({ teams: [{ ...clickupTeam, color: "#536cfe", members: [] }] }));
  standin.route("GET", "/team/:team/custom_item", (c) => c.json({ custom_items: itemTypes }));
  standin.route("GET", "/task/:task", (c) => {
    const found = findTask(standin, c);
    return found === undefined ? c.json(say("Team not authorized", "OAUTH_027"), 401) : c.json(toTask(found));
  });
  addTimeRoutes(standin);
  await standin.start();
  return Object.assign(standin, { oauth });
}

/** A task by its own id, or by a custom one where the workspace is named with it. */
function findTask(standin: TrackerStandin, c: StandinContext): StandinTicket | undefined {
  const id = c.req.param("task") ?? "";
  if (c.req.query("custom_task_ids") !== "true") return standin.tickets.find((ticket) => ticket.id === id);
  return c.req.query("team_id") === clickupTeam.id ? standin.find(id) : undefined;
}

function addTimeRoutes(standin: TrackerStandin): void {
  const at = "/team/:team/time_entries";
  const isTeam = (c: StandinContext): boolean => c.req.param("team") === clickupTeam.id;
  const refusal = say("Team not authorized", "OAUTH_027");
  standin.route("GET", at, (c) => {
    if (!isTeam(c)) return c.json(refusal, 401);
    const from = Number(c.req.query("start_date") ?? Date.now() - 30 * 86_400_000);
    const to = Number(c.req.query("end_date") ?? Date.now());
    const task = c.req.query("task_id");
    const entries = standin.tickets
      .filter(({ id }) => task === undefined || id === task)
      .flatMap(({ id, worklogs }) => worklogs.map((log) => ({ ...log, task: id })))
      .filter(({ startedAt }) => Date.parse(startedAt) >= from && Date.parse(startedAt) <= to);
    return c.json({
      data: entries.map((entry) => ({
        id: entry.id,
        task: { id: entry.task },
        start: String(Date.parse(entry.startedAt)),
        duration: String(entry.seconds * 1000),
        description: entry.comment,
      })),
    });
  });
  standin.route("POST", at, async (c) => {
    if (!isTeam(c)) return c.json(refusal, 401);
    const body = await c.req.json<Record<string, unknown>>();
    const found = standin.tickets.find(({ id }) => id === body["tid"]);
    if (found === undefined) return c.json(say("Task not found, deleted", "ITEM_013"), 404);
    if (!Number.isInteger(body["start"]) || !Number.isInteger(body["duration"])) {
      return c.json(say("Start and duration must be numbers", "TIMEENTRY_002"), 400);
    }
    const id = String(4_000_000_000_000 + standin.nextId());
    found.worklogs.push({
      id,
      startedAt: new Date(Number(body["start"])).toISOString(),
      seconds: Number(body["duration"]) / 1000,
      comment: String(body["description"]),
      author: "Dev One",
    });
    return c.json({ data: { id, task: { id: found.id }, duration: body["duration"] } });
  });
  standin.route("DELETE", `${at}/:entry`, (c) => {
    if (!isTeam(c)) return c.json(refusal, 401);
    for (const { worklogs } of standin.tickets) {
      const index = worklogs.findIndex(({ id }) => id === c.req.param("entry"));
      if (index < 0) continue;
      return c.json({ data: worklogs.splice(index, 1).map(({ id }) => ({ id })) });
    }
    return c.json(say("Time entry not found", "TIMEENTRY_059"), 404);
  });
}

function toTask(ticket: StandinTicket): object {
  const { key, project, epic, assignee } = ticket;
  const seconds = secondsLogged(ticket);
  return {
    id: ticket.id,
    custom_id: key.startsWith("CU-") ? null : key,
    custom_item_id: itemTypes.find(({ name }) => name === ticket.type)?.id ?? (ticket.type === "Milestone" ? 1 : 0),
    name: ticket.title,
    status: { status: ticket.status, color: "#d3d3d3", orderindex: 0, type: ticket.isDone ? "closed" : "custom" },
    date_updated: String(Date.parse(ticket.updatedAt)),
    assignees: assignee === null ? [] : [{ id: 81, username: assignee.name, email: assignee.email }],
    tags: ticket.labels.map((name) => ({ name, tag_fg: "#fff", tag_bg: "#000" })),
    parent: ticket.parent?.key ?? null,
    time_estimate: ticket.estimateMinutes === null ? null : ticket.estimateMinutes * 60_000,
    // Absent until time is tracked.
    ...(seconds === 0 ? {} : { time_spent: seconds * 1000 }),
    list: { id: "900", name: project.title, access: true },
    folder:
      epic === null ? { id: "1", name: "hidden", hidden: true } : { id: epic.key, name: epic.title, hidden: false },
    space: { id: "7" },
    url: `https://app.clickup.com/t/${ticket.id}`,
  };
}
