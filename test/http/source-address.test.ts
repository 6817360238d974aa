import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  callApi,
  connect,
  deliverGithub,
  githubPush,
  type Harness,
  settled,
  signUpWithWorkspace,
  startHarness,
} from "./harness.ts";

const HOURLY = "7 * * * *";
let harness: Harness;
let ranges = ["192.0.2.0/24", "2001:db8::/32"];
const meta = createServer((_request, response) => response.end(JSON.stringify({ hooks: ranges })));

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    meta.listen(0, "127.0.0.1", resolve);
  });
  harness = await startHarness({
    bindings: { GITHUB_META_URL: `http://127.0.0.1:${(meta.address() as AddressInfo).port}/meta` },
  });
});
afterAll(async () => {
  await harness.stop();
  await new Promise((resolve) => meta.close(resolve));
});

test("a delivery from elsewhere is refused, seen in the log, and accepted once its address is known", async () => {
  const repository = await connect(harness, "github");
  const checked = await harness.owner.database
    .from("repositories")
    .update({ check_source_address: true })
    .eq("id", repository.id);
  expect(checked.error).toBeNull();
  const body = JSON.stringify(githubPush([{}]));
  const from = (address: string, id: string) =>
    deliverGithub(repository, body, { "cf-connecting-ip": address, "x-github-delivery": id });
  // Until the addresses were fetched, none is known to be wrong.
  expect((await from("203.0.113.1", "before")).status).toBe(202);
  await harness.stack.runCron(HOURLY);
  expect((await from("192.0.2.7", "inside")).status).toBe(202);
  expect((await from("2001:db8::7", "inside-6")).status).toBe(202);
  const refused = await from("203.0.113.1", "moved");
  expect(refused.status).toBe(409);
  expect(await refused.text()).toContain("203.0.113.1");
  const log = await settled(harness.service, repository.id);
  expect(log.find(({ verdict }) => verdict === "refused")?.reason).toContain("203.0.113.1");

  ranges = [...ranges, "203.0.113.0/24"];
  await harness.stack.query(
    "update private.host_address_ranges set fetched_at = now() - interval '2 days' where provider = 'github'",
  );
  await harness.stack.runCron(HOURLY);
  expect((await from("203.0.113.1", "moved")).status).toBe(202);
});

test("addresses of GitLab are those of its documentation", async () => {
  const repository = await connect(harness, "gitlab");
  await harness.owner.database.from("repositories").update({ check_source_address: true }).eq("id", repository.id);
  const send = (address: string) =>
    fetch(repository.webhook_url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-gitlab-event": "Issue Hook",
        "x-gitlab-token": repository.webhook_secret,
        "idempotency-key": crypto.randomUUID(),
        "cf-connecting-ip": address,
      },
      body: "{}",
    });
  expect((await send("34.74.90.65")).status).toBe(200);
  expect((await send("34.74.91.1")).status).toBe(409);
});

test("a secret that is rotated is valid beside the old one until the overlap ends", async () => {
  const repository = await connect(harness, "github");
  const rotate = (body: object, token = harness.owner.token) =>
    callApi(harness.stack, "POST", `/api/repositories/${repository.id}/secret/rotate`, { token, body });
  const answer = await rotate({ overlap_hours: 2 });
  expect(answer.status).toBe(200);
  const { webhook_secret: secret, old_secret_valid_until: until } = (await answer.json()) as Record<string, string>;
  expect(Date.parse(until ?? "") - Date.now()).toBeGreaterThan(7_100_000);
  const send = (webhookSecret: string) =>
    deliverGithub({ ...repository, webhook_secret: webhookSecret }, JSON.stringify(githubPush([{}])));
  expect((await send(repository.webhook_secret)).status).toBe(202);
  expect((await send(secret ?? "")).status).toBe(202);
  await harness.stack.query(
    "update public.repository_secrets set valid_until = now() - interval '1 second' where repository_id = $1 and valid_until is not null",
    [repository.id],
  );
  expect((await send(repository.webhook_secret)).status).toBe(401);
  expect((await send(secret ?? "")).status).toBe(202);
  const { data } = await harness.owner.database
    .from("repositories")
    .select("old_secret_valid_until")
    .eq("id", repository.id)
    .single();
  expect(data?.old_secret_valid_until).not.toBeNull();

  expect((await rotate({ overlap_hours: 900 })).status).toBe(422);
  expect((await rotate({}, (await signUpWithWorkspace(harness.stack)).token)).status).toBe(404);
});

test("all that failed is replayed at once, by those who work the inbox", async () => {
  const repository = await connect(harness, "github");
  await deliverGithub(repository, JSON.stringify(githubPush([{}])));
  await settled(harness.service, repository.id);
  await harness.stack.query(
    "update public.webhook_deliveries set status = 'failed', payload = '{\"changes\": []}' where repository_id = $1",
    [repository.id],
  );
  const body = { workspace_id: harness.owner.workspaceId, repository_id: repository.id };
  const outsider = await signUpWithWorkspace(harness.stack);
  expect((await callApi(harness.stack, "POST", "/api/deliveries/replay", { token: outsider.token, body })).status).toBe(
    404,
  );
  const answer = await callApi(harness.stack, "POST", "/api/deliveries/replay", { token: harness.owner.token, body });
  expect(answer.status).toBe(202);
  expect(((await answer.json()) as { replayed: string[] }).replayed).toHaveLength(1);
  expect(await settled(harness.service, repository.id)).toMatchObject([{ status: "done" }]);
});
