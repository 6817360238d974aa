/**
 * A stand-in for GitHub's REST API as far as commits, pull requests and webhooks go, in the form of GitHub Enterprise
 * Server: the API below `/api/v3`. docs.github.com, "REST API endpoints", "Webhook events and payloads".
 */
import type { GitCommit, GitFile, GitPerson } from "../forge/git.ts";
import type { StandinRepository } from "../forge/repository.ts";
import { ForgeStandin, type ForgeStandinOptions, type HostRules, type RepositoryHandler } from "../forge/server.ts";
import { readNumber, tokenOf } from "../service/server.ts";
import { answer, paged, say, toRepository } from "./answers.ts";
import { addAppRoutes, appToken, type GithubStandinApp, isSignedByApp } from "./app.ts";
import { addHookRoutes } from "./hooks.ts";
import { pushDeliveries } from "./push.ts";

const rules: HostRules = {
  apiPath: "/api/v3",
  rateLimit: { requests: 5000, windowSeconds: 3600 },
  rateHeaders: ({ limit, remaining, resetAt }) => ({
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-used": String(limit - remaining),
    "x-ratelimit-reset": String(resetAt),
    "x-ratelimit-resource": "core",
  }),
  limited: (_wait, secondary) => ({
    status: 403,
    body: say(
      secondary
        ? "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        : "API rate limit exceeded for user ID 1.",
    ),
  }),
  unauthorised: () => ({ status: 401, body: say("Bad credentials") }),
  notFound: () => say("Not Found"),
  deliveries: pushDeliveries,
};

export interface GithubStandinOptions extends ForgeStandinOptions {
  /** Tokens of a GitHub App's installation: they have repositories, and no user. */
  installationTokens?: Iterable<string>;
  /** An App, whose installations mint tokens. */
  app?: GithubStandinApp;
}

export async function startGithubStandin(options: GithubStandinOptions): Promise<ForgeStandin> {
  const installations = new Set(options.installationTokens ?? []);
  const { app } = options;
  const tokens = [...options.tokens, ...installations, ...(app === undefined ? [] : [appToken])];
  const standin = new ForgeStandin(rules, { ...options, tokens });
  standin.guard((header, c) => {
    const token = tokenOf(header);
    if (app === undefined || !c.req.path.startsWith(`${rules.apiPath}/app/`)) return token === appToken ? null : token;
    return token !== null && isSignedByApp(app, token) ? appToken : null;
  });
  if (app !== undefined) addAppRoutes(standin, app, installations);
  standin.route("GET", "/user/repos", (c) =>
    installations.has(c.get("token"))
      ? c.json(say("Resource not accessible by integration"), 403)
      : paged(
          c,
          standin.repositories.map((repository) => toRepository(standin, repository)),
          100,
        ),
  );
  standin.route("GET", "/installation/repositories", async (c) => {
    if (!installations.has(c.get("token"))) return c.json(say("You must authenticate with an installation token"), 403);
    const all = standin.repositories.map((repository) => toRepository(standin, repository));
    const page = paged(c, all, 100);
    const repositories = (await page.json()) as unknown[];
    return new Response(JSON.stringify({ total_count: all.length, repositories }), page);
  });
  addRepositoryRoutes(standin);
  await standin.start();
  return standin;
}

function addRepositoryRoutes(standin: ForgeStandin): void {
  const on = (method: string, path: string, handler: RepositoryHandler): void => {
    for (const prefix of ["/repos/:owner/:name", "/repositories/:id"]) {
      standin.route(method, prefix + path, (c) => {
        const { owner, name, id } = c.req.param();
        const fullName = `${owner}/${name}`;
        const found = standin.repositories.find((known) => known.fullName === fullName || String(known.id) === id);
        if (found !== undefined) return handler(c, found);
        const moved = standin.repositories.find(({ formerNames }) => formerNames.includes(fullName));
        if (moved === undefined) return c.json(say("Not Found"), 404);
        const url = new URL(c.req.url);
        const rest = url.pathname.slice(`/api/v3/repos/${fullName}`.length);
        const location = `${standin.url}/repositories/${moved.id}${rest}${url.search}`;
        return c.json({ ...say("Moved Permanently"), url: location }, c.req.method === "GET" ? 301 : 307, { location });
      });
    }
  };
  on("GET", "", async (c, repository) =>
    c.json({ ...toRepository(standin, repository), default_branch: await repository.git.defaultBranch() }),
  );
  on("GET", "/commits", listCommits(standin));
  on("GET", "/compare/:range", compare(standin));
  on("GET", "/commits/:hash", readCommit(standin));
  on("GET", "/commits/:hash/pulls", async (c, repository) => {
    const hash = c.req.param("hash") ?? "";
    if ((await repository.git.commit(hash)) === null) return c.json(say(`No commit found for SHA: ${hash}`), 422);
    return paged(
      c,
      repository.pullRequestsOf(hash).map((pull) => toPull(standin, repository, pull)),
      100,
    );
  });
  on("GET", "/pulls/:number/commits", async (c, repository) => {
    const pull = repository.pullRequests.find(({ id }) => String(id) === c.req.param("number"));
    if (pull === undefined) return c.json(say("Not Found"), 404);
    // GitHub lists no more than 250.
    const commits = await repository.git.commits(pull.commits.slice(0, 250));
    return paged(
      c,
      commits.map((commit) => toCommit(standin, repository, commit)),
      100,
    );
  });
  on("GET", "/branches", async (c, repository) =>
    paged(
      c,
      (await repository.git.branches()).map(({ name, head }) => ({ name, commit: { sha: head }, protected: false })),
      100,
    ),
  );
  addHookRoutes(on, standin);
}

const listCommits =
  (standin: ForgeStandin): RepositoryHandler =>
  async (c, of) => {
    if (!of.canReadCommits) return c.json(say("Resource not accessible by personal access token"), 403);
    if ((await of.git.branches()).length === 0) return c.json(say("Git Repository is empty."), 409);
    const head = await of.git.resolve(c.req.query("sha") ?? "HEAD");
    if (head === null) return c.json(say("Not Found"), 404);
    const size = readNumber(c, "per_page", 30, 100);
    const page = readNumber(c, "page", 1, 1e6);
    // One more than asked for tells whether there is another page.
    const selection = { include: head, since: c.req.query("since"), skip: (page - 1) * size, count: size + 1 };
    const hashes = await of.git.list(selection);
    const commits = await of.git.commits(hashes.slice(0, size));
    return answer(
      c,
      commits.map((commit) => toCommit(standin, of, commit)),
      page,
      hashes.length > size,
    );
  };

const compare =
  (standin: ForgeStandin): RepositoryHandler =>
  async (c, repository) => {
    if (!repository.canReadCommits) return c.json(say("Resource not accessible by personal access token"), 403);
    const [from = "", to = ""] = (c.req.param("range") ?? "").split("...");
    const base = await repository.git.resolve(from);
    const head = await repository.git.resolve(to);
    if (base === null || head === null) return c.json(say("Not Found"), 404);
    if (!(await repository.git.hasCommonAncestor(base, head))) {
      return c.json(say(`No common ancestor between ${from} and ${to}.`), 404);
    }
    const all = await repository.git.list({ include: head, exclude: [base], oldestFirst: true });
    const size = readNumber(c, "per_page", 250, 250);
    const page = readNumber(c, "page", 1, 1e6);
    const start = (page - 1) * size;
    const commits = await repository.git.commits(all.slice(start, start + size));
    const isLying = c.get("fault")?.kind === "lying-totals";
    const body = {
      status: "ahead",
      total_commits: isLying ? 987_654 : all.length,
      ahead_by: isLying ? 987_654 : all.length,
      behind_by: 0,
      commits: commits.map((commit) => toCommit(standin, repository, commit)),
    };
    const isEmpty = c.get("fault")?.kind === "empty-lists";
    return answer(c, isEmpty ? { ...body, commits: [] } : body, page, start + size < all.length);
  };

const readCommit =
  (standin: ForgeStandin): RepositoryHandler =>
  async (c, repository) => {
    const name = c.req.param("hash") ?? "";
    const hash = await repository.git.resolve(name);
    const commit = hash === null ? null : await repository.git.commit(hash);
    if (commit === null) return c.json(say(`No commit found for SHA: ${name}`), 422);
    const lines = commit.files.reduce((sum, file) => sum + file.additions + file.deletions, 0);
    if ((c.req.header("accept") ?? "").includes("vnd.github.diff")) {
      const isTooLarge = lines > 20_000 || commit.files.length > 300;
      if (isTooLarge) return c.json(say("Sorry, the diff exceeded the maximum number of lines (20000)"), 406);
      return c.text(await repository.git.diff(commit.hash));
    }
    const size = Math.max(1, readNumber(c, "per_page", 300, 300));
    const page = readNumber(c, "page", 1, 1e6);
    const files = commit.files.slice(0, 3000);
    const start = (page - 1) * size;
    const body = {
      ...toCommit(standin, repository, commit),
      stats: {
        total: lines,
        additions: commit.files.reduce((sum, file) => sum + file.additions, 0),
        deletions: commit.files.reduce((sum, file) => sum + file.deletions, 0),
      },
      files: await Promise.all(files.slice(start, start + size).map((file) => toFile(repository, commit, file))),
    };
    return answer(c, body, page, start + size < files.length);
  };

const inUtc = (date: string): string => new Date(date).toISOString().replace(".000Z", "Z");

function toCommit(standin: ForgeStandin, repository: StandinRepository, commit: GitCommit): object {
  const page = `${standin.origin}/${repository.fullName}/commit/${commit.hash}`;
  const signed = ({ name, email, date }: GitPerson): object => ({ name, email, date: inUtc(date) });
  const loginOf = ({ email }: GitPerson): object | null => {
    const login = /^(?:\d+\+)?([\w-]+)@users\.noreply\.github\.com$/.exec(email)?.[1];
    return login === undefined ? null : { login };
  };
  return {
    sha: commit.hash,
    node_id: `C_${commit.hash.slice(0, 12)}`,
    commit: {
      author: signed(commit.author),
      committer: signed(commit.committer),
      message: commit.message.trimEnd(),
      tree: { sha: commit.tree },
      comment_count: 0,
    },
    url: `${standin.url}/repos/${repository.fullName}/commits/${commit.hash}`,
    html_url: page,
    author: loginOf(commit.author),
    committer: loginOf(commit.committer),
    parents: commit.parents.map((sha) => ({ sha })),
  };
}

const statuses: Record<string, string> = { A: "added", D: "removed", R: "renamed", C: "copied", T: "changed" };

async function toFile({ git }: StandinRepository, commit: GitCommit, file: GitFile): Promise<object> {
  const lines = file.additions + file.deletions;
  const isUnchanged = file.letter === "M" && file.oldMode !== file.newMode && lines === 0 && !file.binary;
  return {
    sha: file.newBlob,
    filename: file.path,
    status: isUnchanged ? "changed" : (statuses[file.letter] ?? "modified"),
    additions: file.additions,
    deletions: file.deletions,
    changes: lines,
    ...(file.letter === "R" ? { previous_filename: file.oldPath } : {}),
    // Nothing to show for binary and unchanged files, nor for large ones.
    ...(lines > 0 && lines < 3000 ? { patch: (await git.hunks(commit.hash, file)).replace(/\n$/, "") } : {}),
  };
}

function toPull(
  standin: ForgeStandin,
  repository: StandinRepository,
  pull: StandinRepository["pullRequests"][number],
): object {
  return {
    id: 5000 + pull.id,
    number: pull.id,
    state: pull.mergeCommit === null ? "open" : "closed",
    title: pull.title,
    html_url: `${standin.origin}/${repository.fullName}/pull/${pull.id}`,
    merged_at: pull.mergeCommit === null ? null : "2026-03-01T10:00:00Z",
    // Of an open one, this is the test merge.
    merge_commit_sha: pull.mergeCommit ?? "f".repeat(40),
  };
}
