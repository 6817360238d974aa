import { providers } from "@billhook/domain/push";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forgeFor, isProvider } from "./registry.ts";
import { bytes, hash } from "./test-deliveries.ts";

const contentType = fc.constantFrom("application/json", "application/x-www-form-urlencoded", "text/plain", "");
const eventHeaders = fc
  .record({
    "content-type": contentType,
    "x-github-event": fc.constantFrom("push", "ping", "issues"),
    "x-gitlab-event": fc.constantFrom("Push Hook", "System Hook", "Note Hook"),
    "x-event-key": fc.constantFrom("repo:push", "repo:refs_changed", "diagnostics:ping"),
    "x-gitea-event": fc.constantFrom("push", "create"),
  })
  .map((headers) => new Headers(headers));

// Bodies with the right names in them reach further than random JSON does.
const names = [
  "ref",
  "before",
  "after",
  "commits",
  "id",
  "hash",
  "commitId",
  "message",
  "comment",
  "timestamp",
  "date",
  "author",
  "raw",
  "user",
  "email",
  "name",
  "parents",
  "added",
  "repository",
  "project",
  "push",
  "changes",
  "new",
  "old",
  "target",
  "type",
  "toHash",
  "fromHash",
  "refId",
  "resource",
  "refUpdates",
  "newObjectId",
  "eventType",
  "object_kind",
  "billhook",
  "files",
];
const leaf = fc.oneof(
  fc.constantFrom("refs/heads/main", "git.push", "push", "branch", hash("a"), hash("b"), "0".repeat(40)),
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { likely } = fc.letrec<{ likely: unknown }>((tie) => ({
  likely: fc.oneof(
    { maxDepth: 6, depthSize: "large" },
    leaf,
    fc.array(tie("likely"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie("likely"), { maxKeys: 8 }),
  ),
}));
const push = fc.record(
  {
    ref: fc.constantFrom<unknown>("refs/heads/main", "refs/tags/v1", 7),
    before: likely,
    after: likely,
    commits: fc.array(
      fc.oneof(likely, fc.record({ id: fc.constantFrom(hash("a"), hash("b")), author: likely, billhook: likely })),
    ),
    repository: likely,
    project: likely,
    push: fc.record({ changes: fc.array(fc.record({ new: likely, old: likely, commits: likely })) }),
    changes: fc.array(fc.record({ refId: fc.constant("refs/heads/x"), toHash: likely, fromHash: likely })),
    eventType: fc.constant("git.push"),
    resource: fc.record({
      refUpdates: fc.array(fc.record({ name: fc.constant("refs/heads/x"), newObjectId: likely })),
      commits: likely,
    }),
    object_kind: fc.constant("push"),
  },
  { requiredKeys: [] },
);

describe.each(providers)("%s", (provider) => {
  const forge = forgeFor(provider);

  test("reads any body without throwing, and says nothing that cannot be stored", () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 500 }),
      fc.json().map(bytes),
      likely.map(bytes),
      push.map(bytes),
      push.map((value) => bytes(`payload=${encodeURIComponent(JSON.stringify(value))}`)),
    );
    fc.assert(
      fc.property(eventHeaders, body, (headers, raw) => {
        const read = forge.normalise(headers, raw);
        expect(JSON.stringify(read)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
        if (read.kind !== "push") return;
        expect(read.event.changes.length).toBeGreaterThan(0);
        const hashes = read.event.changes.flatMap((change) => change.commits.map((commit) => commit.hash));
        expect(new Set(hashes).size).toBe(hashes.length);
        for (const one of hashes) expect(one).toMatch(/^([0-9a-f]{40}|[0-9a-f]{64})$/);
      }),
      { numRuns: 400 },
    );
  });

  test("refuses any signature it did not make, without throwing", async () => {
    const value = fc.oneof(fc.string(), fc.base64String(), fc.constantFrom("sha256=", "v1,", "Basic ", "whsec_"));
    const headers = fc.record(
      {
        "x-hub-signature-256": value,
        "x-hub-signature": value,
        "x-gitlab-token": value,
        "webhook-id": value,
        "webhook-timestamp": fc.oneof(value, fc.constant(String(Math.floor(Date.now() / 1000)))),
        "webhook-signature": fc.oneof(
          value,
          fc.base64String().map((text) => `v1,${text}`),
        ),
        "x-gitea-signature": value,
        authorization: fc.oneof(
          value,
          fc.base64String().map((text) => `Basic ${text}`),
        ),
      },
      { requiredKeys: [] },
    );
    const secrets = fc.array(fc.oneof(fc.constant("whsec_AAECAwQFBgcICQoLDA0ODw=="), fc.uuid(), fc.constant("")), {
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(headers, fc.uint8Array({ maxLength: 100 }), secrets, async (given, raw, valid) => {
        expect((await forge.verify(new Headers(given), raw, valid)).ok).toBe(false);
        expect(await forge.deliveryId(new Headers(given), raw)).not.toBe("");
      }),
      { numRuns: 200 },
    );
  });

  test("reads a body nested too deep for anything to recurse into", () => {
    const headers = new Headers({ "x-github-event": "push", "x-gitea-event": "push", "x-event-key": "repo:push" });
    const deep = bytes(`{"ref":"refs/heads/main","commits":[],"x":${"[".repeat(500_000)}${"]".repeat(500_000)}}`);
    expect(["ignored", "malformed"]).toContain(forge.normalise(headers, deep).kind);
    expect(forge.normalise(headers, bytes("[".repeat(1_000_000))).kind).toBe("malformed");
  });
});

test("only the names of known hosts are providers", () => {
  expect(isProvider("gitlab")).toBe(true);
  expect(isProvider("__proto__")).toBe(false);
  expect(isProvider("GitHub")).toBe(false);
});
