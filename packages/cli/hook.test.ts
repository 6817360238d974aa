import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openClone } from "./clone.ts";
import { readListed, runHook } from "./hook-run.ts";
import { installHook, uninstallHook } from "./hook.ts";
import { type Receiver, startReceiver } from "./test-receiver.ts";
import { makeFolder, makeRepository, type TestRepository } from "./test-repository.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const hookOf = (repository: TestRepository, name: string): string => join(repository.folder, ".git/hooks", name);
const noPatience = { attempts: 1, firstWait: 1, longestWait: 1 };

/** A clone with one commit sent, and the hook installed. */
async function makeConnected(on: "commit" | "push"): Promise<{ repository: TestRepository; receiver: Receiver }> {
  const receiver = await startReceiver();
  const repository = makeRepository();
  repository.commit("Before");
  await new Promise<void>((resolve, reject) => {
    const args = [main, "send", repository.folder, "--stack", receiver.stackFile, "--install", "--on", on];
    import("node:child_process")
      .then(({ execFile }) => execFile(process.execPath, args, (error) => (error ? reject(error) : resolve())))
      .catch(reject);
  });
  return { repository, receiver };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) await wait(50);
  expect(condition()).toBe(true);
}

test("with the hook each commit arrives by itself, and the commit does not wait for it", async () => {
  const { repository, receiver } = await makeConnected("commit");
  const hash = repository.commit("After [30m]");
  await until(() => receiver.commits.has(hash));
  expect(receiver.commits.get(hash)).toMatchObject({ message: "After [30m]", branch: "main" });
  const last = repository.commit("Amended soon");
  const amended = repository.commit("Amended", "--amend");
  await until(() => receiver.commits.has(amended) && receiver.commits.has(last));
});

test("a commit made while no stack runs succeeds at once, and arrives with the next one", async () => {
  const { repository, receiver } = await makeConnected("commit");
  const clone = await openClone(repository.folder);
  await uninstallHook(clone);
  const missed = repository.commit("Missed");
  const url = repository.git("config", "billhook.webhookUrl");
  repository.git("config", "billhook.webhookUrl", "http://127.0.0.1:9/api/webhooks/github/x");
  await runHook(clone, `ref refs/heads/main\n${missed}\n`, noPatience);
  expect(receiver.commits.has(missed)).toBe(false);
  expect(readFileSync(join(repository.folder, ".git/billhook/hook.log"), "utf8")).toContain("does not answer");
  repository.git("config", "billhook.webhookUrl", url);
  const next = repository.commit("Next");
  await runHook(clone, `ref refs/heads/main\n${next}\n`, noPatience);
  expect(receiver.commits.has(missed)).toBe(true);
  expect(receiver.commits.has(next)).toBe(true);
  expect(readdirSync(join(repository.folder, ".git/billhook"))).toEqual(["hook.log"]);
});

test("with the hook on push the commits a remote does not have arrive when they are pushed", async () => {
  const { repository, receiver } = await makeConnected("push");
  const remote = join(makeFolder(), "remote.git");
  execFileSync("git", ["init", "-q", "--bare", remote]);
  repository.git("remote", "add", "elsewhere", remote);
  repository.git("push", "-q", "elsewhere", "main");
  const hashes = [repository.commit("One"), repository.commit("Two")];
  await wait(300);
  expect(receiver.commits.size).toBe(1);
  repository.git("push", "-q", "elsewhere", "main:release/1");
  await until(() => hashes.every((hash) => receiver.commits.has(hash)));
  expect(receiver.commits.get(hashes[1] ?? "")).toMatchObject({ branch: "release/1" });
  expect(execFileSync("git", ["-C", remote, "rev-parse", "release/1"], { encoding: "utf8" }).trim()).toBe(hashes[1]);
});

test("a tag, a deletion and a push of what is known make nothing arrive, and are not held up", async () => {
  const { repository, receiver } = await makeConnected("push");
  const remote = join(makeFolder(), "remote.git");
  execFileSync("git", ["init", "-q", "--bare", remote]);
  repository.git("remote", "add", "origin", remote);
  repository.git("push", "-q", "origin", "main", "main:old");
  await until(() => receiver.changes.length > 1);
  repository.commit("Tagged only");
  repository.git("tag", "v1");
  repository.git("push", "-q", "origin", "v1");
  repository.git("push", "-q", "origin", ":old");
  await wait(500);
  expect(receiver.commits.size).toBe(1);
});

test("what a hook lists is read by branch, and lines that are neither are passed over", () => {
  const [one, two] = ["1".repeat(40), "2".repeat(64)];
  expect(
    readListed(`${one}\nref refs/heads/a b\n${one}\n${two}\nfatal: no\nref refs/heads/c\nref refs/heads/d\n${one}\n`),
  ).toEqual([
    { branch: "a b", hashes: [one, two] },
    { branch: "d", hashes: [one] },
  ]);
});

test("a hook that was there before is kept, runs first and decides, and comes back when ours is taken out", async () => {
  const repository = makeRepository();
  repository.commit("One");
  const clone = await openClone(repository.folder);
  const theirs = `#!/bin/sh\ncat > "${join(repository.folder, ".git/seen")}"\nexit 3\n`;
  const file = hookOf(repository, "pre-push");
  writeFileSync(file, theirs);
  chmodSync(file, 0o755);
  expect(await installHook(clone, "push", { force: false })).toEqual({ file, kept: `${file}.before-billhook` });
  const remote = join(makeFolder(), "remote.git");
  execFileSync("git", ["init", "-q", "--bare", remote]);
  expect(() => repository.git("push", "-q", remote, "main")).toThrow();
  expect(readFileSync(join(repository.folder, ".git/seen"), "utf8")).toMatch(
    /^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main 0{40}\n/u,
  );
  expect(await uninstallHook(clone)).toEqual([file]);
  expect(readFileSync(file, "utf8")).toBe(theirs);
  expect(await uninstallHook(clone)).toEqual([]);
});

test("installing twice is the same as once, and changing the event moves the hook", async () => {
  const repository = makeRepository();
  const clone = await openClone(repository.folder);
  await installHook(clone, "commit", { force: false });
  const first = readFileSync(hookOf(repository, "post-commit"), "utf8");
  expect(await installHook(clone, "commit", { force: false })).toMatchObject({ kept: null });
  expect(readFileSync(hookOf(repository, "post-commit"), "utf8")).toBe(first);
  await installHook(clone, "push", { force: false });
  expect(existsSync(hookOf(repository, "post-commit"))).toBe(false);
  expect(existsSync(hookOf(repository, "pre-push"))).toBe(true);
});

test("core.hooksPath is respected, and a hook that everyone shares is not changed without being asked", async () => {
  const repository = makeRepository();
  const clone = await openClone(repository.folder);
  repository.git("config", "core.hooksPath", ".githooks");
  mkdirSync(join(repository.folder, ".githooks"));
  repository.write(".githooks/post-commit", "#!/bin/sh\n");
  repository.commit("Hooks");
  await expect(installHook(clone, "commit", { force: false })).rejects.toThrow(/part of the repository/u);
  expect(await installHook(clone, "push", { force: false })).toMatchObject({
    file: join(repository.folder, ".githooks/pre-push"),
  });
  expect(await installHook(clone, "commit", { force: true })).toMatchObject({ kept: expect.any(String) });
});

test("in a clone that is not connected the hook does nothing and fails nothing", async () => {
  const repository = makeRepository();
  await installHook(await openClone(repository.folder), "commit", { force: false });
  repository.commit("One");
  await wait(200);
  expect(existsSync(join(repository.folder, ".git/billhook"))).toBe(false);
});
