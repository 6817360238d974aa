/**
 * A stand-in for the API of Azure DevOps as far as commits, pull requests and service hooks go.
 * learn.microsoft.com, "Azure DevOps Services REST API", Git and Service Hooks.
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
import { readNumber, type StandinContext, tokenOf, unlessLost } from "../service/server.ts";
import { errorPage } from "../service/faults.ts";
import { pushDeliveries, toCommit, toRepository } from "./push.ts";

const say = (message: string): object => ({ $id: "1", message, typeKey: "Exception", errorCode: 0 });

const rules: HostRules = {
  apiPath: "/organisation",
  rateLimit: { requests: 200, windowSeconds: 300 },
  // They come once the limit is near.
  rateHeaders: ({ limit, remaining, resetAt }): Record<string, string> =>
    remaining > limit / 2
      ? {}
      : {
          "x-ratelimit-resource": "core",
          "x-ratelimit-limit": String(limit),
          "x-ratelimit-remaining": String(remaining),
          "x-ratelimit-reset": String(resetAt),
        },
  limited: () => ({ status: 429, body: say("TF400733: The request has been canceled: Request was blocked.") }),
  // A token it does not know is shown the way to sign in.
  unauthorised: () => ({ status: 203, body: errorPage(203) }),
  notFound: () => say("Page not found."),
  deliveries: pushDeliveries,
};

export async function startAzureStandin(options: ForgeStandinOptions): Promise<ForgeStandin> {
  const standin = new ForgeStandin(rules, options);
  standin.guard(tokenOf);
  standin.route("GET", "/_apis/git/repositories", async (c) => {
    const value = await Promise.all(standin.repositories.map((repository) => toRepository(standin.url, repository)));
    return c.json({ value: unlessLost(c, value), count: value.length });
  });
  for (const at of ["/:project/_apis/git/repositories/:repository", "/_apis/git/repositories/:repository"]) {
    const on = withRepository(
      standin,
      (c) => {
        const { project, repository: name } = c.req.param();
        return standin.repositories.find(
          (known) => known.uuid === name || (known.owner === project && known.name === name),
        );
      },
      say("TF401019: The Git repository does not exist or you do not have permissions."),
    );
    addRepositoryRoutes(on, standin, at);
  }
  addSubscriptionRoutes(standin);
  await standin.start();
  return standin;
}

function addRepositoryRoutes(on: ReturnType<typeof withRepository>, standin: ForgeStandin, at: string): void {
  on("GET", at, async (c, repository) => c.json(await toRepository(standin.url, repository)));
  on("GET", `${at}/commits`, listCommits);
  on(
    "GET",
    `${at}/commits/:hash`,
    withCommit((c, _repository, commit) => c.json({ ...toCommit(commit), parents: commit.parents })),
  );
  on(
    "GET",
    `${at}/commits/:hash/changes`,
    withCommit((c, _repository, { files }) => {
      const skip = readNumber(c, "skip", 0, 1e9);
      const top = readNumber(c, "top", 100, 1000);
      return c.json({ changeCounts: { Edit: files.length }, changes: files.slice(skip, skip + top).map(toChange) });
    }),
  );
  on("POST", `${at}/FileDiffs`, readFileDiffs);
  on("GET", `${at}/refs`, async (c, { git, canReadCommits }) => {
    if (!canReadCommits) return c.json(say("TF401027: You need the Git 'GenericRead' permission."), 403);
    const all = (await git.branches()).map(({ name, head }) => ({ name: `refs/heads/${name}`, objectId: head }));
    const start = readNumber(c, "continuationToken", 0, 1e9);
    const top = Math.max(1, readNumber(c, "$top", 100, 1000));
    const value = unlessLost(c, all.slice(start, start + top));
    const headers: Record<string, string> =
      start + top < all.length ? { "x-ms-continuationtoken": String(start + top) } : {};
    return c.json({ value, count: value.length }, 200, headers);
  });
  on("POST", `${at}/pullrequestquery`, async (c, repository) => {
    const { queries } = await c.req.json<{ queries: { type: string; items: string[] }[] }>();
    const results = queries.map(({ type, items }) =>
      Object.fromEntries(
        items.flatMap((hash) => {
          const found = repository.pullRequests.filter(({ commits, mergeCommit }) =>
            type === "commit" ? commits.includes(hash) : mergeCommit === hash,
          );
          return found.length === 0 ? [] : [[hash, found.map(toPullRequest)]];
        }),
      ),
    );
    return c.json({ queries, results });
  });
  on("GET", `${at}/pullRequests/:id/commits`, async (c, repository) => {
    const request = repository.pullRequests.find(({ id }) => String(id) === c.req.param("id"));
    if (request === undefined) return c.json(say("TF401180: The requested pull request was not found."), 404);
    const value = (await repository.git.commits(request.commits.toReversed())).map(toCommit);
    return c.json({ value, count: value.length });
  });
}

interface Subscription {
  eventType?: string;
  publisherInputs?: Record<string, string>;
  consumerInputs?: Record<string, string>;
}

/** They belong to the organisation, and each names its repository. */
function addSubscriptionRoutes(standin: ForgeStandin): void {
  const path = "/_apis/hooks/subscriptions";
  const isForbidden = (repository: StandinRepository | undefined): boolean => repository?.canManageHooks === false;
  const find = (body: Subscription): StandinRepository | undefined =>
    standin.repositories.find(({ uuid }) => uuid === body.publisherInputs?.["repository"]);
  const locate = (id: string | undefined): { hook: StandinHook; repository: StandinRepository } | null => {
    for (const repository of standin.repositories) {
      const hook = repository.hooks.find((known) => known.id === id);
      if (hook !== undefined) return { hook, repository };
    }
    return null;
  };
  standin.route("GET", path, (c) => {
    const all = standin.repositories.flatMap(({ hooks }) => hooks.map(toSubscription));
    return c.json({ value: unlessLost(c, all), count: all.length });
  });
  standin.route("POST", path, async (c) => {
    const body = await c.req.json<Subscription>();
    const repository = find(body);
    if (repository === undefined) return c.json(say("The subscription's repository does not exist."), 400);
    if (isForbidden(repository)) return c.json(say("You need the “Edit subscriptions” permission."), 403);
    const hook: StandinHook = {
      id: `00000000-0000-4000-a000-${standin.nextId().toString(16).padStart(12, "0")}`,
      url: body.consumerInputs?.["url"] ?? "",
      secret: body.consumerInputs?.["basicAuthPassword"] ?? "",
      events: [body.eventType ?? ""],
      active: true,
      createdAt: new Date().toISOString(),
      settings: { ...body },
    };
    repository.hooks.push(hook);
    return c.json(toSubscription(hook));
  });
  standin.route("PUT", `${path}/:id`, async (c) => {
    const found = locate(c.req.param("id"));
    if (found === null) return c.json(say("The subscription does not exist."), 404);
    const body = await c.req.json<Subscription>();
    found.hook.url = body.consumerInputs?.["url"] ?? found.hook.url;
    found.hook.secret = body.consumerInputs?.["basicAuthPassword"] ?? found.hook.secret;
    found.hook.settings = { ...body };
    return c.json(toSubscription(found.hook));
  });
  standin.route("DELETE", `${path}/:id`, (c) => {
    const found = locate(c.req.param("id"));
    if (found === null) return c.json(say("The subscription does not exist."), 404);
    found.repository.hooks.splice(found.repository.hooks.indexOf(found.hook), 1);
    return c.body(null, 204);
  });
}

function toSubscription(hook: StandinHook): object {
  const { consumerInputs } = hook.settings as Subscription;
  return {
    ...hook.settings,
    id: hook.id,
    status: "enabled",
    consumerInputs: { ...consumerInputs, basicAuthPassword: "********" },
  };
}

/** The walk starts at `compareVersion` and leaves out what `itemVersion` reaches; without the first, at the second. */
const listCommits: RepositoryHandler = async (c, { git }) => {
  const item = c.req.query("searchCriteria.itemVersion.version") ?? "HEAD";
  const compare = c.req.query("searchCriteria.compareVersion.version");
  const include = await git.resolve(compare ?? item);
  const exclude = compare === undefined ? null : await git.resolve(item);
  if (include === null || (compare !== undefined && exclude === null)) {
    return c.json(say("TF401175: The version descriptor could not be resolved to a version in the repository."), 404);
  }
  const value = await git.commits(
    await git.list({
      include,
      exclude: exclude === null ? [] : [exclude],
      since: c.req.query("searchCriteria.fromDate"),
      skip: readNumber(c, "searchCriteria.$skip", 0, 1e9),
      count: readNumber(c, "searchCriteria.$top", 100, 1000),
    }),
  );
  // Neither parents nor the whole of a long message are in a list.
  const listed = value.map((commit) => {
    const [subject = ""] = commit.message.split("\n");
    return subject === commit.message.trimEnd()
      ? toCommit(commit)
      : { ...toCommit(commit), comment: subject, commentTruncated: true };
  });
  return c.json({ count: listed.length, value: unlessLost(c, listed) });
};

function withCommit(
  handler: (c: StandinContext, repository: StandinRepository, commit: GitCommit) => Response | Promise<Response>,
): RepositoryHandler {
  return async (c, repository) => {
    const hash = await repository.git.resolve(c.req.param("hash") ?? "");
    const commit = hash === null ? null : await repository.git.commit(hash);
    return commit === null ? c.json(say("TF401019: The commit does not exist."), 404) : handler(c, repository, commit);
  };
}

const types: Record<string, string> = { A: "add", D: "delete", R: "rename", M: "edit", T: "edit" };

function toChange(file: GitFile): object {
  const isEdited = file.letter === "R" && file.additions + file.deletions > 0;
  return {
    item: { objectId: file.newBlob, gitObjectType: "blob", path: `/${file.path}` },
    changeType: isEdited ? "edit, rename" : (types[file.letter] ?? "edit"),
    ...(file.letter === "R" ? { sourceServerItem: `/${file.oldPath}` } : {}),
  };
}

interface FileDiffsBody {
  baseVersionCommit: string;
  targetVersionCommit: string;
  fileDiffParams: { path: string; originalPath: string }[];
}

const readFileDiffs: RepositoryHandler = async (c, { git }) => {
  const body = await c.req.json<FileDiffsBody>();
  if (body.fileDiffParams.length > 10) return c.json(say("Too many files."), 400);
  const commit = await git.commit(body.targetVersionCommit);
  if (commit === null || commit.parents[0] !== body.baseVersionCommit) {
    return c.json(say("TF401175: The version descriptor could not be resolved."), 404);
  }
  const value: object[] = [];
  for (const { path, originalPath } of body.fileDiffParams) {
    const file = commit.files.find((known) => `/${known.path}` === (path || originalPath));
    const hunks = file === undefined ? "" : await git.hunks(commit.hash, file);
    value.push({ path, originalPath, lineDiffBlocks: toBlocks(hunks) });
  }
  return c.json({ count: value.length, value });
};

/** Runs of changed lines: added (1), deleted (2) or both (3), with the unchanged (0) between. */
function toBlocks(hunks: string): object[] {
  const blocks: { isSame: boolean; added: number; deleted: number; same: number }[] = [];
  for (const line of hunks.split("\n")) {
    const mark = line.slice(0, 1);
    if (mark !== " " && mark !== "+" && mark !== "-") continue;
    const isSame = mark === " ";
    if (blocks.at(-1)?.isSame !== isSame) blocks.push({ isSame, added: 0, deleted: 0, same: 0 });
    const block = blocks.at(-1);
    if (block !== undefined) block[isSame ? "same" : mark === "+" ? "added" : "deleted"] += 1;
  }
  return blocks.map(({ isSame, same, added, deleted }) => ({
    changeType: isSame ? 0 : added > 0 && deleted > 0 ? 3 : added > 0 ? 1 : 2,
    originalLinesCount: same + deleted,
    modifiedLinesCount: same + added,
  }));
}

const toPullRequest = (request: StandinPullRequest): object => ({
  pullRequestId: request.id,
  title: request.title,
  status: request.mergeCommit === null ? "active" : "completed",
  lastMergeCommit: request.mergeCommit === null ? null : { commitId: request.mergeCommit },
});
