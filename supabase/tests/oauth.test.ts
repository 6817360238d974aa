import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import { connectRepository, giveToken, makeWorkspace, type Person, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
let other: Workspace;
beforeAll(async () => {
  other = await makeWorkspace(database());
});
beforeEach(async () => {
  workspace = await makeWorkspace(database());
});

const session = "a".repeat(64);
const begin = async (person: Person, of = workspace): Promise<string> => {
  const id = crypto.randomUUID();
  await database().rpc(person, "begin_oauth", {
    p_id: id,
    p_workspace_id: of.id,
    p_provider: "github",
    p_session_hash: session,
    p_return_to: "/repositories",
  });
  return id;
};
const take = (id: string, more: Record<string, unknown> = {}) =>
  database().rpc<{ id?: string }>(service, "take_oauth_attempt", {
    p_id: id,
    p_provider: "github",
    p_session_hash: session,
    ...more,
  });
const store = async (more: Record<string, unknown> = {}, person = workspace.owner): Promise<string> => {
  const id = crypto.randomUUID();
  await database().rpc(service, "store_oauth_grant", {
    p_grant_id: id,
    p_workspace_id: workspace.id,
    p_user_id: person.userId,
    p_provider: "github",
    p_base_url: null,
    p_account_name: "dev-one",
    p_scopes: ["repo"],
    p_access: "k1.access",
    p_refresh: "k1.refresh",
    p_expires_at: "2026-01-01T00:00:00Z",
    ...more,
  });
  return id;
};
const grants = async (): Promise<unknown[]> =>
  (
    await database().query<{ id: string }>("select id from public.host_grants where workspace_id = $1", [workspace.id])
  ).map(({ id }) => id);
const grantOf = async (repository: string): Promise<unknown> =>
  (await database().one("select grant_id from public.repositories where id = $1", [repository]))["grant_id"];
const outsiders = () => [workspace.member, workspace.viewer, other.owner];

describe("an attempt to connect a host", () => {
  it("is begun by managers, counts once, in its own browser, at its own host, and for ten minutes", async () => {
    for (const person of outsiders())
      await expect(begin(person)).rejects.toMatchObject({ code: expect.stringMatching(/^BH00[12]$/) as string });
    const id = await begin(workspace.admin);
    for (const wrong of [{ p_provider: "gitlab" }, { p_session_hash: "b".repeat(64) }])
      expect(await take(id, wrong)).toEqual({});
    expect(await take(id)).toMatchObject({ id, workspace_id: workspace.id, user_id: workspace.admin.userId });
    expect(await take(id)).toEqual({});
    const late = await begin(workspace.owner);
    await database().query("update public.oauth_attempts set expires_at = now() where id = $1", [late]);
    expect(await take(late)).toEqual({});
  });

  it("is one of twenty at most, and ended ones do not count", async () => {
    for (let made = 0; made < 20; made += 1) await begin(workspace.owner);
    await expect(begin(workspace.owner)).rejects.toMatchObject({ code: "BH005" });
    await database().query(
      "update public.oauth_attempts set expires_at = now() - interval '1 second' where user_id = $1",
      [workspace.owner.userId],
    );
    await begin(workspace.owner);
  });
});

describe("a connected account", () => {
  it("is kept for who manages the workspace still, and takes the place of an earlier one of the same account", async () => {
    await expect(store({}, workspace.member)).rejects.toMatchObject({ code: "BH001" });
    const first = await store();
    await database().query("update public.repositories set grant_id = $1, host_error = 'x' where id = $2", [
      first,
      workspace.repositoryId,
    ]);
    const another = await store({ p_account_name: "dev-two" });
    expect(await grantOf(workspace.repositoryId)).toBe(first);
    const again = await store();
    expect(await grantOf(workspace.repositoryId)).toBe(again);
    expect((await grants()).toSorted()).toEqual([again, another].toSorted());
  });

  it("is used by managers of its workspace only, and only while it works", async () => {
    const id = await store();
    const check = (person: Person) => database().rpc(person, "check_grant_manager", { p_grant_id: id });
    expect(await check(workspace.admin)).toMatchObject({ workspace_id: workspace.id, provider: "github" });
    for (const person of outsiders())
      await expect(check(person)).rejects.toMatchObject({ code: expect.stringMatching(/^BH00[12]$/) as string });
    await database().rpc(service, "revoke_host_grant", { p_grant_id: id, p_reason: "Connect GitHub again." });
    await expect(check(workspace.owner)).rejects.toMatchObject({ code: "BH005", message: "Connect GitHub again." });
  });

  it("serves a repository that was picked under it, which managers of both do", async () => {
    const id = await store({ p_base_url: "https://git.example" });
    const pick = (person: Person, project: string) =>
      database().rpc<string>(person, "connect_granted_repository", {
        p_id: crypto.randomUUID(),
        p_project_id: project,
        p_grant_id: id,
        p_secret_ciphertext: "k1.secret",
        p_name: "studio/site",
      });
    const repository = await pick(workspace.admin, workspace.projectId);
    const row = await database().one("select grant_id, base_url, provider from public.repositories where id = $1", [
      repository,
    ]);
    expect(row).toEqual({ grant_id: id, base_url: "https://git.example", provider: "github" });
    await expect(pick(workspace.member, workspace.projectId)).rejects.toMatchObject({ code: "BH001" });
    await expect(pick(other.owner, other.projectId)).rejects.toMatchObject({ code: "BH002" });
    expect(await database().rpc(service, "grant_host", { p_grant_id: id })).toMatchObject({
      token: "k1.access",
      kind: "oauth",
    });
  });
});

describe("the tokens of an account", () => {
  const refresh = (id: string, access = "k1.access") =>
    database().rpc<{ outcome: string }>(service, "take_grant_refresh", { p_grant_id: id, p_access: access });
  const save = (id: string, more: Record<string, unknown> = {}) =>
    database().rpc(service, "save_grant_tokens", {
      p_grant_id: id,
      p_access: "k1.new",
      p_expires_at: "2999-01-01T00:00:00Z",
      ...more,
    });
  const tokens = (id: string) =>
    database().query("select purpose, ciphertext from public.host_grant_secrets where grant_id = $1 order by purpose", [
      id,
    ]);

  it("are refreshed by one caller; the others get what it got, and the refresh token stays where there is no new one", async () => {
    const id = await store();
    expect(await refresh(id)).toMatchObject({ outcome: "yours", refresh: "k1.refresh" });
    expect(await refresh(id)).toEqual({ outcome: "busy" });
    await database().rpc(service, "release_grant_refresh", { p_grant_id: id });
    expect(await refresh(id)).toMatchObject({ outcome: "yours" });
    await save(id);
    expect(await refresh(id)).toEqual({ outcome: "refreshed", access: "k1.new" });
    expect(await tokens(id)).toEqual([
      { purpose: "access", ciphertext: "k1.new" },
      { purpose: "refresh", ciphertext: "k1.refresh" },
    ]);
  });

  it("end where there is nothing to refresh them with, or where the host took them back", async () => {
    expect(await refresh(await store({ p_refresh: null }))).toEqual({ outcome: "ended" });
    const id = await store();
    await database().rpc(service, "revoke_host_grant", { p_grant_id: id, p_reason: "Taken back." });
    expect(await refresh(id)).toEqual({ outcome: "revoked", reason: "Taken back." });
  });

  it("are gone once it is disconnected, also those that were being refreshed; without a repository it is gone itself", async () => {
    const id = await store();
    const disconnect = (grant: string, person: Person) =>
      database().rpc(person, "disconnect_grant", { p_grant_id: grant });
    for (const person of outsiders())
      await expect(disconnect(id, person)).rejects.toMatchObject({
        code: expect.stringMatching(/^BH00[12]$/) as string,
      });
    await database().query("update public.repositories set grant_id = $1 where id = $2", [id, workspace.repositoryId]);
    await refresh(id);
    await disconnect(id, workspace.admin);
    await save(id);
    expect(await tokens(id)).toEqual([]);
    const row = await database().one("select revoked_reason from public.host_grants where id = $1", [id]);
    expect(row["revoked_reason"]).toContain("admin disconnected dev-one");
    const unused = await store({ p_account_name: "dev-two" });
    await disconnect(unused, workspace.owner);
    expect(await grants()).toEqual([id]);
  });
});

describe("another access for a repository", () => {
  const change = (repository: string, grant: string, person: Person) =>
    database().rpc(person, "use_grant", { p_repository_id: repository, p_grant_id: grant });

  it("is a connected account of the same host and workspace, and lets go of the token it replaces", async () => {
    const repository = await connectRepository(database(), workspace.owner, workspace.projectId);
    const token = await giveToken(database(), workspace.owner, repository);
    const account = await store({ p_base_url: "https://git.example" });
    const elsewhere = await store({ p_provider: "gitlab" });
    for (const person of outsiders())
      await expect(change(repository, account, person)).rejects.toMatchObject({
        code: expect.stringMatching(/^BH00[12]$/) as string,
      });
    await expect(change(repository, token, workspace.owner)).rejects.toMatchObject({ code: "BH002" });
    await expect(change(repository, elsewhere, workspace.owner)).rejects.toMatchObject({ code: "BH005" });
    await change(repository, account, workspace.admin);
    const row = await database().one("select grant_id, base_url from public.repositories where id = $1", [repository]);
    expect(row).toEqual({ grant_id: account, base_url: "https://git.example" });
    expect(await grants()).not.toContain(token);
  });
});
