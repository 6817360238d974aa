import { describe, expect, it } from "vitest";
import { anonymous, type Caller, service, useDatabase } from "./database.ts";
import {
  createInvoice,
  makeApproved,
  makeClient,
  makeOpenInvoice,
  makePerson,
  makeProject,
  makeWorkspace,
} from "./stories.ts";

const database = useDatabase();

describe("create_workspace", () => {
  it("makes the workspace and its owner together", async () => {
    const db = database();
    const person = await makePerson(db, "ada");
    const id = await db.rpc<string>(person, "create_workspace", {
      p_name: "  Studio  ",
      p_currency: "JPY",
      p_timezone: "Asia/Tokyo",
    });
    expect(
      (await db.as(person, "select name, currency, timezone, legal_name, email from public.workspaces")).rows,
    ).toEqual([{ name: "Studio", currency: "JPY", timezone: "Asia/Tokyo", legal_name: "Studio", email: person.email }]);
    expect((await db.as(person, "select workspace_id, role, display_name, email from public.members")).rows).toEqual([
      { workspace_id: id, role: "owner", display_name: person.email.split("@")[0], email: person.email },
    ]);
  });

  it.each([
    ["name", { p_name: " " }],
    ["name", { p_name: "x".repeat(121) }],
    ["currency", { p_name: "Studio", p_currency: "eur" }],
    ["currency", { p_name: "Studio", p_currency: null }],
    ["timezone", { p_name: "Studio", p_timezone: "Mars/Olympus" }],
    ["timezone", { p_name: "Studio", p_timezone: "posix/Europe/Berlin" }],
    ["timezone", { p_name: "Studio", p_timezone: "" }],
  ])("names the field %s when it refuses %j", async (field, parameters) => {
    const person = await makePerson(database());
    await expect(database().rpc(person, "create_workspace", parameters)).rejects.toMatchObject({
      code: "BH003",
      detail: field,
    });
    expect(await database().query("select 1 from public.members where user_id = $1", [person.userId])).toEqual([]);
  });

  it("is for people who are signed in, twenty times at most", async () => {
    const db = database();
    await expect(db.rpc(anonymous, "create_workspace", { p_name: "Studio" })).rejects.toMatchObject({ code: "42501" });
    const person = await makePerson(db);
    for (let nth = 1; nth <= 20; nth += 1) await db.rpc(person, "create_workspace", { p_name: `Studio ${nth}` });
    await expect(db.rpc(person, "create_workspace", { p_name: "Studio 21" })).rejects.toMatchObject({ code: "BH003" });
  });
});

describe("create_client_with_project", () => {
  const create = (person: Caller, workspaceId: string, project: string) =>
    database().rpc<Record<string, string>>(person, "create_client_with_project", {
      p_workspace_id: workspaceId,
      p_client: { name: "Together", currency: "EUR", locale: "de-DE", hourly_rate_minor: 9000 },
      p_project: { name: project },
    });

  it("makes both, for managers of the workspace", async () => {
    const db = database();
    const workspace = await makeWorkspace(db);
    const made = await create(workspace.admin, workspace.id, "Site");
    expect(
      await db.one(
        `select c.name as client, c.locale, c.hourly_rate_minor, p.name as project
         from public.projects p join public.clients c on c.id = p.client_id where p.id = $1 and c.id = $2`,
        [made["project_id"], made["client_id"]],
      ),
    ).toEqual({ client: "Together", locale: "de-DE", hourly_rate_minor: 9000, project: "Site" });
    for (const person of [workspace.member, workspace.viewer, (await makeWorkspace(db)).owner]) {
      await expect(create(person, workspace.id, "Site")).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("makes none of them where one is refused", async () => {
    const db = database();
    const workspace = await makeWorkspace(db);
    await expect(create(workspace.admin, workspace.id, " ")).rejects.toMatchObject({ code: "23514" });
    expect(
      await db.query("select 1 from public.clients where workspace_id = $1 and name = 'Together'", [workspace.id]),
    ).toEqual([]);
  });
});

describe("settings", () => {
  it("refuse a time zone or a locale that would break every page of the workspace", async () => {
    const db = database();
    const { owner, clientId } = await makeWorkspace(db);
    const change = (sql: string, value: string) => db.as(owner, sql, [value]);
    for (const table of ["workspaces", "clients"]) {
      await expect(change(`update public.${table} set timezone = $1`, "Nowhere/Land")).rejects.toMatchObject({
        code: "BH003",
        detail: "timezone",
      });
      for (const locale of ["en-", "english", "de_DE", "x"]) {
        await expect(change(`update public.${table} set locale = $1`, locale)).rejects.toMatchObject({ code: "23514" });
      }
      for (const locale of ["en", "de-CH", "zh-Hant-TW", "es-419"]) {
        expect(Intl.getCanonicalLocales(locale)).toEqual([locale]);
        expect((await change(`update public.${table} set locale = $1`, locale)).affected).toBe(1);
      }
    }
    expect((await change("update public.clients set timezone = $1", "America/New_York")).affected).toBe(1);
    expect((await db.as(owner, "update public.clients set timezone = null where id = $1", [clientId])).affected).toBe(
      1,
    );
  });

  it("take every time zone they know as one that calendars know too", async () => {
    const zones = await database().query<{ name: string }>(
      "select name from pg_catalog.pg_timezone_names where name ~ '^[A-Z].*/|^(UTC|GMT)$'",
    );
    expect(zones.length).toBeGreaterThan(300);
    expect(() => zones.forEach(({ name }) => new Intl.DateTimeFormat("en", { timeZone: name }))).not.toThrow();
  });

  it("hold no list of rules longer than a page", async () => {
    const db = database();
    const { owner, projectId } = await makeWorkspace(db);
    const set = (patterns: string[]) =>
      db.as(owner, "update public.project_git_configs set exclude_patterns = $1 where project_id = $2", [
        patterns,
        projectId,
      ]);
    await expect(set(["x".repeat(10_001)])).rejects.toMatchObject({ code: "23514" });
    await expect(set(Array.from({ length: 51 }, () => "x"))).rejects.toMatchObject({ code: "23514" });
    expect((await set(["^wip", "^Merge "])).affected).toBe(1);
  });

  it("give each new project its git configuration", async () => {
    const db = database();
    const workspace = await makeWorkspace(db);
    const projectId = await makeProject(db, workspace, workspace.clientId);
    expect(
      await db.query("select estimation_strategy from public.project_git_configs where project_id = $1", [projectId]),
    ).toEqual([{ estimation_strategy: "calibrated" }]);
  });
});

describe("the rate of new work", () => {
  it("is the project's, else the client's, else the workspace's where the currency is the same", async () => {
    const db = database();
    const workspace = await makeWorkspace(db);
    const projectId = await makeProject(db, workspace, workspace.clientId);
    const dollarProject = await makeProject(db, workspace, await makeClient(db, workspace, "USD"));
    const rateOf = async (id: string) =>
      (await db.one<{ rate: number | null }>("select private.project_rate_minor($1) as rate", [id])).rate;
    expect(await rateOf(projectId)).toBeNull();
    await db.as(workspace.owner, "update public.workspaces set hourly_rate_minor = 5000");
    expect([await rateOf(projectId), await rateOf(dollarProject)]).toEqual([5000, null]);
    await db.as(workspace.owner, "update public.clients set hourly_rate_minor = 6000 where id = $1", [
      workspace.clientId,
    ]);
    expect(await rateOf(projectId)).toBe(6000);
    await db.as(workspace.owner, "update public.projects set hourly_rate_minor = 0 where id = $1", [projectId]);
    expect(await rateOf(projectId)).toBe(0);
  });
});

describe("a workspace", () => {
  it("without finalised invoices can be erased as a whole by its operator", async () => {
    const db = database();
    const workspace = await makeWorkspace(db);
    await createInvoice(db, workspace, await makeApproved(db, workspace, 2));
    await db.as(service, "delete from public.workspaces where id = $1", [workspace.id]);
    const left = await db.one<{ n: number }>(
      `select (select count(*) from public.draft_line_items where workspace_id = $1)
        + (select count(*) from public.audit_events where workspace_id = $1) as n`,
      [workspace.id],
    );
    expect(left.n).toBe(0);
  });

  it("with a finalised invoice stays", async () => {
    const db = database();
    const workspace = await makeWorkspace(db);
    await makeOpenInvoice(db, workspace);
    await expect(db.as(service, "delete from public.workspaces where id = $1", [workspace.id])).rejects.toMatchObject({
      code: expect.stringMatching(/BH005|23503|23001/),
    });
  });
});
