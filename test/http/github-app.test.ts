/** GitHub connected by installing an App: whose installation it is, and tokens that end after an hour. */
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Clone } from "../standins/forge/histories.ts";
import { addOAuth, oauthOf } from "../standins/service/oauth.ts";
import type { ForgeStandin } from "../standins/forge/server.ts";
import type { GithubStandinApp } from "../standins/github/app.ts";
import { startGithubStandin } from "../standins/github/server.ts";
import { callApi, type Harness, startHarness } from "./harness.ts";

const client = { clientId: "billhook-app-client", clientSecret: "client-secret-of-the-app" };
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

let harness: Harness;
let clone: Clone;
let standin: ForgeStandin;
const app: GithubStandinApp = {
  id: 4711,
  slug: "billhook",
  publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
  installations: new Map([[77, "example"]]),
  callback: { address: "", codeFor: () => "" },
  expiresIn: 3600,
  minted: 0,
};

beforeAll(async () => {
  clone = new Clone();
  clone.write("src/basket.ts", "export const total = 1;\n");
  clone.commit("Count the basket", "2026-03-02T09:00:00+01:00");
  standin = await startGithubStandin({
    repositories: [{ owner: "example", name: "shop", path: clone.path }],
    tokens: [],
    app,
  });
  const oauth = addOAuth(standin, { ...oauthOf.github, ...client });
  app.callback.codeFor = (address) => oauth.codeFor(address);
  harness = await startHarness({
    bindings: {
      GITHUB_OAUTH_CLIENT_ID: client.clientId,
      GITHUB_OAUTH_CLIENT_SECRET: client.clientSecret,
      GITHUB_OAUTH_BASE_URL: standin.origin,
      GITHUB_APP_ID: String(app.id),
      GITHUB_APP_SLUG: app.slug,
      // As GitHub gives it, in one line.
      GITHUB_APP_PRIVATE_KEY: privateKey.export({ type: "pkcs1", format: "pem" }).toString().replaceAll("\n", "\\n"),
    },
  });
  app.callback.address = `${harness.stack.appUrl}/api/oauth/github/callback`;
}, 60_000);

afterAll(async () => {
  await harness.stop();
  await standin.close();
  clone.close();
});

/** Installs the App, and answers where the app is opened again; `change` forges the way back. */
async function install(change: (link: URL) => void = () => undefined): Promise<URL> {
  const query = new URLSearchParams({ workspace_id: harness.owner.workspaceId });
  const begun = await callApi(harness.stack, "GET", `/api/oauth/github/start?${query}`, { token: harness.owner.token });
  const { authorise_url: address } = (await begun.json()) as { authorise_url: string };
  const page = await (await fetch(address)).text();
  const link = new URL((/id="allow" href="([^"]+)"/.exec(page)?.[1] ?? "").replaceAll("&amp;", "&"));
  change(link);
  const cookie = (begun.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const answer = await fetch(link, { redirect: "manual", headers: { cookie } });
  return new URL(answer.headers.get("location") ?? "");
}

const list = (grant: string) =>
  callApi(harness.stack, "GET", `/api/grants/${grant}/repositories`, { token: harness.owner.token });

it("an installed App lists its repositories and connects one, and its token is kept encrypted", async () => {
  const grant = (await install()).searchParams.get("grant") ?? "";
  const { data } = await harness.owner.database.from("host_grants").select("*").eq("id", grant).single();
  expect(data).toMatchObject({ kind: "app", account_name: "example", provider: "github" });
  expect(Date.parse(data?.expires_at ?? "")).toBeGreaterThan(Date.now() + 3_000_000);
  const { data: secrets } = await harness.service.from("host_grant_secrets").select("*").eq("grant_id", grant);
  for (const secret of secrets ?? []) expect(secret.ciphertext).toMatch(/^[a-z0-9]+\.[\w-]+\.[\w-]+$/);
  const { repositories } = (await (await list(grant)).json()) as { repositories: { name: string }[] };
  expect(repositories.map(({ name }) => name)).toEqual(["example/shop"]);
  const picked = await callApi(harness.stack, "POST", `/api/grants/${grant}/repositories`, {
    token: harness.owner.token,
    body: { project_id: harness.owner.projectId, name: "example/shop" },
  });
  expect([picked.status, (await picked.json()) as unknown]).toEqual([
    201,
    expect.objectContaining({ hook_error: null }),
  ]);
});

it("another token is minted when the hour is over, once for ten requests", async () => {
  const grant = (await install()).searchParams.get("grant") ?? "";
  await harness.service.from("host_grants").update({ expires_at: new Date().toISOString() }).eq("id", grant);
  const { minted } = app;
  const answers = await Promise.all(Array.from({ length: 10 }, () => list(grant)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(app.minted - minted).toBe(1);
});

it("an installation that is not the person's, or none, is refused", async () => {
  for (const forged of ["78", "", "77/../78", "x"]) {
    const back = await install((link) => link.searchParams.set("installation_id", forged));
    expect([back.searchParams.get("refusal"), back.searchParams.has("grant")]).toEqual(["refused", false]);
  }
});

it("an App that was uninstalled is said, with how to mend it", async () => {
  const grant = (await install()).searchParams.get("grant") ?? "";
  await harness.service.from("host_grants").update({ expires_at: new Date().toISOString() }).eq("id", grant);
  app.installations.clear();
  expect((await list(grant)).status).not.toBe(200);
  const { data } = await harness.owner.database.from("host_grants").select("revoked_reason").eq("id", grant).single();
  expect(data?.revoked_reason).toContain("Connect GitHub again");
  app.installations.set(77, "example");
});

it("a host for which no application is set is refused, with what to set", async () => {
  const answer = await callApi(harness.stack, "GET", "/api/oauth/gitea/start", { token: harness.owner.token });
  expect(answer.status).toBe(409);
  expect(await answer.text()).toContain("GITEA_OAUTH_CLIENT_ID");
});
