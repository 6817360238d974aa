/**
 * The API of Gitea and Forgejo, below `/api/v1`.
 *
 * docs.gitea.com, "API", and Gitea's `routers/api/v1/repo/commits.go`: `not` leaves out what another commit reaches; a
 * commit that is not there is 404 or 500. Files are listed without their lines, so these are counted in the diff.
 */
import type { PushedCommit } from "@billhook/domain/push";
import * as z from "zod";
import type { ForgeApi, ForgeConnection, ForgeFailure, ForgeResult, Page } from "./api.ts";
import { hostId } from "./api-fields.ts";
import { withPatchId } from "./commit-details.ts";
import { explainCommit, explainRange } from "./commit-lookup.ts";
import { toHash } from "./commits.ts";
import { name, webUrl } from "./fields.ts";
import { type ApiCommit, commitSchema, toCommit } from "./github-commit.ts";
import { repositorySchema, toRepository } from "./github-form.ts";
import {
  authorise,
  encodePath,
  failure,
  type Host,
  mapResult,
  probe,
  readJson,
  readText,
  send,
} from "@billhook/http/call";
import { cutAtDate, linkedPage, nextPage, pageNumber, pageSize, readAll, searchPages } from "./paging.ts";
import { readPatch } from "./patch-text.ts";
import { toText } from "@billhook/http/text";

const host: Host = { root: null, headers: {}, authorise };

const mostDiffBytes = 4 * 1024 * 1024;
/** `MAX_RESPONSE_ITEMS` as it comes; an instance may give fewer. */
const mostItems = 50;

const repository = repositorySchema.transform(toRepository);
const branchSchema = z.object({ name: z.string().transform(toText), commit: z.object({ id: z.string() }) });
const hookSchema = z.object({ id: hostId, config: z.object({ url: name }).nullable().catch(null) });

const pullSchema = z.object({
  number: hostId,
  title: z.string().transform(toText).catch(""),
  html_url: webUrl,
  merged: z.boolean().catch(false),
  merge_commit_sha: name,
});

const pathOf = ({ repository: of }: ForgeConnection): string => `/repos/${encodePath(of)}`;

export const giteaApi: ForgeApi = {
  provider: "gitea",

  async checkAccess(connection) {
    const path = pathOf(connection);
    const read = await readJson(host, connection, repository, { path });
    if (!read.ok) return read;
    const found = read.value.body;
    if (found === null) return failure("unexpected", { path }, "names no repository", read.budget);
    const commits = await probe(host, connection, { path: `${path}/commits`, query: { limit: 1, ...bare } });
    // 409: an empty repository.
    if (!commits.ok && commits.code !== "unexpected") return commits;
    const hooks = await probe(host, connection, { path: `${path}/hooks`, query: { limit: 1 } });
    return mapResult(hooks, (canManageHooks) => ({
      repository: found,
      canReadCommits: !commits.ok || commits.value,
      canManageHooks,
    }));
  },

  listRepositories: (connection, { search = "", cursor = null }) =>
    searchPages(search, cursor, (from) => readPage(connection, repository, "/user/repos", {}, from)),

  async listCommits(connection, range) {
    const { base, head, since, cursor = null } = range;
    const query = { sha: head, not: base, since, limit: pageSize(range, mostItems), ...bare };
    const result = await readPage(connection, commitSchema, `${pathOf(connection)}/commits`, query, cursor);
    if (!result.ok) {
      return explainRange(
        result,
        range,
        (commit) => probeCommit(connection, commit),
        () => probe(host, connection, { path: pathOf(connection) }),
        ["not_found", "unexpected", "unavailable"],
      );
    }
    return mapResult(result, (page) => ({
      ...cutAtDate({ items: readable(page.items), cursor: page.cursor }, range),
      order: "newest first",
    }));
  },

  async readCommit(connection, hash, wanted = {}) {
    const path = `${pathOf(connection)}/git/commits/${encodeURIComponent(hash)}`;
    const read = await readJson(host, connection, commitSchema, { path, query: bare });
    if (!read.ok) return explain(connection, hash, read);
    const commit = toCommit(read.value.body);
    if (commit === null) return failure("unexpected", { path }, "names no commit", read.budget);
    if ((commit.parents?.length ?? 0) > 1) return { ...read, value: { commit, diff: null } };
    const call = { path: `${path}.diff`, accept: "text/plain", maxBytes: mostDiffBytes };
    const diff = await readText(host, connection, call);
    const details = mapResult(diff, (text) => ({
      commit: { ...commit, files: text === null ? null : readPatch(text) },
      diff: text,
    }));
    return withPatchId(details, wanted);
  },

  async listBranches(connection) {
    const path = `${pathOf(connection)}/branches`;
    const branches = await readAll((cursor) => readPage(connection, branchSchema, path, {}, cursor));
    return mapResult(branches, (all) =>
      all.flatMap(({ name, commit }) => {
        const head = toHash(commit.id);
        return head === null ? [] : [{ name, head }];
      }),
    );
  },

  /** Gitea knows only the one that was merged as this commit. */
  async pullRequestsOf(connection, hash) {
    const path = `${pathOf(connection)}/commits/${encodeURIComponent(hash)}/pull`;
    const read = await readJson(host, connection, pullSchema, { path });
    if (!read.ok && read.code === "not_found") {
      const explained = await explain(connection, hash, read);
      return explained.code === "not_found" && explained === read
        ? { ok: true, value: [], budget: read.budget }
        : explained;
    }
    return mapResult(read, ({ body }) => [
      {
        id: body.number,
        title: body.title,
        url: body.html_url,
        mergeCommit: body.merged ? toHash(body.merge_commit_sha) : null,
      },
    ]);
  },

  async pullRequestCommits(connection, id) {
    const path = `${pathOf(connection)}/pulls/${encodeURIComponent(id)}/commits`;
    const commits = await readAll((cursor) => readPage(connection, commitSchema, path, bare, cursor));
    return mapResult(commits, (all) => readable(all).map(({ hash }) => hash));
  },

  async createHook(connection, { url, secret }) {
    const path = `${pathOf(connection)}/hooks`;
    const hooks = await readAll((cursor) => readPage(connection, hookSchema, path, {}, cursor));
    if (!hooks.ok) return hooks;
    const known = hooks.value.find((hook) => hook.config?.url === url)?.id;
    const body = { active: true, events: ["push"], branch_filter: "*", config: { url, secret, content_type: "json" } };
    const saved = await readJson(
      host,
      connection,
      z.object({ id: hostId }),
      known === undefined
        ? { method: "POST", path, body: { type: "gitea", ...body } }
        : { method: "PATCH", path: `${path}/${known}`, body },
    );
    return mapResult(saved, ({ body: hook }) => hook);
  },

  async deleteHook(connection, id) {
    const path = `${pathOf(connection)}/hooks/${encodeURIComponent(id)}`;
    const sent = await send(host, connection, { method: "DELETE", path });
    if (!sent.ok && sent.code === "not_found") return { ok: true, value: null, budget: sent.budget };
    return mapResult(sent, () => null);
  },
};

/** What is not read need not be computed. */
const bare = { stat: "false", files: "false", verification: "false" };

async function readPage<T>(
  connection: ForgeConnection,
  schema: z.ZodType<T>,
  path: string,
  query: Record<string, string | number | null | undefined>,
  cursor: string | null,
): Promise<ForgeResult<Page<NonNullable<T>>>> {
  const page = pageNumber(cursor);
  const asked = { limit: mostItems, ...query, page };
  const read = await readJson(host, connection, z.array(schema), { path, query: asked });
  return mapResult(read, ({ body, headers }) => {
    // Older versions link no page of some lists.
    const next = linkedPage(headers) ?? (headers.get("x-hasmore") === "true" ? String(page + 1) : null);
    const items = body.filter((item) => item !== null && item !== undefined);
    return { items, cursor: nextPage(page, next, body.length) };
  });
}

const readable = (commits: readonly ApiCommit[]): PushedCommit[] =>
  commits.map(toCommit).filter((commit) => commit !== null);

const probeCommit = (connection: ForgeConnection, commit: string): Promise<ForgeResult<boolean>> =>
  probe(host, connection, { path: `${pathOf(connection)}/git/commits/${encodeURIComponent(commit)}`, query: bare });

const explain = (connection: ForgeConnection, hash: string, failed: ForgeFailure): Promise<ForgeFailure> =>
  explainCommit(
    failed,
    hash,
    (commit) => probeCommit(connection, commit),
    () => probe(host, connection, { path: pathOf(connection) }),
  );
