import { randomBytes, randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  callApi,
  connect,
  deliverGithub,
  eventually,
  githubPush,
  type Harness,
  hmac,
  randomHash,
  settled,
  signUpWithWorkspace,
  startHarness,
} from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
  const { projectId, database } = harness.owner;
  await database.from("project_git_configs").update({ estimation_strategy: "hybrid" }).eq("project_id", projectId);
});
afterAll(() => harness.stop());

const commitsOf = async (repositoryId: string) => {
  const { data } = await harness.service
    .from("commits")
    .select(
      "hash, message, author_name, author_email, committed_at, branch, status, ignored_rule, ticket_ref, files_changed, additions",
    )
    .eq("repository_id", repositoryId)
    .order("committed_at");
  return data ?? [];
};

const draftsOf = async (repositoryId: string) => {
  const { data } = await harness.service
    .from("inbox_drafts")
    .select("*")
    .eq("repository_id", repositoryId)
    .order("start_date");
  return data ?? [];
};

const deliveriesOf = async (repositoryId: string) => {
  const { data } = await harness.service.from("webhook_deliveries").select("*").eq("repository_id", repositoryId);
  return data ?? [];
};

describe("a push that is accepted", () => {
  test("becomes commits and drafts with time, words, rate and reason", async () => {
    const repository = await connect(harness, "github");
    const push = githubPush([
      { message: "feat(basket): add gift wrapping SHOP-12 [1h 30m]", modified: ["src/basket.ts"] },
      { message: "fix: round the total\n\nRefs SHOP-14", timestamp: "2026-03-02T12:00:00+01:00" },
    ]);
    const answer = await deliverGithub(repository, JSON.stringify(push));
    expect(answer.status).toBe(202);
    expect(await settled(harness.service, repository.id)).toMatchObject([
      { status: "done", commits_recorded: 2, drafts_created: 2 },
    ]);

    expect(await commitsOf(repository.id)).toMatchObject([
      {
        hash: push.commits[0]?.id,
        status: "drafted",
        ticket_ref: "SHOP-12",
        branch: "main",
        files_changed: 1,
        additions: null,
      },
      { hash: push.commits[1]?.id, status: "drafted", ticket_ref: "SHOP-14" },
    ]);
    const drafts = await draftsOf(repository.id);
    const explicit = drafts.find((draft) => draft.ticket_key === "SHOP-12");
    expect(explicit).toMatchObject({
      minutes: 90,
      estimate_method: "explicit",
      hourly_rate_minor: 9000,
      currency: "EUR",
      total_minor: 13_500,
      start_date: "2026-03-02",
      client_name: "Client Ltd",
      status: "draft",
    });
    expect(explicit?.description).not.toMatch(/SHOP-12|1h 30m|feat/);
    const estimated = drafts.find((draft) => draft.ticket_key === "SHOP-14");
    expect(estimated).toMatchObject({ minutes: 25, estimate_method: "heuristic" });
    expect(JSON.stringify(estimated?.flags)).toContain("no_line_counts");
  });

  test("is one delivery however often it is sent, and answered alike", async () => {
    const repository = await connect(harness, "github");
    const body = JSON.stringify(githubPush([{}]));
    const headers = { "x-github-delivery": randomUUID() };
    const first = await deliverGithub(repository, body, headers);
    const repeats = await Promise.all(Array.from({ length: 20 }, () => deliverGithub(repository, body, headers)));
    expect([first, ...repeats].map((answer) => answer.status)).toEqual(Array.from({ length: 21 }, () => 202));
    await settled(harness.service, repository.id);
    expect(await deliveriesOf(repository.id)).toHaveLength(1);
    expect(await draftsOf(repository.id)).toHaveLength(1);
  });

  test("proposes a commit once though two deliveries list it", async () => {
    const repository = await connect(harness, "github");
    const shared = { hash: randomHash(), message: "Add invoices" };
    await Promise.all([
      deliverGithub(repository, JSON.stringify(githubPush([shared, { message: "One" }]))),
      deliverGithub(
        repository,
        JSON.stringify({ ...githubPush([shared, { message: "Two" }]), ref: "refs/heads/other" }),
      ),
    ]);
    await eventually("two deliveries", async () => (await settled(harness.service, repository.id)).length === 2);
    expect(await draftsOf(repository.id)).toHaveLength(3);
  });

  test("is verified over the raw bytes of a form", async () => {
    const repository = await connect(harness, "github");
    const form = `payload=${encodeURIComponent(JSON.stringify(githubPush([{ message: "Größe ändern — 見積もり" }])))}`;
    const answer = await deliverGithub(repository, form, { "content-type": "application/x-www-form-urlencoded" });
    expect(answer.status).toBe(202);
    await settled(harness.service, repository.id);
    expect(await commitsOf(repository.id)).toMatchObject([{ message: "Größe ändern — 見積もり" }]);
  });

  test("keeps a commit that a rule leaves out, with the rule, as an ignored draft that can be brought back", async () => {
    const repository = await connect(harness, "github");
    await deliverGithub(
      repository,
      JSON.stringify(
        githubPush([
          { message: "Merge pull request #12 from example/wrapping" },
          {
            message: "Bump left-pad from 1.0 to 1.1",
            author: { name: "dependabot[bot]", email: "49699333+dependabot[bot]@users.noreply.github.com" },
          },
        ]),
      ),
    );
    await settled(harness.service, repository.id);
    expect((await commitsOf(repository.id)).map((commit) => [commit.status, commit.ignored_rule]).sort()).toEqual([
      ["ignored", "bot"],
      ["ignored", "merge"],
    ]);
    const drafts = await draftsOf(repository.id);
    expect(drafts.map((draft) => draft.status)).toEqual(["rejected", "rejected"]);
    const { data } = await harness.owner.database.rpc("restore_drafts", {
      p_ids: drafts.flatMap((draft) => draft.id ?? []),
    });
    expect(data).toMatchObject({ changed: [{ status: "draft" }, { status: "draft" }], skipped: [] });
  });

  test("keeps a message of 64 KB with NUL, markup and a formula as it is, made storable", async () => {
    const repository = await connect(harness, "github");
    const message = `=HYPERLINK("http://example.com") <script>alert(1)</script> \u0000\ud800 ${"ﷺ".repeat(20_000)}`;
    const answer = await deliverGithub(repository, JSON.stringify(githubPush([{ message }])));
    expect(answer.status).toBe(202);
    expect(await settled(harness.service, repository.id)).toMatchObject([{ status: "done" }]);
    const [commit] = await commitsOf(repository.id);
    expect(commit?.message.startsWith('=HYPERLINK("http://example.com") <script>')).toBe(true);
  });

  test("survives dates of 1970, 2106 and nonsense", async () => {
    const repository = await connect(harness, "github");
    const body = githubPush([
      { timestamp: "1970-01-01T00:00:00Z" },
      { timestamp: "2106-02-07T06:28:16Z" },
      { timestamp: "yesterday" },
    ]);
    expect((await deliverGithub(repository, JSON.stringify(body))).status).toBe(202);
    expect(await settled(harness.service, repository.id)).toMatchObject([{ status: "done", commits_recorded: 3 }]);
  });
});

describe("a delivery with nothing to record", () => {
  test("a ping is answered 200 and shows that the connection works", async () => {
    const repository = await connect(harness, "github");
    const require = createRequire(import.meta.url);
    const ping = (require("@octokit/webhooks-examples") as { name: string; examples: unknown[] }[]).find(
      (event) => event.name === "ping",
    );
    const answer = await deliverGithub(repository, JSON.stringify(ping?.examples[0]), { "x-github-event": "ping" });
    expect(answer.status).toBe(200);
    const { data } = await harness.owner.database
      .from("repositories")
      .select("first_delivery_at, name")
      .eq("id", repository.id)
      .single();
    expect(data?.first_delivery_at).not.toBeNull();
  });

  test("an event of another kind is answered 200 with the reason", async () => {
    const repository = await connect(harness, "github");
    const answer = await deliverGithub(repository, JSON.stringify({ action: "opened" }), {
      "x-github-event": "issues",
    });
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { reason: string }).reason).not.toBe("");
  });

  test("a tag and a merge queue's branch are answered 200; neither they nor a deletion bill anything", async () => {
    const repository = await connect(harness, "github");
    const tag = { ...githubPush([{}]), ref: "refs/tags/v1.0" };
    const deletion = { ...githubPush([]), after: "0".repeat(40), deleted: true };
    const queue = { ...githubPush([{}]), ref: "refs/heads/gh-readonly-queue/main/pr-1-abc" };
    for (const push of [tag, queue]) {
      expect((await deliverGithub(repository, JSON.stringify(push))).status).toBe(200);
    }
    expect((await deliverGithub(repository, JSON.stringify(deletion))).ok).toBe(true);
    await settled(harness.service, repository.id);
    expect(await commitsOf(repository.id)).toEqual([]);
  });
});

describe("a delivery that is refused", () => {
  test.each([
    ["wrong", { "x-hub-signature-256": `sha256=${"0".repeat(64)}` }],
    ["missing", { "x-hub-signature-256": "" }],
    ["without its prefix", { "x-hub-signature-256": "0".repeat(64) }],
    ["not hexadecimal", { "x-hub-signature-256": `sha256=${"z".repeat(64)}` }],
  ])("a signature that is %s is answered 401 and stores nothing", async (_name, headers) => {
    const repository = await connect(harness, "github");
    const answer = await deliverGithub(repository, JSON.stringify(githubPush([{}])), headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await deliveriesOf(repository.id)).toEqual([]);
  });

  test("the secret of another connection is not accepted", async () => {
    const repository = await connect(harness, "github");
    const other = await connect(harness, "github");
    const answer = await deliverGithub(
      { ...repository, webhook_secret: other.webhook_secret },
      JSON.stringify(githubPush([{}])),
    );
    expect(answer.status).toBe(401);
  });

  test.each([
    ["cut short", () => JSON.stringify(githubPush([{}])).slice(0, 500)],
    ["not JSON", () => "hello"],
    ["empty", () => ""],
    ["a JSON string", () => '"hello"'],
    ["an array", () => "[]"],
    ["a push without its commits' list", () => '{"ref":5}'],
  ])("a body that is %s is answered 400, signed or not a 500", async (_name, body) => {
    const repository = await connect(harness, "github");
    const answer = await deliverGithub(repository, body());
    expect(answer.status).toBe(400);
    expect(await deliveriesOf(repository.id)).toEqual([]);
  });

  test("a byte-order mark is read past; invalid UTF-8 is no 500", async () => {
    const repository = await connect(harness, "github");
    const json = Buffer.from(JSON.stringify(githubPush([{}])));
    const marked = new Uint8Array(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), json]));
    expect((await deliverGithub(repository, marked)).status).toBe(202);
    const invalid = new Uint8Array(Buffer.from(json.toString("latin1").replace("basket", "b\xff\xfesket"), "latin1"));
    expect((await deliverGithub(repository, invalid)).status).toBeLessThan(500);
  });

  test("a body over 25 MB is answered 413, whatever its length header says", async () => {
    const repository = await connect(harness, "github");
    const body = new Uint8Array(randomBytes(26 * 1024 * 1024 + 1));
    expect((await deliverGithub(repository, body)).status).toBe(413);
    expect(await deliveriesOf(repository.id)).toEqual([]);
  });

  test("another content type is answered 415", async () => {
    const repository = await connect(harness, "github");
    expect((await deliverGithub(repository, "x", { "content-type": "text/plain" })).status).toBe(415);
  });

  test("an unknown connection, host or form of id is answered 404", async () => {
    const repository = await connect(harness, "github");
    const body = JSON.stringify(githubPush([{}]));
    const at = (path: string) => deliverGithub({ ...repository, webhook_url: `${harness.stack.appUrl}${path}` }, body);
    expect((await at(`/api/webhooks/github/${randomUUID()}`)).status).toBe(404);
    expect((await at(`/api/webhooks/gitlab/${repository.id}`)).status).toBe(404);
    expect((await at(`/api/webhooks/sourceforge/${repository.id}`)).status).toBe(404);
    expect((await at("/api/webhooks/github/1 or 1=1")).status).toBe(404);
  });

  test("a push of another repository is answered 409, each time, and bills nothing", async () => {
    const repository = await connect(harness, "github");
    expect((await deliverGithub(repository, JSON.stringify(githubPush([{}])))).status).toBe(202);
    const other = JSON.stringify(githubPush([{}], { id: 9999, full_name: "example/other" }));
    const headers = { "x-github-delivery": randomUUID() };
    expect((await deliverGithub(repository, other, headers)).status).toBe(409);
    expect((await deliverGithub(repository, other, headers)).status).toBe(409);
    await eventually("the first push", async () => (await draftsOf(repository.id)).length === 1);
    expect((await deliveriesOf(repository.id)).map((row) => row.verdict).sort()).toEqual(["push", "refused"]);
  });

  test("a connection that was given a name takes that repository only", async () => {
    const repository = await connect(harness, "github", { name: "example/named" });
    expect((await deliverGithub(repository, JSON.stringify(githubPush([{}])))).status).toBe(409);
    const named = githubPush([{}], { id: 5, full_name: "Example/Named" });
    expect((await deliverGithub(repository, JSON.stringify(named))).status).toBe(202);
  });
});

describe("connecting a repository", () => {
  test("needs a session, a manager's role and a project one can see", async () => {
    const { stack, owner } = harness;
    const body = { project_id: owner.projectId, provider: "github" };
    expect((await callApi(stack, "POST", "/api/repositories", { body })).status).toBe(401);
    expect((await callApi(stack, "POST", "/api/repositories", { body, token: "a.b.c" })).status).toBe(401);
    const outsider = await signUpWithWorkspace(stack);
    expect((await callApi(stack, "POST", "/api/repositories", { body, token: outsider.token })).status).toBe(404);
    const wrong = { project_id: "no", provider: "github" };
    expect((await callApi(stack, "POST", "/api/repositories", { body: wrong, token: owner.token })).status).toBe(422);
    const host = { project_id: owner.projectId, provider: "cvs" };
    expect((await callApi(stack, "POST", "/api/repositories", { body: host, token: owner.token })).status).toBe(422);
  });

  test("keeps the secret encrypted, and out of the person's sight", async () => {
    const repository = await connect(harness, "github", { access_token: "a-token-of-the-host" });
    const { data: mine } = await harness.owner.database.from("repository_secrets").select("*");
    expect(mine ?? []).toEqual([]);
    const { data: secrets } = await harness.service
      .from("repository_secrets")
      .select("ciphertext")
      .eq("repository_id", repository.id);
    const { data: tokens } = await harness.service.from("host_grant_secrets").select("*");
    expect(secrets).toHaveLength(1);
    expect(tokens).toHaveLength(1);
    const stored = JSON.stringify([secrets, tokens]);
    expect(stored).not.toContain(repository.webhook_secret);
    expect(stored).not.toContain("a-token-of-the-host");
  });
});

describe("GitLab and Bitbucket", () => {
  test("a GitLab push is verified by its token and recorded", async () => {
    const repository = await connect(harness, "gitlab");
    const hash = randomHash();
    const body = JSON.stringify({
      object_kind: "push",
      event_name: "push",
      ref: "refs/heads/main",
      before: randomHash(),
      after: hash,
      checkout_sha: hash,
      project_id: 15,
      project: {
        id: 15,
        path_with_namespace: "example/shop",
        web_url: "https://gitlab.example.com/example/shop",
        default_branch: "main",
      },
      user_username: "dev-one",
      total_commits_count: 1,
      commits: [
        {
          id: hash,
          message: "Draw the chart again\n\n/spend 2h",
          timestamp: "2026-03-03T09:00:00+00:00",
          url: `https://gitlab.example.com/example/shop/-/commit/${hash}`,
          author: { name: "Dev One", email: "dev.one@example.com" },
          added: ["a.ts"],
          modified: [],
          removed: [],
        },
      ],
    });
    const send = (token: string) =>
      fetch(repository.webhook_url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-gitlab-event": "Push Hook",
          "x-gitlab-token": token,
          "idempotency-key": randomUUID(),
        },
        body,
      });
    expect((await send("guess")).status).toBe(401);
    expect((await send(repository.webhook_secret)).status).toBe(202);
    await settled(harness.service, repository.id);
    expect(await draftsOf(repository.id)).toMatchObject([{ minutes: 120, estimate_method: "explicit" }]);
  });

  test("a Bitbucket push with two branches and a tag records the branches", async () => {
    const repository = await connect(harness, "bitbucket");
    const change = (type: string, name: string, hash: string) => ({
      forced: false,
      created: false,
      closed: false,
      truncated: false,
      old: { type, name, target: { hash: randomHash() } },
      new: { type, name, target: { hash } },
      commits: [
        {
          hash,
          type: "commit",
          message: `Work on ${name}`,
          date: "2026-03-04T08:00:00+00:00",
          author: { raw: "Dev One <dev.one@example.com>" },
          parents: [{ hash: randomHash() }],
          links: { html: { href: "https://bitbucket.org/example/shop" } },
        },
      ],
    });
    const body = JSON.stringify({
      actor: { nickname: "dev-one" },
      repository: {
        uuid: "{1b2c}",
        full_name: "example/shop",
        links: { html: { href: "https://bitbucket.org/example/shop" } },
      },
      push: {
        changes: [
          change("branch", "main", randomHash()),
          change("branch", "next", randomHash()),
          change("tag", "v1", randomHash()),
        ],
      },
    });
    const answer = await fetch(repository.webhook_url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-event-key": "repo:push",
        "x-request-uuid": randomUUID(),
        "x-attempt-number": "1",
        "x-hub-signature": `sha256=${hmac(repository.webhook_secret, body)}`,
      },
      body,
    });
    expect(answer.status).toBe(202);
    await settled(harness.service, repository.id);
    expect((await commitsOf(repository.id)).map((commit) => commit.branch).sort()).toEqual(["main", "next"]);
  });
});
