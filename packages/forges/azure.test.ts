import { describe, expect, test } from "vitest";
import { azure } from "./azure.ts";
import { bytes, commitsOf, hash, pushOf } from "./test-deliveries.ts";

const commit = (digit: string) => ({
  commitId: hash(digit),
  author: { name: "Dev One", email: "dev.one@example.com", date: "2026-03-01T18:00:00Z" },
  committer: { name: "Dev Two", email: "dev.two@example.com", date: "2026-03-02T09:00:00Z" },
  comment: `Work ${digit}`,
  url: `https://dev.azure.com/acme/_apis/git/repositories/1/commits/${hash(digit)}`,
});
const resource = {
  commits: [commit("c"), commit("b")],
  refUpdates: [{ name: "refs/heads/main", oldObjectId: hash("a"), newObjectId: hash("c") }],
  repository: {
    id: "278d5cd2-0000-4000-8000-000000000001",
    name: "shop",
    project: { name: "Acme" },
    defaultBranch: "refs/heads/main",
    remoteUrl: "https://acme@dev.azure.com/acme/Acme/_git/shop",
  },
  pushedBy: { displayName: "Dev Two", uniqueName: "dev.two@example.com" },
};
const normalise = (body: unknown) => azure.normalise(new Headers(), bytes(body));
const push = (change: Partial<Record<keyof typeof resource, unknown>> = {}) =>
  normalise({ id: "n-1", eventType: "git.push", resource: { ...resource, ...change } });

describe("an Azure DevOps push", () => {
  test("is read oldest first, with both dates and the page of each commit", () => {
    const event = pushOf(push());
    expect(event.repository).toEqual({
      externalId: "278d5cd2-0000-4000-8000-000000000001",
      name: "Acme/shop",
      url: "https://dev.azure.com/acme/Acme/_git/shop",
      defaultBranch: "main",
    });
    expect(event.pusher).toEqual({ name: "Dev Two", email: "dev.two@example.com", username: "dev.two@example.com" });
    expect(commitsOf(event).map((one) => one.hash)).toEqual([hash("b"), hash("c")]);
    expect(commitsOf(event)[0]).toMatchObject({
      message: "Work b",
      author: { name: "Dev One", email: "dev.one@example.com" },
      authoredAt: "2026-03-01T18:00:00Z",
      committedAt: "2026-03-02T09:00:00Z",
      url: `https://dev.azure.com/acme/Acme/_git/shop/commit/${hash("b")}`,
    });
  });

  test("whose hook leaves the commits out is truncated", () => {
    expect(pushOf(push({ commits: undefined })).changes[0]).toMatchObject({ truncated: true, commits: [] });
  });

  test("whose hook leaves the refs out is ignored, with the setting that mends it", () => {
    const read = normalise({ eventType: "git.push", resource: { url: "https://dev.azure.com/acme" } });
    expect(read.kind === "ignored" && read.reason).toMatch(/Resource details/);
    expect(normalise({ eventType: "git.push" }).kind).toBe("ignored");
  });

  test("of several refs keeps branches, deletes and no tags", () => {
    const refUpdates = [
      { name: "refs/tags/v1", oldObjectId: "0".repeat(40), newObjectId: hash("c") },
      { name: "refs/heads/gone", oldObjectId: hash("f"), newObjectId: "0".repeat(40) },
      ...resource.refUpdates,
    ];
    expect(pushOf(push({ refUpdates })).changes.map((one) => [one.branch, one.after, one.commits.length])).toEqual([
      ["gone", null, 0],
      ["main", hash("c"), 2],
    ]);
  });

  test("with an identifier that is no hash does not get it recorded", () => {
    const read = push({ commits: [{ ...commit("c"), commitId: "$(commit)" }, commit("b")] });
    expect(pushOf(read).changes[0]).toMatchObject({ truncated: true, commits: [{ hash: hash("b") }] });
  });

  test.each([
    ["another event", { eventType: "build.complete", resource: {} }, "ignored"],
    ["no event", {}, "ignored"],
    ["a test", { test: true }, "ping"],
    ["refs that are no list", { eventType: "git.push", resource: { refUpdates: {} } }, "malformed"],
    ["commits that are no list", { eventType: "git.push", resource: { ...resource, commits: 2 } }, "malformed"],
  ])("%s", (_name, body, kind) => {
    expect(normalise(body).kind).toBe(kind);
  });
});

describe("Azure DevOps' password", () => {
  const verify = (authorization: string | null, secrets = ["old", "s3:crét"]) =>
    azure.verify(new Headers(authorization === null ? {} : { authorization }), bytes({}), secrets);
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

  test("is one of the secrets, whatever the user's name", async () => {
    expect(await verify(basic("billhook:s3:crét"))).toEqual({ ok: true });
    expect(await verify(basic(":old").replace("Basic", "basic"))).toEqual({ ok: true });
  });

  test.each([
    ["wrong", basic("billhook:other"), "the signature does not match"],
    ["the user's name", basic("old"), "the signature is malformed"],
    ["empty", basic("billhook:"), "the signature is missing"],
    ["not base64", "Basic b!llhook", "the signature is malformed"],
    ["a bearer's", "Bearer old", "the signature is malformed"],
    ["missing", null, "the signature is missing"],
  ])("that is %s is refused", async (_name, header, reason) => {
    expect(await verify(header)).toEqual({ ok: false, reason });
  });
});

test("an Azure DevOps delivery is known by its body, since the Test button repeats its id", async () => {
  const one = await azure.deliveryId(new Headers(), bytes({ id: "same", n: 1 }));
  expect(await azure.deliveryId(new Headers(), bytes({ id: "same", n: 1 }))).toBe(one);
  expect(await azure.deliveryId(new Headers(), bytes({ id: "same", n: 2 }))).not.toBe(one);
});
