/**
 * GitLab's API, gitlab.com and self-managed, wherever it is below its host.
 *
 * docs.gitlab.com, "Commits API": `ref_name` takes a range; a full page is always said to have a next one. The files
 * of a commit come from `diff`, without counts: lines are counted here, and a file too large to show has none. A
 * range with a commit that GitLab does not have is an empty list.
 */
import type { FileChange, PushedCommit } from "@billhook/domain/push";
import * as z from "zod";
import type { ForgeApi, ForgeConnection, ForgeFailure, ForgeResult, Page } from "./api.ts";
import { hostId } from "./api-fields.ts";
import { withPatchId } from "./commit-details.ts";
import { explainCommit, explainRange } from "./commit-lookup.ts";
import { toHash } from "./commits.ts";
import { anything, date, email, flag, message, name, nobody, parentsOf, toPerson, webUrl } from "./fields.ts";
import { authorise, failure, type Host, mapResult, probe, readJson, send } from "@billhook/http/call";
import { cutAtDate, linkedPage, nextPage, pageNumber, pageSize, readAll } from "./paging.ts";
import { type ChangedFile, countLines, toPatch } from "./patch-text.ts";
import { toText } from "@billhook/http/text";

const host: Host = { root: "https://gitlab.com/api/v4", headers: {}, authorise };

const mostDiffCharacters = 4 * 1024 * 1024;

const projectSchema = z
  .object({ id: hostId, path_with_namespace: z.string(), web_url: webUrl, default_branch: name })
  .transform((project) => ({
    externalId: project.id,
    name: toText(project.path_with_namespace),
    url: project.web_url,
    defaultBranch: project.default_branch,
  }));

const commitSchema = z.object({
  id: anything,
  message,
  parent_ids: parentsOf(anything),
  author_name: name,
  author_email: email,
  authored_date: date,
  committer_name: name,
  committer_email: email,
  committed_date: date,
  web_url: webUrl,
});

const path = z.string().min(1).transform(toText);

const diffSchema = z.object({
  old_path: path,
  new_path: path,
  a_mode: name,
  b_mode: name,
  new_file: flag,
  renamed_file: flag,
  deleted_file: flag,
  collapsed: flag,
  too_large: flag,
  diff: z.string().nullable().catch(null),
});

const branchSchema = z.object({ name: z.string().transform(toText), commit: z.object({ id: z.string() }) });

const mergeRequestSchema = z.object({
  iid: hostId,
  title: z.string().transform(toText).catch(""),
  web_url: webUrl,
  state: name,
  merge_commit_sha: name,
  squash_commit_sha: name,
});

const hookSchema = z.object({ id: hostId, url: name });

const pathOf = ({ repository }: ForgeConnection): string => `/projects/${encodeURIComponent(repository)}`;

export const gitlabApi: ForgeApi = {
  provider: "gitlab",

  async checkAccess(connection) {
    const path = pathOf(connection);
    const read = await readJson(host, connection, projectSchema, { path });
    if (!read.ok) return read;
    const commits = await probe(host, connection, { path: `${path}/repository/commits`, query: { per_page: 1 } });
    if (!commits.ok) return commits;
    const hooks = await probe(host, connection, { path: `${path}/hooks`, query: { per_page: 1 } });
    return mapResult(hooks, (canManageHooks) => ({
      repository: read.value.body,
      canReadCommits: commits.value,
      canManageHooks,
    }));
  },

  listRepositories(connection, { search = "", cursor = null }) {
    const query = {
      membership: "true",
      archived: "false",
      order_by: "last_activity_at",
      ...(search.trim() === "" ? {} : { search: search.trim(), search_namespaces: "true" }),
    };
    return readPage(connection, projectSchema, "/projects", query, cursor);
  },

  async listCommits(connection, range) {
    const { base, head, cursor = null } = range;
    const query = {
      ref_name: base === null ? head : `${base}..${head}`,
      per_page: pageSize(range, 100),
      since: range.since,
    };
    const result = await readPage(connection, commitSchema, `${pathOf(connection)}/repository/commits`, query, cursor);
    // Nothing between the two, or one of them is not there: the host says the same to both.
    const isEmpty = result.ok && result.value.items.length === 0 && pageNumber(cursor) === 1 && base !== head;
    if (result.ok && !isEmpty) {
      return mapResult(result, (page) => ({
        ...cutAtDate({ items: readable(page.items), cursor: page.cursor }, range),
        order: "newest first",
      }));
    }
    const failed = result.ok ? failure("unexpected", { path: "" }, "is empty", result.budget) : result;
    const explained = await explainRange(
      failed,
      range,
      (commit) => probeCommit(connection, commit),
      () => probe(host, connection, { path: pathOf(connection) }),
    );
    if (explained.code === "unknown_commit" || !result.ok) return explained;
    return { ...result, value: { items: [], cursor: null, order: "newest first" } };
  },

  async readCommit(connection, hash, wanted = {}) {
    const path = `${pathOf(connection)}/repository/commits/${encodeURIComponent(hash)}`;
    const read = await readJson(host, connection, commitSchema, { path, query: { stats: "false" } });
    if (!read.ok) return explain(connection, hash, read);
    const commit = toCommit(read.value.body);
    if (commit === null) return failure("unexpected", { path }, "names no commit", read.budget);
    if ((commit.parents?.length ?? 0) > 1) return { ...read, value: { commit, diff: null } };
    const diffs = await readAll((cursor) =>
      readPage(connection, diffSchema, `${path}/diff`, { per_page: 100 }, cursor),
    );
    const details = mapResult(diffs, (all) => {
      const files = all.map(readDiff);
      return { commit: { ...commit, files: files.map(({ file }) => file) }, diff: patchOf(files) };
    });
    return withPatchId(details, wanted);
  },

  async listBranches(connection) {
    const path = `${pathOf(connection)}/repository/branches`;
    const branches = await readAll((cursor) => readPage(connection, branchSchema, path, {}, cursor));
    return mapResult(branches, (all) =>
      all.flatMap(({ name, commit }) => {
        const head = toHash(commit.id);
        return head === null ? [] : [{ name, head }];
      }),
    );
  },

  async pullRequestsOf(connection, hash) {
    const path = `${pathOf(connection)}/repository/commits/${encodeURIComponent(hash)}/merge_requests`;
    const read = await readJson(host, connection, z.array(mergeRequestSchema), { path, query: { per_page: 100 } });
    if (!read.ok) return explain(connection, hash, read);
    return mapResult(read, ({ body }) =>
      body.map((request) => ({
        id: request.iid,
        title: request.title,
        url: request.web_url,
        // With a squash and a merge commit, the work is in the squash.
        mergeCommit:
          request.state === "merged" ? (toHash(request.squash_commit_sha) ?? toHash(request.merge_commit_sha)) : null,
      })),
    );
  },

  async pullRequestCommits(connection, id) {
    const path = `${pathOf(connection)}/merge_requests/${encodeURIComponent(id)}/commits`;
    const commits = await readAll((cursor) => readPage(connection, commitSchema, path, {}, cursor));
    return mapResult(commits, (all) => readable(all).map(({ hash }) => hash));
  },

  async createHook(connection, { url, secret }) {
    const path = `${pathOf(connection)}/hooks`;
    const hooks = await readAll((cursor) => readPage(connection, hookSchema, path, {}, cursor));
    if (!hooks.ok) return hooks;
    const known = hooks.value.find((hook) => hook.url === url)?.id;
    const body = { url, token: secret, push_events: true, tag_push_events: false, enable_ssl_verification: true };
    const saved = await readJson(
      host,
      connection,
      z.object({ id: hostId }),
      known === undefined ? { method: "POST", path, body } : { method: "PUT", path: `${path}/${known}`, body },
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

/** A page of a list; where neither header names the next one, a full page is taken to have one. */
async function readPage<T>(
  connection: ForgeConnection,
  schema: z.ZodType<T>,
  path: string,
  query: Record<string, string | number | undefined>,
  cursor: string | null,
): Promise<ForgeResult<Page<T>>> {
  const page = pageNumber(cursor);
  const asked = { per_page: 100, ...query, page };
  const read = await readJson(host, connection, z.array(schema), { path, query: asked });
  return mapResult(read, ({ body, headers }) => {
    const said = headers.get("x-next-page") ?? linkedPage(headers);
    const next = said ?? (body.length >= asked.per_page ? String(page + 1) : null);
    return { items: body, cursor: nextPage(page, next, body.length) };
  });
}

const readable = (commits: readonly z.infer<typeof commitSchema>[]): PushedCommit[] =>
  commits.map(toCommit).filter((commit) => commit !== null);

function toCommit(raw: z.infer<typeof commitSchema>): PushedCommit | null {
  const hash = toHash(raw.id);
  if (hash === null) return null;
  return {
    hash,
    message: raw.message,
    parents: raw.parent_ids,
    author: toPerson({ name: raw.author_name, email: raw.author_email, username: null }) ?? nobody,
    committer: toPerson({ name: raw.committer_name, email: raw.committer_email, username: null }),
    authoredAt: raw.authored_date,
    committedAt: raw.committed_date,
    files: null,
    patchId: null,
    url: raw.web_url,
  };
}

interface ReadFile {
  file: FileChange;
  /** Null where the host does not show the change, or not all of it. */
  change: ChangedFile | null;
}

function readDiff(raw: z.infer<typeof diffSchema>): ReadFile {
  const status = raw.new_file ? "added" : raw.deleted_file ? "removed" : raw.renamed_file ? "renamed" : "modified";
  const text = raw.diff ?? "";
  const binary = /^(?:---[^\n]*\n\+\+\+[^\n]*\n)?Binary files [^\n]* differ\n?$/.test(text);
  // Some versions put the two lines with the names first.
  const hunks = binary ? "" : text.startsWith("@@ ") ? text : text.slice(text.indexOf("\n@@ ") + 1);
  const isModeOnly = raw.a_mode !== raw.b_mode || status !== "modified";
  const isShown = !binary && raw.too_large !== true && raw.collapsed !== true && (hunks !== "" || isModeOnly);
  const lines = binary ? { additions: 0, deletions: 0 } : isShown ? countLines(hunks) : null;
  return {
    file: {
      path: raw.deleted_file ? raw.old_path : raw.new_path,
      status,
      additions: lines?.additions ?? null,
      deletions: lines?.deletions ?? null,
      binary: isShown || binary ? binary : null,
    },
    change: isShown
      ? { oldPath: raw.old_path, newPath: raw.new_path, status, oldMode: raw.a_mode, newMode: raw.b_mode, hunks }
      : null,
  };
}

/** Without what a binary file became, two different changes of it would look the same: then there is no patch. */
function patchOf(files: readonly ReadFile[]): string | null {
  const changes = files.map(({ change }) => change);
  if (changes.includes(null)) return null;
  const patch = toPatch(changes.filter((change) => change !== null));
  return patch.length > mostDiffCharacters ? null : patch;
}

const probeCommit = (connection: ForgeConnection, commit: string): Promise<ForgeResult<boolean>> =>
  probe(host, connection, { path: `${pathOf(connection)}/repository/commits/${encodeURIComponent(commit)}` });

const explain = (connection: ForgeConnection, hash: string, failed: ForgeFailure): Promise<ForgeFailure> =>
  explainCommit(
    failed,
    hash,
    (commit) => probeCommit(connection, commit),
    () => probe(host, connection, { path: pathOf(connection) }),
  );
