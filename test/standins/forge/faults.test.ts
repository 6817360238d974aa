import { apiFor } from "@billhook/forges/api-registry";
import type { CommitRange, ForgeConnection, ForgeFailure } from "@billhook/forges/api";
import type { Provider } from "@billhook/domain/push";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startAzureStandin } from "../azure/server.ts";
import { startBitbucketServerStandin } from "../bitbucket-server/server.ts";
import { startBitbucketStandin } from "../bitbucket/server.ts";
import { startGiteaStandin } from "../gitea/server.ts";
import { startGithubStandin } from "../github/server.ts";
import { startGitlabStandin } from "../gitlab/server.ts";
import { makeLongHistory } from "./histories.ts";
import { listAll, valueOf } from "./reading.ts";
import type { ForgeStandin } from "./server.ts";

// `perPage` is the most a host lists at once, up to the 80 asked for; `budget` is how much it says of what is left.
const cases = [
  { provider: "github" as Provider, start: startGithubStandin, perPage: 80, budget: "counted" },
  { provider: "gitlab" as Provider, start: startGitlabStandin, perPage: 80, budget: "counted" },
  { provider: "bitbucket" as Provider, start: startBitbucketStandin, perPage: 80, budget: "near" },
  { provider: "gitea" as Provider, start: startGiteaStandin, perPage: 50, budget: "none" },
  { provider: "bitbucket-server" as Provider, start: startBitbucketServerStandin, perPage: 80, budget: "none" },
  { provider: "azure" as Provider, start: startAzureStandin, perPage: 80, budget: "counted" },
];

const token = "never-to-be-seen-0123456789";

describe.each(cases)("the client of $provider", ({ provider, start, perPage, budget }) => {
  const api = apiFor(provider);
  let long: ReturnType<typeof makeLongHistory>;
  let standin: ForgeStandin;
  let connection: ForgeConnection;

  beforeAll(async () => {
    long = makeLongHistory(230);
    standin = await start({
      tokens: [token],
      repositories: [{ owner: "studio", name: "shop", path: long.clone.path }],
    });
    connection = {
      baseUrl: standin.url,
      repository: "studio/shop",
      token: { kind: "bearer", value: token },
      limits: { timeoutMs: 8000, attempts: 3, longestWaitMs: 30 },
    };
  });

  afterEach(() => {
    standin.heal();
    standin.requests.splice(0);
  });

  afterAll(async () => {
    await standin.close();
    long.clone.close();
  });

  const range = (): CommitRange & { base: string } => ({
    head: long.hashes[229] ?? "",
    base: long.hashes[9] ?? "",
    limit: 80,
  });

  /** Every question fails in the same way, and none throws. */
  async function failures(): Promise<ForgeFailure[]> {
    const head = range().head;
    const results = [
      await api.checkAccess(connection),
      await api.listRepositories(connection, {}),
      await api.listCommits(connection, range()),
      await api.readCommit(connection, head, { diff: true }),
      await api.listBranches(connection),
      await api.pullRequestsOf(connection, head),
      await api.pullRequestCommits(connection, "1"),
      await api.createHook(connection, { url: "https://billhook.example/1", secret: "s" }),
      await api.deleteHook(connection, "1"),
    ];
    return results.map((result) => {
      if (result.ok) throw new Error("it should have failed");
      expect(JSON.stringify(result)).not.toContain(token);
      return result;
    });
  }

  it("goes on after a passing fault", async () => {
    standin.fail({ kind: "error", status: 502 }, { times: 1 });
    standin.fail({ kind: "unreachable" }, { times: 1 });
    const { items } = valueOf(await api.listCommits(connection, range()));
    expect(items).toHaveLength(perPage);
    expect(standin.requests).toHaveLength(3);
  });

  it("gives up soon while the host is down, and says that it is away", async () => {
    standin.fail({ kind: "error", status: 503 });
    for (const failure of await failures()) expect(failure.code).toBe("unavailable");
    standin.heal();
    standin.fail({ kind: "unreachable" });
    expect(await api.readCommit(connection, range().head)).toMatchObject({ code: "unavailable" });
    const gone = { ...connection, baseUrl: "http://127.0.0.1:1/api" };
    expect(await api.readCommit(gone, range().head)).toMatchObject({ code: "unavailable" });
  });

  it("does not wait for a slow host longer than it may", async () => {
    standin.fail({ kind: "slow", delayMs: 1500 });
    const once = { ...connection, limits: { timeoutMs: 100, attempts: 1 } };
    const started = Date.now();
    expect(await api.listCommits(once, range())).toMatchObject({ code: "unavailable" });
    expect(Date.now() - started).toBeLessThan(2000);
  });

  it("stops when it is told to", async () => {
    standin.fail({ kind: "slow", delayMs: 300 });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    const result = await api.listCommits({ ...connection, signal: stop.signal }, range());
    expect(result).toMatchObject({ ok: false, code: "unavailable" });
    expect(standin.requests).toHaveLength(1);
  });

  it("waits a little where the host asks for it, and hands a long wait back", async () => {
    standin.fail({ kind: "rate-limited", retryAfterSeconds: 1 }, { times: 1 });
    const started = Date.now();
    const patient = { ...connection, limits: { longestWaitMs: 2000 } };
    valueOf(await api.listCommits(patient, range()));
    expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
    standin.fail({ kind: "rate-limited", retryAfterSeconds: 1800 });
    standin.requests.splice(0);
    const failure = await api.listCommits(connection, range());
    expect(failure).toMatchObject({ ok: false, code: "rate_limited", retryAfterSeconds: 1800 });
    expect(standin.requests).toHaveLength(1);
    for (const each of await failures()) expect(each.code).toBe("rate_limited");
  });

  it("takes a secondary limit for a limit, and not for a refusal", async () => {
    standin.fail({ kind: "secondary-limit", retryAfterSeconds: null });
    expect(await api.listCommits(connection, range())).toMatchObject({
      code: "rate_limited",
      retryAfterSeconds: provider === "github" ? 60 : null,
    });
  });

  it("tells a revoked grant from everything else", async () => {
    standin.fail({ kind: "revoked" });
    for (const failure of await failures()) expect(failure.code).toBe("unauthorised");
    standin.heal();
    const other = { ...connection, token: { kind: "bearer" as const, value: "wrong" } };
    expect(await api.listCommits(other, range())).toMatchObject({ code: "unauthorised" });
    expect(await api.listCommits({ ...connection, token: null }, range())).toMatchObject({ code: "unauthorised" });
  });

  it("takes neither a web page, half an answer nor an endless one for an answer", async () => {
    for (const kind of ["web-page", "cut-short"] as const) {
      standin.heal();
      standin.fail({ kind });
      expect(await api.listCommits(connection, range())).toMatchObject({ ok: false, code: "unavailable" });
      expect(await api.readCommit(connection, range().head)).toMatchObject({ ok: false, code: "unavailable" });
    }
    standin.heal();
    standin.fail({ kind: "endless" });
    const patient = { ...connection, limits: { timeoutMs: 5000, attempts: 1 } };
    expect(await api.listCommits(patient, range())).toMatchObject({ ok: false, code: "unexpected" });
  });

  it("believes no total, and ends where there is nothing more", async () => {
    standin.fail({ kind: "lying-totals" });
    const { commits } = await listAll(api, connection, range());
    expect(commits).toHaveLength(220);
    expect(valueOf(await api.listBranches(connection))).toHaveLength(1);
    standin.heal();
    standin.fail({ kind: "empty-lists" });
    expect(await listAll(api, connection, range())).toMatchObject({ commits: [] });
  });

  it("goes on with the cursor it had before the host was away", async () => {
    const first = valueOf(await api.listCommits(connection, range()));
    standin.fail({ kind: "error", status: 500 });
    expect(await api.listCommits(connection, { ...range(), cursor: first.cursor })).toMatchObject({ ok: false });
    standin.heal();
    const rest = await listAll(api, connection, { ...range(), cursor: first.cursor });
    const hashes = [...first.items, ...rest.commits].map(({ hash }) => hash);
    expect(hashes.toSorted()).toEqual(long.hashes.slice(10).toSorted());
  });

  it("sends what changes something once", async () => {
    standin.fail({ kind: "error", status: 502 }, { path: /hooks/ });
    const url = "https://billhook.example/1";
    expect(await api.deleteHook(connection, "1")).toMatchObject({ code: "unavailable" });
    expect(standin.requests).toHaveLength(1);
    standin.heal();
    valueOf(await api.createHook(connection, { url, secret: "s" }));
    expect(standin.repository("studio/shop").hooks).toHaveLength(1);
  });

  it("tells what is left of the budget, and when it is used up", async () => {
    const small = await start({
      tokens: [token],
      rateLimit: { requests: 10, windowSeconds: 600 },
      repositories: [{ owner: "studio", name: "shop", path: long.clone.path }],
    });
    try {
      const limited = { ...connection, baseUrl: small.url };
      const left: (number | null | undefined)[] = [];
      for (let request = 1; request <= 10; request += 1) {
        const result = await api.listCommits(limited, range());
        left.push(result.budget?.remaining);
      }
      // Bitbucket only says that less than a fifth is left.
      const expected = { counted: [1, 0], near: [2, 2], none: [undefined, undefined] }[budget];
      expect(left.slice(-2)).toEqual(expected);
      const failure = await api.listCommits(limited, range());
      expect(failure).toMatchObject({ ok: false, code: "rate_limited" });
      if (failure.ok || budget !== "counted") return;
      expect(failure.retryAfterSeconds).toBeGreaterThan(500);
      expect(Date.parse(failure.budget?.resetAt ?? "")).toBeGreaterThan(Date.now());
    } finally {
      await small.close();
    }
  });
});

describe("the client of github", () => {
  it("follows a repository to its new name, for reading and for changing, and nowhere else", async () => {
    const long = makeLongHistory(3);
    const standin = await startGithubStandin({
      tokens: [token],
      repositories: [{ owner: "studio", name: "new", path: long.clone.path, formerNames: ["studio/old"] }],
    });
    try {
      const connection: ForgeConnection = {
        baseUrl: standin.url,
        repository: "studio/old",
        token: { kind: "bearer", value: token },
      };
      const api = apiFor("github");
      expect(valueOf(await api.checkAccess(connection)).repository.name).toBe("studio/new");
      expect(valueOf(await api.listCommits(connection, { head: "main", base: null })).items).toHaveLength(3);
      valueOf(await api.createHook(connection, { url: "http://127.0.0.1:9/", secret: "s" }));
      expect(standin.repository("studio/new").hooks).toHaveLength(1);
      const byId = { ...connection, repository: String(standin.repository("studio/new").id) };
      expect(valueOf(await api.checkAccess(byId)).repository.name).toBe("studio/new");

      const asked: string[] = [];
      const elsewhere = {
        ...connection,
        fetch: (input: URL | RequestInfo): Promise<Response> => {
          asked.push(String(input instanceof Request ? input.url : input));
          return Promise.resolve(new Response(null, { status: 302, headers: { location: "https://evil.example/" } }));
        },
      };
      expect(await api.readCommit(elsewhere, "main")).toMatchObject({ ok: false, code: "unexpected" });
      expect(asked.some((url) => url.includes("evil"))).toBe(false);
    } finally {
      await standin.close();
      long.clone.close();
    }
  });

  it("pages through the files of a commit, and does without a diff that is too large", async () => {
    const { Clone } = await import("./histories.ts");
    const clone = new Clone();
    for (let index = 0; index < 650; index += 1) clone.write(`f/${index}.txt`, "x\n");
    const hash = clone.commit("Many files", "2026-03-02T09:00:00+02:00");
    const standin = await startGithubStandin({
      tokens: [token],
      repositories: [{ owner: "studio", name: "wide", path: clone.path }],
    });
    try {
      const connection: ForgeConnection = {
        baseUrl: standin.url,
        repository: "studio/wide",
        token: { kind: "bearer", value: token },
      };
      const { commit, diff } = valueOf(await apiFor("github").readCommit(connection, hash, { diff: true }));
      expect(commit.files).toHaveLength(650);
      expect(diff).toBeNull();
    } finally {
      await standin.close();
      clone.close();
    }
  });

  it("lists an installation's repositories where the token has no user", async () => {
    const long = makeLongHistory(1);
    const standin = await startGithubStandin({
      tokens: [],
      installationTokens: ["installation"],
      repositories: [{ owner: "studio", name: "shop", path: long.clone.path }],
    });
    try {
      const connection: ForgeConnection = {
        baseUrl: standin.url,
        repository: "",
        token: { kind: "bearer", value: "installation" },
      };
      const page = valueOf(await apiFor("github").listRepositories(connection, { search: "SHOP" }));
      expect(page.items).toMatchObject([{ name: "studio/shop" }]);
    } finally {
      await standin.close();
      long.clone.close();
    }
  });
});
