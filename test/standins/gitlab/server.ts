/**
 * A stand-in for GitLab's REST API as far as commits, merge requests and webhooks go, installed below a path as
 * self-managed instances often are: `/gitlab/api/v4`. docs.gitlab.com, "Commits API", "Project webhooks API".
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
import { pushDeliveries, resend } from "./push.ts";

/** A file whose change is larger is named without its lines ("Diff limits administration"). */
const mostPatchBytes = 200 * 1024;

const rules: HostRules = {
  apiPath: "/gitlab/api/v4",
  rateLimit: { requests: 2000, windowSeconds: 60 },
  rateHeaders: ({ limit, remaining, resetAt }) => ({
    "ratelimit-name": "throttle_authenticated_api",
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-observed": String(limit - remaining),
    "ratelimit-reset": String(resetAt),
  }),
  limited: () => ({ status: 429, body: "Retry later\n" }),
  unauthorised: () => ({ status: 401, body: { message: "401 Unauthorized" } }),
  notFound: () => ({ error: "404 Not Found" }),
  deliveries: pushDeliveries,
  resend,
};

export async function startGitlabStandin(options: ForgeStandinOptions): Promise<ForgeStandin> {
  const standin = new ForgeStandin(rules, options);
  standin.guard((header, c) => c.req.header("private-token") ?? tokenOf(header));
  standin.route("GET", "/projects", async (c) => {
    const search = (c.req.query("search") ?? "").toLowerCase();
    const found = standin.repositories.filter(({ fullName }) => fullName.toLowerCase().includes(search));
    return paged(c, await Promise.all(found.map((repository) => toProject(standin, repository))));
  });
  const on = withRepository(
    standin,
    (c) => {
      const id = c.req.param("id");
      return standin.repositories.find((known) => String(known.id) === id || known.fullName === id);
    },
    { message: "404 Project Not Found" },
  );
  on("GET", "/projects/:id", async (c, repository) => c.json(await toProject(standin, repository)));
  on("GET", "/projects/:id/repository/commits", listCommits(standin));
  on(
    "GET",
    "/projects/:id/repository/commits/:hash",
    withCommit((c, repository, commit) =>
      c.json({
        ...toCommit(standin, repository, commit),
        ...(c.req.query("stats") === "false" ? {} : { stats: toStats(commit) }),
      }),
    ),
  );
  on(
    "GET",
    "/projects/:id/repository/commits/:hash/diff",
    withCommit(async (c, repository, commit) =>
      paged(c, await Promise.all(commit.files.map((file) => toDiff(repository, commit, file)))),
    ),
  );
  on(
    "GET",
    "/projects/:id/repository/commits/:hash/merge_requests",
    withCommit((c, repository, { hash }) =>
      paged(
        c,
        repository.pullRequestsOf(hash).map((request) => toMergeRequest(standin, repository, request)),
      ),
    ),
  );
  on("GET", "/projects/:id/merge_requests/:iid/commits", async (c, repository) => {
    const request = repository.pullRequests.find(({ id }) => String(id) === c.req.param("iid"));
    if (request === undefined) return c.json({ message: "404 Not found" }, 404);
    const commits = await repository.git.commits(request.commits.toReversed());
    return paged(
      c,
      commits.map((commit) => toCommit(standin, repository, commit)),
    );
  });
  on("GET", "/projects/:id/repository/branches", async (c, { git }) =>
    paged(
      c,
      (await git.branches()).map(({ name, head }) => ({ name, merged: false, commit: { id: head } })),
    ),
  );
  addHookRoutes(on, standin);
  await standin.start();
  return standin;
}

function addHookRoutes(on: ReturnType<typeof withRepository>, standin: ForgeStandin): void {
  const guarded =
    (handler: RepositoryHandler): RepositoryHandler =>
    (c, repository) =>
      repository.canManageHooks ? handler(c, repository) : c.json({ message: "403 Forbidden" }, 403);
  on(
    "GET",
    "/projects/:id/hooks",
    guarded((c, { hooks }) => paged(c, hooks.map(toHook))),
  );
  on(
    "POST",
    "/projects/:id/hooks",
    guarded(async (c, { hooks }) => {
      const body = await c.req.json<HookBody>();
      const hook: StandinHook = {
        id: String(standin.nextId()),
        url: body.url ?? "",
        secret: body.token ?? "",
        // Pushes are on where nobody says otherwise.
        events: body.push_events === false ? [] : ["push"],
        active: true,
        createdAt: new Date().toISOString(),
        settings: { tag_push_events: body.tag_push_events ?? false },
      };
      hooks.push(hook);
      return c.json(toHook(hook), 201);
    }),
  );
  on(
    "PUT",
    "/projects/:id/hooks/:hook",
    guarded(async (c, { hooks }) => {
      const hook = hooks.find(({ id }) => id === c.req.param("hook"));
      if (hook === undefined) return c.json({ message: "404 Not found" }, 404);
      const body = await c.req.json<HookBody>();
      hook.url = body.url ?? hook.url;
      hook.secret = body.token ?? hook.secret;
      hook.settings["tag_push_events"] = body.tag_push_events ?? hook.settings["tag_push_events"];
      return c.json(toHook(hook));
    }),
  );
  on(
    "DELETE",
    "/projects/:id/hooks/:hook",
    guarded((c, { hooks }) => {
      const at = hooks.findIndex(({ id }) => id === c.req.param("hook"));
      if (at < 0) return c.json({ message: "404 Not found" }, 404);
      hooks.splice(at, 1);
      return c.body(null, 204);
    }),
  );
}

interface HookBody {
  url?: string;
  token?: string;
  push_events?: boolean;
  tag_push_events?: boolean;
}

const toHook = (hook: StandinHook): object => ({
  id: Number(hook.id),
  url: hook.url,
  push_events: hook.events.includes("push"),
  ...hook.settings,
  enable_ssl_verification: true,
  alert_status: "executable",
  created_at: hook.createdAt,
});

const listCommits =
  (standin: ForgeStandin): RepositoryHandler =>
  async (c, repository) => {
    if (!repository.canReadCommits) return c.json({ message: "403 Forbidden" }, 403);
    const [from, to] = (c.req.query("ref_name") ?? "HEAD").split("..");
    const include = await repository.git.resolve(to ?? from ?? "");
    const exclude = to === undefined ? null : await repository.git.resolve(from ?? "");
    const size = Math.max(1, readNumber(c, "per_page", 20, 100));
    const page = Math.max(1, readNumber(c, "page", 1, 1e6));
    const isUnknown = include === null || (to !== undefined && exclude === null);
    const hashes = isUnknown
      ? []
      : await repository.git.list({
          include,
          exclude: exclude === null ? [] : [exclude],
          since: c.req.query("since"),
          skip: (page - 1) * size,
          count: size,
        });
    const commits = await repository.git.commits(hashes);
    // A full page is always said to have a next one: the whole is not counted.
    return answer(
      c,
      commits.map((commit) => toCommit(standin, repository, commit)),
      page,
      commits.length === size,
    );
  };

function withCommit(
  handler: (c: StandinContext, repository: StandinRepository, commit: GitCommit) => Response | Promise<Response>,
): RepositoryHandler {
  return async (c, repository) => {
    const hash = await repository.git.resolve(c.req.param("hash") ?? "");
    const commit = hash === null ? null : await repository.git.commit(hash);
    return commit === null ? c.json({ message: "404 Commit Not Found" }, 404) : handler(c, repository, commit);
  };
}

/** GitLab writes milliseconds. */
const withMilliseconds = (date: string): string => date.replace(/(:\d\d)(Z|[+-]\d\d:\d\d)$/, "$1.000$2");

function toCommit(standin: ForgeStandin, repository: StandinRepository, commit: GitCommit): object {
  const committed = withMilliseconds(commit.committer.date);
  return {
    id: commit.hash,
    short_id: commit.hash.slice(0, 8),
    created_at: committed,
    parent_ids: commit.parents,
    title: commit.message.split("\n")[0],
    message: commit.message,
    author_name: commit.author.name,
    author_email: commit.author.email,
    authored_date: withMilliseconds(commit.author.date),
    committer_name: commit.committer.name,
    committer_email: commit.committer.email,
    committed_date: committed,
    trailers: {},
    extended_trailers: {},
    web_url: `${pageOf(standin, repository)}/-/commit/${commit.hash}`,
  };
}

function toStats({ files }: GitCommit): object {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return { additions, deletions, total: additions + deletions };
}

async function toDiff({ git }: StandinRepository, commit: GitCommit, file: GitFile): Promise<object> {
  const from = file.letter === "A" ? "/dev/null" : `a/${file.oldPath}`;
  const to = file.letter === "D" ? "/dev/null" : `b/${file.path}`;
  const text = file.binary
    ? `Binary files ${from} and ${to} differ\n`
    : file.additions + file.deletions === 0
      ? ""
      : await git.hunks(commit.hash, file);
  const isTooLarge = Buffer.byteLength(text) > mostPatchBytes;
  return {
    diff: isTooLarge ? "" : text,
    collapsed: false,
    too_large: isTooLarge,
    new_path: file.path,
    old_path: file.oldPath,
    a_mode: file.letter === "A" ? "0" : file.oldMode,
    b_mode: file.letter === "D" ? "0" : file.newMode,
    new_file: file.letter === "A" || file.letter === "C",
    renamed_file: file.letter === "R",
    deleted_file: file.letter === "D",
    generated_file: null,
  };
}

function toMergeRequest(standin: ForgeStandin, repository: StandinRepository, request: StandinPullRequest): object {
  const isSquash = request.mergeCommit !== null && request.commits.length > 1;
  return {
    id: 9000 + request.id,
    iid: request.id,
    project_id: repository.id,
    title: request.title,
    state: request.mergeCommit === null ? "opened" : "merged",
    web_url: `${pageOf(standin, repository)}/-/merge_requests/${request.id}`,
    merge_commit_sha: isSquash ? null : request.mergeCommit,
    squash_commit_sha: isSquash ? request.mergeCommit : null,
  };
}

const pageOf = (standin: ForgeStandin, { fullName }: StandinRepository): string =>
  `${standin.origin}/gitlab/${fullName}`;

async function toProject(standin: ForgeStandin, repository: StandinRepository): Promise<object> {
  return {
    id: repository.id,
    name: repository.name,
    path_with_namespace: repository.fullName,
    web_url: pageOf(standin, repository),
    default_branch: await repository.git.defaultBranch(),
    permissions: { project_access: { access_level: repository.canManageHooks ? 40 : 20 }, group_access: null },
  };
}

function paged(c: StandinContext, all: readonly unknown[]): Response {
  const size = Math.max(1, readNumber(c, "per_page", 20, 100));
  const page = Math.max(1, readNumber(c, "page", 1, 1e6));
  const start = (page - 1) * size;
  return answer(c, all.slice(start, start + size), page, start + size < all.length, all.length);
}

function answer(c: StandinContext, items: unknown[], page: number, hasMore: boolean, total?: number): Response {
  const more = hasMore || isLying(c);
  const next = new URL(c.req.url);
  next.searchParams.set("page", String(page + 1));
  return c.json(unlessLost(c, items) as [], 200, {
    "x-page": String(page),
    "x-next-page": more ? String(page + 1) : "",
    ...(more ? { link: `<${next.href}>; rel="next"` } : {}),
    ...(isLying(c) ? { "x-total": "987654" } : total === undefined ? {} : { "x-total": String(total) }),
  });
}
