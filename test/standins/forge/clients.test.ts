import { apiFor } from "@billhook/forges/api-registry";
import type { ForgeConnection, Page } from "@billhook/forges/api";
import { patchId } from "@billhook/forges/patch-id";
import type { Provider, PushedRepository } from "@billhook/domain/push";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAzureStandin } from "../azure/server.ts";
import { startBitbucketServerStandin } from "../bitbucket-server/server.ts";
import { startBitbucketStandin } from "../bitbucket/server.ts";
import { startGiteaStandin } from "../gitea/server.ts";
import { startGithubStandin } from "../github/server.ts";
import { startGitlabStandin } from "../gitlab/server.ts";
import { type Clone, makeLongHistory, type Story, tellStory } from "./histories.ts";
import { commitOf, filesOf, listAll, patchIdOfGit, sayCommit, valueOf } from "./reading.ts";
import type { ForgeStandin, ForgeStandinOptions } from "./server.ts";

interface HostCase {
  provider: Provider;
  start: (options: ForgeStandinOptions) => Promise<ForgeStandin>;
  /** What a commit's date is in: the person's own offset, or UTC. */
  offset: "own" | "UTC";
  /** Does the host's diff have what git's patch-id needs of a binary file, a rename, a mode? */
  diff: "git's" | "without blob ids" | "without modes" | "none";
  /** Is the author's time given as the committer's too? */
  oneDate?: boolean;
  /** Are a commit's parents and its whole message in a list? */
  listsWhole: boolean;
  /** Are the lines of a first commit known? */
  countsFirst: boolean;
  perPage: number;
  range: "newest first" | "oldest first";
}

const cases: HostCase[] = [
  {
    provider: "github",
    start: startGithubStandin,
    offset: "UTC",
    diff: "git's",
    listsWhole: true,
    countsFirst: true,
    perPage: 100,
    range: "oldest first",
  },
  {
    provider: "gitlab",
    start: startGitlabStandin,
    offset: "own",
    diff: "without blob ids",
    listsWhole: true,
    countsFirst: true,
    perPage: 100,
    range: "newest first",
  },
  {
    provider: "bitbucket",
    start: startBitbucketStandin,
    offset: "UTC",
    diff: "git's",
    listsWhole: true,
    countsFirst: true,
    perPage: 100,
    range: "newest first",
  },
  {
    provider: "gitea",
    start: startGiteaStandin,
    offset: "own",
    diff: "git's",
    listsWhole: true,
    countsFirst: true,
    perPage: 50,
    range: "newest first",
  },
  {
    provider: "bitbucket-server",
    start: startBitbucketServerStandin,
    offset: "UTC",
    diff: "without modes",
    oneDate: true,
    listsWhole: true,
    countsFirst: true,
    perPage: 100,
    range: "newest first",
  },
  {
    provider: "azure",
    start: startAzureStandin,
    offset: "UTC",
    diff: "none",
    listsWhole: false,
    countsFirst: false,
    perPage: 500,
    range: "newest first",
  },
];

let story: Story;
let long: { clone: Clone; hashes: string[] };

beforeAll(() => {
  story = tellStory();
  long = makeLongHistory(600);
});

afterAll(() => {
  story.clone.close();
  long.clone.close();
});

describe.each(cases)("the client of $provider", (host) => {
  const api = apiFor(host.provider);
  let standin: ForgeStandin;
  let connection: ForgeConnection;
  let longConnection: ForgeConnection;

  beforeAll(async () => {
    standin = await host.start({
      tokens: ["good-token"],
      repositories: [
        {
          owner: "studio",
          name: "shop",
          path: story.clone.path,
          pullRequests: [
            { id: 7, title: "From the side", commits: story.side, mergeCommit: story.merge },
            { id: 8, title: "Still open", commits: [story.feature], mergeCommit: null },
          ],
        },
        { owner: "studio", name: "long", path: long.clone.path },
        { owner: "other", name: "closed", path: long.clone.path, canManageHooks: false },
      ],
    });
    const token = { kind: "bearer" as const, value: "good-token" };
    const limits = { timeoutMs: 10_000, attempts: 3, longestWaitMs: 50 };
    connection = { baseUrl: standin.url, repository: "studio/shop", token, limits };
    longConnection = { ...connection, repository: "studio/long" };
  });

  afterAll(() => standin.close());

  it("tells what a token may do", async () => {
    const access = valueOf(await api.checkAccess(connection));
    expect(access).toMatchObject({
      canReadCommits: true,
      canManageHooks: true,
      repository: { name: "studio/shop" },
    });
    expect(access.repository.externalId).not.toBe("");
    const closed = valueOf(await api.checkAccess({ ...connection, repository: "other/closed" }));
    // Azure shows the service hooks of the organisation, and refuses only what would change them.
    expect(closed).toMatchObject({ canReadCommits: true, canManageHooks: host.provider === "azure" });
    expect(await api.checkAccess({ ...connection, repository: "studio/none" })).toMatchObject({
      ok: false,
      code: "not_found",
    });
  });

  it("lists repositories to choose from", async () => {
    const listNames = async (search: string): Promise<string[]> => {
      const names: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Page<PushedRepository> = valueOf(await api.listRepositories(connection, { search, cursor }));
        names.push(...page.items.map(({ name }) => name));
        cursor = page.cursor;
      } while (cursor !== null);
      return names.toSorted();
    };
    expect(await listNames("")).toEqual(["other/closed", "studio/long", "studio/shop"]);
    expect(await listNames("lon")).toEqual(["studio/long"]);
  });

  it("lists the commits between two, as git does", async () => {
    const range = { head: story.head, base: story.first };
    const expected = story.clone.git("rev-list", story.head, `^${story.first}`).split("\n");
    const { commits } = await listAll(api, connection, range);
    expect(commits.map(({ hash }) => hash).toSorted()).toEqual(expected.toSorted());
    const page = valueOf(await api.listCommits(connection, range));
    expect(page.order).toBe(host.range);
    expect((host.range === "oldest first" ? page.items.at(-1) : page.items[0])?.hash).toBe(story.head);
    // What the head already had is nothing new.
    expect((await listAll(api, connection, { head: story.first, base: story.head })).commits).toEqual([]);
    const onFeature = await listAll(api, connection, { head: story.feature, base: story.head });
    expect(onFeature.commits.map(({ hash }) => hash)).toEqual([story.feature]);
  });

  it("lists a whole history, or what is younger than a date", async () => {
    const all = story.clone.git("rev-list", "main").split("\n");
    const { commits } = await listAll(api, connection, { head: "main", base: null });
    expect(commits.map(({ hash }) => hash).toSorted()).toEqual(all.toSorted());
    for (const commit of commits) {
      const said = sayCommit(commit);
      const expected = commitOf(story.clone, commit.hash);
      // A list need not have everything; `readCommit` does.
      const lacking = { authoredAt: 0, committedAt: 0, ...(host.listsWhole ? {} : { parents: [], message: "" }) };
      expect({ ...said, ...lacking }).toEqual({ ...expected, ...lacking });
      expect(said.committedAt).toBe(host.oneDate === true ? expected.authoredAt : expected.committedAt);
    }
    const since = "2025-01-04T00:00:00Z";
    const young = await listAll(api, longConnection, { head: "main", base: null, since });
    const expected = long.clone.git("rev-list", `--since-as-filter=${since}`, "main").split("\n");
    expect(young.commits.map(({ hash }) => hash)).toEqual(expected);
  });

  it("goes through 600 commits page by page, and goes on from any of them", async () => {
    const { commits, pages } = await listAll(api, longConnection, { head: "main", base: null });
    expect(commits.map(({ hash }) => hash)).toEqual(long.hashes.toReversed());
    expect(pages).toBeGreaterThanOrEqual(600 / host.perPage);
    const [base = "", head = ""] = [long.hashes[49], long.hashes[549]];
    const range = { head, base, limit: 40 };
    const part = await listAll(api, longConnection, range);
    const hashes = part.commits.map(({ hash }) => hash);
    const expected = long.hashes.slice(50, 550);
    expect(host.range === "oldest first" ? hashes : hashes.toReversed()).toEqual(expected);
    expect(part.pages).toBeGreaterThanOrEqual(500 / 40);
  });

  it("reads commits with everything git knows of them", async () => {
    for (const hash of [story.first, ...story.changes, ...story.side, story.head, story.feature]) {
      const { commit, diff } = valueOf(await api.readCommit(connection, hash));
      expect(diff).toBeNull();
      const expected = commitOf(story.clone, hash);
      const said = sayCommit(commit);
      expect(said).toEqual(host.oneDate === true ? { ...expected, committedAt: expected.authoredAt } : expected);
      if (host.offset === "own") expect(commit.authoredAt).toMatch(/\+02:00$/);
      const files = (commit.files ?? [])
        .map(({ path, status, additions, deletions }) => ({ path, status, additions, deletions }))
        .toSorted((a, b) => (a.path < b.path ? -1 : 1));
      const isFirst = expected.parents.length === 0;
      expect(files).toEqual(
        filesOf(story.clone, hash).map((file) =>
          isFirst && !host.countsFirst ? { ...file, additions: null, deletions: null } : file,
        ),
      );
    }
  });

  it("gives a merge no files of its own", async () => {
    const { commit, diff } = valueOf(await api.readCommit(connection, story.merge, { diff: true }));
    expect(commit.parents).toHaveLength(2);
    expect(commit.files).toBeNull();
    expect(diff).toBeNull();
  });

  it("knows binary files, or says that it does not", async () => {
    const { commit } = valueOf(await api.readCommit(connection, story.changes[1] ?? "", { diff: true }));
    const image = commit.files?.find(({ path }) => path === "image.png");
    expect(image).toMatchObject({ binary: host.diff === "none" ? null : true });
    const text = commit.files?.find(({ path }) => path !== "image.png");
    expect(text?.binary).toBe(host.diff === "none" ? null : false);
  });

  it("gives a diff whose patch-id is git's, or none", async () => {
    for (const hash of [story.first, ...story.changes, ...story.side, story.feature]) {
      const { diff, commit } = valueOf(await api.readCommit(connection, hash, { diff: true }));
      expect(commit.patchId).toBe(diff === null ? null : await patchId(diff));
      const ofGit = story.clone.gitWith("", ["diff-tree", "-p", "-M", "--root", "--no-commit-id", hash]);
      const isBinary = /^Binary files/m.test(ofGit);
      if (host.diff === "none" || (host.diff !== "git's" && isBinary)) {
        expect(diff).toBeNull();
        continue;
      }
      expect(diff).not.toBeNull();
      if (host.diff === "without modes") continue;
      // How similar a renamed and changed file is, only git's own text says.
      const comparable = host.diff === "git's" ? ofGit : ofGit.replaceAll(/^similarity index (?!100)\d+%\n/gm, "");
      expect(await patchId(diff ?? ""), diff ?? "").toBe(patchIdOfGit(`${comparable}\n`));
    }
  });

  it("tells a commit that is not there from a repository that is not there", async () => {
    const nowhere = "ab".repeat(20);
    for (const range of [
      { head: story.head, base: nowhere },
      { head: nowhere, base: null },
      { head: nowhere, base: story.first },
    ]) {
      expect(await api.listCommits(connection, range)).toMatchObject({ ok: false, code: "unknown_commit" });
    }
    expect(await api.readCommit(connection, nowhere)).toMatchObject({ ok: false, code: "unknown_commit" });
    const elsewhere = { ...connection, repository: "studio/none" };
    expect(await api.readCommit(elsewhere, story.head)).toMatchObject({ ok: false, code: "not_found" });
    expect(await api.listCommits(elsewhere, { head: story.head, base: story.first })).toMatchObject({
      ok: false,
      code: "not_found",
    });
  });

  it("lists all branches with their heads", async () => {
    const branches = valueOf(await api.listBranches(connection));
    expect(Object.fromEntries(branches.map(({ name, head }) => [name, head]))).toEqual({
      main: story.head,
      side: story.side[1],
      "feature/one": story.feature,
      unrelated: story.unrelated,
    });
  });

  it("links a commit to its pull request, and the pull request to its commits", async () => {
    const asked = host.provider === "gitea" ? story.merge : (story.side[0] ?? "");
    const [request] = valueOf(await api.pullRequestsOf(connection, asked));
    expect(request).toMatchObject({ id: "7", title: "From the side", mergeCommit: story.merge });
    expect(valueOf(await api.pullRequestCommits(connection, "7")).toSorted()).toEqual(story.side.toSorted());
    expect(valueOf(await api.pullRequestsOf(connection, story.first))).toEqual([]);
    if (host.provider === "gitea") return;
    expect(valueOf(await api.pullRequestsOf(connection, story.feature))).toMatchObject([
      { id: "8", mergeCommit: null },
    ]);
  });

  it("makes a webhook once, and removes it", async () => {
    const repository = standin.repository("studio/shop");
    const url = "http://127.0.0.1:9/api/webhooks/x/1";
    const { id } = valueOf(await api.createHook(connection, { url, secret: "first" }));
    expect(repository.hooks).toMatchObject([{ url, secret: "first", active: true }]);
    const again = valueOf(await api.createHook(connection, { url, secret: "second" }));
    expect(again.id).toBe(id);
    expect(repository.hooks).toMatchObject([{ url, secret: "second" }]);
    valueOf(await api.createHook(connection, { url: `${url}2`, secret: "third" }));
    expect(repository.hooks).toHaveLength(2);
    for (const hook of [id, id]) expect(await api.deleteHook(connection, hook)).toMatchObject({ ok: true });
    expect(repository.hooks).toMatchObject([{ url: `${url}2` }]);
    repository.hooks.splice(0);
    const closed = await api.createHook({ ...connection, repository: "other/closed" }, { url, secret: "x" });
    expect(closed).toMatchObject({ ok: false });
  });
});

// A host that stores SHA-256: GitHub and Bitbucket have none so far.
describe("a repository with SHA-256 hashes", () => {
  it.each(cases.filter(({ provider }) => provider === "gitlab" || provider === "gitea"))(
    "is read like any other at $provider",
    async ({ provider, start }) => {
      const of256 = tellStory("sha256");
      const repositories = [{ owner: "studio", name: "shop", path: of256.clone.path }];
      const standin = await start({ tokens: ["good-token"], repositories });
      try {
        const token = { kind: "bearer" as const, value: "good-token" };
        const connection = { baseUrl: standin.url, repository: "studio/shop", token };
        const range = { head: of256.head, base: of256.first };
        const { commits } = await listAll(apiFor(provider), connection, range);
        const expected = of256.clone.git("rev-list", of256.head, `^${of256.first}`).split("\n");
        expect(commits.map(({ hash }) => hash).toSorted()).toEqual(expected.toSorted());
        const details = await apiFor(provider).readCommit(connection, of256.head, { diff: true });
        expect(valueOf(details).commit.files).toMatchObject([{ path: "after.txt", additions: 1 }]);
      } finally {
        await standin.close();
        of256.clone.close();
      }
    },
  );
});
