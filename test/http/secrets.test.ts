/** Secrets at rest and on their way: under which key they are, and that they are shown to nobody. */
import { randomBytes } from "node:crypto";
import type { Database } from "@billhook/database/types.generated";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encryptSecret } from "../../workers/secrets.ts";
import { callApi, deliverGithub, eventually, githubPush, type Harness, startHarness } from "./harness.ts";
import { connectHosted, deliveryThat, HOURLY, type Hosted, isDone, runEveryMinute, waitIsOver } from "./hosted.ts";

const oldKey = { version: "k1", key: new Uint8Array(randomBytes(32)) };
const newKey = { version: "k2", key: new Uint8Array(randomBytes(32)) };
const written = ({ version, key }: typeof oldKey): string => `${version}:${Buffer.from(key).toString("base64")}`;

let harness: Harness;
let hosted: Hosted;
const logged: string[] = [];
beforeAll(async () => {
  harness = await startHarness({
    log: ({ message }) => {
      logged.push(message);
    },
    bindings: { ENCRYPTION_KEYS: `${written(newKey)},${written(oldKey)}` },
  });
  hosted = await connectHosted(harness, "github");
});
afterAll(async () => {
  await hosted.close();
  await harness.stop();
});

const ciphertexts = async (): Promise<string[]> =>
  (
    await harness.stack.query<{ ciphertext: string }>(
      `select ciphertext from public.host_grant_secrets where workspace_id = $1
       union all select ciphertext from public.repository_secrets where workspace_id = $1 order by 1`,
      [harness.owner.workspaceId],
    )
  ).map(({ ciphertext }) => ciphertext);

test("secrets under an old key are put under the new one within the hour, and work before and after", async () => {
  const { repository } = hosted;
  const [row] = await harness.stack.query<{ grant_id: string }>(
    "select grant_id from public.repositories where id = $1",
    [repository.id],
  );
  const grant = row?.grant_id ?? "";
  // As they were written before the key was changed.
  await harness.stack.query("update public.host_grant_secrets set ciphertext = $1 where grant_id = $2", [
    await encryptSecret([oldKey], `access-token:${grant}`, "good-token"),
    grant,
  ]);
  await harness.stack.query("update public.repository_secrets set ciphertext = $1 where repository_id = $2", [
    await encryptSecret([oldKey], `webhook:${repository.id}`, repository.webhook_secret),
    repository.id,
  ]);
  hosted.commit(1);
  await hosted.push();
  expect(await deliveryThat(harness, repository.id, isDone)).toMatchObject({ incomplete_reason: null });
  const before = await ciphertexts();
  expect(before.map((text) => text.split(".")[0])).toEqual(["k1", "k1"]);

  await harness.stack.runCron(HOURLY);
  const after = await ciphertexts();
  expect(after.map((text) => text.split(".")[0])).toEqual(["k2", "k2"]);
  hosted.commit(1);
  await hosted.push();
  const delivery = await deliveryThat(harness, repository.id, (found) => isDone(found) && found.commits_recorded === 1);
  expect(delivery.incomplete_reason).toBeNull();
  // Nothing is left to do.
  await harness.stack.runCron(HOURLY);
  expect(await ciphertexts()).toEqual(after);
});

test("a secret whose key is gone is told of in the log, and holds up no other", async () => {
  const { repository } = hosted;
  const lost = { version: "k0", key: new Uint8Array(randomBytes(32)) };
  const old = await encryptSecret([oldKey], `webhook:${repository.id}`, "an-older-secret");
  await harness.stack.query(
    `insert into public.repository_secrets (workspace_id, repository_id, purpose, ciphertext, valid_until)
     values ($1, $2, 'webhook', $3, now()), ($1, $2, 'webhook', $4, now())`,
    [harness.owner.workspaceId, repository.id, await encryptSecret([lost], `webhook:${repository.id}`, "x"), old],
  );
  await harness.stack.runCron(HOURLY);
  expect((await ciphertexts()).map((text) => text.split(".")[0]).toSorted()).toEqual(["k0", "k2", "k2", "k2"]);
  expect(logged.join("\n")).toContain("secret_not_decrypted");
});

test("no token, secret or ciphertext is in an answer or in the log, whatever goes wrong", async () => {
  const { repository, standin } = hosted;
  const token = "token-that-must-not-be-seen";
  const secrets = ["good-token", token, repository.webhook_secret];
  const answers: string[] = [];
  const ask = async (method: string, path: string, body?: object): Promise<Response> => {
    const answer = await callApi(harness.stack, method, path, {
      token: harness.owner.token,
      ...(body === undefined ? {} : { body }),
    });
    answers.push(await answer.clone().text());
    return answer;
  };
  const at = `/api/repositories/${repository.id}`;
  standin.tokens.add(token);
  expect((await ask("POST", `${at}/token`, { access_token: token })).status).toBe(200);
  await ask("POST", `${at}/token`, { access_token: `${token}\n` });
  await ask("POST", `${at}/token`, { access_token: { token } });
  await ask("POST", "/api/repositories", { project_id: "none", provider: "github", access_token: token });
  await ask("POST", `${at}/imports`, { as: "drafts", last: 1 });
  await ask("POST", `${at}/grant`, { grant_id: crypto.randomUUID() });
  // The host refuses the token, is down, and answers nonsense.
  for (const fault of [{ kind: "web-page" }, { kind: "unreachable" }, { kind: "revoked" }] as const) {
    standin.fail(fault);
    hosted.commit(1);
    await hosted.push();
    await runEveryMinute(harness);
    standin.heal();
  }
  const forged = await deliverGithub({ ...repository, webhook_secret: "another" }, JSON.stringify(githubPush([{}])));
  answers.push(await forged.text());
  expect(forged.status).toBe(401);
  await eventually(
    "the deliveries to settle",
    async () => {
      await waitIsOver(harness);
      const { count } = await harness.service
        .from("webhook_deliveries")
        .select("id", { count: "exact", head: true })
        .eq("repository_id", repository.id)
        .eq("status", "accepted");
      return count === 0;
    },
    30_000,
  );

  const tables: (keyof Database["public"]["Tables"])[] = [
    "repositories",
    "host_grants",
    "webhook_deliveries",
    "notifications",
    "audit_events",
    "import_jobs",
  ];
  for (const table of tables) {
    const { data, error } = await harness.owner.database.from(table).select("*");
    expect(error).toBeNull();
    answers.push(JSON.stringify(data));
  }
  const hidden = [...secrets, ...(await ciphertexts())];
  for (const [name, text] of [
    ["answers", answers.join("\n")],
    ["log", logged.join("\n")],
  ] as const) {
    expect({ name, found: hidden.filter((secret) => text.includes(secret)).length }).toEqual({ name, found: 0 });
    expect({ name, text }).not.toMatchObject({ text: expect.stringMatching(/BEGIN [A-Z ]*PRIVATE KEY/u) as string });
  }
  expect(logged.length).toBeGreaterThan(0);
}, 60_000);
