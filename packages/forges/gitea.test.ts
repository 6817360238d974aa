import { describe, expect, test } from "vitest";
import { gitea } from "./gitea.ts";
import { bytes, commitsOf, hash, hexHmac, pushOf } from "./test-deliveries.ts";

const commit = (digit: string, timestamp: string) => ({
  id: hash(digit),
  message: `Work ${digit}\n`,
  url: `https://gitea.example.com/acme/shop/commit/${hash(digit)}`,
  author: { name: "Dev One", email: "dev.one@example.com", username: "devone" },
  committer: { name: "Dev Two", email: "dev.two@example.com", username: "" },
  verification: null,
  timestamp,
  added: ["a.txt"],
  removed: null,
  modified: null,
});
const push = {
  ref: "refs/heads/main",
  before: hash("a"),
  after: hash("c"),
  commits: [commit("c", "2026-03-02T11:00:00+01:00"), commit("b", "2026-03-02T10:00:00+01:00")],
  total_commits: 2,
  head_commit: commit("c", "2026-03-02T11:00:00+01:00"),
  pusher: { login: "devone", full_name: "", email: "dev.one@example.com", username: "devone" },
  repository: {
    id: 6,
    full_name: "acme/shop",
    html_url: "https://gitea.example.com/acme/shop",
    default_branch: "main",
  },
};
const normalise = (body: unknown, headers: Record<string, string> = { "x-gitea-event": "push" }) =>
  gitea.normalise(new Headers(headers), bytes(body));

describe("a Gitea push", () => {
  test("is put oldest first, and its only date is the author's", () => {
    const event = pushOf(normalise(push));
    expect(event.pusher).toEqual({ name: null, email: "dev.one@example.com", username: "devone" });
    expect(event.changes[0]).toMatchObject({ forced: null, truncated: false });
    expect(commitsOf(event).map((one) => one.hash)).toEqual([hash("b"), hash("c")]);
    expect(commitsOf(event)[0]).toMatchObject({
      committer: { name: "Dev Two", username: null },
      authoredAt: "2026-03-02T10:00:00+01:00",
      committedAt: "2026-03-02T10:00:00+01:00",
      files: [{ path: "a.txt", status: "added" }],
    });
  });

  test("that lists fewer commits than it counts is truncated, and so may be a long one that does not count", () => {
    expect(pushOf(normalise({ ...push, total_commits: 30 })).changes[0]?.truncated).toBe(true);
    const { total_commits: _, ...old } = push;
    expect(pushOf(normalise(old)).changes[0]?.truncated).toBe(false);
    const five = ["c", "5", "4", "3", "2"].map((digit) => commit(digit, "2026-03-02T10:00:00Z"));
    expect(pushOf(normalise({ ...old, commits: five })).changes[0]?.truncated).toBe(true);
  });

  test("of a new branch without commits bills none, though the head commit is set", () => {
    expect(commitsOf(pushOf(normalise({ ...push, before: "0".repeat(40), commits: [], total_commits: 0 })))).toEqual(
      [],
    );
  });

  test("is known by its own header before GitHub's", () => {
    const both = (own: string) => ({ [`x-${own}-event`]: "create", "x-github-event": "push" });
    for (const own of ["gitea", "forgejo", "gogs"]) expect(normalise(push, both(own)).kind).toBe("ignored");
    expect(normalise(push, { "x-github-event": "push" }).kind).toBe("push");
  });

  test("of a tag or another event is ignored, and one without a ref malformed", () => {
    expect(normalise({ ...push, ref: "refs/tags/v1" }).kind).toBe("ignored");
    expect(normalise({ ...push, ref: null }).kind).toBe("malformed");
    expect(normalise(push, {}).kind).toBe("ignored");
  });
});

describe("Gitea's signature", () => {
  const body = bytes(push);
  const sign = () => hexHmac("s3cret", body);
  const verify = (headers: Record<string, string>) => gitea.verify(new Headers(headers), body, ["old", "s3cret"]);

  test.each(["x-gitea-signature", "x-forgejo-signature", "x-gogs-signature"])("%s is bare hex", async (name) => {
    expect(await verify({ [name]: await sign() })).toEqual({ ok: true });
    expect((await verify({ [name]: await hexHmac("other", body) })).ok).toBe(false);
    expect(await verify({ [name]: `sha256=${await sign()}` })).toEqual({
      ok: false,
      reason: "the signature is malformed",
    });
  });

  test("is read from GitHub's header where there is no other", async () => {
    expect(await verify({ "x-hub-signature-256": `sha256=${await sign()}` })).toEqual({ ok: true });
    expect(await verify({})).toEqual({ ok: false, reason: "the signature is missing" });
  });
});

test("a Gitea delivery's id is its own header's before GitHub's", async () => {
  const headers = new Headers({ "x-gitea-delivery": "d-1", "x-github-delivery": "d-2" });
  expect(await gitea.deliveryId(headers, bytes(push))).toBe("d-1");
});
