/**
 * The API of Bitbucket Data Center, below `/rest/api/1.0`.
 *
 * developer.atlassian.com, "Bitbucket Data Center REST API": lists have `values`, `isLastPage` and `nextPageStart`;
 * `commits` takes `since` and `until`; a commit's `diff` has hunks of segments, and says where it left lines out.
 */
import type { FileChange } from "@billhook/domain/push";
import * as z from "zod";
import type { ForgeApi, ForgeConnection, ForgeFailure, ForgeResult, Page } from "./api.ts";
import { hostId } from "./api-fields.ts";
import { readRepository, toCommit } from "./bitbucket-server.ts";
import { withPatchId } from "./commit-details.ts";
import { explainCommit, explainRange } from "./commit-lookup.ts";
import { toHash } from "./commits.ts";
import { anything, count, flag, name, webUrl } from "./fields.ts";
import { authorise, failure, type Host, mapResult, probe, readJson, send } from "@billhook/http/call";
import { cutAtDate, pageSize, readAll } from "./paging.ts";
import { type ChangedFile, toPatch } from "./patch-text.ts";
import { toText } from "@billhook/http/text";

const host: Host = {
  root: null,
  // Without it, what changes something is refused as a forged request from a browser.
  headers: { "x-atlassian-token": "no-check" },
  authorise,
};

const mostDiffCharacters = 4 * 1024 * 1024;

const filePath = z
  .object({ toString: z.string().min(1).transform(toText) })
  .nullable()
  .catch(null);

const segmentSchema = z.object({
  type: z.string(),
  truncated: flag,
  lines: z.array(z.object({ line: z.string(), truncated: flag })),
});

const diffSchema = z.object({
  source: filePath,
  destination: filePath,
  binary: flag,
  truncated: flag,
  hunks: z
    .array(
      z.object({
        sourceLine: z.int(),
        sourceSpan: z.int(),
        destinationLine: z.int(),
        destinationSpan: z.int(),
        truncated: flag,
        segments: z.array(segmentSchema),
      }),
    )
    .nullable()
    .catch(null),
});

const diffsSchema = z.object({ diffs: z.array(diffSchema), truncated: flag });
const branchSchema = z.object({ displayId: z.string().transform(toText), latestCommit: z.string() });
const hookSchema = z.object({ id: hostId, url: name });

const pullRequestSchema = z.object({
  id: hostId,
  title: z.string().transform(toText).catch(""),
  state: name,
  links: z
    .object({ self: z.array(z.object({ href: webUrl })) })
    .nullable()
    .catch(null),
  properties: z
    .object({ mergeCommit: z.object({ id: anything }).nullable().catch(null) })
    .nullable()
    .catch(null),
});

function pathOf({ repository }: ForgeConnection): string {
  const [project = "", slug = ""] = repository.split("/");
  return `/projects/${encodeURIComponent(project)}/repos/${encodeURIComponent(slug)}`;
}

export const bitbucketServerApi: ForgeApi = {
  provider: "bitbucket-server",

  async checkAccess(connection) {
    const path = pathOf(connection);
    const read = await readJson(host, connection, z.unknown().transform(readRepository), { path });
    if (!read.ok) return read;
    const repository = read.value.body;
    if (repository === null) return failure("unexpected", { path }, "names no repository", read.budget);
    const commits = await probe(host, connection, { path: `${path}/branches`, query: { limit: 1 } });
    if (!commits.ok) return commits;
    const hooks = await probe(host, connection, { path: `${path}/webhooks`, query: { limit: 1 } });
    return mapResult(hooks, (canManageHooks) => ({ repository, canReadCommits: commits.value, canManageHooks }));
  },

  async listRepositories(connection, { search = "", cursor = null }) {
    const query = { permission: "REPO_READ", name: search.trim() || null };
    const page = await readPage(connection, z.unknown().transform(readRepository), "/repos", query, cursor);
    return mapResult(page, ({ items, cursor: next }) => ({
      items: items.filter((item) => item !== null),
      cursor: next,
    }));
  },

  async listCommits(connection, range) {
    const { base, head, cursor = null } = range;
    const query = { since: base, until: head, limit: pageSize(range, 100) };
    const schema = z.unknown().transform((raw) => toCommit(raw, pageOf(connection)));
    const result = await readPage(connection, schema, `${pathOf(connection)}/commits`, query, cursor);
    if (!result.ok) {
      return explainRange(
        result,
        range,
        (commit) => probeCommit(connection, commit),
        () => probe(host, connection, { path: pathOf(connection) }),
      );
    }
    return mapResult(result, (page) => ({
      ...cutAtDate({ items: page.items.filter((item) => item !== null), cursor: page.cursor }, range),
      order: "newest first",
    }));
  },

  async readCommit(connection, hash, wanted = {}) {
    const path = `${pathOf(connection)}/commits/${encodeURIComponent(hash)}`;
    const schema = z.unknown().transform((raw) => toCommit(raw, pageOf(connection)));
    const read = await readJson(host, connection, schema, { path });
    if (!read.ok) return explain(connection, hash, read);
    const commit = read.value.body;
    if (commit === null) return failure("unexpected", { path }, "names no commit", read.budget);
    if ((commit.parents?.length ?? 0) > 1) return { ...read, value: { commit, diff: null } };
    const query = { contextLines: 3, withComments: "false" };
    const diffs = await readJson(host, connection, diffsSchema, { path: `${path}/diff`, query });
    const details = mapResult(diffs, ({ body }) => {
      const files = body.diffs.map(readDiff).filter((file) => file !== null);
      const isWhole = body.truncated !== true && files.length === body.diffs.length;
      const diff = isWhole ? patchOf(files) : null;
      // A list that was cut short says less than no list: its sums would be taken for the whole.
      return { commit: { ...commit, files: isWhole ? files.map(({ file }) => file) : null }, diff };
    });
    return withPatchId(details, wanted);
  },

  async listBranches(connection) {
    const path = `${pathOf(connection)}/branches`;
    const branches = await readAll((cursor) => readPage(connection, branchSchema, path, {}, cursor));
    return mapResult(branches, (all) =>
      all.flatMap(({ displayId, latestCommit }) => {
        const head = toHash(latestCommit);
        return head === null ? [] : [{ name: displayId, head }];
      }),
    );
  },

  async pullRequestsOf(connection, hash) {
    const path = `${pathOf(connection)}/commits/${encodeURIComponent(hash)}/pull-requests`;
    const found = await readAll((cursor) => readPage(connection, pullRequestSchema, path, {}, cursor));
    if (!found.ok) return explain(connection, hash, found);
    return mapResult(found, (all) =>
      all.map((request) => ({
        id: request.id,
        title: request.title,
        url: request.links?.self[0]?.href ?? null,
        mergeCommit: request.state === "MERGED" ? toHash(request.properties?.mergeCommit?.id) : null,
      })),
    );
  },

  async pullRequestCommits(connection, id) {
    const path = `${pathOf(connection)}/pull-requests/${encodeURIComponent(id)}/commits`;
    const schema = z.unknown().transform((raw) => toCommit(raw, null));
    const commits = await readAll((cursor) => readPage(connection, schema, path, {}, cursor));
    return mapResult(commits, (all) => all.flatMap((commit) => (commit === null ? [] : [commit.hash])));
  },

  async createHook(connection, { url, secret }) {
    const path = `${pathOf(connection)}/webhooks`;
    const hooks = await readAll((cursor) => readPage(connection, hookSchema, path, {}, cursor));
    if (!hooks.ok) return hooks;
    const known = hooks.value.find((hook) => hook.url === url)?.id;
    const body = { name: "Billhook", url, active: true, events: ["repo:refs_changed"], configuration: { secret } };
    const saved = await readJson(
      host,
      connection,
      z.object({ id: hostId }),
      known === undefined ? { method: "POST", path, body } : { method: "PUT", path: `${path}/${known}`, body },
    );
    return mapResult(saved, ({ body: hook }) => hook);
  },

  async deleteHook(connection, id) {
    const path = `${pathOf(connection)}/webhooks/${encodeURIComponent(id)}`;
    const sent = await send(host, connection, { method: "DELETE", path });
    if (!sent.ok && sent.code === "not_found") return { ok: true, value: null, budget: sent.budget };
    return mapResult(sent, () => null);
  },
};

/** The repository's page, beside the API it is read from. */
function pageOf(connection: ForgeConnection): string | null {
  const site = connection.baseUrl?.replace(/\/rest\/api\/[^/]+\/*$/, "") ?? null;
  return site === null ? null : site + pathOf(connection);
}

async function readPage<T>(
  connection: ForgeConnection,
  item: z.ZodType<T>,
  path: string,
  query: Record<string, string | number | null>,
  cursor: string | null,
): Promise<ForgeResult<Page<T>>> {
  const schema = z.object({ values: z.array(item), isLastPage: flag, nextPageStart: count });
  const start = cursor !== null && /^\d{1,9}$/.test(cursor) ? Number(cursor) : 0;
  const read = await readJson(host, connection, schema, { path, query: { limit: 100, ...query, start } });
  return mapResult(read, ({ body: { values, isLastPage, nextPageStart: next } }) => ({
    items: values,
    cursor: isLastPage === true || next === null || next <= start || values.length === 0 ? null : String(next),
  }));
}

interface ReadFile {
  file: FileChange;
  change: ChangedFile | null;
}

const marks: Record<string, string> = { ADDED: "+", REMOVED: "-", CONTEXT: " " };

function readDiff({ source, destination, hunks, ...raw }: z.infer<typeof diffSchema>): ReadFile | null {
  const path = destination?.toString ?? source?.toString;
  if (path === undefined) return null;
  const oldPath = source?.toString ?? path;
  const status =
    source === null ? "added" : destination === null ? "removed" : oldPath === path ? "modified" : "renamed";
  const segments = (hunks ?? []).flatMap((hunk) => hunk.segments);
  const isCut =
    raw.truncated === true ||
    (hunks ?? []).some((hunk) => hunk.truncated === true) ||
    segments.some((segment) => segment.truncated === true || segment.lines.some((line) => line.truncated === true));
  const lines = (type: string): number =>
    segments.filter((segment) => segment.type === type).reduce((sum, segment) => sum + segment.lines.length, 0);
  const binary = raw.binary === true;
  const text = (hunks ?? []).map(
    (hunk) =>
      `@@ -${hunk.sourceLine},${hunk.sourceSpan} +${hunk.destinationLine},${hunk.destinationSpan} @@\n${hunk.segments
        .flatMap((segment) => segment.lines.map(({ line }) => `${marks[segment.type] ?? " "}${line}\n`))
        .join("")}`,
  );
  return {
    file: {
      path,
      status,
      additions: isCut ? null : lines("ADDED"),
      deletions: isCut ? null : lines("REMOVED"),
      binary,
    },
    change:
      isCut || binary ? null : { oldPath, newPath: path, status, oldMode: null, newMode: null, hunks: text.join("") },
  };
}

function patchOf(files: readonly ReadFile[]): string | null {
  const changes = files.map(({ change }) => change);
  if (changes.includes(null)) return null;
  const patch = toPatch(changes.filter((change) => change !== null));
  return patch.length > mostDiffCharacters ? null : patch;
}

const probeCommit = (connection: ForgeConnection, commit: string): Promise<ForgeResult<boolean>> =>
  probe(host, connection, { path: `${pathOf(connection)}/commits/${encodeURIComponent(commit)}` });

const explain = (connection: ForgeConnection, hash: string, failed: ForgeFailure): Promise<ForgeFailure> =>
  explainCommit(
    failed,
    hash,
    (commit) => probeCommit(connection, commit),
    () => probe(host, connection, { path: pathOf(connection) }),
  );
