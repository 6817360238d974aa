import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { gitlab } from "./gitlab.ts";
import { bytes, commitsOf, hash, pushOf } from "./test-deliveries.ts";

const commit = (digit: string, timestamp: string, email = "dev.one@example.com") => ({
  id: hash(digit),
  message: `Work ${digit}\n`,
  title: `Work ${digit}`,
  timestamp,
  url: `https://gitlab.example.com/acme/team/shop/-/commit/${hash(digit)}`,
  author: { name: "Dev One", email },
  added: [],
  modified: ["lib/shop.rb"],
  removed: [],
});

const push = {
  object_kind: "push",
  event_name: "push",
  before: hash("a"),
  after: hash("c"),
  ref: "refs/heads/main",
  checkout_sha: hash("c"),
  user_name: "Dev One",
  user_username: "dev.one",
  user_email: "[REDACTED]",
  project_id: 15,
  project: {
    id: 15,
    path_with_namespace: "acme/team/shop",
    web_url: "https://gitlab.example.com/acme/team/shop",
    default_branch: "main",
  },
  commits: [commit("b", "2026-03-02T10:00:00+01:00"), commit("c", "2026-03-02T11:00:00+01:00")],
  total_commits_count: 2,
};

const normalise = (body: unknown, event: string | null = "Push Hook") =>
  gitlab.normalise(new Headers(event === null ? {} : { "x-gitlab-event": event }), bytes(body));
const hashes = (body: unknown) => commitsOf(pushOf(normalise(body))).map((one) => one.hash);

describe("a GitLab push", () => {
  test("is read with its project, pusher and commits", () => {
    const event = pushOf(normalise(push));
    expect(event.repository).toEqual({
      externalId: "15",
      name: "acme/team/shop",
      url: "https://gitlab.example.com/acme/team/shop",
      defaultBranch: "main",
    });
    expect(event.pusher).toEqual({ name: "Dev One", email: null, username: "dev.one" });
    expect(event.changes[0]).toMatchObject({ branch: "main", before: hash("a"), after: hash("c"), truncated: false });
    expect(commitsOf(event)[0]).toMatchObject({
      hash: hash("b"),
      author: { name: "Dev One", email: "dev.one@example.com", username: null },
      authoredAt: null,
      committedAt: "2026-03-02T10:00:00+01:00",
      files: [{ path: "lib/shop.rb", status: "modified" }],
    });
  });

  test("that lists fewer commits than it counts is truncated", () => {
    expect(pushOf(normalise({ ...push, total_commits_count: 40 })).changes[0]?.truncated).toBe(true);
  });

  test("made by the Test button, newest first, is put oldest first", () => {
    const listed = { ...push, before: hash("b"), commits: push.commits.toReversed() };
    expect(hashes(listed)).toEqual([hash("b"), hash("c")]);
    expect(hashes({ ...listed, before: hash("c") })).toEqual([hash("b"), hash("c")]);
  });

  test("sent again from the hook's log has no e-mail addresses", () => {
    const redacted = { ...push, commits: [commit("c", "2026-03-02T11:00:00+01:00", "[REDACTED]")] };
    expect(commitsOf(pushOf(normalise(redacted)))[0]?.author).toEqual({ name: "Dev One", email: null, username: null });
  });

  test("that deletes a branch has no new head", () => {
    const gone = { ...push, after: "0".repeat(40), checkout_sha: null, commits: [], total_commits_count: 0 };
    expect(pushOf(normalise(gone)).changes[0]).toMatchObject({ after: null, commits: [], truncated: false });
  });

  test("delivered by a system hook is a push", () => {
    const { object_kind: _, ...old } = push;
    expect(normalise(push, "System Hook").kind).toBe("push");
    expect(normalise(old, "System Hook").kind).toBe("push");
    expect(normalise(push, null).kind).toBe("push");
  });

  test("of an old version names its repository by its page", () => {
    const { project: _, project_id: __, ...old } = push;
    const event = pushOf(normalise({ ...old, repository: { homepage: "https://gitlab.example.com/acme/shop" } }));
    expect(event.repository).toMatchObject({ externalId: "acme/shop", name: "acme/shop" });
  });
});

describe("what is no push to a branch", () => {
  test.each([
    ["Tag Push Hook", { ...push, object_kind: "tag_push", ref: "refs/tags/v1" }],
    ["Push Hook", { ...push, ref: "refs/tags/v1" }],
    ["System Hook", { ...push, object_kind: "tag_push", event_name: "tag_push", ref: "refs/tags/v1" }],
    ["System Hook", { event_name: "repository_update", changes: [{ ref: "refs/heads/main" }] }],
    ["Merge Request Hook", { object_kind: "merge_request" }],
  ])("%s is ignored", (event, body) => {
    expect(normalise(body, event).kind).toBe("ignored");
  });

  test("a push without a ref is malformed, a test body a ping", () => {
    expect(normalise({ ...push, ref: 7 }).kind).toBe("malformed");
    expect(normalise({ test: true }).kind).toBe("ping");
  });
});

describe("GitLab's secret token", () => {
  const verify = (token: string | null, secrets: readonly string[]) =>
    gitlab.verify(new Headers(token === null ? {} : { "x-gitlab-token": token }), bytes(push), secrets);

  test("is accepted where it is one of the secrets", async () => {
    expect(await verify("s3cret", ["old", "s3cret"])).toEqual({ ok: true });
  });

  test.each([
    ["wrong", "S3cret", "the signature does not match"],
    ["a beginning of it", "s3cre", "the signature does not match"],
    ["empty", "", "the signature is missing"],
    ["missing", null, "the signature is missing"],
  ])("that is %s is refused", async (_name, token, reason) => {
    expect(await verify(token, ["s3cret"])).toEqual({ ok: false, reason });
  });

  test("is refused where no secret is set, even empty", async () => {
    expect(await verify("", [""])).toEqual({ ok: false, reason: "no secret is set" });
  });
});

describe("GitLab's signing token", () => {
  const secret = `whsec_${btoa("0123456789abcdef0123456789abcdef")}`;
  const at = new Date("2026-03-02T12:00:00Z");
  const body = JSON.stringify(push);
  const sign = (key = secret): Record<string, string> => ({
    "webhook-id": "msg-1",
    "webhook-timestamp": String(at.getTime() / 1000),
    "webhook-signature": new Webhook(key).sign("msg-1", at, body),
  });
  const verify = (headers: Record<string, string>, secrets = [secret], seconds = 0, sent = body) =>
    gitlab.verify(new Headers(headers), bytes(sent), secrets, at.getTime() + seconds * 1000);

  test("verifies what a Standard Webhooks library signed, within five minutes either way", async () => {
    expect(await verify(sign())).toEqual({ ok: true });
    expect(await verify(sign(), [secret], 300)).toEqual({ ok: true });
    expect(await verify(sign(), [secret], -300)).toEqual({ ok: true });
    const reason = "the signature is too old or too new";
    expect(await verify(sign(), [secret], 301)).toEqual({ ok: false, reason });
    expect(await verify(sign(), [secret], -301)).toEqual({ ok: false, reason });
  });

  test("is accepted as any of several signatures and secrets", async () => {
    const headers = sign();
    const several = `v1,${btoa("x".repeat(32))} v2,abc ${headers["webhook-signature"]}`;
    expect(await verify({ ...headers, "webhook-signature": several }, ["plain", secret])).toEqual({ ok: true });
  });

  test.each([
    ["another body", {}, `${body} `],
    ["another id", { "webhook-id": "msg-2" }, body],
    ["another time", { "webhook-timestamp": String(at.getTime() / 1000 + 1) }, body],
    ["no base64", { "webhook-signature": "v1,???" }, body],
    ["no version", { "webhook-signature": "abc" }, body],
    ["a time that is none", { "webhook-timestamp": "soon" }, body],
  ])("with %s is refused", async (_name, change, sent) => {
    expect((await verify({ ...sign(), ...change }, [secret], 0, sent)).ok).toBe(false);
  });

  test("of another key is refused, even beside the token in plain text", async () => {
    const other = sign(`whsec_${btoa("another-key-another-key-another!")}`);
    expect((await verify(other)).ok).toBe(false);
    expect((await verify({ ...other, "x-gitlab-token": secret })).ok).toBe(false);
  });

  test("leaves a plain token valid, for the time both are set", async () => {
    expect(await verify({ "x-gitlab-token": "plain" }, [secret, "plain"])).toEqual({ ok: true });
    expect(await verify({ ...sign(), "x-gitlab-token": "plain" }, ["plain"])).toEqual({ ok: true });
  });
});

describe("a GitLab delivery's id", () => {
  test("is the idempotency key, which stays when it is sent again", async () => {
    const headers = new Headers({ "idempotency-key": "k-1", "x-gitlab-webhook-uuid": "w", "x-gitlab-event-uuid": "e" });
    expect(await gitlab.deliveryId(headers, bytes(push))).toBe("k-1");
    headers.delete("idempotency-key");
    expect(await gitlab.deliveryId(headers, bytes(push))).toMatch(/^sha256:/);
  });
});
