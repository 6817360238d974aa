import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readRetryAfter } from "./deliver.ts";
import { groupIntoPushes, type PushSource, writeCommit } from "./push-body.ts";
import type { LocalCommit } from "./git-log.ts";
import { startReceiver } from "./test-receiver.ts";
import { collect, makeFolder, makeRepository, type TestRepository } from "./test-repository.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

/** Runs the command line as a person does. */
async function billhook(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: makeFolder(), GIT_CONFIG_NOSYSTEM: "1" };
  return promisify(execFile)(process.execPath, [main, ...args], { env, cwd: makeFolder() }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, error: stderr }),
    (failure: { code: number; stdout: string; stderr: string }) => ({
      code: failure.code,
      out: failure.stdout,
      error: failure.stderr,
    }),
  );
}

function makeHistory(): TestRepository {
  const repository = makeRepository();
  repository.git("remote", "add", "origin", "https://user:hunter2@github.com/acme/shop.git");
  repository.write("a.txt", "one\n");
  repository.commit("Add a [1.5h]");
  repository.git("checkout", "-q", "-b", "side");
  repository.write("b.txt", "two\n");
  repository.commit("Add b");
  repository.git("checkout", "-q", "main");
  repository.git("merge", "-q", "--no-ff", "--no-edit", "side");
  return repository;
}

test("a clone's commits arrive signed, complete and oldest first, and what came of them is told", async () => {
  const receiver = await startReceiver();
  const repository = makeHistory();
  const sent = await billhook("send", repository.folder, "--stack", receiver.stackFile);
  expect(sent).toMatchObject({ code: 0, error: "" });
  expect(sent.out).toContain("Sent 3 commits of acme/shop (main) in 1 push.");
  expect(sent.out).toContain("3 new commits recorded: 2 drafts, 1 left out");
  expect(sent.out).toContain("1 merges");
  expect(sent.out).toContain(`${receiver.url}/inbox`);
  const [change] = receiver.changes;
  expect(change).toMatchObject({ ref: "refs/heads/main", before: null, after: repository.git("rev-parse", "HEAD") });
  expect(change?.commits.map(({ message }) => message)).toEqual(["Add a [1.5h]", "Add b", "Merge branch 'side'"]);
  expect(change?.commits[0]).toMatchObject({
    parents: [],
    author: { name: "Dév Öne", email: "dev.one@example.com" },
    authoredAt: "2026-03-02T09:10:00+02:00",
    committedAt: "2026-03-02T09:10:00-03:30",
    files: [{ path: "a.txt", status: "added", additions: 1, deletions: 0, binary: false }],
    url: `https://github.com/acme/shop/commit/${change?.commits[0]?.hash}`,
  });
  expect(receiver.repositories).toMatchObject([{ project: "project-1", name: "acme/shop" }]);
});

test("the connection is kept in the clone's own config, and a second send uses it and records nothing twice", async () => {
  const receiver = await startReceiver();
  const repository = makeHistory();
  await billhook("send", repository.folder, "--stack", receiver.stackFile);
  expect(repository.git("config", "--local", "--get", "billhook.webhookSecret")).toBe("secret-0");
  const again = await billhook("send", repository.folder, "--stack", receiver.stackFile);
  expect(again).toMatchObject({ code: 0, error: "" });
  expect(again.out).toContain("0 new commits recorded");
  expect(again.out).toContain("3 known before");
  expect(receiver.repositories).toHaveLength(1);
  expect(new Set(receiver.deliveries).size).toBe(1);
  repository.commit("More");
  const more = await billhook("send", repository.folder, "--stack", receiver.stackFile, "--last", "2");
  expect(more.out).toContain("1 new commit recorded: 1 draft, 0 left out");
  expect(receiver.commits.size).toBe(4);
});

test("a stack that moved to another port keeps the connection; one that does not know it makes a new one", async () => {
  const receiver = await startReceiver();
  const repository = makeHistory();
  await billhook("send", repository.folder, "--stack", receiver.stackFile);
  repository.git(
    "config",
    "billhook.webhookUrl",
    `http://127.0.0.1:9/api/webhooks/github/${receiver.repositories[0]?.id}`,
  );
  expect(await billhook("send", repository.folder, "--stack", receiver.stackFile)).toMatchObject({ code: 0 });
  expect(receiver.repositories).toHaveLength(1);
  expect(repository.git("config", "billhook.webhookUrl")).toContain(receiver.url);
  const other = await startReceiver();
  const sent = await billhook("send", repository.folder, "--stack", other.stackFile);
  expect(sent.out).toContain("Connected acme/shop");
  expect(other.commits.size).toBe(3);
});

test("another clone of a connected repository is refused, unless a second connection is asked for", async () => {
  const receiver = await startReceiver();
  const one = makeHistory();
  const other = makeHistory();
  await billhook("send", one.folder, "--stack", receiver.stackFile);
  const refused = await billhook("send", other.folder, "--stack", receiver.stackFile);
  expect(refused).toMatchObject({ code: 5, out: "" });
  expect(refused.error).toContain("connected already, from another clone");
  expect(receiver.repositories).toHaveLength(1);
  expect(await billhook("send", other.folder, "--stack", receiver.stackFile, "--again")).toMatchObject({ code: 0 });
  expect(receiver.repositories).toHaveLength(2);
});

test("a stack that cannot store for a moment gets the push again, after as long as it asks for", async () => {
  const receiver = await startReceiver();
  const repository = makeHistory();
  receiver.failures = [{ status: 503, headers: { "retry-after": "1" } }, { status: 502 }];
  const started = performance.now();
  expect(await billhook("send", repository.folder, "--stack", receiver.stackFile)).toMatchObject({
    code: 0,
    error: "",
  });
  expect(performance.now() - started).toBeGreaterThan(1900);
  expect(receiver.commits.size).toBe(3);
});

test("a secret that is no longer accepted, and a push that could not be recorded, are said in words", async () => {
  const receiver = await startReceiver();
  const repository = makeHistory();
  await billhook("send", repository.folder, "--stack", receiver.stackFile);
  receiver.status = "failed";
  const failed = await billhook("send", repository.folder, "--stack", receiver.stackFile);
  expect(failed.code).toBe(6);
  expect(failed.error).toContain("1 push arrived and could not be recorded: no room");
  repository.git("config", "billhook.webhookSecret", "old");
  const refused = await billhook("send", repository.folder, "--stack", receiver.stackFile);
  expect(refused.code).toBe(5);
  expect(refused.error).toContain("secret is not accepted");
  expect(refused.error).not.toMatch(/\n {4}at /u);
});

test("no stack, a stack that is gone, a wrong password, no repository and a wrong option each end with their code", async () => {
  const receiver = await startReceiver();
  const repository = makeHistory();
  const missing = await billhook("send", repository.folder, "--stack", makeFolder());
  expect(missing).toMatchObject({ code: 4, out: "" });
  expect(missing.error).toContain("npm run dev");
  const stack = JSON.parse(readFileSync(receiver.stackFile, "utf8")) as { demo: { password: string } };
  stack.demo.password = "wrong";
  const wrong = join(makeFolder(), "stack.json");
  writeFileSync(wrong, JSON.stringify(stack));
  expect(await billhook("send", repository.folder, "--stack", wrong)).toMatchObject({ code: 5 });
  expect(await billhook("send", makeFolder(), "--stack", receiver.stackFile)).toMatchObject({ code: 3 });
  expect(await billhook("send", repository.folder, "--since", "soon")).toMatchObject({ code: 2 });
  expect(await billhook("send", repository.folder, "--since", "2026-02-30")).toMatchObject({ code: 2 });
  expect(await billhook("send", repository.folder, "--last", "-1")).toMatchObject({ code: 2 });
  expect(await billhook("dance")).toMatchObject({ code: 2 });
  await receiver.close();
  const gone = await billhook("send", repository.folder, "--stack", receiver.stackFile);
  expect(gone).toMatchObject({ code: 4 });
  expect(gone.error).toContain("does not answer");
});

test("an empty repository is no error, and a dry run sends and keeps nothing", async () => {
  const receiver = await startReceiver();
  const empty = await billhook("send", makeRepository().folder, "--stack", receiver.stackFile);
  expect(empty).toMatchObject({ code: 0, error: "" });
  expect(empty.out).toContain("has no commits yet");
  const repository = makeHistory();
  const dry = await billhook("send", repository.folder, "--dry-run");
  expect(dry.out).toContain("3 commits of acme/shop (main) would be sent; nothing was.");
  expect(repository.git("config", "--local", "--list")).not.toContain("billhook");
  expect(receiver.deliveries).toEqual([]);
});

const source: PushSource = {
  repositoryId: "r",
  name: "acme/shop",
  url: null,
  commitUrl: null,
  branch: "main",
  user: { name: null, email: null },
};
const commitOf = (index: number, extra: Partial<LocalCommit> = {}): LocalCommit => ({
  hash: index.toString(16).padStart(40, "0"),
  parents: index === 1 ? [] : [(index - 1).toString(16).padStart(40, "0")],
  author: { name: "", email: "" },
  authoredAt: "",
  committer: { name: "", email: "" },
  committedAt: "",
  message: `Commit ${index}`,
  files: [],
  patchId: null,
  ...extra,
});

test("pushes end at 200 commits or four megabytes, follow on each other, and are named by what they hold", async () => {
  async function* commits() {
    for (let index = 1; index <= 450; index += 1) yield commitOf(index);
    for (let index = 451; index <= 600; index += 1) yield commitOf(index, { message: "x".repeat(60_000) });
  }
  const pushes = await collect(groupIntoPushes(commits(), source));
  expect(pushes.map((push) => push.commits)).toEqual([200, 200, 119, 69, 12]);
  expect(Math.max(...pushes.map(({ body }) => body.length))).toBeLessThan(4.1 * 1024 * 1024);
  const bodies = pushes.map(
    ({ body }) => JSON.parse(body.toString()) as { before: string; after: string; created: boolean },
  );
  expect(bodies[0]).toMatchObject({ before: "0".repeat(40), created: true });
  for (const [index, body] of bodies.entries()) {
    if (index > 0) expect(body.before).toBe(bodies[index - 1]?.after);
  }
  const again = await collect(groupIntoPushes(commits(), source));
  expect(again.map(({ deliveryId }) => deliveryId)).toEqual(pushes.map(({ deliveryId }) => deliveryId));
  expect(new Set(pushes.map(({ deliveryId }) => deliveryId)).size).toBe(pushes.length);
});

test("a message is cut to what is kept, and a commit of very many files is sent without them", () => {
  const long = JSON.parse(writeCommit(commitOf(1, { message: "🎉".repeat(40_000) }), source)) as { message: string };
  expect(long.message).toHaveLength(65_536);
  expect(long.message.isWellFormed()).toBe(true);
  const file = { status: "added" as const, additions: 1, deletions: 0, binary: false };
  const files = Array.from({ length: 150_000 }, (_, index) => ({
    ...file,
    path: `folder/of/some/length/file-${index}`,
  }));
  const written = writeCommit(commitOf(1, { files }), source);
  expect(written.length).toBeLessThan(1000);
  expect(JSON.parse(written)).toMatchObject({ billhook: { files: null } });
});

test("Retry-After is read as seconds and as a date", () => {
  const now = Date.parse("2026-03-01T10:00:00Z");
  expect(readRetryAfter("7", now)).toBe(7000);
  expect(readRetryAfter("Sun, 01 Mar 2026 10:00:30 GMT", now)).toBe(30_000);
  expect(readRetryAfter("Sun, 01 Mar 2026 09:00:00 GMT", now)).toBe(0);
  expect(readRetryAfter("soon", now)).toBeNull();
  expect(readRetryAfter(null, now)).toBeNull();
});
