/**
 * GitLab's issues. docs.gitlab.com, "Issues API"; `baseUrl` is the server as people open it, or its API
 * (`https://git.example/gitlab/api/v4`); `site` is the project that `#123` means where no commit says.
 *
 * The issues of a project are asked for at once. One that was moved stays behind, closed, with the id of the other: which
 * project that is in only the GraphQL API tells. Epics are there in the paid editions; elsewhere the milestone stands for
 * one.
 */
import { failure, mapResult, readJson } from "@billhook/http/call";
import { askGraphql } from "@billhook/http/graphql";
import type { CallFailure, CallResult } from "@billhook/http/result";
import { verifyToken } from "@billhook/http/signature";
import * as z from "zod";
import { orElse, readEntries, readInBatches, type TicketOutcome, toOutcome } from "./batches.ts";
import { atGitlab, gitlabHost, gitlabServerOf, gitlabWebRoot } from "./gitlab-server.ts";
import { gitlabWorklog } from "./gitlab-worklog.ts";
import { readJsonBody } from "./json-body.ts";
import { createOAuth } from "./oauth.ts";
import { claimRepositoryKey, isRepositoryKey, readRepositoryKey } from "./repository-key.ts";
import { instant, labels, line, link, minutes, title } from "./ticket-text.ts";
import type { Ticket, TicketGroup, Tracker, TrackerConnection } from "./tracker.ts";

const mostIssues = 100;

const issueSchema = z.object({
  id: z.int().positive(),
  iid: z.int().positive(),
  title,
  web_url: link,
  state: line,
  issue_type: line,
  labels,
  updated_at: instant,
  moved_to_id: z.int().nullish().catch(null),
  references: z
    .object({ full: z.string().max(1000) })
    .nullish()
    .catch(null),
  epic: z.object({ iid: z.int(), title }).nullish().catch(null),
  milestone: z.object({ title }).nullish().catch(null),
  time_stats: z
    .object({ time_estimate: minutes("seconds"), total_time_spent: minutes("seconds") })
    .nullish()
    .catch(null),
  assignees: z.array(z.object({ name: line, username: line })).catch([]),
});
type Issue = z.infer<typeof issueSchema>;

const types: Readonly<Record<string, string>> = {
  issue: "Issue",
  incident: "Incident",
  test_case: "Test case",
  task: "Task",
};

function toTicket(issue: Issue, project: string): Ticket {
  const { references, epic, milestone, time_stats: time, assignees } = issue;
  const [assignee] = assignees;
  const above: TicketGroup | null = epic
    ? { key: `&${epic.iid}`, title: epic.title }
    : milestone
      ? { key: null, title: milestone.title }
      : null;
  const isDone = issue.state === "closed";
  return {
    externalId: String(issue.id),
    key: references && isRepositoryKey(references.full) ? references.full : `${project}#${issue.iid}`,
    url: issue.web_url,
    title: issue.title,
    type: types[issue.issue_type ?? ""] ?? issue.issue_type,
    status: isDone ? "Closed" : "Open",
    isDone,
    labels: issue.labels,
    epic: above,
    parent: null,
    project: { key: null, title: project },
    // None is written as zero.
    estimateMinutes: time?.time_estimate || null,
    loggedMinutes: time?.total_time_spent ?? null,
    assignee: assignee === undefined ? null : { name: assignee.name ?? assignee.username, email: null },
    updatedAt: issue.updated_at,
  };
}

/** The issues of one project, by their numbers. */
async function readIssues(
  connection: TrackerConnection,
  project: string,
  numbers: readonly number[],
): Promise<CallResult<Issue[]>> {
  const search = new URLSearchParams([
    ...numbers.map((number) => ["iids[]", String(number)]),
    ["per_page", "100"],
    ["scope", "all"],
  ]).toString();
  const path = `/projects/${encodeURIComponent(project)}/issues`;
  const read = await readJson(gitlabHost, atGitlab(connection, "/api/v4"), z.array(z.unknown()), { path, search });
  if (!read.ok) return read;
  const issues = readEntries(issueSchema, read.value.body);
  if (issues.length === 0 && read.value.body.length > 0) {
    return failure("unexpected", { path }, "answered another form than expected", read.budget);
  }
  return { ok: true, value: issues, budget: read.budget };
}

const referencesSchema = z.record(z.string(), z.object({ reference: z.string().max(1000) }).nullable());

/** The keys of issues by their ids; one that may not be seen is left out. */
async function findKeys(
  connection: TrackerConnection,
  ids: readonly number[],
): Promise<CallResult<Map<number, string>>> {
  if (ids.length === 0) return { ok: true, value: new Map(), budget: null };
  const parts = ids.map((id) => `i${id}: issue(id: "gid://gitlab/Issue/${id}") { reference(full: true) }`);
  const asked = await askGraphql(gitlabHost, atGitlab(connection, "/api"), referencesSchema, {
    path: "/graphql",
    document: `query Moved { ${parts.join(" ")} }`,
  });
  const found = mapResult(asked, ({ data }) =>
    ids.flatMap((id): [number, string][] => {
      const key = data[`i${id}`]?.reference ?? "";
      return isRepositoryKey(key) ? [[id, key]] : [];
    }),
  );
  return mapResult(orElse(found, []), (entries) => new Map(entries));
}

interface Found {
  issues: Map<string, { issue: Issue; project: string }>;
  refusals: Map<string, CallFailure>;
}

/** A project that is not there has no issues; one that may not be read fails alone, unless it is the only one. */
async function readProjects(connection: TrackerConnection, keys: readonly string[]): Promise<CallResult<Found>> {
  const found: Found = { issues: new Map(), refusals: new Map() };
  const parts = keys.flatMap((key) => readRepositoryKey(key) ?? []);
  const projects = Map.groupBy(parts, ({ repository }) => repository);
  for (const [project, of] of projects) {
    const numbers = of.map(({ number }) => number);
    const read = await readIssues(connection, project, numbers);
    if (!read.ok && read.code !== "not_found" && (read.code !== "forbidden" || projects.size === 1)) return read;
    for (const number of numbers) {
      const key = `${project}#${number}`;
      const issue = read.ok ? read.value.find(({ iid }) => iid === number) : undefined;
      if (issue !== undefined) found.issues.set(key, { issue, project });
      if (!read.ok && read.code === "forbidden") found.refusals.set(key, read);
    }
  }
  return { ok: true, value: found, budget: null };
}

async function readBatch(
  connection: TrackerConnection,
  keys: readonly string[],
): Promise<CallResult<Map<string, TicketOutcome>>> {
  const read = await readProjects(connection, keys);
  if (!read.ok) return read;
  const { issues, refusals } = read.value;
  const moved = [...issues.values()].flatMap(({ issue }) => issue.moved_to_id ?? []);
  const keysNow = await findKeys(connection, moved);
  if (!keysNow.ok) return keysNow;
  const now = await readProjects(connection, [...new Set(keysNow.value.values())]);
  if (!now.ok) return now;
  const outcomes = new Map<string, TicketOutcome>();
  for (const [key, { issue, project }] of issues) {
    const there = now.value.issues.get(keysNow.value.get(issue.moved_to_id ?? 0) ?? "");
    outcomes.set(key, toOutcome(key, toTicket(there?.issue ?? issue, there?.project ?? project)));
  }
  for (const [key, { code, detail }] of refusals) outcomes.set(key, { outcome: "failed", code, detail });
  return { ok: true, value: outcomes, budget: read.budget };
}

const userSchema = z.object({ username: z.string().min(1).max(200) });
const projectsSchema = z.array(
  z
    .object({ path_with_namespace: z.string().max(1000), web_url: link })
    .nullable()
    .catch(null),
);

const deliverySchema = z.object({
  object_kind: z.enum(["issue", "work_item"]),
  object_attributes: z.object({ id: z.int().positive(), iid: z.int().positive() }),
  project: z.object({ path_with_namespace: z.string().max(1000) }),
});

export const gitlabIssues: Tracker = {
  kind: "gitlab-issues",
  name: "GitLab issues",
  claim: (mention, scope) =>
    claimRepositoryKey(mention, { ...scope, baseUrl: gitlabServerOf(scope.baseUrl) }, gitlabWebRoot),

  readTickets: (connection, keys) =>
    readInBatches(keys, { size: mostIssues, atOnce: 1, isReadable: isRepositoryKey }, (batch) =>
      readBatch(connection, batch),
    ),

  async checkAccess(connection) {
    const rest = atGitlab(connection, "/api/v4");
    const user = await readJson(gitlabHost, rest, userSchema, { path: "/user" });
    if (!user.ok) return user;
    const query = { membership: "true", simple: "true", per_page: 100, order_by: "last_activity_at" };
    const projects = await readJson(gitlabHost, rest, projectsSchema, { path: "/projects", query });
    return mapResult(projects, ({ body }) => ({
      account: user.value.body.username,
      sites: body.flatMap((one) =>
        one === null ? [] : [{ id: one.path_with_namespace, name: one.path_with_namespace, url: one.web_url }],
      ),
      prefixes: [],
    }));
  },

  worklog: gitlabWorklog,

  webhook: {
    verify: (headers, _rawBody, secrets) => verifyToken(headers.get("x-gitlab-token"), secrets),

    // What was deleted is not told of.
    readChanges(_headers, rawBody) {
      const delivery = deliverySchema.safeParse(readJsonBody(rawBody)).data;
      if (delivery === undefined) return { event: "changed", keys: [], ids: [] };
      const { object_attributes: issue, project } = delivery;
      const keys = [`${project.path_with_namespace}#${issue.iid}`].filter(isRepositoryKey);
      return { event: "changed", keys, ids: [String(issue.id)] };
    },
  },

  oauth: createOAuth({
    root: gitlabWebRoot,
    authorise: "/oauth/authorize",
    token: "/oauth/token",
    // `read_api` would read; writing time needs `api`.
    scopes: ["api"],
    hasPkce: true,
  }),
};
