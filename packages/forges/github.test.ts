import examples from "@octokit/webhooks-examples";
import type { PushEvent as GithubPush } from "@octokit/webhooks-types";
import { describe, expect, test } from "vitest";
import { github } from "./github.ts";
import { bytes, commitsOf, hash, hexHmac, pushOf } from "./test-deliveries.ts";

const push = {
  ref: "refs/heads/main",
  before: hash("a"),
  after: hash("c"),
  created: false,
  deleted: false,
  forced: true,
  commits: [
    {
      id: hash("b"),
      distinct: true,
      message: "Add the form\r\n\r\nWith ünïcode ✓",
      timestamp: "2026-03-02T10:00:00+01:00",
      url: `https://github.example.com/acme/shop/commit/${hash("b")}`,
      author: { name: "Dev One", email: "dev.one@example.com", username: "devone" },
      committer: { name: "GitHub", email: "noreply@github.com", username: "web-flow" },
      added: ["src/form.ts"],
      removed: ["src/old.ts"],
      modified: [],
    },
    {
      id: hash("c"),
      message: "Use the form",
      timestamp: "2026-03-02T11:30:00+01:00",
      author: { name: "Dev One", email: "dev.one@example.com", date: "2026-03-01T18:00:00Z" },
      committer: {
        name: "Dev One",
        email: "dev.one@example.com",
        date: "2026-03-02T11:30:00+01:00",
      },
      added: [],
      removed: [],
      modified: ["src/page.ts"],
    },
  ],
  head_commit: { id: hash("c") },
  pusher: { name: "devone", email: "dev.one@example.com" },
  sender: { login: "devone" },
  repository: {
    id: 42,
    name: "shop",
    full_name: "acme/shop",
    html_url: "https://github.example.com/acme/shop",
    default_branch: "main",
  },
} satisfies Pick<GithubPush, "ref" | "before" | "after" | "created" | "deleted" | "forced"> & Record<string, unknown>;

const headers = (more: Record<string, string> = {}): Headers =>
  new Headers({ "content-type": "application/json", "x-github-event": "push", ...more });
const normalise = (body: unknown, more: Record<string, string> = {}) => github.normalise(headers(more), bytes(body));

describe("a GitHub push", () => {
  test("is read with its repository, pusher, branch and commits, oldest first", () => {
    const event = pushOf(normalise(push));
    expect(event.repository).toEqual({
      externalId: "42",
      name: "acme/shop",
      url: "https://github.example.com/acme/shop",
      defaultBranch: "main",
    });
    expect(event.pusher).toEqual({
      name: "devone",
      email: "dev.one@example.com",
      username: "devone",
    });
    expect(event.changes).toHaveLength(1);
    expect(event.changes[0]).toMatchObject({
      ref: "refs/heads/main",
      branch: "main",
      before: hash("a"),
      after: hash("c"),
      forced: true,
      truncated: false,
    });
    expect(commitsOf(event)[0]).toEqual({
      hash: hash("b"),
      message: "Add the form\n\nWith ünïcode ✓",
      parents: null,
      patchId: null,
      author: { name: "Dev One", email: "dev.one@example.com", username: "devone" },
      committer: { name: "GitHub", email: "noreply@github.com", username: "web-flow" },
      authoredAt: null,
      committedAt: "2026-03-02T10:00:00+01:00",
      files: [
        { path: "src/form.ts", status: "added", additions: null, deletions: null, binary: null },
        { path: "src/old.ts", status: "removed", additions: null, deletions: null, binary: null },
      ],
      url: `https://github.example.com/acme/shop/commit/${hash("b")}`,
    });
  });

  test("gives the author's date where the payload has it", () => {
    expect(commitsOf(pushOf(normalise(push)))[1]).toMatchObject({
      authoredAt: "2026-03-01T18:00:00Z",
      committedAt: "2026-03-02T11:30:00+01:00",
    });
  });

  test("sent as a form is the same push", () => {
    const form = new TextEncoder().encode(`payload=${encodeURIComponent(JSON.stringify(push)).replaceAll("%20", "+")}`);
    const read = github.normalise(headers({ "content-type": "application/x-www-form-urlencoded" }), form);
    expect(read).toEqual(normalise(push));
  });

  test("with a byte-order mark is the same push", () => {
    expect(normalise(`\uFEFF${JSON.stringify(push)}`)).toEqual(normalise(push));
  });

  test("with invalid UTF-8 in a message keeps the commit, with replacement characters", () => {
    const body = bytes(push);
    const at = body.indexOf("A".charCodeAt(0), new TextDecoder().decode(body).indexOf('"message":"Add'));
    body[at] = 0xff;
    expect(commitsOf(pushOf(github.normalise(headers(), body)))[0]?.message).toMatch(/^\uFFFDdd the form/);
  });

  test("lists a hash once, however often the payload does", () => {
    const twice = { ...push, commits: [...push.commits, ...push.commits] };
    expect(commitsOf(pushOf(normalise(twice))).map((commit) => commit.hash)).toEqual([hash("b"), hash("c")]);
  });

  test("without commits bills none, though the head commit is set", () => {
    const event = pushOf(normalise({ ...push, commits: [] }));
    expect(event.changes[0]).toMatchObject({ after: hash("c"), commits: [] });
  });

  test("that deletes a branch has no new head and no commits", () => {
    const event = pushOf(normalise({ ...push, after: "0".repeat(40), deleted: true }));
    expect(event.changes[0]).toMatchObject({ before: hash("a"), after: null, commits: [] });
  });

  test("that creates a branch has no old head", () => {
    expect(pushOf(normalise({ ...push, before: "0".repeat(40) })).changes[0]?.before).toBeNull();
  });

  test("of a SHA-256 repository keeps the long hashes", () => {
    const long = "ab".repeat(32);
    const event = pushOf(
      normalise({
        ...push,
        after: long,
        commits: [{ ...push.commits[0], id: long.toUpperCase() }],
      }),
    );
    expect(event.changes[0]?.after).toBe(long);
    expect(commitsOf(event)[0]?.hash).toBe(long);
  });

  test("of 2,048 commits says that there may be more", () => {
    const commits = Array.from({ length: 2048 }, (_, i) => ({
      ...push.commits[0],
      id: `${i.toString(16).padStart(4, "0")}${"e".repeat(36)}`,
    }));
    const event = pushOf(normalise({ ...push, after: commits.at(-1)?.id, commits }));
    expect(event.changes[0]?.truncated).toBe(true);
    expect(commitsOf(event)).toHaveLength(2048);
  });

  test("keeps an absurd commit with what is known of it", () => {
    const bare = [{ id: hash("b"), author: "me", message: 7, timestamp: "yesterday", added: "all" }, { id: hash("c") }];
    expect(commitsOf(pushOf(normalise({ ...push, commits: bare })))).toEqual(
      [hash("b"), hash("c")].map((id) => ({
        hash: id,
        message: "",
        parents: null,
        author: { name: null, email: null, username: null },
        committer: null,
        authoredAt: null,
        committedAt: null,
        files: null,
        patchId: null,
        url: null,
      })),
    );
  });

  test("drops an entry without a hash and says that commits are missing", () => {
    const event = pushOf(normalise({ ...push, commits: [...push.commits, { message: "no id" }, null, "x"] }));
    expect(event.changes[0]?.truncated).toBe(true);
    expect(commitsOf(event)).toHaveLength(2);
  });

  test("holds no NUL and no half of a surrogate pair, which Postgres refuses", () => {
    const nasty = {
      ...push.commits[0],
      message: "a\0b\uD800c",
      author: { name: "Dev\0One", email: "d\0@example.com" },
    };
    const [commit] = commitsOf(pushOf(normalise({ ...push, commits: [nasty] })));
    expect(commit?.message).toBe("a\uFFFDb\uFFFDc");
    expect(JSON.stringify(commit)).not.toMatch(/\\u0000|\\ud800/i);
  });
});

describe("what is no push to a branch", () => {
  test.each([
    ["refs/tags/v1", /Tags/],
    ["refs/heads/gh-readonly-queue/main/pr-1-abc", /merge queue/],
    ["refs/pull/1/merge", /not a branch/],
    ["refs/garbage/main", /not a branch/],
  ])("%s is ignored with a reason, though it lists commits", (ref, reason) => {
    const read = normalise({ ...push, ref });
    expect(read).toMatchObject({
      kind: "ignored",
      event: "push",
      repository: { externalId: "42" },
    });
    expect(read.kind === "ignored" && read.reason).toMatch(reason);
  });

  test("a ping is a ping, with the repository where the hook has one", () => {
    const ping = { "x-github-event": "ping" };
    expect(normalise({ zen: "…", hook_id: 1, repository: push.repository }, ping)).toMatchObject({
      kind: "ping",
      repository: { name: "acme/shop" },
    });
    expect(normalise({ zen: "…", organization: {} }, ping)).toEqual({
      kind: "ping",
      repository: null,
    });
    expect(normalise({ test: true })).toEqual({ kind: "ping", repository: null });
  });

  test("another event is ignored", () => {
    expect(normalise({ action: "opened" }, { "x-github-event": "issues" })).toMatchObject({
      kind: "ignored",
      event: "issues",
    });
  });

  test.each([
    ["cut JSON", '{"ref": "refs/heads/main", "comm'],
    ["an empty body", ""],
    ["a list", "[]"],
    ["null", "null"],
    ["a push without a ref", { ...push, ref: undefined }],
    ["commits that are no list", { ...push, commits: "all of them" }],
  ])("%s is malformed", (_name, body) => {
    expect(normalise(body).kind).toBe("malformed");
  });

  test("a body of an unknown type is malformed", () => {
    expect(normalise(push, { "content-type": "text/xml" }).kind).toBe("malformed");
  });
});

describe("a push read from a local clone", () => {
  const billhook = {
    parents: [hash("a"), hash("d")],
    authored_at: "2026-02-28T09:00:00+05:30",
    committer_date: "2026-03-02T10:00:07+01:00",
    files: [
      { path: "src/form.ts", status: "renamed", additions: 12, deletions: 3, binary: false },
      { path: "logo.png", status: "added", additions: null, deletions: null, binary: true },
    ],
    patch_id: "5".repeat(40),
  };

  test("carries parents, author date and counted files", () => {
    const [commit] = commitsOf(pushOf(normalise({ ...push, commits: [{ ...push.commits[0], billhook }] })));
    expect(commit).toMatchObject({
      parents: billhook.parents,
      authoredAt: billhook.authored_at,
      committedAt: billhook.committer_date,
      files: billhook.files,
      patchId: billhook.patch_id,
    });
  });

  test("falls back to GitHub's own fields where a part is not valid", () => {
    const bad = {
      parents: ["not/a/hash"],
      authored_at: "soon",
      files: [{ path: "a", status: "eaten" }],
      patch_id: "short",
    };
    const [commit] = commitsOf(pushOf(normalise({ ...push, commits: [{ ...push.commits[0], billhook: bad }] })));
    expect(commit).toEqual(commitsOf(pushOf(normalise(push)))[0]);
  });
});

describe("GitHub's published examples", () => {
  test("are all read: pushes to branches as pushes, pings as pings, the rest ignored", () => {
    for (const { name, examples: payloads } of examples) {
      for (const payload of payloads) {
        const read = normalise(payload, { "x-github-event": name });
        expect(["push", "ping", "ignored"]).toContain(read.kind);
        if (name !== "push") expect(read.kind).toBe(name === "ping" ? "ping" : "ignored");
      }
    }
  });
});

describe("GitHub's signature", () => {
  // From docs.github.com, "Validating webhook deliveries", "Testing the webhook payload validation".
  const body = new TextEncoder().encode("Hello, World!");
  const secret = "It's a Secret to Everybody";
  const published = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  const verify = (signature: string | null, secrets: readonly string[] = [secret]) =>
    github.verify(new Headers(signature === null ? {} : { "x-hub-signature-256": signature }), body, secrets);

  test("in the documentation's example is accepted", async () => {
    expect(await verify(published)).toEqual({ ok: true });
  });

  test("by any of several valid secrets is accepted", async () => {
    expect(await verify(published, ["old", secret, "next"])).toEqual({ ok: true });
  });

  test.each([
    ["missing", null, "the signature is missing"],
    ["empty", "", "the signature is missing"],
    ["without its prefix", published.slice(7), "the signature is malformed"],
    ["in capitals", published.toUpperCase(), "the signature is malformed"],
    ["not hex", `sha256=${"z".repeat(64)}`, "the signature is malformed"],
    ["cut short", published.slice(0, -1), "the signature is malformed"],
    ["followed by more", `${published}, ${published}`, "the signature is malformed"],
    ["SHA-1", "sha1=355e155fc3d10c4e5f2c6086a01281d2e947d932", "the signature is malformed"],
    ["of another body", `sha256=${"0".repeat(64)}`, "the signature does not match"],
  ])("that is %s is refused", async (_name, signature, reason) => {
    expect(await verify(signature)).toEqual({ ok: false, reason });
  });

  test("is refused where no secret is set, even one made with an empty key", async () => {
    expect(await verify(`sha256=${await hexHmac("", body)}`, [""])).toEqual({
      ok: false,
      reason: "no secret is set",
    });
    expect(await verify(published, [])).toEqual({ ok: false, reason: "no secret is set" });
  });

  test("covers the bytes as sent, a byte-order mark included", async () => {
    const marked = new TextEncoder().encode("\uFEFF{}");
    const signed = new Headers({ "x-hub-signature-256": `sha256=${await hexHmac(secret, marked)}` });
    expect((await github.verify(signed, marked, [secret])).ok).toBe(true);
  });
});

describe("a delivery's id", () => {
  test("is the host's own", async () => {
    expect(await github.deliveryId(headers({ "x-github-delivery": "72d3162e" }), bytes(push))).toBe("72d3162e");
  });

  test("is a digest of the body where the host's is missing or no id", async () => {
    const digest = await github.deliveryId(headers(), bytes(push));
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await github.deliveryId(headers({ "x-github-delivery": "x".repeat(500) }), bytes(push))).toBe(digest);
    expect(await github.deliveryId(headers(), bytes({ ...push, after: hash("d") }))).not.toBe(digest);
  });
});
