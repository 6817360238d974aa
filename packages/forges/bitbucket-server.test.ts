import { describe, expect, test } from "vitest";
import { bitbucketServer } from "./bitbucket-server.ts";
import { bytes, commitsOf, hash, pushOf } from "./test-deliveries.ts";

const person = { name: "devone", displayName: "Dev One", emailAddress: "dev.one@example.com", slug: "devone", id: 2 };
const commit = (digit: string, parents: string[], at: number | string) => ({
  id: hash(digit),
  displayId: hash(digit).slice(0, 11),
  message: `Work ${digit}`,
  author: { name: "Dev One", emailAddress: "dev.one@example.com" },
  authorTimestamp: at,
  committer: person,
  committerTimestamp: at,
  parents: parents.map((parent) => ({ id: hash(parent) })),
});
const moved = (name: string, from: string, to: string, type = "UPDATE") => ({
  ref: { id: `refs/heads/${name}`, displayId: name, type: "BRANCH" },
  refId: `refs/heads/${name}`,
  fromHash: hash(from),
  toHash: hash(to),
  type,
});
const push = {
  eventKey: "repo:refs_changed",
  date: "2026-03-02T10:00:00+0100",
  actor: person,
  repository: {
    id: 84,
    slug: "shop",
    project: { key: "ACME" },
    links: { self: [{ href: "https://bitbucket.example.com/projects/ACME/repos/shop/browse" }] },
  },
  changes: [moved("main", "a", "c")],
  commits: [commit("c", ["b"], 1772445600000), commit("b", ["a"], 1772442000000)],
};

const normalise = (body: unknown, event: string | null = "repo:refs_changed") =>
  bitbucketServer.normalise(new Headers(event === null ? {} : { "x-event-key": event }), bytes(body));

describe("a Data Center push", () => {
  test("is read oldest first, with its people told apart from their logins", () => {
    const event = pushOf(normalise(push));
    expect(event.repository).toEqual({
      externalId: "84",
      name: "ACME/shop",
      url: "https://bitbucket.example.com/projects/ACME/repos/shop",
      defaultBranch: null,
    });
    expect(event.pusher).toEqual({ name: "Dev One", email: "dev.one@example.com", username: "devone" });
    expect(event.changes[0]).toMatchObject({
      ref: "refs/heads/main",
      before: hash("a"),
      after: hash("c"),
      truncated: false,
    });
    expect(commitsOf(event)[0]).toEqual({
      hash: hash("b"),
      message: "Work b",
      parents: [hash("a")],
      author: { name: "Dev One", email: "dev.one@example.com", username: null },
      committer: { name: "Dev One", email: "dev.one@example.com", username: "devone" },
      authoredAt: "2026-03-02T09:00:00Z",
      committedAt: "2026-03-02T09:00:00Z",
      files: null,
      patchId: null,
      url: `https://bitbucket.example.com/projects/ACME/repos/shop/commits/${hash("b")}`,
    });
    expect(commitsOf(event)[1]?.hash).toBe(hash("c"));
  });

  test.each([
    ["2026-03-02T09:00:00.000Z", "2026-03-02T09:00:00Z"],
    ["2026-03-02T10:00:00+0100", "2026-03-02T10:00:00+01:00"],
  ])("of version 10 writes a date as %s", (written, read) => {
    const event = pushOf(normalise({ ...push, commits: [commit("c", ["a"], written)] }));
    expect(commitsOf(event)[0]?.committedAt).toBe(read);
  });

  test("rebased at the server keeps the time of the work", () => {
    const rebased = { ...commit("c", ["a"], 1772442000000), committerTimestamp: 1773000000000 };
    expect(commitsOf(pushOf(normalise({ ...push, commits: [rebased] })))[0]?.committedAt).toBe("2026-03-02T09:00:00Z");
  });

  test("of a version before 7 lists no commits, and says that they are missing", () => {
    const { commits: _, ...old } = push;
    expect(pushOf(normalise(old)).changes[0]).toMatchObject({ after: hash("c"), truncated: true, commits: [] });
  });

  test("of five commits is complete only if they begin where the branch was", () => {
    const five = ["c", "5", "4", "3", "2"].map((digit, i, all) => commit(digit, [all[i + 1] ?? "a"], 1772442000000));
    expect(pushOf(normalise({ ...push, commits: five })).changes[0]?.truncated).toBe(false);
    const cut = [...five.slice(0, 4), commit("2", ["1"], 1772442000000)];
    expect(pushOf(normalise({ ...push, commits: cut })).changes[0]?.truncated).toBe(true);
  });

  test("of two branches deals the commits out by their heads", () => {
    const changes = [moved("one", "a", "c"), moved("two", "a", "e"), moved("gone", "f", "0", "DELETE")];
    const commits = [commit("c", ["b"], 3e12), commit("b", ["a"], 2e12), commit("e", ["a"], 2.5e12)];
    expect(
      pushOf(normalise({ ...push, changes, commits })).changes.map((one) => [
        one.branch,
        one.commits.map((c) => c.hash),
      ]),
    ).toEqual([
      ["one", [hash("b"), hash("c")]],
      ["two", [hash("e")]],
      ["gone", []],
    ]);
  });

  test("of a tag is ignored, though it lists commits", () => {
    const tag = { ...moved("", "0", "c", "ADD"), ref: { id: "refs/tags/v1" }, refId: "refs/tags/v1" };
    expect(normalise({ ...push, changes: [tag] })).toMatchObject({ kind: "ignored" });
    expect(commitsOf(pushOf(normalise({ ...push, changes: [tag, ...push.changes] })))).toHaveLength(2);
  });

  test("of an old plugin has Bitbucket Cloud's form", () => {
    const body = {
      actor: { username: "devone", displayName: "Dev One" },
      repository: { fullName: "ACME/shop" },
      push: {
        changes: [
          {
            old: null,
            new: { type: "branch", name: "main", target: { hash: hash("c") } },
            commits: [{ hash: hash("c"), message: "Work" }],
          },
        ],
      },
    };
    const event = pushOf(normalise(body, "repo:push"));
    expect(event).toMatchObject({
      provider: "bitbucket-server",
      repository: { externalId: "ACME/shop" },
      pusher: { name: "Dev One" },
    });
    expect(commitsOf(event)).toHaveLength(1);
  });
});

test.each([
  ["a connection test", { test: true }, "diagnostics:ping", "ping"],
  ["a connection test without its header", { test: true }, null, "ping"],
  ["a pull request", { eventKey: "pr:opened" }, null, "ignored"],
  ["a mirror", push, "mirror:repo_synchronized", "ignored"],
  ["a push without changes", { eventKey: "repo:refs_changed" }, null, "malformed"],
  ["changes that are no list", { ...push, changes: "all" }, "repo:refs_changed", "malformed"],
])("%s", (_name, body, event, kind) => {
  expect(normalise(body, event).kind).toBe(kind);
});
