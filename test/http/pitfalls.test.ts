/** What git hosts send that a careless receiver gets wrong, over HTTP and down to the stored row. */
import { randomBytes, randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { encryptSecret } from "../../workers/secrets.ts";
import { Clone } from "../standins/forge/histories.ts";
import {
  connect,
  deliverGithub,
  eventually,
  githubPush,
  type Harness,
  settled,
  signUpWithWorkspace,
  startHarness,
} from "./harness.ts";
import { commitsOf, connectHosted, deliveryThat, HOURLY, type Hosted, isDone } from "./hosted.ts";

const key = { version: "k1", key: new Uint8Array(randomBytes(32)) };
let harness: Harness;
const open: Hosted[] = [];
beforeAll(async () => {
  harness = await startHarness({
    bindings: { ENCRYPTION_KEYS: `${key.version}:${Buffer.from(key.key).toString("base64")}` },
  });
});
afterAll(() => harness.stop());
afterEach(async () => {
  for (const hosted of open.splice(0)) await hosted.close();
});

test("a push of 24 MB with 2,048 commits is accepted and recorded whole", async () => {
  const person = await signUpWithWorkspace(harness.stack);
  const repository = await connect(harness, "github", {}, person);
  const text = "Zeile für Zeile erklärt. ".repeat(440);
  const body = JSON.stringify(
    githubPush(Array.from({ length: 2048 }, (_, index) => ({ message: `Change ${index} [5m]\n\n${text}` }))),
  );
  expect(Buffer.byteLength(body)).toBeGreaterThan(23.5 * 1024 * 1024);
  expect(Buffer.byteLength(body)).toBeLessThan(25 * 1024 * 1024);
  expect((await deliverGithub(repository, body)).status).toBe(202);
  const recorded = await eventually(
    "the push to be recorded",
    async () => {
      const { data } = await harness.service
        .from("webhook_deliveries")
        .select("status, commits_recorded, drafts_created, body_bytes")
        .eq("repository_id", repository.id)
        .single();
      return data?.status === "accepted" ? null : data;
    },
    60_000,
  );
  expect(recorded).toEqual({
    status: "done",
    commits_recorded: 2048,
    drafts_created: 2048,
    body_bytes: Buffer.byteLength(body),
  });
}, 90_000);

test("a SHA-256 repository is completed, healed and billed by its long hashes", async () => {
  const clone = new Clone("sha256");
  clone.write("README.md", "shop\n");
  clone.commit("Begin", "2026-03-01T08:00:00+01:00");
  const hosted = await connectHosted(harness, "gitea", { clone });
  open.push(hosted);
  const { repository } = hosted;
  await eventually("the branches to be known", async () => {
    const { data } = await harness.service.from("repository_heads").select("head").eq("repository_id", repository.id);
    return data?.[0]?.head.length === 64;
  });
  const hashes = hosted.commit(2);
  await hosted.push();
  await deliveryThat(harness, repository.id, isDone);
  hashes.push(...hosted.commit(2));
  await hosted.push({ lost: true });
  await harness.stack.query(
    "update public.repositories set created_at = now() - interval '3 hours', last_delivery_at = null, reconciled_at = null where id = $1",
    [repository.id],
  );
  await harness.stack.runCron(HOURLY);
  await eventually("the lost push", async () => (await commitsOf(harness, repository.id)).length === 4);
  const commits = await commitsOf(harness, repository.id);
  expect(commits.map(({ hash }) => hash).toSorted()).toEqual(hashes.toSorted());
  for (const { hash, additions } of commits) {
    expect(hash).toMatch(/^[0-9a-f]{64}$/u);
    expect(additions).toBeGreaterThan(0);
  }
});

test("names, paths, branches and messages of every script are kept as they are", async () => {
  const repository = await connect(harness, "github", {}, await signUpWithWorkspace(harness.stack));
  const push = githubPush([
    {
      message: "Überarbeite die Größe 📦 für 東京\r\n\r\nÉtape ①: שלום",
      author: { name: "Dév Öne 開発", email: "dév.öne@exämple.com" },
      modified: ["src/größe/日本語 файл.ts", 'src/"quoted"\t.ts'],
    },
  ]);
  const answer = await deliverGithub(repository, JSON.stringify({ ...push, ref: "refs/heads/fïx/größe-日本" }));
  expect(answer.status).toBe(202);
  await settled(harness.service, repository.id);
  const { data } = await harness.service
    .from("commits")
    .select("message, author_name, author_email, branch, files")
    .eq("repository_id", repository.id)
    .single();
  expect(data).toMatchObject({
    message: "Überarbeite die Größe 📦 für 東京\n\nÉtape ①: שלום",
    author_name: "Dév Öne 開発",
    author_email: "dév.öne@exämple.com",
    branch: "fïx/größe-日本",
    files: [{ path: "src/größe/日本語 файл.ts" }, { path: 'src/"quoted"\t.ts' }],
  });
});

test("a delivery that GitLab sends again without addresses has its authors from the API", async () => {
  const hosted = await connectHosted(harness, "gitlab");
  open.push(hosted);
  const { clone, repository, standin } = hosted;
  await eventually("the branches to be known", async () => {
    const { data } = await harness.service.from("repository_heads").select("head").eq("repository_id", repository.id);
    return data?.length === 1;
  });
  const before = clone.git("rev-parse", "main");
  hosted.commit(2);
  await hosted.push({ lost: true });
  const changes = [{ ref: "refs/heads/main", before, after: clone.git("rev-parse", "main") }];
  const hook = standin.repository("example/shop").hooks[0];
  const [words] = await standin.wordsOf({ repository: "example/shop", changes }, repository.webhook_secret);
  if (words === undefined || hook === undefined) throw new Error("the stand-in has no words");
  const again = await standin.redeliver({ hookId: hook.id, url: hook.url, status: null, ...words });
  expect(again.body).toContain("[REDACTED]");
  expect(again.status).toBe(202);
  await deliveryThat(harness, repository.id, isDone);
  const authors = (await commitsOf(harness, repository.id)).map(({ author_email: email }) => email);
  expect(authors).toEqual(["12345+ada@users.noreply.github.com", "12345+ada@users.noreply.github.com"]);
});

test("GitLab's Test button, which sends real commits once more with before equal to after, bills nothing twice", async () => {
  const hosted = await connectHosted(harness, "gitlab", { token: null });
  open.push(hosted);
  const { clone, repository, standin } = hosted;
  hosted.commit(3);
  await hosted.push();
  await deliveryThat(harness, repository.id, isDone);
  const [words] = await standin.wordsOf(
    {
      repository: "example/shop",
      changes: [
        { ref: "refs/heads/main", before: clone.git("rev-parse", "main~3"), after: clone.git("rev-parse", "main") },
      ],
    },
    repository.webhook_secret,
  );
  const push = JSON.parse(words?.body ?? "{}") as { after: string; commits: object[] };
  const test = { ...push, before: push.after, commits: push.commits.toReversed() };
  const answer = await fetch(repository.webhook_url, {
    method: "POST",
    headers: { ...words?.headers, "idempotency-key": randomUUID() },
    body: JSON.stringify(test),
  });
  expect(answer.status).toBe(202);
  await deliveryThat(harness, repository.id, (delivery) => isDone(delivery) && delivery.commits_recorded === 0);
  expect(await commitsOf(harness, repository.id)).toHaveLength(3);
});

test("a signing token of GitLab's counts for five minutes, each delivery once", async () => {
  const repository = await connect(harness, "gitlab", {}, await signUpWithWorkspace(harness.stack));
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  await harness.stack.query("update public.repository_secrets set ciphertext = $1 where repository_id = $2", [
    await encryptSecret([key], `webhook:${repository.id}`, secret),
    repository.id,
  ]);
  const body = JSON.stringify({
    object_kind: "push",
    ref: "refs/heads/main",
    before: "a".repeat(40),
    after: "b".repeat(40),
    project_id: 15,
    project: { id: 15, path_with_namespace: "example/shop", web_url: "https://gitlab.example.com/example/shop" },
    total_commits_count: 1,
    commits: [
      {
        id: "b".repeat(40),
        message: "Sign [1h]",
        timestamp: "2026-03-03T09:00:00Z",
        author: { name: "Dev One", email: "dev.one@example.com" },
      },
    ],
  });
  const send = async (minutesAgo: number, sent = body): Promise<number> => {
    const id = randomUUID();
    const at = new Date(Date.now() - minutesAgo * 60_000);
    const headers = {
      "content-type": "application/json",
      "x-gitlab-event": "Push Hook",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": new Webhook(secret).sign(id, at, body),
    };
    const answer = await fetch(repository.webhook_url, { method: "POST", headers, body: sent });
    return answer.status;
  };
  expect([await send(6), await send(-6), await send(0, `${body} `)]).toEqual([401, 401, 401]);
  expect([await send(4), await send(0)]).toEqual([202, 202]);
  await settled(harness.service, repository.id);
  expect(await commitsOf(harness, repository.id)).toHaveLength(1);
});
