/**
 * GitHub's issues, and GitHub Enterprise Server's. docs.github.com, GraphQL API; `baseUrl` is the server as people open it
 * or its API (`https://ghe.example/api/v3`); `site` is the repository that `#123` means where no commit says.
 *
 * All issues are asked for in one query. Issues and pull requests are counted together, so that `(#700)` at the end of a
 * squashed commit is no ticket. What is not found there may have been transferred, which only the REST API tells.
 */
import { authorise, type Host, mapResult, readJson } from "@billhook/http/call";
import { askGraphql } from "@billhook/http/graphql";
import type { CallResult } from "@billhook/http/result";
import { prefixedHex, verifyHexSignature } from "@billhook/http/signature";
import * as z from "zod";
import { orElse, readInBatches, type TicketOutcome, toOutcome } from "./batches.ts";
import { readJsonBody } from "./json-body.ts";
import { labelsBy } from "./label-names.ts";
import { createOAuth } from "./oauth.ts";
import { claimRepositoryKey, isRepositoryKey, readRepositoryKey } from "./repository-key.ts";
import { instant, line, link, title } from "./ticket-text.ts";
import type { Ticket, TicketGroup, Tracker, TrackerConnection } from "./tracker.ts";

const webRoot = "https://github.com";
/** A query may have half a million nodes; each issue has some sixty. */
const mostIssues = 50;

const host: Host = {
  root: "https://api.github.com",
  headers: { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" },
  authorise,
};

/** The server as people open it; null for github.com. */
function serverOf(baseUrl: string | null): string | null {
  const root = baseUrl?.replace(/\/+$/, "").replace(/\/api(?:\/v3|\/graphql)?$/, "") ?? null;
  return root === null || /^https?:\/\/(?:www\.|api\.)?github\.com$/i.test(root) ? null : root;
}

function at(connection: TrackerConnection, path: "/api" | "/api/v3"): TrackerConnection {
  const server = serverOf(connection.baseUrl);
  return { ...connection, baseUrl: server === null ? null : server + path };
}

/** What every version of the server knows, and what came since: a server that has not is asked without. */
const lasting = `
  id number title url state updatedAt
  repository { nameWithOwner }
  milestone { title }
  labels(first: 50) { nodes { name } }
  assignees(first: 1) { nodes { login name } }
`;
const recent = `
  stateReason
  parent { number title repository { nameWithOwner } }
`;

const inRepository = z.object({ nameWithOwner: z.string().refine((name) => isOwnRepository(`${name}#1`)) });
const issueSchema = z.object({
  __typename: z.literal("Issue"),
  id: z.string().regex(/^[\w=-]{1,200}$/),
  number: z.int().positive(),
  title,
  url: link,
  state: line,
  stateReason: line,
  updatedAt: instant,
  repository: inRepository,
  parent: z.object({ number: z.int(), title, repository: inRepository }).nullish().catch(null),
  milestone: z.object({ title }).nullish().catch(null),
  labels: z
    .object({ nodes: labelsBy("name") })
    .transform(({ nodes }) => nodes)
    .catch([]),
  assignees: z
    .object({ nodes: z.array(z.object({ login: line, name: line })) })
    .transform(({ nodes }) => nodes[0] ?? null)
    .catch(null),
});
type Issue = z.infer<typeof issueSchema>;

function toTicket(issue: Issue): Ticket {
  const { repository, parent, milestone, assignees: assignee } = issue;
  const above: TicketGroup | null = parent
    ? { key: `${parent.repository.nameWithOwner}#${parent.number}`, title: parent.title }
    : null;
  const isDone = issue.state === "CLOSED";
  return {
    externalId: issue.id,
    key: `${repository.nameWithOwner}#${issue.number}`,
    url: issue.url,
    title: issue.title,
    type: null,
    status: isDone ? (issue.stateReason === "NOT_PLANNED" ? "Closed as not planned" : "Closed") : "Open",
    isDone,
    labels: issue.labels,
    epic: milestone ? { key: null, title: milestone.title } : null,
    parent: above,
    project: { key: null, title: repository.nameWithOwner },
    estimateMinutes: null,
    loggedMinutes: null,
    assignee: assignee === null ? null : { name: assignee.name ?? assignee.login, email: null },
    updatedAt: issue.updatedAt,
  };
}

/** A repository is an alias, and so is each of its issues: the answer is read by where it stands. */
function toDocument(repositories: ReadonlyMap<string, number[]>, fields: string): string {
  const parts = [...repositories].map(([, numbers], index) => {
    const issues = numbers.map(
      (number) => `i${number}: issueOrPullRequest(number: ${number}) { __typename ... on Issue { ${fields} } }`,
    );
    return `r${index}: repository(owner: $o${index}, name: $n${index}) { ${issues.join(" ")} }`;
  });
  const variables = parts.map((_part, index) => `$o${index}: String!, $n${index}: String!`);
  return `query Issues(${variables.join(", ")}) { ${parts.join(" ")} }`;
}

const answerSchema = z.record(z.string(), z.record(z.string(), z.unknown()).nullable());

interface Found {
  issues: Map<string, Issue>;
  /** Neither an issue nor a pull request of the repository. */
  missing: string[];
  /** Not to be told, such as where an organisation wants a single sign-on. */
  forbidden: string[];
}

async function askForIssues(connection: TrackerConnection, keys: readonly string[]): Promise<CallResult<Found>> {
  const repositories = new Map<string, number[]>();
  for (const { repository, number } of keys.flatMap((key) => readRepositoryKey(key) ?? [])) {
    repositories.set(repository, [...(repositories.get(repository) ?? []), number]);
  }
  const variables: Record<string, string> = {};
  for (const [index, name] of [...repositories.keys()].entries()) {
    const slash = name.indexOf("/");
    variables[`o${index}`] = name.slice(0, slash);
    variables[`n${index}`] = name.slice(slash + 1);
  }
  const ask = (fields: string) =>
    askGraphql(host, at(connection, "/api"), answerSchema, {
      path: "/graphql",
      document: toDocument(repositories, fields),
      variables,
    });
  const first = await ask(lasting + recent);
  const read = !first.ok && first.code === "unexpected" ? await ask(lasting) : first;
  return mapResult(read, ({ data, errors }) => {
    const found: Found = { issues: new Map(), missing: [], forbidden: [] };
    for (const [index, [repository, numbers]] of [...repositories].entries()) {
      for (const number of numbers) {
        const key = `${repository}#${number}`;
        const value = data[`r${index}`]?.[`i${number}`] ?? null;
        const issue = issueSchema.safeParse(value).data;
        if (issue !== undefined) found.issues.set(key, issue);
        const isHidden = errors.some(
          ({ code, path }) => /^(?:FORBIDDEN|INSUFFICIENT_SCOPES)$/.test(code) && path[0] === `r${index}`,
        );
        if (value === null) (isHidden ? found.forbidden : found.missing).push(key);
      }
    }
    return found;
  });
}

const movedSchema = z.object({ number: z.int(), repository_url: z.string(), pull_request: z.unknown().optional() });

/** Where an issue was transferred to; null where it was not. */
async function findMoved(connection: TrackerConnection, key: string): Promise<CallResult<string | null>> {
  const { repository, number } = readRepositoryKey(key) ?? { repository: "", number: 0 };
  const path = `/repos/${repository.split("/").map(encodeURIComponent).join("/")}/issues/${number}`;
  const read = await readJson(host, at(connection, "/api/v3"), movedSchema, { path });
  return orElse(
    mapResult(read, (issue) => {
      const name = /\/repos\/([^/]+\/[^/]+)$/.exec(issue.body.repository_url)?.[1] ?? "";
      const now = `${name}#${issue.body.number}`;
      return issue.body.pull_request === undefined && isRepositoryKey(now) && now !== key ? now : null;
    }),
    null,
  );
}

async function readBatch(
  connection: TrackerConnection,
  keys: readonly string[],
): Promise<CallResult<Map<string, TicketOutcome>>> {
  const read = await askForIssues(connection, keys);
  if (!read.ok) return read;
  const { issues, missing, forbidden } = read.value;
  const moved = new Map<string, string>();
  for (const key of missing) {
    const found = await findMoved(connection, key);
    if (!found.ok) return found;
    if (found.value !== null) moved.set(found.value, key);
  }
  const again = moved.size === 0 ? null : await askForIssues(connection, [...moved.keys()]);
  if (again?.ok === false) return again;
  for (const [now, issue] of again?.value.issues ?? []) issues.set(moved.get(now) ?? now, issue);
  const outcomes = new Map<string, TicketOutcome>();
  for (const [key, issue] of issues) outcomes.set(key, toOutcome(key, toTicket(issue)));
  for (const key of forbidden) {
    outcomes.set(key, { outcome: "failed", code: "forbidden", detail: "POST /graphql kept it back" });
  }
  return { ok: true, value: outcomes, budget: (again ?? read).budget };
}

const userSchema = z.object({ login: z.string().min(1).max(200), name: line });
const repositoriesSchema = z.array(
  z
    .object({ full_name: z.string().max(200), html_url: link })
    .nullable()
    .catch(null),
);

const deliverySchema = z.object({
  action: z.string(),
  issue: z.object({ number: z.int().positive(), node_id: z.string().max(200) }),
  repository: z.object({ full_name: z.string().max(200) }),
});

export const githubIssues: Tracker = {
  kind: "github-issues",
  name: "GitHub Issues",
  claim: (mention, scope) => claimRepositoryKey(mention, { ...scope, baseUrl: serverOf(scope.baseUrl) }, webRoot),

  readTickets: (connection, keys) =>
    readInBatches(keys, { size: mostIssues, atOnce: 1, isReadable: isOwnRepository }, (batch) =>
      readBatch(connection, batch),
    ),

  async checkAccess(connection) {
    const rest = at(connection, "/api/v3");
    const user = await readJson(host, rest, userSchema, { path: "/user" });
    if (!user.ok) return user;
    const query = { per_page: 100, sort: "pushed" };
    const repositories = await readJson(host, rest, repositoriesSchema, { path: "/user/repos", query });
    return mapResult(repositories, ({ body }) => ({
      account: user.value.body.login,
      sites: body.flatMap((one) =>
        one === null ? [] : [{ id: one.full_name, name: one.full_name, url: one.html_url }],
      ),
      prefixes: [],
    }));
  },

  webhook: {
    verify: (headers, rawBody, secrets) =>
      verifyHexSignature(headers.get("x-hub-signature-256"), prefixedHex, rawBody, secrets),

    readChanges(_headers, rawBody) {
      const delivery = deliverySchema.safeParse(readJsonBody(rawBody)).data;
      if (delivery === undefined) return { event: "changed", keys: [], ids: [] };
      const { action, issue, repository } = delivery;
      const keys = [`${repository.full_name}#${issue.number}`].filter(isRepositoryKey);
      return { event: action === "deleted" ? "deleted" : "changed", keys, ids: [issue.node_id] };
    },
  },

  oauth: createOAuth({
    root: webRoot,
    authorise: "/login/oauth/authorize",
    token: "/login/oauth/access_token",
    // The least that reads the issues of private repositories.
    scopes: ["repo"],
    hasPkce: true,
  }),
};

/** On GitHub a repository has one owner. */
function isOwnRepository(key: string): boolean {
  return readRepositoryKey(key)?.repository.split("/").length === 2;
}
