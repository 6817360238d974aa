import { describe, expect, test } from "vitest";
import { bitbucket } from "./bitbucket.ts";
import { bytes, commitsOf, hash, hexHmac, pushOf } from "./test-deliveries.ts";

const commit = (digit: string, parents: string[], date: string) => ({
  type: "commit",
  hash: hash(digit),
  message: `Work ${digit}\n`,
  date,
  author: {
    type: "author",
    raw: "Dev One <dev.one@example.com>",
    user: { display_name: "Dev O.", nickname: "devone", uuid: "{1}" },
  },
  committer: {},
  parents: parents.map((parent) => ({ type: "commit", hash: hash(parent) })),
  links: { html: { href: `https://bitbucket.org/acme/shop/commits/${hash(digit)}` } },
});

const branch = (name: string, digit: string, type = "branch") => ({ type, name, target: { hash: hash(digit) } });

const change = {
  old: branch("main", "a"),
  new: branch("main", "c"),
  created: false,
  closed: false,
  forced: false,
  truncated: false,
  commits: [commit("c", ["b"], "2026-03-02T10:00:00+00:00"), commit("b", ["a"], "2026-03-02T09:00:00+00:00")],
};

const delivery = (...changes: unknown[]) => ({
  actor: { display_name: "Dev O.", nickname: "devone" },
  repository: {
    uuid: "{42}",
    full_name: "acme/shop",
    links: { html: { href: "https://bitbucket.org/acme/shop" } },
    mainbranch: { name: "main" },
  },
  push: { changes },
});

const normalise = (body: unknown, event = "repo:push") =>
  bitbucket.normalise(new Headers({ "x-event-key": event }), bytes(body));

describe("a Bitbucket push", () => {
  test("is read oldest first, with parents and the identity git recorded", () => {
    const event = pushOf(normalise(delivery(change)));
    expect(event.repository).toEqual({
      externalId: "{42}",
      name: "acme/shop",
      url: "https://bitbucket.org/acme/shop",
      defaultBranch: "main",
    });
    expect(event.pusher).toEqual({ name: "Dev O.", email: null, username: "devone" });
    expect(event.changes[0]).toMatchObject({
      ref: "refs/heads/main",
      before: hash("a"),
      after: hash("c"),
      forced: false,
    });
    expect(commitsOf(event).map((one) => one.hash)).toEqual([hash("b"), hash("c")]);
    expect(commitsOf(event)[0]).toEqual({
      hash: hash("b"),
      message: "Work b\n",
      parents: [hash("a")],
      author: { name: "Dev One", email: "dev.one@example.com", username: "devone" },
      committer: null,
      authoredAt: null,
      committedAt: "2026-03-02T09:00:00Z",
      files: null,
      patchId: null,
      url: `https://bitbucket.org/acme/shop/commits/${hash("b")}`,
    });
  });

  test("of several refs keeps each branch, leaves the tag out, and says which list is short", () => {
    const tag = { ...change, old: null, new: branch("v1", "c", "tag") };
    const other = {
      ...change,
      old: null,
      new: branch("feature/x", "e"),
      truncated: true,
      commits: [commit("e", ["d"], "2026-03-01T00:00:00+00:00")],
    };
    const gone = { ...change, new: null, old: branch("stale", "f"), closed: true, commits: undefined };
    const event = pushOf(normalise(delivery(tag, change, other, gone)));
    expect(event.changes.map((one) => [one.branch, one.after, one.truncated, one.commits.length])).toEqual([
      ["main", hash("c"), false, 2],
      ["feature/x", hash("e"), true, 1],
      ["stale", null, false, 0],
    ]);
    expect(event.changes[1]?.before).toBeNull();
  });

  test("of one commit on two branches lists it once", () => {
    const both = { ...change, old: null, new: branch("copy", "c") };
    expect(commitsOf(pushOf(normalise(delivery(change, both))))).toHaveLength(2);
  });

  test("without a list of commits is truncated", () => {
    const { commits: _, truncated: __, ...bare } = change;
    expect(pushOf(normalise(delivery({ ...bare, forced: true }))).changes[0]).toMatchObject({
      forced: true,
      truncated: true,
      commits: [],
    });
  });

  test("keeps a commit by an author without name or address, and one whose parents are unreadable", () => {
    const odd = { ...commit("b", ["a"], "?"), author: { raw: "<>" }, parents: [{ hash: "?" }] };
    const account = { ...commit("c", [], "?"), author: { type: "user", username: "devone", display_name: "Dev O." } };
    expect(commitsOf(pushOf(normalise(delivery({ ...change, commits: [account, odd] }))))).toMatchObject([
      { author: { name: null, email: null, username: null }, committedAt: null, parents: null },
      { author: { name: "Dev O.", email: null, username: "devone" }, parents: [] },
    ]);
  });
});

describe("what is no push to a branch", () => {
  test.each([
    ["a push that moved nothing", delivery(), "repo:push", "ignored"],
    ["a tag", delivery({ ...change, new: branch("v1", "c", "tag"), old: null }), "repo:push", "ignored"],
    ["a deleted tag", delivery({ ...change, old: branch("v1", "c", "tag"), new: null }), "repo:push", "ignored"],
    ["a branch without a head", delivery({ new: { type: "branch", name: "x" } }), "repo:push", "ignored"],
    ["another event", delivery(change), "pullrequest:created", "ignored"],
    ["a test", { test: true }, "diagnostics:ping", "ping"],
    ["a push without changes", { push: {} }, "repo:push", "malformed"],
    ["changes that are no list", { push: { changes: {} } }, "repo:push", "malformed"],
    ["commits that are no list", delivery({ ...change, commits: "two" }), "repo:push", "malformed"],
  ])("%s", (_name, body, event, kind) => {
    expect(normalise(body, event).kind).toBe(kind);
  });
});

test("Bitbucket's signature is checked, and one that is missing is refused", async () => {
  const body = bytes(delivery(change));
  const signed = new Headers({ "x-hub-signature": `sha256=${await hexHmac("s3cret", body)}` });
  expect(await bitbucket.verify(signed, body, ["s3cret"])).toEqual({ ok: true });
  expect((await bitbucket.verify(signed, body, ["other"])).ok).toBe(false);
  expect(await bitbucket.verify(new Headers(), body, ["s3cret"])).toEqual({
    ok: false,
    reason: "the signature is missing",
  });
});
