/**
 * Bitbucket Cloud's API.
 *
 * developer.atlassian.com, "The Bitbucket Cloud REST API": lists name their next page as an address that is not to be
 * made up, `commits` takes what to include and exclude, `diffstat` counts lines. The author's date is in no JSON; the
 * header of the patch has it. Repositories are listed a workspace at a time (its changelog, CHANGE-2770 and 3022).
 */
import type { FileChange, PushedCommit, PushedRepository } from "@billhook/domain/push";
import * as z from "zod";
import type { ForgeApi, ForgeConnection, ForgeFailure, ForgeResult, Page } from "./api.ts";
import { hostId } from "./api-fields.ts";
import { readRepository, toCommit } from "./bitbucket.ts";
import { withPatchId } from "./commit-details.ts";
import { explainCommit, explainRange } from "./commit-lookup.ts";
import { toHash } from "./commits.ts";
import { anything, count, name, webUrl } from "./fields.ts";
import { authorise, encodePath, failure, type Host, mapResult, probe, readJson, send } from "@billhook/http/call";
import { readMailDate } from "./mail-date.ts";
import { cutAtDate, pageSize, readAll } from "./paging.ts";
import { readPatch } from "./patch-text.ts";
import { toText } from "@billhook/http/text";

const host: Host = { root: "https://api.bitbucket.org/2.0", headers: {}, authorise };

const mostDiffBytes = 4 * 1024 * 1024;
/** Enough for the header of a patch: the name, the date and a long subject. */
const patchHeaderBytes = 8 * 1024;

const side = z
  .object({ path: z.string().min(1).transform(toText) })
  .nullable()
  .catch(null);

const diffstatSchema = z.object({
  status: name,
  lines_added: count,
  lines_removed: count,
  old: side,
  new: side,
});

const branchSchema = z.object({ name: z.string().transform(toText), target: z.object({ hash: z.string() }) });

const pullRequestSchema = z.object({
  id: hostId,
  title: z.string().transform(toText).catch(""),
  state: name,
  merge_commit: z.object({ hash: anything }).nullable().catch(null),
  links: z
    .object({ html: z.object({ href: webUrl }).nullable().catch(null) })
    .nullable()
    .catch(null),
});

const hookSchema = z.object({ uuid: hostId, url: name });
const workspaceSchema = z.object({ workspace: z.object({ slug: z.string().min(1) }) });

/** `workspace/slug`, or the repository's id in braces, which needs no workspace. */
function pathOf({ repository }: ForgeConnection): string {
  return `/repositories/${encodePath(repository.includes("/") ? repository : `{}/${repository}`)}`;
}

export const bitbucketApi: ForgeApi = {
  provider: "bitbucket",

  async checkAccess(connection) {
    const path = pathOf(connection);
    const read = await readJson(host, connection, z.unknown().transform(readRepository), { path });
    if (!read.ok) return read;
    const repository = read.value.body;
    if (repository === null) return failure("unexpected", { path }, "names no repository", read.budget);
    const commits = await probe(host, connection, { path: `${path}/commits`, query: { pagelen: 1 } });
    if (!commits.ok) return commits;
    const hooks = await probe(host, connection, { path: `${path}/hooks`, query: { pagelen: 1 } });
    return mapResult(hooks, (canManageHooks) => ({ repository, canReadCommits: commits.value, canManageHooks }));
  },

  /** One workspace after the other; the cursor is the workspace and the query of its next page. */
  async listRepositories(connection, { search = "", cursor = null }) {
    const workspaces = await readAll((from) =>
      readPage(connection, workspaceSchema, "/user/workspaces", { pagelen: 100 }, from),
    );
    if (!workspaces.ok) return workspaces;
    const slugs = workspaces.value.map(({ workspace }) => workspace.slug);
    const [current = slugs[0], from = null] = cursor?.split(" ") ?? [];
    if (current === undefined || !slugs.includes(current)) {
      return { ...workspaces, value: { items: [], cursor: null } };
    }
    // Bitbucket's query language has text in double quotes, with a backslash before one (“Filter and sort”).
    const term = search.trim().replaceAll(/["\\]/g, "\\$&");
    const query = {
      role: "member",
      sort: "-updated_on",
      pagelen: 100,
      ...(term === "" ? {} : { q: `full_name ~ "${term}"` }),
    };
    const path = `/repositories/${encodeURIComponent(current)}`;
    const page = await readPage<PushedRepository | null>(
      connection,
      z.unknown().transform(readRepository),
      path,
      query,
      from,
    );
    return mapResult(page, ({ items, cursor: next }) => {
      const following = slugs[slugs.indexOf(current) + 1] ?? null;
      return {
        items: items.filter((item) => item !== null),
        cursor: next === null ? following : `${current} ${next}`,
      };
    });
  },

  async listCommits(connection, range) {
    const { base, head, cursor = null } = range;
    const query = { include: head, exclude: base, pagelen: pageSize(range, 100) };
    const path = `${pathOf(connection)}/commits`;
    const result = await readPage<PushedCommit | null>(
      connection,
      z.unknown().transform(toCommit),
      path,
      query,
      cursor,
    );
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
    const path = `${pathOf(connection)}/commit/${encodeURIComponent(hash)}`;
    const read = await readJson(host, connection, z.unknown().transform(toCommit), { path });
    if (!read.ok) return explain(connection, hash, read);
    const commit = read.value.body;
    if (commit === null) return failure("unexpected", { path }, "names no commit", read.budget);
    if ((commit.parents?.length ?? 0) > 1) return { ...read, value: { commit, diff: null } };

    const stats = await readAll((cursor) => {
      const of = `${pathOf(connection)}/diffstat/${encodeURIComponent(hash)}`;
      return readPage(connection, diffstatSchema, of, { pagelen: 500 }, cursor);
    });
    if (!stats.ok) return stats;
    const patch = await readPatchText(connection, hash, wanted.diff === true);
    if (!patch.ok) return patch;
    const { header, diff } = patch.value;
    const binary = diff === null ? null : binaryPaths(diff);
    const files = stats.value
      .map(toFile)
      .filter((file) => file !== null)
      .map((file) => (binary === null ? file : { ...file, binary: binary.has(file.path) }));
    const value = { commit: { ...commit, authoredAt: readMailDate(header), files }, diff };
    return withPatchId({ ...patch, value }, wanted);
  },

  async listBranches(connection) {
    const path = `${pathOf(connection)}/refs/branches`;
    const branches = await readAll((cursor) => readPage(connection, branchSchema, path, { pagelen: 100 }, cursor));
    return mapResult(branches, (all) =>
      all.flatMap(({ name, target }) => {
        const head = toHash(target.hash);
        return head === null ? [] : [{ name, head }];
      }),
    );
  },

  /** Needs an app in the workspace that indexes them; without it there is nothing to be known, and no failure. */
  async pullRequestsOf(connection, hash) {
    const path = `${pathOf(connection)}/commit/${encodeURIComponent(hash)}/pullrequests`;
    const found = await readAll((cursor) => readPage(connection, pullRequestSchema, path, { pagelen: 50 }, cursor));
    if (!found.ok && (found.code === "not_found" || found.code === "unexpected")) {
      const explained = await explain(connection, hash, found);
      return explained.code === "unknown_commit" ? explained : { ok: true, value: [], budget: found.budget };
    }
    return mapResult(found, (all) =>
      all.map((request) => ({
        id: request.id,
        title: request.title,
        url: request.links?.html?.href ?? null,
        mergeCommit: request.state === "MERGED" ? toHash(request.merge_commit?.hash) : null,
      })),
    );
  },

  async pullRequestCommits(connection, id) {
    const path = `${pathOf(connection)}/pullrequests/${encodeURIComponent(id)}/commits`;
    const commits = await readAll((cursor) =>
      readPage<PushedCommit | null>(connection, z.unknown().transform(toCommit), path, { pagelen: 100 }, cursor),
    );
    return mapResult(commits, (all) => all.flatMap((commit) => (commit === null ? [] : [commit.hash])));
  },

  async createHook(connection, { url, secret }) {
    const path = `${pathOf(connection)}/hooks`;
    const hooks = await readAll((cursor) => readPage(connection, hookSchema, path, { pagelen: 100 }, cursor));
    if (!hooks.ok) return hooks;
    const known = hooks.value.find((hook) => hook.url === url)?.uuid;
    const body = { description: "Billhook", url, secret, active: true, events: ["repo:push"] };
    const saved = await readJson(
      host,
      connection,
      hookSchema,
      known === undefined
        ? { method: "POST", path, body }
        : { method: "PUT", path: `${path}/${encodeURIComponent(known)}`, body },
    );
    return mapResult(saved, ({ body: hook }) => ({ id: hook.uuid }));
  },

  async deleteHook(connection, id) {
    const path = `${pathOf(connection)}/hooks/${encodeURIComponent(id)}`;
    const sent = await send(host, connection, { method: "DELETE", path });
    if (!sent.ok && sent.code === "not_found") return { ok: true, value: null, budget: sent.budget };
    return mapResult(sent, () => null);
  },
};

/** A page of `values`; the cursor is the query of the address the host gives for the next one. */
async function readPage<T>(
  connection: ForgeConnection,
  item: z.ZodType<T>,
  path: string,
  query: Record<string, string | number | null | undefined>,
  cursor: string | null,
): Promise<ForgeResult<Page<T>>> {
  const schema = z.object({ values: z.array(item), next: name });
  const read = await readJson(host, connection, schema, cursor === null ? { path, query } : { path, search: cursor });
  return mapResult(read, ({ body }) => {
    const next = body.next !== null && URL.canParse(body.next) ? new URL(body.next).search : "";
    return { items: body.values, cursor: next === "" || next === cursor || body.values.length === 0 ? null : next };
  });
}

function toFile(stat: z.infer<typeof diffstatSchema>): FileChange | null {
  const path = stat.new?.path ?? stat.old?.path;
  if (path === undefined) return null;
  const status =
    stat.status === "added" || stat.status === "removed" || stat.status === "renamed" ? stat.status : "modified";
  // A file without lines is binary, empty, renamed or of another mode: only the patch tells which.
  const hasLines = (stat.lines_added ?? 0) + (stat.lines_removed ?? 0) > 0;
  return { path, status, additions: stat.lines_added, deletions: stat.lines_removed, binary: hasLines ? false : null };
}

function binaryPaths(patch: string): Set<string> {
  return new Set(
    readPatch(patch)
      .filter(({ binary }) => binary === true)
      .map(({ path }) => path),
  );
}

/** The patch's header, and its diff where that is wanted and not too large. */
async function readPatchText(
  connection: ForgeConnection,
  hash: string,
  isWhole: boolean,
): Promise<ForgeResult<{ header: string; diff: string | null }>> {
  const sent = await send(host, connection, {
    path: `${pathOf(connection)}/patch/${encodeURIComponent(hash)}`,
    accept: "text/plain",
    maxBytes: isWhole ? mostDiffBytes : patchHeaderBytes,
    headOnly: true,
  });
  if (!sent.ok && sent.code === "unexpected") {
    return { ok: true, value: { header: "", diff: null }, budget: sent.budget };
  }
  return mapResult(sent, ({ text, isCut }) => {
    const start = text === null ? -1 : `\n${text}`.indexOf("\ndiff --git ");
    const header = text?.slice(0, start < 0 ? undefined : start) ?? "";
    // A commit that changes nothing has no patch.
    const diff = !isWhole || isCut || text === null ? null : start < 0 ? "" : text.slice(start);
    return { header, diff };
  });
}

const probeCommit = (connection: ForgeConnection, commit: string): Promise<ForgeResult<boolean>> =>
  probe(host, connection, { path: `${pathOf(connection)}/commit/${encodeURIComponent(commit)}` });

const explain = (connection: ForgeConnection, hash: string, failed: ForgeFailure): Promise<ForgeFailure> =>
  explainCommit(
    failed,
    hash,
    (commit) => probeCommit(connection, commit),
    () => probe(host, connection, { path: pathOf(connection) }),
  );
