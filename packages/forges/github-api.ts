/**
 * GitHub's API, and GitHub Enterprise Server's below `/api/v3`.
 *
 * docs.github.com, "REST API endpoints": the commits between two come from `compare`, in pages and oldest first; a
 * commit lists 300 files a page and 3,000 in all; a diff that is too large is 406. The dates are in UTC whatever the
 * author's offset, so that a payload's own date tells more. A repository renamed since answers with its new address.
 */
import type { PushedCommit } from "@billhook/domain/push";
import * as z from "zod";
import type { CommitPage, ForgeApi, ForgeConnection, ForgeFailure, ForgeResult, Page } from "./api.ts";
import { withPatchId } from "./commit-details.ts";
import { explainCommit, explainRange } from "./commit-lookup.ts";
import { toHash } from "./commits.ts";
import { hostId } from "./api-fields.ts";
import { name, webUrl } from "./fields.ts";
import { type ApiCommit, commitSchema, toCommit, toFile } from "./github-commit.ts";
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

const host: Host = {
  root: "https://api.github.com",
  headers: { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" },
  authorise,
};

/** Larger changes are not worth comparing: nobody rebases them unnoticed. */
const mostDiffBytes = 4 * 1024 * 1024;

const hookSchema = z.object({ id: hostId, config: z.object({ url: name }).nullable().catch(null) });

const pullSchema = z.object({
  number: z.int(),
  title: z.string().catch(""),
  html_url: webUrl,
  merged_at: name,
  merge_commit_sha: name,
});

const branchSchema = z.object({ name: z.string(), commit: z.object({ sha: z.string() }) });
const repository = repositorySchema.transform(toRepository);

/** A repository keeps its id when it is renamed, and GitHub takes either. */
function pathOf({ repository: of }: ForgeConnection): string {
  return /^\d+$/.test(of) ? `/repositories/${of}` : `/repos/${encodePath(of)}`;
}

export const githubApi: ForgeApi = {
  provider: "github",

  async checkAccess(connection) {
    const path = pathOf(connection);
    const read = await readJson(host, connection, repository, { path });
    if (!read.ok) return read;
    if (read.value.body === null) return failure("unexpected", { path }, "names no repository", read.budget);
    const commits = await probe(host, connection, { path: `${path}/commits`, query: { per_page: 1 } });
    // 409 is an empty repository: there are no commits yet, and nothing forbids reading them.
    if (!commits.ok && commits.code !== "unexpected") return commits;
    const hooks = await probe(host, connection, { path: `${path}/hooks`, query: { per_page: 1 } });
    if (!hooks.ok) return hooks;
    const canReadCommits = !commits.ok || commits.value;
    return { ...hooks, value: { repository: read.value.body, canReadCommits, canManageHooks: hooks.value } };
  },

  /** GitHub's own search would find everybody's public repositories: these are sifted here. */
  listRepositories: (connection, { search = "", cursor = null }) =>
    searchPages(search, cursor, async (from) => {
      const page = pageNumber(from);
      const query = { per_page: 100, page, sort: "pushed" };
      const own = await readPage(connection, z.array(repository), "/user/repos", query, page);
      if (own.ok || own.code !== "forbidden") return own;
      // A GitHub App's installation has no user; it has repositories of its own.
      const installed = await readJson(host, connection, z.object({ repositories: z.array(repository) }), {
        path: "/installation/repositories",
        query: { per_page: 100, page },
      });
      return mapResult(installed, ({ body, headers }) => toPage(body.repositories, headers, page));
    }),

  async listCommits(connection, range) {
    const page = pageNumber(range.cursor);
    const path = pathOf(connection);
    const paged = { per_page: pageSize(range, 100), page };
    const result: ForgeResult<CommitPage> =
      range.base === null
        ? mapResult(
            await readPage(
              connection,
              z.array(commitSchema),
              `${path}/commits`,
              { ...paged, sha: range.head, since: range.since },
              page,
            ),
            ({ items, cursor }) => ({ ...cutAtDate({ items: readable(items), cursor }, range), order: "newest first" }),
          )
        : mapResult(
            await readJson(host, connection, z.object({ commits: z.array(commitSchema) }), {
              path: `${path}/compare/${encodeURIComponent(range.base)}...${encodeURIComponent(range.head)}`,
              query: paged,
            }),
            ({ body, headers }) => {
              const { items, cursor } = toPage(body.commits, headers, page);
              // Oldest first: a page of old commits may have younger ones after it.
              const young = cutAtDate({ items: readable(items), cursor: null }, range).items;
              return { items: young, cursor, order: "oldest first" };
            },
          );
    if (result.ok) return result;
    return explainRange(
      result,
      range,
      (commit) => probeCommit(connection, commit),
      () => probe(host, connection, { path }),
    );
  },

  async readCommit(connection, hash, wanted = {}) {
    const path = `${pathOf(connection)}/commits/${encodeURIComponent(hash)}`;
    const pages = await readAll<ApiCommit>(async (cursor) => {
      const page = pageNumber(cursor);
      const query = { per_page: 300, page };
      const read = await readJson(host, connection, commitSchema, { path, query });
      return mapResult(read, ({ body, headers }) => {
        const { cursor } = toPage(body.files ?? [], headers, page);
        return { items: [body], cursor };
      });
    });
    if (!pages.ok) return explain(connection, hash, pages);
    const first = pages.value[0];
    const commit = first && toCommit(first);
    if (!commit) return failure("unexpected", { path }, "names no commit", pages.budget);
    if ((commit.parents?.length ?? 0) > 1) return { ...pages, value: { commit, diff: null } };
    const files = pages.value.flatMap((page) => page.files ?? []).map(toFile);
    if (wanted.diff !== true) return { ...pages, value: { commit: { ...commit, files }, diff: null } };

    const call = { path, accept: "application/vnd.github.diff", maxBytes: mostDiffBytes };
    const diff = await readText(host, connection, call);
    if (!diff.ok && diff.code !== "unexpected") return diff;
    const value = { commit: { ...commit, files }, diff: diff.ok ? diff.value : null };
    return withPatchId({ ok: true, value, budget: diff.budget }, wanted);
  },

  async listBranches(connection) {
    const path = `${pathOf(connection)}/branches`;
    const branches = await readAll((cursor) => {
      const page = pageNumber(cursor);
      return readPage(connection, z.array(branchSchema), path, { per_page: 100, page }, page);
    });
    return mapResult(branches, (all) =>
      all.flatMap(({ name, commit }) => {
        const head = toHash(commit.sha);
        return head === null ? [] : [{ name, head }];
      }),
    );
  },

  async pullRequestsOf(connection, hash) {
    const path = `${pathOf(connection)}/commits/${encodeURIComponent(hash)}/pulls`;
    const read = await readJson(host, connection, z.array(pullSchema), { path, query: { per_page: 100 } });
    if (!read.ok) return explain(connection, hash, read);
    return mapResult(read, ({ body }) =>
      body.map((pull) => ({
        id: String(pull.number),
        title: pull.title,
        url: pull.html_url,
        // Until it is merged, this is a test merge that nobody sees.
        mergeCommit: pull.merged_at === null ? null : toHash(pull.merge_commit_sha),
      })),
    );
  },

  async pullRequestCommits(connection, id) {
    const path = `${pathOf(connection)}/pulls/${encodeURIComponent(id)}/commits`;
    const commits = await readAll((cursor) => {
      const page = pageNumber(cursor);
      return readPage(connection, z.array(commitSchema), path, { per_page: 100, page }, page);
    });
    return mapResult(commits, (all) => readable(all).map(({ hash }) => hash));
  },

  async createHook(connection, { url, secret }) {
    const path = `${pathOf(connection)}/hooks`;
    const body = {
      name: "web",
      active: true,
      events: ["push"],
      config: { url, secret, content_type: "json", insecure_ssl: "0" },
    };
    const hooks = await readAll((cursor) => {
      const page = pageNumber(cursor);
      return readPage(connection, z.array(hookSchema), path, { per_page: 100, page }, page);
    });
    if (!hooks.ok) return hooks;
    const known = hooks.value.find((hook) => hook.config?.url === url)?.id;
    const saved = await readJson(
      host,
      connection,
      z.object({ id: hostId }),
      known === undefined ? { method: "POST", path, body } : { method: "PATCH", path: `${path}/${known}`, body },
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

async function readPage<T>(
  connection: ForgeConnection,
  schema: z.ZodType<T[]>,
  path: string,
  query: Record<string, string | number | undefined>,
  page: number,
): Promise<ForgeResult<Page<NonNullable<T>>>> {
  const read = await readJson(host, connection, schema, { path, query });
  return mapResult(read, ({ body, headers }) => toPage(body, headers, page));
}

function toPage<T>(items: T[], headers: Headers, page: number): Page<NonNullable<T>> {
  const there = items.filter((item) => item !== null && item !== undefined);
  return { items: there, cursor: nextPage(page, linkedPage(headers), items.length) };
}

const readable = (commits: ApiCommit[]): PushedCommit[] => commits.map(toCommit).filter((commit) => commit !== null);

/** 422 is GitHub's answer to a hash it does not have. */
async function probeCommit(connection: ForgeConnection, commit: string): Promise<ForgeResult<boolean>> {
  const path = `${pathOf(connection)}/commits/${encodeURIComponent(commit)}`;
  const found = await probe(host, connection, { path, query: { per_page: 1 } });
  return !found.ok && found.code === "unexpected" ? { ok: true, value: false, budget: found.budget } : found;
}

async function explain(connection: ForgeConnection, hash: string, failed: ForgeFailure): Promise<ForgeFailure> {
  return explainCommit(
    failed,
    hash,
    (commit) => probeCommit(connection, commit),
    () => probe(host, connection, { path: pathOf(connection) }),
  );
}
