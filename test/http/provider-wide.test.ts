import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  connect,
  deliverGithub,
  githubPush,
  type Harness,
  type PersonOfWorkspace,
  settled,
  signUpWithWorkspace,
  startHarness,
} from "./harness.ts";

const SECRET = "the-secret-of-the-whole-deployment";
const SHOP = { id: 8801, full_name: "example/wide" };

/** The workspace is chosen before there is one: the stack is told of an id that the owner's workspace then gets. */
const WORKSPACE = randomUUID();

let harness: Harness;
let operator: PersonOfWorkspace;
let tenant: PersonOfWorkspace;
beforeAll(async () => {
  harness = await startHarness({ bindings: { PROVIDER_WIDE_WORKSPACE_ID: WORKSPACE, GITHUB_WEBHOOK_SECRET: SECRET } });
  operator = await makeOperator();
  tenant = await signUpWithWorkspace(harness.stack);
});
afterAll(() => harness.stop());

/** A person whose workspace has the configured id. */
async function makeOperator(): Promise<PersonOfWorkspace> {
  const { stack } = harness;
  const person = await signUpWithWorkspace(stack);
  const clientId = randomUUID();
  const projectId = randomUUID();
  await stack.query("insert into public.workspaces (id, name, currency) values ($1, 'Operator', 'EUR')", [WORKSPACE]);
  await stack.query(
    `insert into public.members (workspace_id, user_id, role, display_name)
     select $1, user_id, 'owner', 'Operator' from public.members where workspace_id = $2`,
    [WORKSPACE, person.workspaceId],
  );
  await stack.query(
    "insert into public.clients (id, workspace_id, name, currency, hourly_rate_minor) values ($1, $2, 'Client', 'EUR', 9000)",
    [clientId, WORKSPACE],
  );
  await stack.query("insert into public.projects (id, workspace_id, client_id, name) values ($1, $2, $3, 'Wide')", [
    projectId,
    WORKSPACE,
    clientId,
  ]);
  return { ...person, workspaceId: WORKSPACE, clientId, projectId };
}

const deliver = (
  body: string,
  options: { secret?: string; provider?: string; headers?: Record<string, string> } = {},
) =>
  deliverGithub(
    {
      webhook_url: `${harness.stack.appUrl}/api/webhooks/${options.provider ?? "github"}`,
      webhook_secret: options.secret ?? SECRET,
    },
    body,
    options.headers,
  );

async function countDeliveries(repositoryId: string): Promise<number> {
  const { count } = await harness.service
    .from("webhook_deliveries")
    .select("*", { count: "exact", head: true })
    .eq("repository_id", repositoryId);
  return count ?? -1;
}

test("a delivery without a repository id goes to each connection of that repository in the configured workspace", async () => {
  const [one, two, other] = await Promise.all([
    connect(harness, "github", { name: SHOP.full_name }, operator),
    connect(harness, "github", { name: SHOP.full_name }, operator),
    connect(harness, "github", { name: "example/other" }, operator),
  ]);
  const body = JSON.stringify(githubPush([{ message: "Seen by both [1h]" }], SHOP));
  const headers = { "x-github-delivery": randomUUID() };
  expect((await deliver(body, { headers })).status).toBe(202);
  expect((await deliver(body, { headers })).status).toBe(202);
  // Both record the commit, and only one of them proposes the work.
  const deliveries = [...(await settled(harness.service, one.id)), ...(await settled(harness.service, two.id))];
  expect(deliveries).toMatchObject([
    { status: "done", commits_recorded: 1 },
    { status: "done", commits_recorded: 1 },
  ]);
  expect(deliveries.map((delivery) => delivery.drafts_created).sort()).toEqual([0, 1]);
  expect(await countDeliveries(other.id)).toBe(0);
});

test("another tenant who names the same repository never receives its pushes", async () => {
  const repository = { id: 8802, full_name: "example/secret" };
  const [mine, theirs, theirsUnnamed] = await Promise.all([
    connect(harness, "github", { name: repository.full_name }, operator),
    connect(harness, "github", { name: repository.full_name }, tenant),
    connect(harness, "github", {}, tenant),
  ]);
  expect((await deliver(JSON.stringify(githubPush([{}], repository)))).status).toBe(202);
  await settled(harness.service, mine.id);
  expect(await countDeliveries(theirs.id)).toBe(0);
  expect(await countDeliveries(theirsUnnamed.id)).toBe(0);

  const onlyTheirs = { id: 8803, full_name: "example/only-theirs" };
  const named = await connect(harness, "github", { name: onlyTheirs.full_name }, tenant);
  const answer = await deliver(JSON.stringify(githubPush([{}], onlyTheirs)));
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ status: "ignored" });
  expect(await countDeliveries(named.id)).toBe(0);
});

test("a delivery of a repository that nobody connected is answered 200 and binds nothing", async () => {
  const waiting = await connect(harness, "github", {}, operator);
  const answer = await deliver(JSON.stringify(githubPush([{}], { id: 8899, full_name: "example/nobody" })));
  expect(answer.status).toBe(200);
  expect(await countDeliveries(waiting.id)).toBe(0);
});

test("a wrong secret is answered 401, that of a connection as well", async () => {
  const repository = await connect(harness, "github", { name: "example/own-secret" }, operator);
  const body = JSON.stringify(githubPush([{}], { id: 8804, full_name: "example/own-secret" }));
  expect((await deliver(body, { secret: "a guess" })).status).toBe(401);
  expect((await deliver(body, { secret: repository.webhook_secret })).status).toBe(401);
  expect(await countDeliveries(repository.id)).toBe(0);
  const atConnection = await deliverGithub({ ...repository, webhook_secret: SECRET }, body);
  expect(atConnection.status).toBe(401);
});

test("a host without a provider-wide secret is answered 404, and a malformed body 400", async () => {
  expect((await deliver("{}", { provider: "gitea" })).status).toBe(404);
  expect((await deliver("{}", { provider: "sourceforge" })).status).toBe(404);
  expect((await deliver("hello")).status).toBe(400);
});

test("a ping is answered 200", async () => {
  const answer = await deliver(JSON.stringify({ zen: "Keep it simple", hook_id: 1 }), {
    headers: { "x-github-event": "ping" },
  });
  expect(answer.status).toBe(200);
});
