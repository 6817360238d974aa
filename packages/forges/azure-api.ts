/**
 * The API of Azure DevOps, Services and Server; the root names the organisation or collection.
 *
 * learn.microsoft.com, "Azure DevOps Services REST API", Git and Service Hooks, version 7.1: commits are searched from
 * `compareVersion` back to `itemVersion`, the files of a commit come from `changes`, and their lines from `FileDiffs`,
 * which gives blocks and no text. There is no diff to compare changes by.
 */
import type { FileChange, PushedCommit } from "@billhook/domain/push";
import * as z from "zod";
import type { CommitRange, ForgeApi, ForgeConnection, ForgeFailure, ForgeResult, ForgeToken, Page } from "./api.ts";
import { hostId } from "./api-fields.ts";
import { readRepository, toCommit } from "./azure.ts";
import { explainCommit, explainRange } from "./commit-lookup.ts";
import { toHash } from "./commits.ts";
import { anything, count, flag, name, parentsOf } from "./fields.ts";
import { basic, bearer, failure, type Host, mapResult, probe, readJson, send } from "./http.ts";
import { cutAtDate, pageSize, readAll } from "./paging.ts";
import { toText } from "./text.ts";

/** A personal access token goes as the password of nobody; tokens of Microsoft Entra are JWTs, and are bearers. */
function authorise(token: ForgeToken): string {
  return token.kind === "bearer" && token.value.split(".").length !== 3 ? basic("", token.value) : bearer(token);
}

const host: Host = { root: null, headers: {}, authorise };
const version = { "api-version": "7.1" };

/** FileDiffs takes no more files at once. */
const mostFileDiffs = 10;
/** A commit of more files than this is not worth a request for every ten of them. */
const mostCountedFiles = 200;

const commitSchema = z.unknown().transform((raw) => {
  const commit = toCommit(raw, null);
  return commit && { ...commit, parents: parentsField.parse(raw).parents };
});
const parentsField = z.object({ parents: parentsOf(anything) }).catch({ parents: null });

const changeSchema = z.object({
  changeType: z.string(),
  item: z.object({ path: z.string().transform(toText), isFolder: flag, gitObjectType: name }),
  sourceServerItem: z.string().transform(toText).nullable().catch(null),
});

const fileDiffSchema = z.object({
  path: z.string().transform(toText),
  lineDiffBlocks: z
    .array(
      z.object({ changeType: z.union([z.number(), z.string()]), originalLinesCount: count, modifiedLinesCount: count }),
    )
    .nullable()
    .catch(null),
});

const pullRequestSchema = z.object({
  pullRequestId: hostId,
  title: z.string().transform(toText).catch(""),
  status: name,
  lastMergeCommit: z.object({ commitId: anything }).nullable().catch(null),
});

const subscriptionSchema = z.object({
  id: hostId,
  eventType: name,
  consumerInputs: z.object({ url: name }).nullable().catch(null),
  publisherInputs: z.object({ repository: name }).nullable().catch(null),
});

const idsSchema = z.object({ id: z.string(), project: z.object({ id: z.string() }) });

/** `project/name`, or the repository's id, which needs no project. */
function pathOf({ repository }: ForgeConnection): string {
  const [first = "", ...rest] = repository.split("/");
  const of = rest.length === 0 ? "" : `/${encodeURIComponent(first)}`;
  return `${of}/_apis/git/repositories/${encodeURIComponent(rest.length === 0 ? first : rest.join("/"))}`;
}

export const azureApi: ForgeApi = {
  provider: "azure",

  async checkAccess(connection) {
    const path = pathOf(connection);
    const read = await readJson(host, connection, z.unknown().transform(readRepository), { path, query: version });
    if (!read.ok) return read;
    const repository = read.value.body;
    if (repository === null) return failure("unexpected", { path }, "names no repository", read.budget);
    const commits = await probe(host, connection, { path: `${path}/refs`, query: { ...version, $top: 1 } });
    if (!commits.ok) return commits;
    const hooks = await probe(host, connection, { path: "/_apis/hooks/subscriptions", query: version });
    return mapResult(hooks, (canManageHooks) => ({ repository, canReadCommits: commits.value, canManageHooks }));
  },

  /** The host gives all of them at once. */
  async listRepositories(connection, { search = "" }) {
    const schema = z.object({ value: z.array(z.unknown().transform(readRepository)) });
    const read = await readJson(host, connection, schema, { path: "/_apis/git/repositories", query: version });
    const wanted = search.trim().toLowerCase();
    return mapResult(read, ({ body }) => ({
      items: body.value.filter((item) => item !== null).filter((item) => item.name.toLowerCase().includes(wanted)),
      cursor: null,
    }));
  },

  async listCommits(connection, range) {
    const result = await searchRange(connection, range);
    if (!result.ok) {
      return explainRange(
        result,
        range,
        (commit) => probeCommit(connection, commit),
        () => probe(host, connection, { path: pathOf(connection), query: version }),
      );
    }
    return mapResult(result, (page) => ({ ...cutAtDate(page, range), order: "newest first" }));
  },

  async readCommit(connection, hash) {
    const path = `${pathOf(connection)}/commits/${encodeURIComponent(hash)}`;
    const read = await readJson(host, connection, commitSchema, { path, query: version });
    if (!read.ok) return explain(connection, hash, read);
    const commit = read.value.body;
    if (commit === null) return failure("unexpected", { path }, "names no commit", read.budget);
    if ((commit.parents?.length ?? 0) > 1) return { ...read, value: { commit, diff: null } };
    const changes = await readAll(async (cursor) => {
      const skip = Number(cursor ?? "0");
      const schema = z.object({ changes: z.array(changeSchema) });
      const query = { ...version, top: 500, skip };
      const page = await readJson(host, connection, schema, { path: `${path}/changes`, query });
      return mapResult(page, ({ body }) => ({
        items: body.changes,
        cursor: body.changes.length < 500 ? null : String(skip + body.changes.length),
      }));
    });
    if (!changes.ok) return changes;
    const files = changes.value.filter(({ item }) => item.isFolder !== true && item.gitObjectType !== "tree");
    const counted = await countFiles(connection, commit, files);
    return mapResult(counted, (all) => ({ commit: { ...commit, files: all }, diff: null }));
  },

  async listBranches(connection) {
    const schema = z.object({ value: z.array(z.object({ name: z.string(), objectId: z.string() })) });
    const branches = await readAll(async (cursor) => {
      const query = { ...version, filter: "heads/", $top: 1000, continuationToken: cursor };
      const read = await readJson(host, connection, schema, { path: `${pathOf(connection)}/refs`, query });
      return mapResult(read, ({ body, headers }) => ({
        items: body.value,
        cursor: body.value.length === 0 ? null : headers.get("x-ms-continuationtoken"),
      }));
    });
    return mapResult(branches, (all) =>
      all.flatMap((ref) => {
        const head = toHash(ref.objectId);
        return head === null ? [] : [{ name: toText(ref.name).replace(/^refs\/heads\//, ""), head }];
      }),
    );
  },

  async pullRequestsOf(connection, hash) {
    const queries = ["commit", "lastMergeCommit"].map((type) => ({ type, items: [hash] }));
    const read = await readJson(
      host,
      connection,
      z.object({ results: z.array(z.record(z.string(), z.array(pullRequestSchema))) }),
      {
        method: "POST",
        isRead: true,
        path: `${pathOf(connection)}/pullrequestquery`,
        query: version,
        body: { queries },
      },
    );
    return mapResult(read, ({ body }) => {
      const found = body.results.flatMap((result) => Object.values(result).flat());
      const unique = new Map(found.map((request) => [request.pullRequestId, request]));
      return [...unique.values()].map((request) => ({
        id: request.pullRequestId,
        title: request.title,
        url: null,
        mergeCommit: request.status === "completed" ? toHash(request.lastMergeCommit?.commitId) : null,
      }));
    });
  },

  async pullRequestCommits(connection, id) {
    const path = `${pathOf(connection)}/pullRequests/${encodeURIComponent(id)}/commits`;
    const schema = z.object({ value: z.array(commitSchema) });
    const read = await readJson(host, connection, schema, { path, query: { ...version, $top: 1000 } });
    return mapResult(read, ({ body }) => body.value.flatMap((commit) => (commit === null ? [] : [commit.hash])));
  },

  /** A subscription belongs to the organisation and names the repository; the secret is its password. */
  async createHook(connection, { url, secret }) {
    const ids = await readJson(host, connection, idsSchema, { path: pathOf(connection), query: version });
    if (!ids.ok) return ids;
    const { id: repository, project } = ids.value.body;
    const path = "/_apis/hooks/subscriptions";
    const listed = await readJson(host, connection, z.object({ value: z.array(subscriptionSchema) }), {
      path,
      query: version,
    });
    if (!listed.ok) return listed;
    const known = listed.value.body.value.find(
      (hook) =>
        hook.eventType === "git.push" &&
        hook.consumerInputs?.url === url &&
        hook.publisherInputs?.repository === repository,
    )?.id;
    const body = {
      publisherId: "tfs",
      eventType: "git.push",
      resourceVersion: "1.0",
      consumerId: "webHooks",
      consumerActionId: "httpRequest",
      publisherInputs: { projectId: project.id, repository, branch: "", pushedBy: "" },
      consumerInputs: {
        url,
        basicAuthUsername: "billhook",
        basicAuthPassword: secret,
        resourceDetailsToSend: "all",
        messagesToSend: "none",
        detailedMessagesToSend: "none",
      },
    };
    const saved = await readJson(
      host,
      connection,
      z.object({ id: hostId }),
      known === undefined
        ? { method: "POST", path, query: version, body }
        : { method: "PUT", path: `${path}/${known}`, query: version, body },
    );
    return mapResult(saved, ({ body: hook }) => hook);
  },

  async deleteHook(connection, id) {
    const path = `/_apis/hooks/subscriptions/${encodeURIComponent(id)}`;
    const sent = await send(host, connection, { method: "DELETE", path, query: version });
    if (!sent.ok && sent.code === "not_found") return { ok: true, value: null, budget: sent.budget };
    return mapResult(sent, () => null);
  },
};

/**
 * The commits between two. The documentation has the walk start at `compareVersion` and end before `itemVersion`, and
 * clients are found that take them the other way round: the newest of the list must be the head, so a first page
 * without it is asked for again with the two exchanged, and the cursor remembers which way was right.
 */
async function searchRange(connection: ForgeConnection, range: CommitRange): Promise<ForgeResult<Page<PushedCommit>>> {
  const [, turned, skip = "0"] = /^(~?)(\d{1,9})$/.exec(range.cursor ?? "") ?? [];
  if (turned === "~") return turn(await searchCommits(connection, { ...range, turned: true }, Number(skip)));
  const page = await searchCommits(connection, { ...range, turned: false }, Number(skip));
  if (!page.ok || range.base === null || skip !== "0" || page.value.items[0]?.hash === range.head) return page;
  const other = await searchCommits(connection, { ...range, turned: true }, 0);
  return other.ok && other.value.items[0]?.hash !== range.head ? page : turn(other);
}

const turn = (page: ForgeResult<Page<PushedCommit>>): ForgeResult<Page<PushedCommit>> =>
  mapResult(page, ({ items, cursor }) => ({ items, cursor: cursor && `~${cursor}` }));

async function searchCommits(
  connection: ForgeConnection,
  { head, base, since, limit, turned }: CommitRange & { turned: boolean },
  skip: number,
): Promise<ForgeResult<Page<PushedCommit>>> {
  const top = pageSize(limit === undefined ? {} : { limit }, 500);
  const named = (role: string, commit: string): Record<string, string> => ({
    [`searchCriteria.${role}.version`]: commit,
    [`searchCriteria.${role}.versionType`]: toHash(commit) === null ? "branch" : "commit",
  });
  const query = {
    ...version,
    ...(base === null
      ? named("itemVersion", head)
      : { ...named("itemVersion", turned ? head : base), ...named("compareVersion", turned ? base : head) }),
    "searchCriteria.fromDate": since,
    "searchCriteria.$skip": skip,
    "searchCriteria.$top": top,
  };
  const path = `${pathOf(connection)}/commits`;
  const read = await readJson(host, connection, z.object({ value: z.array(commitSchema) }), { path, query });
  return mapResult(read, ({ body }) => ({
    items: body.value.filter((commit) => commit !== null),
    cursor: body.value.length < top ? null : String(skip + body.value.length),
  }));
}

/** `add`, `edit`, `delete`, `rename`, or several of them: `edit, rename`. */
function statusOf(changeType: string): FileChange["status"] {
  const types = new Set(changeType.toLowerCase().split(/,\s*/));
  if (types.has("rename") || types.has("sourcerename")) return "renamed";
  if (types.has("add") || types.has("undelete")) return "added";
  return types.has("delete") ? "removed" : "modified";
}

/** The files with their lines, where the host counts them: it compares two commits, so a first commit has none. */
async function countFiles(
  connection: ForgeConnection,
  commit: PushedCommit,
  changes: readonly z.infer<typeof changeSchema>[],
): Promise<ForgeResult<FileChange[]>> {
  const withoutSlash = (path: string): string => path.replace(/^\//, "");
  const files = changes.map(({ changeType, item }): FileChange => ({
    path: withoutSlash(item.path),
    status: statusOf(changeType),
    additions: null,
    deletions: null,
    binary: null,
  }));
  const parent = commit.parents?.[0];
  let budget: ForgeFailure["budget"] = null;
  if (parent === undefined || files.length > mostCountedFiles) return { ok: true, value: files, budget };

  const byPath = new Map(files.map((file) => [file.path, file]));
  for (let start = 0; start < changes.length; start += mostFileDiffs) {
    const fileDiffParams = changes
      .slice(start, start + mostFileDiffs)
      .map(({ changeType, item, sourceServerItem }) => ({
        path: statusOf(changeType) === "removed" ? "" : item.path,
        originalPath: statusOf(changeType) === "added" ? "" : (sourceServerItem ?? item.path),
      }));
    const read = await readJson(host, connection, z.object({ value: z.array(fileDiffSchema.loose()) }), {
      method: "POST",
      isRead: true,
      path: `${pathOf(connection)}/FileDiffs`,
      query: version,
      body: { baseVersionCommit: parent, targetVersionCommit: commit.hash, fileDiffParams },
    });
    // A host without this leaves the lines unknown; one that is away is asked again later.
    if (!read.ok && (read.code === "unexpected" || read.code === "not_found")) break;
    if (!read.ok) return read;
    budget = read.budget;
    for (const diff of read.value.body.value) {
      const original = typeof diff["originalPath"] === "string" ? diff["originalPath"] : "";
      const file = byPath.get(withoutSlash(diff.path || original));
      if (file && diff.lineDiffBlocks) Object.assign(file, countBlocks(diff.lineDiffBlocks));
    }
  }
  return { ok: true, value: files, budget };
}

/** A block of lines is unchanged (0, `none`), added (1), deleted (2) or edited (3), which is both. */
function countBlocks(
  blocks: NonNullable<z.infer<typeof fileDiffSchema>["lineDiffBlocks"]>,
): Pick<FileChange, "additions" | "deletions"> {
  let additions = 0;
  let deletions = 0;
  for (const { changeType, originalLinesCount, modifiedLinesCount } of blocks) {
    const type = String(changeType).toLowerCase();
    if (type === "1" || type === "3" || type === "add" || type === "edit") additions += modifiedLinesCount ?? 0;
    if (type === "2" || type === "3" || type === "delete" || type === "edit") deletions += originalLinesCount ?? 0;
  }
  return { additions, deletions };
}

const probeCommit = (connection: ForgeConnection, commit: string): Promise<ForgeResult<boolean>> =>
  probe(host, connection, { path: `${pathOf(connection)}/commits/${encodeURIComponent(commit)}`, query: version });

const explain = (connection: ForgeConnection, hash: string, failed: ForgeFailure): Promise<ForgeFailure> =>
  explainCommit(
    failed,
    hash,
    (commit) => probeCommit(connection, commit),
    () => probe(host, connection, { path: pathOf(connection), query: version }),
  );
