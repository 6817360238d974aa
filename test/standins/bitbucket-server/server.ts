/**
 * A stand-in for the API of Bitbucket Data Center as far as commits, pull requests and webhooks go.
 * developer.atlassian.com, "Bitbucket Data Center REST API".
 */
import type { GitCommit, GitFile } from "../forge/git.ts";
import type { StandinHook, StandinPullRequest, StandinRepository } from "../forge/repository.ts";
import {
  ForgeStandin,
  type ForgeStandinOptions,
  type HostRules,
  type RepositoryHandler,
  withRepository,
} from "../forge/server.ts";
import { isLying, readNumber, type StandinContext, tokenOf, unlessLost } from "../service/server.ts";
import { pushDeliveries, toCommit, toRepository } from "./push.ts";

const say = (message: string): object => ({ errors: [{ context: null, message, exceptionName: null }] });

const rules: HostRules = {
  apiPath: "/rest/api/1.0",
  rateLimit: { requests: 600, windowSeconds: 60 },
  rateHeaders: () => ({}),
  limited: () => ({ status: 429, body: say("You have been rate limited.") }),
  unauthorised: () => ({ status: 401, body: say("Authentication failed.") }),
  notFound: () => say("Not found."),
  deliveries: pushDeliveries,
};

export async function startBitbucketServerStandin(options: ForgeStandinOptions): Promise<ForgeStandin> {
  const standin = new ForgeStandin(rules, options);
  standin.guard(tokenOf);
  standin.route("GET", "/repos", (c) => {
    const name = (c.req.query("name") ?? "").toLowerCase();
    const found = standin.repositories.filter((repository) => repository.name.toLowerCase().includes(name));
    return paged(
      c,
      found.map((repository) => toRepository(standin.origin, repository)),
    );
  });
  const on = withRepository(
    standin,
    (c) => {
      const fullName = `${c.req.param("project")}/${c.req.param("slug")}`;
      return standin.repositories.find((known) => known.fullName === fullName);
    },
    say("Repository does not exist."),
  );
  const at = "/projects/:project/repos/:slug";
  on("GET", at, (c, repository) => c.json(toRepository(standin.origin, repository)));
  on("GET", `${at}/commits`, listCommits);
  on(
    "GET",
    `${at}/commits/:hash`,
    withCommit((c, _repository, commit) => c.json(toCommit(commit))),
  );
  on(
    "GET",
    `${at}/commits/:hash/diff`,
    withCommit(async (c, { git }, commit) => {
      const diffs: object[] = [];
      for (const file of commit.files) diffs.push(toDiff(file, await git.hunks(commit.hash, file)));
      return c.json({
        fromHash: commit.parents[0] ?? null,
        toHash: commit.hash,
        contextLines: 3,
        diffs,
        truncated: false,
      });
    }),
  );
  on(
    "GET",
    `${at}/commits/:hash/pull-requests`,
    withCommit((c, repository, { hash }) =>
      paged(
        c,
        repository.pullRequestsOf(hash).map((request) => toPullRequest(standin, repository, request)),
      ),
    ),
  );
  on("GET", `${at}/pull-requests/:id/commits`, async (c, repository) => {
    const request = repository.pullRequests.find(({ id }) => String(id) === c.req.param("id"));
    if (request === undefined) return c.json(say("Pull request does not exist."), 404);
    const commits = await repository.git.commits(request.commits.toReversed());
    return paged(c, commits.map(toCommit));
  });
  on("GET", `${at}/branches`, async (c, { git, canReadCommits }) => {
    if (!canReadCommits) return c.json(say("You are not permitted to access this resource"), 403);
    const branches = await git.branches();
    return paged(
      c,
      branches.map(({ name, head }) => ({
        id: `refs/heads/${name}`,
        displayId: name,
        type: "BRANCH",
        latestCommit: head,
      })),
    );
  });
  addHookRoutes(on, standin, at);
  await standin.start();
  return standin;
}

function addHookRoutes(on: ReturnType<typeof withRepository>, standin: ForgeStandin, at: string): void {
  const guarded =
    (handler: RepositoryHandler): RepositoryHandler =>
    (c, repository) =>
      repository.canManageHooks
        ? handler(c, repository)
        : c.json(say("You are not permitted to access this resource"), 401);
  on(
    "GET",
    `${at}/webhooks`,
    guarded((c, { hooks }) => paged(c, hooks.map(toHook))),
  );
  on(
    "POST",
    `${at}/webhooks`,
    guarded(async (c, { hooks }) => {
      const body = await c.req.json<HookBody>();
      const hook: StandinHook = {
        id: String(standin.nextId()),
        url: body.url ?? "",
        secret: body.configuration?.secret ?? "",
        events: body.events ?? [],
        active: body.active ?? true,
        createdAt: new Date().toISOString(),
        settings: { name: body.name ?? "" },
      };
      hooks.push(hook);
      return c.json(toHook(hook), 201);
    }),
  );
  on(
    "PUT",
    `${at}/webhooks/:hook`,
    guarded(async (c, { hooks }) => {
      const hook = hooks.find(({ id }) => id === c.req.param("hook"));
      if (hook === undefined) return c.json(say("Webhook not found."), 404);
      const body = await c.req.json<HookBody>();
      hook.url = body.url ?? hook.url;
      hook.secret = body.configuration?.secret ?? hook.secret;
      hook.events = body.events ?? hook.events;
      hook.active = body.active ?? hook.active;
      return c.json(toHook(hook));
    }),
  );
  on(
    "DELETE",
    `${at}/webhooks/:hook`,
    guarded((c, { hooks }) => {
      const index = hooks.findIndex(({ id }) => id === c.req.param("hook"));
      if (index < 0) return c.json(say("Webhook not found."), 404);
      hooks.splice(index, 1);
      return c.body(null, 204);
    }),
  );
}

interface HookBody {
  name?: string;
  url?: string;
  active?: boolean;
  events?: string[];
  configuration?: { secret?: string };
}

const toHook = (hook: StandinHook): object => ({
  id: Number(hook.id),
  ...hook.settings,
  url: hook.url,
  active: hook.active,
  events: hook.events,
  configuration: { secret: "*****" },
  createdDate: Date.parse(hook.createdAt),
});

const listCommits: RepositoryHandler = async (c, { git }) => {
  const until = c.req.query("until") ?? "HEAD";
  const since = c.req.query("since");
  const include = await git.resolve(until);
  const exclude = since === undefined ? null : await git.resolve(since);
  if (include === null || (since !== undefined && exclude === null)) {
    return c.json(say(`Commit '${include === null ? until : (since ?? "")}' does not exist in repository.`), 404);
  }
  const size = Math.max(1, readNumber(c, "limit", 25, 100));
  const start = readNumber(c, "start", 0, 1e9);
  const selection = { include, exclude: exclude === null ? [] : [exclude], skip: start, count: size + 1 };
  const hashes = await git.list(selection);
  const commits = await git.commits(hashes.slice(0, size));
  return answer(c, commits.map(toCommit), start, hashes.length > size);
};

function withCommit(
  handler: (c: StandinContext, repository: StandinRepository, commit: GitCommit) => Response | Promise<Response>,
): RepositoryHandler {
  return async (c, repository) => {
    const hash = await repository.git.resolve(c.req.param("hash") ?? "");
    const commit = hash === null ? null : await repository.git.commit(hash);
    return commit === null ? c.json(say("Commit does not exist."), 404) : handler(c, repository, commit);
  };
}

/** A hunk's lines in runs of one kind. */
function toDiff(file: GitFile, patch: string): object {
  const path = (name: string): object => ({ toString: name, components: name.split("/") });
  const hunks = patch.split(/(?<=\n)(?=@@ -)/).filter((text) => text !== "");
  return {
    source: file.letter === "A" ? null : path(file.oldPath),
    destination: file.letter === "D" ? null : path(file.path),
    ...(file.binary ? { binary: true } : {}),
    truncated: false,
    hunks: hunks.map(toHunk),
  };
}

function toHunk(text: string): object {
  const [header = "", ...lines] = text.replace(/\n$/, "").split("\n");
  const [, from, fromSpan, to, toSpan] = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(header) ?? [];
  const kinds: Record<string, string> = { "+": "ADDED", "-": "REMOVED", " ": "CONTEXT" };
  const segments: { type: string; lines: object[]; truncated: boolean }[] = [];
  for (const line of lines) {
    const type = kinds[line.slice(0, 1)];
    // “\ No newline at end of file”
    if (type === undefined) continue;
    if (segments.at(-1)?.type !== type) segments.push({ type, lines: [], truncated: false });
    segments.at(-1)?.lines.push({ line: line.slice(1), truncated: false });
  }
  return {
    sourceLine: Number(from),
    sourceSpan: Number(fromSpan ?? "1"),
    destinationLine: Number(to),
    destinationSpan: Number(toSpan ?? "1"),
    segments,
    truncated: false,
  };
}

function toPullRequest(standin: ForgeStandin, repository: StandinRepository, request: StandinPullRequest): object {
  return {
    id: request.id,
    title: request.title,
    state: request.mergeCommit === null ? "OPEN" : "MERGED",
    ...(request.mergeCommit === null ? {} : { properties: { mergeCommit: { id: request.mergeCommit } } }),
    links: {
      self: [
        {
          href: `${standin.origin}/projects/${repository.owner}/repos/${repository.name}/pull-requests/${request.id}`,
        },
      ],
    },
  };
}

function paged(c: StandinContext, all: readonly unknown[]): Response {
  const size = Math.max(1, readNumber(c, "limit", 25, 100));
  const start = readNumber(c, "start", 0, 1e9);
  return answer(c, all.slice(start, start + size), start, start + size < all.length);
}

function answer(c: StandinContext, values: unknown[], start: number, hasMore: boolean): Response {
  const more = hasMore || isLying(c);
  const size = readNumber(c, "limit", 25, 100);
  return c.json({
    values: unlessLost(c, values),
    size: isLying(c) ? 987_654 : values.length,
    limit: size,
    start,
    isLastPage: !more,
    nextPageStart: more ? start + size : null,
  } as object);
}
