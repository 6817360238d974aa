/** Connecting git hosts with OAuth: through the product's own routes, against hosts with consent pages. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { startBitbucketStandin } from "../standins/bitbucket/server.ts";
import { Clone } from "../standins/forge/histories.ts";
import { addOAuth, oauthOf, type OAuthState } from "../standins/service/oauth.ts";
import type { ForgeStandin } from "../standins/forge/server.ts";
import { startGiteaStandin } from "../standins/gitea/server.ts";
import { startGithubStandin } from "../standins/github/server.ts";
import { startGitlabStandin } from "../standins/gitlab/server.ts";
import { disconnectGrant } from "@billhook/database/oauth";
import { callApi, connect, eventually, type Harness, settled, signUpWithWorkspace, startHarness } from "./harness.ts";
import { runEveryMinute } from "./hosted.ts";

const client = { clientId: "billhook-client", clientSecret: "client-secret-of-the-test" };
const providers = ["github", "gitlab", "bitbucket", "gitea"] as const;
type OAuthHost = (typeof providers)[number];

let harness: Harness;
let clone: Clone;
const standins = {} as Record<OAuthHost, ForgeStandin>;
const oauth = {} as Record<OAuthHost, OAuthState>;
const logged: string[] = [];

beforeAll(async () => {
  clone = new Clone();
  clone.write("src/basket.ts", "export const total = 1;\n");
  clone.commit("Count the basket", "2026-03-02T09:00:00+01:00");
  const options = {
    repositories: [
      { owner: "example", name: "shop", path: clone.path },
      { owner: "example", name: "closed", path: clone.path, canReadCommits: false },
      { owner: "example", name: "guarded", path: clone.path, canManageHooks: false },
    ],
    tokens: [],
  };
  standins.github = await startGithubStandin(options);
  standins.gitlab = await startGitlabStandin(options);
  standins.bitbucket = await startBitbucketStandin(options);
  standins.gitea = await startGiteaStandin(options);
  for (const provider of providers) oauth[provider] = addOAuth(standins[provider], { ...oauthOf[provider], ...client });
  harness = await startHarness({
    log: ({ message }) => {
      logged.push(message);
    },
    bindings: {
      GITHUB_OAUTH_CLIENT_ID: client.clientId,
      GITHUB_OAUTH_CLIENT_SECRET: client.clientSecret,
      GITHUB_OAUTH_BASE_URL: standins.github.origin,
      GITLAB_OAUTH_CLIENT_ID: client.clientId,
      GITLAB_OAUTH_CLIENT_SECRET: client.clientSecret,
      GITLAB_OAUTH_BASE_URL: `${standins.gitlab.origin}/gitlab`,
      BITBUCKET_OAUTH_CLIENT_ID: client.clientId,
      BITBUCKET_OAUTH_CLIENT_SECRET: client.clientSecret,
      BITBUCKET_OAUTH_BASE_URL: standins.bitbucket.url,
      GITEA_OAUTH_CLIENT_ID: client.clientId,
      GITEA_OAUTH_CLIENT_SECRET: client.clientSecret,
      GITEA_OAUTH_BASE_URL: standins.gitea.origin,
    },
  });
}, 60_000);

afterAll(async () => {
  await harness.stop();
  for (const provider of providers) await standins[provider].close();
  clone.close();
});

interface Started {
  /** The host's page. */
  address: string;
  cookie: string;
}

async function start(provider: string, person = harness.owner): Promise<Started> {
  const query = new URLSearchParams({ workspace_id: person.workspaceId, return_to: "/repositories?connect=new" });
  const answer = await callApi(harness.stack, "GET", `/api/oauth/${provider}/start?${query}`, { token: person.token });
  expect(answer.status).toBe(200);
  const { authorise_url: address } = (await answer.json()) as { authorise_url: string };
  return { address, cookie: (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
}

/** Presses the button of the host's page: the address it leads back to. */
async function consent(address: string, button: "allow" | "deny" = "allow"): Promise<string> {
  const page = await (await fetch(address)).text();
  const link = new RegExp(`id="${button}" href="([^"]+)"`).exec(page)?.[1];
  if (link === undefined) throw new Error(`no button: ${page}`);
  return link.replaceAll("&amp;", "&");
}

/** Comes back: where the app is opened. */
async function comeBack(address: string, cookie: string): Promise<URL> {
  const answer = await fetch(address, { redirect: "manual", headers: cookie === "" ? {} : { cookie } });
  expect(answer.status).toBe(303);
  return new URL(answer.headers.get("location") ?? "");
}

async function connectHost(provider: OAuthHost, person = harness.owner): Promise<string> {
  const { address, cookie } = await start(provider, person);
  const back = await comeBack(await consent(address), cookie);
  const grant = back.searchParams.get("grant");
  if (grant === null) throw new Error(`no grant: ${back.href}`);
  return grant;
}

const refusalOf = (url: URL): string | null => url.searchParams.get("refusal");

it.each(providers)("%s is connected by its own pages, and its repositories are listed", async (provider) => {
  const { address, cookie } = await start(provider);
  expect(new URL(address).searchParams.has("code_challenge")).toBe(provider !== "bitbucket");
  const back = await comeBack(await consent(address), cookie);
  expect(`${back.pathname}?connect=${back.searchParams.get("connect")}`).toBe("/repositories?connect=new");
  const grant = back.searchParams.get("grant") ?? "";

  const { data } = await harness.owner.database.from("host_grants").select("*").eq("id", grant).single();
  expect(data).toMatchObject({ provider, kind: "oauth", account_name: "dev-one", revoked_at: null });
  const { data: secrets } = await harness.service.from("host_grant_secrets").select("*").eq("grant_id", grant);
  for (const secret of secrets ?? []) expect(secret.ciphertext).toMatch(/^[a-z0-9]+\.[\w-]+\.[\w-]+$/);
  expect((await harness.owner.database.from("host_grant_secrets").select("*")).error).not.toBeNull();

  const listed = await callApi(harness.stack, "GET", `/api/grants/${grant}/repositories?search=shop`, {
    token: harness.owner.token,
  });
  expect(listed.status).toBe(200);
  const { repositories } = (await listed.json()) as { repositories: { name: string }[] };
  expect(repositories.map(({ name }) => name)).toContain("example/shop");
});

it.each(providers)(
  "a repository picked at %s gets its webhook, and the host's push arrives as a draft",
  async (provider) => {
    const grant = await connectHost(provider);
    const picked = await callApi(harness.stack, "POST", `/api/grants/${grant}/repositories`, {
      token: harness.owner.token,
      body: { project_id: harness.owner.projectId, name: "example/shop" },
    });
    const answer = (await picked.json()) as { id: string; hook_error: string | null; webhook_secret: string | null };
    expect([picked.status, answer.hook_error, answer.webhook_secret]).toEqual([201, null, null]);
    const hook = standins[provider].repository("example/shop").hooks.at(-1);
    expect(hook?.url).toContain(`/api/webhooks/${provider}/${answer.id}`);
    expect(hook?.secret).not.toBe("");

    const before = clone.git("rev-parse", "HEAD");
    clone.write("src/basket.ts", `export const total = ${Math.random()};\n`);
    const after = clone.commit(`Count again for ${provider}`, "2026-03-03T09:00:00+01:00");
    await standins[provider].push({ repository: "example/shop", changes: [{ ref: "refs/heads/main", before, after }] });
    const deliveries = await settled(harness.service, answer.id);
    expect(deliveries.find(({ verdict }) => verdict === "push")).toMatchObject({ status: "done", commits_recorded: 1 });
  },
);

it("a repository that the account may not read is refused, and one without webhook rights is connected for pasting", async () => {
  const grant = await connectHost("github");
  const pick = (name: string) =>
    callApi(harness.stack, "POST", `/api/grants/${grant}/repositories`, {
      token: harness.owner.token,
      body: { project_id: harness.owner.projectId, name },
    });
  expect([403, 404]).toContain((await pick("example/closed")).status);
  expect((await pick("example/unknown")).status).toBe(404);
  const guarded = await pick("example/guarded");
  expect(guarded.status).toBe(201);
  expect(await guarded.json()).toMatchObject({ hook_error: expect.any(String), webhook_secret: expect.any(String) });
});

it("a state that this server did not make is refused", async () => {
  const { address, cookie } = await start("github");
  const link = new URL(await consent(address));
  const state = link.searchParams.get("state") ?? "";
  for (const forged of ["", "x", `${state.slice(0, -1)}${state.endsWith("A") ? "B" : "A"}x`, crypto.randomUUID()]) {
    link.searchParams.set("state", forged);
    expect(refusalOf(await comeBack(link.href, cookie))).toBe("expired");
  }
  // A state for another host counts as forged as well.
  link.searchParams.set("state", state);
  expect(refusalOf(await comeBack(link.href.replace("/github/", "/gitlab/"), cookie))).toBe("expired");
});

it("a state counts once", async () => {
  const { address, cookie } = await start("github");
  const link = await consent(address);
  expect((await comeBack(link, cookie)).searchParams.has("grant")).toBe(true);
  const exchanges = oauth.github.exchanges;
  expect(refusalOf(await comeBack(link, cookie))).toBe("expired");
  expect(oauth.github.exchanges).toBe(exchanges);
});

it("a state counts for ten minutes", async () => {
  const { address, cookie } = await start("github");
  await harness.stack.query("update public.oauth_attempts set expires_at = now() - interval '1 second'");
  expect(refusalOf(await comeBack(await consent(address), cookie))).toBe("expired");
});

it("a state counts in the browser it was begun in only, and is not used up by another", async () => {
  const own = await start("github");
  const other = await start("github", await signUpWithWorkspace(harness.stack));
  const link = await consent(own.address);
  expect(refusalOf(await comeBack(link, other.cookie))).toBe("expired");
  expect(refusalOf(await comeBack(link, ""))).toBe("expired");
  expect((await comeBack(link, own.cookie)).searchParams.has("grant")).toBe(true);
});

it("who denies access, or brings a code the host does not know, comes back without a grant", async () => {
  const denied = await start("gitlab");
  expect(refusalOf(await comeBack(await consent(denied.address, "deny"), denied.cookie))).toBe("denied");
  for (const provider of providers) {
    const begun = await start(provider);
    const link = new URL(await consent(begun.address));
    link.searchParams.set("code", "unknown");
    expect(refusalOf(await comeBack(link.href, begun.cookie))).toBe("refused");
  }
  oauth.gitlab.isDown = true;
  const begun = await start("gitlab");
  expect(refusalOf(await comeBack(await consent(begun.address), begun.cookie))).toBe("unavailable");
  oauth.gitlab.isDown = false;
});

it("only who manages the workspace begins, and one who no longer does gets no grant", async () => {
  const query = new URLSearchParams({ workspace_id: harness.owner.workspaceId });
  const stranger = await signUpWithWorkspace(harness.stack);
  const path = `/api/oauth/github/start?${query}`;
  expect((await callApi(harness.stack, "GET", path, { token: stranger.token })).status).toBe(404);
  expect((await callApi(harness.stack, "GET", path)).status).toBe(401);
  for (const returnTo of ["https://evil.example", "//evil.example", "/\\evil.example", "repositories"]) {
    const bad = `${path}&return_to=${encodeURIComponent(returnTo)}`;
    expect((await callApi(harness.stack, "GET", bad, { token: harness.owner.token })).status).toBe(422);
  }
  expect((await callApi(harness.stack, "GET", "/api/oauth/azure/start", { token: stranger.token })).status).toBe(404);

  const leaving = await start("github", stranger);
  await harness.stack.query("update public.members set role = 'viewer' where workspace_id = $1", [
    stranger.workspaceId,
  ]);
  expect(refusalOf(await comeBack(await consent(leaving.address), leaving.cookie))).toBe("not_allowed");
});

it("a grant serves its own workspace only", async () => {
  const grant = await connectHost("github");
  const stranger = await signUpWithWorkspace(harness.stack);
  const listed = await callApi(harness.stack, "GET", `/api/grants/${grant}/repositories`, { token: stranger.token });
  expect(listed.status).toBe(404);
  const picked = await callApi(harness.stack, "POST", `/api/grants/${grant}/repositories`, {
    token: stranger.token,
    body: { project_id: stranger.projectId, name: "example/shop" },
  });
  expect(picked.status).toBe(404);
});

it("ten requests at once refresh an ended token once", async () => {
  const grant = await connectHost("gitlab");
  await harness.service.from("host_grants").update({ expires_at: new Date().toISOString() }).eq("id", grant);
  const refreshes = oauth.gitlab.refreshes;
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      callApi(harness.stack, "GET", `/api/grants/${grant}/repositories`, { token: harness.owner.token }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(oauth.gitlab.refreshes - refreshes).toBe(1);
});

it("a host that is down while a token is refreshed costs a wait, not the grant", async () => {
  const grant = await connectHost("bitbucket");
  await harness.service.from("host_grants").update({ expires_at: new Date().toISOString() }).eq("id", grant);
  const ask = () => callApi(harness.stack, "GET", `/api/grants/${grant}/repositories`, { token: harness.owner.token });
  oauth.bitbucket.isDown = true;
  expect((await ask()).status).toBe(503);
  oauth.bitbucket.isDown = false;
  expect((await ask()).status).toBe(200);
});

it("access taken back at the host is said with how to mend it, and connecting again mends every repository", async () => {
  const grant = await connectHost("gitlab");
  const picked = await callApi(harness.stack, "POST", `/api/grants/${grant}/repositories`, {
    token: harness.owner.token,
    body: { project_id: harness.owner.projectId, name: "example/shop" },
  });
  const { id } = (await picked.json()) as { id: string };
  await harness.service.from("host_grants").update({ expires_at: new Date().toISOString() }).eq("id", grant);
  oauth.gitlab.revoke();
  await callApi(harness.stack, "GET", `/api/grants/${grant}/repositories`, { token: harness.owner.token });
  const revoked = await harness.owner.database.from("host_grants").select("revoked_reason").eq("id", grant).single();
  expect(revoked.data?.revoked_reason).toContain("Connect GitLab again");
  const told = await eventually("the notification", async () => {
    const { data } = await harness.owner.database
      .from("notifications")
      .select("body")
      .eq("kind", "grant_revoked")
      .eq("subject_id", grant);
    return data?.[0];
  });
  expect(told.body).toContain("Connect GitLab again");

  const again = await connectHost("gitlab");
  const { data } = await harness.owner.database
    .from("repositories")
    .select("grant_id, host_error")
    .eq("id", id)
    .single();
  expect(data).toEqual({ grant_id: again, host_error: null });
  expect((await harness.owner.database.from("host_grants").select("id").eq("id", grant)).data).toEqual([]);
});

it("a disconnected account leaves no token, its repositories say so, and connecting it again mends them", async () => {
  harness.owner = await signUpWithWorkspace(harness.stack);
  const unused = await connectHost("gitlab");
  expect((await disconnectGrant(harness.owner.database, unused)).ok).toBe(true);
  expect((await harness.owner.database.from("host_grants").select("id").eq("id", unused)).data).toEqual([]);

  const grant = await connectHost("gitlab");
  const picked = await callApi(harness.stack, "POST", `/api/grants/${grant}/repositories`, {
    token: harness.owner.token,
    body: { project_id: harness.owner.projectId, name: "example/shop" },
  });
  const { id } = (await picked.json()) as { id: string };
  const stranger = await signUpWithWorkspace(harness.stack);
  expect(await disconnectGrant(stranger.database, grant)).toMatchObject({ ok: false, error: { code: "not_found" } });
  expect((await disconnectGrant(harness.owner.database, grant)).ok).toBe(true);
  expect((await harness.service.from("host_grant_secrets").select("id").eq("grant_id", grant)).data).toEqual([]);
  const { data } = await harness.owner.database.from("host_grants").select("revoked_reason").eq("id", grant).single();
  expect(data?.revoked_reason).toContain("Dev One disconnected dev-one. Connect it again");

  const before = clone.git("rev-parse", "HEAD");
  clone.write("src/basket.ts", `export const total = ${Math.random()};\n`);
  const after = clone.commit("Count without asking", "2026-03-04T09:00:00+01:00");
  const hook = standins.gitlab.repository("example/shop").hooks.at(-1);
  const asked = standins.gitlab.requests.length;
  const changes = [{ ref: "refs/heads/main", before, after }];
  for (const words of await standins.gitlab.wordsOf({ repository: "example/shop", changes }, hook?.secret ?? ""))
    await fetch(hook?.url ?? "", { method: "POST", ...words });
  const deliveryOf = async () => {
    const found = await harness.service
      .from("webhook_deliveries")
      .select("status, incomplete_reason, commits_recorded")
      .eq("repository_id", id)
      .eq("verdict", "push");
    return found.data?.find(({ status }) => status === "done");
  };
  expect(await eventually("the push", deliveryOf)).toMatchObject({
    incomplete_reason: data?.revoked_reason,
    commits_recorded: 1,
  });
  expect(standins.gitlab.requests.length).toBe(asked);

  const again = await connectHost("gitlab");
  const { data: repository } = await harness.owner.database
    .from("repositories")
    .select("grant_id")
    .eq("id", id)
    .single();
  expect(repository?.grant_id).toBe(again);
  await runEveryMinute(harness);
  await eventually("the counts", async () => (await deliveryOf())?.incomplete_reason === null);
});

it("a repository with a token is given a connected account, which must see the same repository", async () => {
  harness.owner = await signUpWithWorkspace(harness.stack);
  const standin = standins.github;
  standin.tokens.add("own-token");
  const shop = await connect(harness, "github", {
    name: "example/shop",
    base_url: standin.url,
    access_token: "own-token",
  });
  const read = async () =>
    (await harness.service.from("repositories").select("grant_id, base_url").eq("id", shop.id).single()).data;
  const old = (await read())?.grant_id ?? "";
  const grant = await connectHost("github");
  const change = (grantId: string, person = harness.owner) =>
    callApi(harness.stack, "POST", `/api/repositories/${shop.id}/grant`, {
      token: person.token,
      body: { grant_id: grantId },
    });
  expect((await change(old)).status).toBe(404);
  expect((await change(await connectHost("gitlab"))).status).toBe(409);
  expect((await change(grant, await signUpWithWorkspace(harness.stack))).status).toBe(404);
  await harness.service.from("repositories").update({ external_id: "another" }).eq("id", shop.id);
  expect((await change(grant)).status).toBe(409);
  const own = String(standin.repository("example/shop").id);
  await harness.service.from("repositories").update({ external_id: own }).eq("id", shop.id);
  expect((await read())?.grant_id).toBe(old);
  expect((await change(grant)).status).toBe(200);
  expect(await read()).toEqual({ grant_id: grant, base_url: standin.origin });
  expect((await harness.service.from("host_grants").select("id").eq("id", old)).data).toEqual([]);
});

it("no token, code, client secret or verifier is in the log", () => {
  const text = logged.join("\n");
  expect(text).toContain("host_connected");
  for (const secret of [/access-[0-9a-f]{32}/, /refresh-[0-9a-f]{32}/, new RegExp(client.clientSecret)])
    expect(text).not.toMatch(secret);
});
