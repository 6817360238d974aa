/**
 * A stand-in for Bitbucket Cloud's REST API as far as commits, pull requests and webhooks go.
 * developer.atlassian.com, "The Bitbucket Cloud REST API".
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
import { inUtc, pushDeliveries } from "./push.ts";

const say = (message: string): object => ({ type: "error", error: { message } });

const rules: HostRules = {
  apiPath: "/2.0",
  rateLimit: { requests: 1000, windowSeconds: 3600 },
  rateHeaders: ({ limit, remaining }) => ({
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-resource": "api",
    "x-ratelimit-nearlimit": String(remaining < limit / 5),
  }),
  limited: () => ({ status: 429, body: say("Rate limit for this resource has been exceeded") }),
  unauthorised: () => ({ status: 401, body: say("Token is invalid or not supported for this endpoint.") }),
  notFound: () => say("Resource not found"),
  deliveries: pushDeliveries,
};

export async function startBitbucketStandin(options: ForgeStandinOptions): Promise<ForgeStandin> {
  const standin = new ForgeStandin(rules, options);
  standin.guard(tokenOf);
  standin.route("GET", "/user/workspaces", (c) => {
    const slugs = [...new Set(standin.repositories.map(({ owner }) => owner))];
    return paged(
      c,
      slugs.map((slug) => ({ type: "workspace_access", administrator: true, workspace: { slug } })),
      100,
    );
  });
  standin.route("GET", "/repositories/:workspace", async (c) => {
    const term = /^full_name ~ "((?:[^"\\]|\\.)*)"$/.exec(c.req.query("q") ?? "")?.[1]?.replaceAll(/\\(.)/g, "$1");
    const found = standin.repositories.filter(
      ({ owner, fullName }) => owner === c.req.param("workspace") && fullName.includes(term ?? ""),
    );
    return paged(c, await Promise.all(found.map((repository) => toRepository(standin, repository))), 100);
  });
  const on = withRepository(
    standin,
    (c) => {
      const fullName = `${c.req.param("workspace")}/${c.req.param("slug")}`;
      const id = c.req.param("slug");
      return standin.repositories.find((known) => known.fullName === fullName || `{${known.uuid}}` === id);
    },
    say("Repository not found"),
  );
  const at = "/repositories/:workspace/:slug";
  on("GET", at, async (c, repository) => c.json(await toRepository(standin, repository)));
  on("GET", `${at}/commits`, listCommits(standin));
  on(
    "GET",
    `${at}/commit/:hash`,
    withCommit((c, repository, commit) => c.json(toCommit(standin, repository, commit))),
  );
  on(
    "GET",
    `${at}/diffstat/:hash`,
    withCommit((c, _repository, commit) => paged(c, commit.files.map(toStat), 500)),
  );
  on(
    "GET",
    `${at}/patch/:hash`,
    withCommit(async (c, { git }, { hash }) => c.text(await git.patch(hash))),
  );
  on("GET", `${at}/refs/branches`, async (c, { git }) =>
    paged(
      c,
      (await git.branches()).map(({ name, head }) => ({ type: "branch", name, target: { hash: head } })),
      100,
    ),
  );
  on(
    "GET",
    `${at}/commit/:hash/pullrequests`,
    withCommit((c, repository, { hash }) =>
      paged(
        c,
        repository.pullRequestsOf(hash).map((request) => toPullRequest(standin, repository, request)),
        50,
      ),
    ),
  );
  on("GET", `${at}/pullrequests/:id/commits`, async (c, repository) => {
    const request = repository.pullRequests.find(({ id }) => String(id) === c.req.param("id"));
    if (request === undefined) return c.json(say("Resource not found"), 404);
    const commits = await repository.git.commits(request.commits.toReversed());
    return paged(
      c,
      commits.map((commit) => toCommit(standin, repository, commit)),
      100,
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
      repository.canManageHooks ? handler(c, repository) : c.json(say("Access denied"), 403);
  const find = (c: StandinContext, { hooks }: StandinRepository): StandinHook | undefined =>
    hooks.find(({ id }) => `{${id}}` === c.req.param("hook") || id === c.req.param("hook"));
  on(
    "GET",
    `${at}/hooks`,
    guarded((c, { hooks }) => paged(c, hooks.map(toHook), 100)),
  );
  on(
    "POST",
    `${at}/hooks`,
    guarded(async (c, { hooks }) => {
      const body = await c.req.json<HookBody>();
      const hook: StandinHook = {
        id: `00000000-0000-4000-9000-${standin.nextId().toString(16).padStart(12, "0")}`,
        url: body.url ?? "",
        secret: body.secret ?? "",
        events: body.events ?? [],
        active: body.active ?? false,
        createdAt: new Date().toISOString(),
        settings: { description: body.description ?? "" },
      };
      hooks.push(hook);
      return c.json(toHook(hook), 201);
    }),
  );
  on(
    "PUT",
    `${at}/hooks/:hook`,
    guarded(async (c, repository) => {
      const hook = find(c, repository);
      if (hook === undefined) return c.json(say("Webhook not found"), 404);
      const body = await c.req.json<HookBody>();
      hook.url = body.url ?? hook.url;
      hook.secret = body.secret ?? hook.secret;
      hook.events = body.events ?? hook.events;
      hook.active = body.active ?? hook.active;
      return c.json(toHook(hook));
    }),
  );
  on(
    "DELETE",
    `${at}/hooks/:hook`,
    guarded((c, repository) => {
      const hook = find(c, repository);
      if (hook === undefined) return c.json(say("Webhook not found"), 404);
      repository.hooks.splice(repository.hooks.indexOf(hook), 1);
      return c.body(null, 204);
    }),
  );
}

interface HookBody {
  url?: string;
  secret?: string;
  events?: string[];
  active?: boolean;
  description?: string;
}

const toHook = (hook: StandinHook): object => ({
  type: "webhook_subscription",
  uuid: `{${hook.id}}`,
  url: hook.url,
  ...hook.settings,
  active: hook.active,
  events: hook.events,
  secret_set: hook.secret !== "",
  created_at: hook.createdAt,
});

const listCommits =
  (standin: ForgeStandin): RepositoryHandler =>
  async (c, repository) => {
    if (!repository.canReadCommits) return c.json(say("Access denied"), 403);
    const include = await repository.git.resolve(c.req.query("include") ?? "HEAD");
    const without = c.req.query("exclude");
    const exclude = without === undefined ? null : await repository.git.resolve(without);
    if (include === null || (without !== undefined && exclude === null)) return c.json(say("Commit not found"), 404);
    const size = Math.max(1, readNumber(c, "pagelen", 30, 100));
    const skip = offsetOf(c);
    const hashes = await repository.git.list({
      include,
      exclude: exclude === null ? [] : [exclude],
      skip,
      count: size + 1,
    });
    const commits = await repository.git.commits(hashes.slice(0, size));
    const values = commits.map((commit) => toCommit(standin, repository, commit));
    return answer(c, values, size, hashes.length > size ? skip + size : null);
  };

function withCommit(
  handler: (c: StandinContext, repository: StandinRepository, commit: GitCommit) => Response | Promise<Response>,
): RepositoryHandler {
  return async (c, repository) => {
    const hash = await repository.git.resolve(c.req.param("hash") ?? "");
    const commit = hash === null ? null : await repository.git.commit(hash);
    return commit === null ? c.json(say("Commit not found"), 404) : handler(c, repository, commit);
  };
}

function toCommit(standin: ForgeStandin, repository: StandinRepository, commit: GitCommit): object {
  return {
    type: "commit",
    hash: commit.hash,
    date: inUtc(commit.committer.date),
    author: { type: "author", raw: `${commit.author.name} <${commit.author.email}>` },
    committer: { type: "committer", raw: `${commit.committer.name} <${commit.committer.email}>` },
    message: commit.message,
    parents: commit.parents.map((hash) => ({ type: "commit", hash })),
    links: { html: { href: `${standin.origin}/${repository.fullName}/commits/${commit.hash}` } },
  };
}

const statuses: Record<string, string> = { A: "added", D: "removed", R: "renamed" };

function toStat(file: GitFile): object {
  return {
    type: "diffstat",
    status: statuses[file.letter] ?? "modified",
    lines_added: file.additions,
    lines_removed: file.deletions,
    old: file.letter === "A" ? null : { type: "commit_file", path: file.oldPath },
    new: file.letter === "D" ? null : { type: "commit_file", path: file.path },
  };
}

function toPullRequest(standin: ForgeStandin, repository: StandinRepository, request: StandinPullRequest): object {
  return {
    type: "pullrequest",
    id: request.id,
    title: request.title,
    state: request.mergeCommit === null ? "OPEN" : "MERGED",
    merge_commit: request.mergeCommit === null ? null : { type: "commit", hash: request.mergeCommit },
    links: { html: { href: `${standin.origin}/${repository.fullName}/pull-requests/${request.id}` } },
  };
}

async function toRepository(standin: ForgeStandin, repository: StandinRepository): Promise<object> {
  return {
    type: "repository",
    uuid: `{${repository.uuid}}`,
    full_name: repository.fullName,
    name: repository.name,
    slug: repository.name,
    links: { html: { href: `${standin.origin}/${repository.fullName}` } },
    mainbranch: { type: "branch", name: await repository.git.defaultBranch() },
  };
}

/** Where a page begins is nobody's business: it is hidden in the address of the next one. */
const offsetOf = (c: StandinContext): number =>
  Number(Buffer.from(c.req.query("ctx") ?? "", "base64url").toString("utf8")) || 0;

function paged(c: StandinContext, all: readonly unknown[], most: number): Response {
  const size = Math.max(1, readNumber(c, "pagelen", Math.min(most, 10), most));
  const start = offsetOf(c);
  const next = start + size < all.length ? start + size : null;
  return answer(c, all.slice(start, start + size), size, next, all.length);
}

function answer(c: StandinContext, values: unknown[], size: number, next: number | null, total?: number): Response {
  const following = next ?? (isLying(c) ? offsetOf(c) + size : null);
  const address = new URL(c.req.url);
  address.searchParams.set("ctx", Buffer.from(String(following)).toString("base64url"));
  return c.json({
    pagelen: size,
    values: unlessLost(c, values),
    ...(isLying(c) ? { size: 987_654 } : total === undefined ? {} : { size: total }),
    ...(following === null ? {} : { next: address.href }),
  } as object);
}
