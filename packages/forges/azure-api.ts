/**
 * The API of Azure DevOps, Services and Server; the root names the organisation or collection.
 *
 * learn.microsoft.com, "Azure DevOps Services REST API", Git and Service Hooks, version 7.1: commits are searched from
 * `compareVersion` back to `itemVersion`, the files of a commit come from `changes`, and their lines from `FileDiffs`,
 * which gives blocks and no text. There is no diff to compare changes by.
 */
import type { PushedCommit } from "@billhook/domain/push";
import * as z from "zod";
import type { CommitRange, ForgeApi, ForgeConnection, ForgeFailure, ForgeResult, Page } from "./api.ts";
import { hostId } from "./api-fields.ts";
import { azureHost, pathOf, version } from "./azure-host.ts";
import { changeSchema, countFiles } from "./azure-lines.ts";
import { readRepository, toCommit } from "./azure.ts";
import { explainCommit, explainRange } from "./commit-lookup.ts";
import { toHash } from "./commits.ts";
import { anything, name, parentsOf } from "./fields.ts";
import { failure, mapResult, probe, readJson, send } from "@billhook/http/call";
import { cutAtDate, pageSize, readAll } from "./paging.ts";
import { toText } from "@billhook/http/text";

const commitSchema = z.unknown().transform((raw) => {
  const commit = toCommit(raw, null);
  return commit && { ...commit, parents: parentsField.parse(raw).parents };
});
const parentsField = z.object({ parents: parentsOf(anything) }).catch({ parents: null });

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

export const azureApi: ForgeApi = {
  provider: "azure",

  async checkAccess(connection) {
    const path = pathOf(connection);
    const read = await readJson(azureHost, connection, z.unknown().transform(readRepository), { path, query: version });
    if (!read.ok) return read;
    const repository = read.value.body;
    if (repository === null) return failure("unexpected", { path }, "names no repository", read.budget);
    const commits = await probe(azureHost, connection, { path: `${path}/refs`, query: { ...version, $top: 1 } });
    if (!commits.ok) return commits;
    const hooks = await probe(azureHost, connection, { path: "/_apis/hooks/subscriptions", query: version });
    return mapResult(hooks, (canManageHooks) => ({ repository, canReadCommits: commits.value, canManageHooks }));
  },

  /** The host gives all of them at once. */
  async listRepositories(connection, { search = "" }) {
    const schema = z.object({ value: z.array(z.unknown().transform(readRepository)) });
    const read = await readJson(azureHost, connection, schema, { path: "/_apis/git/repositories", query: version });
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
        () => probe(azureHost, connection, { path: pathOf(connection), query: version }),
      );
    }
    return mapResult(result, (page) => ({ ...cutAtDate(page, range), order: "newest first" }));
  },

  async readCommit(connection, hash) {
    const path = `${pathOf(connection)}/commits/${encodeURIComponent(hash)}`;
    const read = await readJson(azureHost, connection, commitSchema, { path, query: version });
    if (!read.ok) return explain(connection, hash, read);
    const commit = read.value.body;
    if (commit === null) return failure("unexpected", { path }, "names no commit", read.budget);
    if ((commit.parents?.length ?? 0) > 1) return { ...read, value: { commit, diff: null } };
    const changes = await readAll(async (cursor) => {
      const skip = Number(cursor ?? "0");
      const schema = z.object({ changes: z.array(changeSchema) });
      const query = { ...version, top: 500, skip };
      const page = await readJson(azureHost, connection, schema, { path: `${path}/changes`, query });
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
      const read = await readJson(azureHost, connection, schema, { path: `${pathOf(connection)}/refs`, query });
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
      azureHost,
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
    const read = await readJson(azureHost, connection, schema, { path, query: { ...version, $top: 1000 } });
    return mapResult(read, ({ body }) => body.value.flatMap((commit) => (commit === null ? [] : [commit.hash])));
  },

  /** A subscription belongs to the organisation and names the repository; the secret is its password. */
  async createHook(connection, { url, secret }) {
    const ids = await readJson(azureHost, connection, idsSchema, { path: pathOf(connection), query: version });
    if (!ids.ok) return ids;
    const { id: repository, project } = ids.value.body;
    const path = "/_apis/hooks/subscriptions";
    const listed = await readJson(azureHost, connection, z.object({ value: z.array(subscriptionSchema) }), {
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
      azureHost,
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
    const sent = await send(azureHost, connection, { method: "DELETE", path, query: version });
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
  const read = await readJson(azureHost, connection, z.object({ value: z.array(commitSchema) }), { path, query });
  return mapResult(read, ({ body }) => ({
    items: body.value.filter((commit) => commit !== null),
    cursor: body.value.length < top ? null : String(skip + body.value.length),
  }));
}

const probeCommit = (connection: ForgeConnection, commit: string): Promise<ForgeResult<boolean>> =>
  probe(azureHost, connection, { path: `${pathOf(connection)}/commits/${encodeURIComponent(commit)}`, query: version });

const explain = (connection: ForgeConnection, hash: string, failed: ForgeFailure): Promise<ForgeFailure> =>
  explainCommit(
    failed,
    hash,
    (commit) => probeCommit(connection, commit),
    () => probe(azureHost, connection, { path: pathOf(connection), query: version }),
  );
