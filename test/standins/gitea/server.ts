/**
 * A stand-in for the API of Gitea and Forgejo as far as commits, pull requests and webhooks go.
 * docs.gitea.com, "API"; a commit that is not there is answered as in Gitea's `routers/api/v1/repo/commits.go`.
 */
import type { GitCommit, GitPerson } from "../forge/git.ts";
import type { StandinHook, StandinPullRequest, StandinRepository } from "../forge/repository.ts";
import {
  ForgeStandin,
  type ForgeStandinOptions,
  type HostRules,
  type RepositoryHandler,
  withRepository,
} from "../forge/server.ts";
import { isLying, readNumber, type StandinContext, tokenOf, unlessLost } from "../service/server.ts";
import { pushDeliveries } from "./push.ts";

const say = (message: string): object => ({ message, url: "https://gitea.example/api/swagger" });

const rules: HostRules = {
  apiPath: "/api/v1",
  // Gitea has no limits of its own; a proxy before it may have.
  rateLimit: { requests: 1_000_000, windowSeconds: 60 },
  rateHeaders: () => ({}),
  limited: () => ({ status: 429, body: "Too Many Requests\n" }),
  unauthorised: () => ({ status: 401, body: say("invalid username, password or token") }),
  notFound: () => say("The target couldn't be found."),
  deliveries: pushDeliveries,
};

export async function startGiteaStandin(options: ForgeStandinOptions): Promise<ForgeStandin> {
  const standin = new ForgeStandin(rules, options);
  standin.guard(tokenOf);
  standin.route("GET", "/user/repos", async (c) =>
    paged(c, await Promise.all(standin.repositories.map((repository) => toRepository(standin, repository)))),
  );
  const on = withRepository(
    standin,
    (c) => {
      const fullName = `${c.req.param("owner")}/${c.req.param("name")}`;
      return standin.repositories.find((known) => known.fullName === fullName);
    },
    say("The target couldn't be found."),
  );
  const at = "/repos/:owner/:name";
  on("GET", at, async (c, repository) => c.json(await toRepository(standin, repository)));
  on("GET", `${at}/commits`, listCommits(standin));
  on("GET", `${at}/git/commits/:hash`, async (c, repository) => {
    const [, name = "", isDiff] = /^(.*?)(\.diff)?$/.exec(c.req.param("hash") ?? "") ?? [];
    const hash = await repository.git.resolve(name);
    const commit = hash === null ? null : await repository.git.commit(hash);
    if (commit === null) return c.json(say(name), 404);
    return isDiff === undefined
      ? c.json(toCommit(standin, repository, commit))
      : c.text(await repository.git.diff(commit.hash));
  });
  on("GET", `${at}/commits/:hash/pull`, (c, repository) => {
    const request = repository.pullRequests.find(({ mergeCommit }) => mergeCommit === c.req.param("hash"));
    if (request === undefined) return c.json(say("The target couldn't be found."), 404);
    return c.json(toPull(standin, repository, request));
  });
  on("GET", `${at}/pulls/:number/commits`, async (c, repository) => {
    const request = repository.pullRequests.find(({ id }) => String(id) === c.req.param("number"));
    if (request === undefined) return c.json(say("The target couldn't be found."), 404);
    const commits = await repository.git.commits(request.commits.toReversed());
    return paged(
      c,
      commits.map((commit) => toCommit(standin, repository, commit)),
    );
  });
  on("GET", `${at}/branches`, async (c, { git }) =>
    paged(
      c,
      (await git.branches()).map(({ name, head }) => ({ name, commit: { id: head } })),
    ),
  );
  addHookRoutes(on, standin, at);
  await standin.start();
  return standin;
}

function addHookRoutes(on: ReturnType<typeof withRepository>, standin: ForgeStandin, at: string): void {
  const guarded =
    (handler: RepositoryHandler): RepositoryHandler =>
    (c, repository) =>
      repository.canManageHooks ? handler(c, repository) : c.json(say("user should be an owner"), 403);
  on(
    "GET",
    `${at}/hooks`,
    guarded((c, { hooks }) => paged(c, hooks.map(toHook))),
  );
  on(
    "POST",
    `${at}/hooks`,
    guarded(async (c, { hooks }) => {
      const body = await c.req.json<HookBody>();
      if (body.type === undefined) return c.json(say("[Type]: Required"), 422);
      const hook: StandinHook = {
        id: String(standin.nextId()),
        url: body.config?.url ?? "",
        secret: body.config?.secret ?? "",
        events: body.events ?? [],
        active: body.active ?? false,
        createdAt: new Date().toISOString(),
        settings: { content_type: body.config?.content_type ?? "json" },
      };
      hooks.push(hook);
      return c.json(toHook(hook), 201);
    }),
  );
  on(
    "PATCH",
    `${at}/hooks/:hook`,
    guarded(async (c, { hooks }) => {
      const hook = hooks.find(({ id }) => id === c.req.param("hook"));
      if (hook === undefined) return c.json(say("The target couldn't be found."), 404);
      const body = await c.req.json<HookBody>();
      hook.url = body.config?.url ?? hook.url;
      hook.secret = body.config?.secret ?? hook.secret;
      hook.events = body.events ?? hook.events;
      hook.active = body.active ?? hook.active;
      return c.json(toHook(hook));
    }),
  );
  on(
    "DELETE",
    `${at}/hooks/:hook`,
    guarded((c, { hooks }) => {
      const index = hooks.findIndex(({ id }) => id === c.req.param("hook"));
      if (index < 0) return c.json(say("The target couldn't be found."), 404);
      hooks.splice(index, 1);
      return c.body(null, 204);
    }),
  );
}

interface HookBody {
  type?: string;
  active?: boolean;
  events?: string[];
  config?: { url?: string; secret?: string; content_type?: string };
}

const toHook = (hook: StandinHook): object => ({
  id: Number(hook.id),
  type: "gitea",
  config: { ...hook.settings, url: hook.url },
  events: hook.events,
  active: hook.active,
  created_at: hook.createdAt,
});

const listCommits =
  (standin: ForgeStandin): RepositoryHandler =>
  async (c, repository) => {
    if (!repository.canReadCommits) return c.json(say("token does not have the required scope"), 403);
    if ((await repository.git.branches()).length === 0) return c.json(say("Git Repository is empty."), 409);
    const include = await repository.git.resolve(c.req.query("sha") ?? "HEAD");
    const not = c.req.query("not");
    const exclude = not === undefined ? null : await repository.git.resolve(not);
    if (include === null) return c.json(say("object does not exist"), 404);
    if (not !== undefined && exclude === null) return c.json(say("GetCommitsCount"), 500);
    const size = Math.max(1, readNumber(c, "limit", 30, 50));
    const page = Math.max(1, readNumber(c, "page", 1, 1e6));
    const hashes = await repository.git.list({
      include,
      exclude: exclude === null ? [] : [exclude],
      skip: (page - 1) * size,
      count: size + 1,
    });
    const commits = await repository.git.commits(hashes.slice(0, size));
    const items = commits.map((commit) => toCommit(standin, repository, commit));
    return answer(c, items, page, hashes.length > size);
  };

function toCommit(standin: ForgeStandin, repository: StandinRepository, commit: GitCommit): object {
  const signed = ({ name, email, date }: GitPerson): object => ({ name, email, date });
  return {
    sha: commit.hash,
    created: commit.committer.date,
    html_url: `${standin.origin}/${repository.fullName}/commit/${commit.hash}`,
    commit: {
      author: signed(commit.author),
      committer: signed(commit.committer),
      message: commit.message,
      tree: { sha: commit.tree },
    },
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({ sha })),
    files: null,
  };
}

function toPull(standin: ForgeStandin, { fullName }: StandinRepository, request: StandinPullRequest): object {
  return {
    id: 9000 + request.id,
    number: request.id,
    title: request.title,
    html_url: `${standin.origin}/${fullName}/pulls/${request.id}`,
    merged: request.mergeCommit !== null,
    merge_commit_sha: request.mergeCommit,
  };
}

async function toRepository(standin: ForgeStandin, repository: StandinRepository): Promise<object> {
  return {
    id: repository.id,
    name: repository.name,
    full_name: repository.fullName,
    owner: { id: 1, login: repository.owner, username: repository.owner },
    html_url: `${standin.origin}/${repository.fullName}`,
    default_branch: await repository.git.defaultBranch(),
    permissions: { admin: repository.canManageHooks, push: true, pull: true },
  };
}

function paged(c: StandinContext, all: readonly unknown[]): Response {
  const size = Math.max(1, readNumber(c, "limit", 30, 50));
  const page = Math.max(1, readNumber(c, "page", 1, 1e6));
  const start = (page - 1) * size;
  return answer(c, all.slice(start, start + size), page, start + size < all.length);
}

function answer(c: StandinContext, items: unknown[], page: number, hasMore: boolean): Response {
  const more = hasMore || isLying(c);
  const next = new URL(c.req.url);
  next.searchParams.set("page", String(page + 1));
  return c.json(unlessLost(c, items) as [], 200, {
    "x-page": String(page),
    "x-hasmore": String(more),
    ...(isLying(c) ? { "x-total-count": "987654" } : {}),
    ...(more ? { link: `<${next.href}>; rel="next",<${next.href}>; rel="last"` } : {}),
  });
}
