import type { Acceptance } from "@billhook/database/deliveries";
import { beforeAll, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import { accept, acceptPush, connectRepository, makeCommit, makeWorkspace, record, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
});

const repository = (externalId: string, name = "studio/site") => ({
  externalId,
  name,
  url: `https://git.example/${name}`,
  defaultBranch: "main",
});
const connect = (name: string | null = null) =>
  connectRepository(database(), workspace.owner, workspace.projectId, name);
const readRepository = (id: string) =>
  database().one<{
    external_id: string | null;
    name: string | null;
    url: string | null;
    bound: boolean;
    seen: boolean;
  }>(
    `select external_id, name, url, bound_at is not null as bound, first_delivery_at is not null as seen
     from public.repositories where id = $1`,
    [id],
  );

describe("a delivery", () => {
  it("is stored once, and fifty repeats hear what the first heard", async () => {
    const db = database();
    const id = await connect();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => accept(db, id, { p_delivery_id: "d-1", p_repository: repository("7") })),
    );
    expect(answers.filter((answer) => answer.outcome === "stored")).toHaveLength(1);
    const [first] = answers;
    for (const answer of answers) expect({ ...answer, outcome: "" }).toEqual({ ...first, outcome: "" });
    expect(
      await db.query("select status, verdict from public.webhook_deliveries where repository_id = $1", [id]),
    ).toEqual([{ status: "accepted", verdict: "push" }]);
  });

  it("that repeats after it was recorded hears that it is done, and stays recorded", async () => {
    const db = database();
    const repositoryId = await connect();
    const first = await accept(db, repositoryId, { p_delivery_id: "d-1" });
    if (first.outcome !== "stored") throw new Error(first.outcome);
    await record(db, [{ delivery_id: first.id, commits: [makeCommit()] }]);
    expect(await accept(db, repositoryId, { p_delivery_id: "d-1" })).toEqual({
      ...first,
      outcome: "repeated",
      status: "done",
    });
    expect(
      (
        await db.one<{ n: number }>("select count(*)::integer as n from public.commits where repository_id = $1", [
          repositoryId,
        ])
      ).n,
    ).toBe(1);
  });

  it("with the same id is another one on another connection", async () => {
    const [one, two] = [await connect(), await connect()];
    expect((await accept(database(), one, { p_delivery_id: "same" })).outcome).toBe("stored");
    expect((await accept(database(), two, { p_delivery_id: "same" })).outcome).toBe("stored");
  });

  it("with nothing to record is kept as done, without a payload", async () => {
    const db = database();
    const repositoryId = await connect();
    for (const verdict of ["ping", "ignored"]) {
      const answer = await accept(db, repositoryId, { p_verdict: verdict, p_reason: "a tag" });
      expect(answer).toMatchObject({ outcome: "stored", verdict, reason: "a tag", status: "done" });
    }
    expect(
      await db.query("select 1 from public.webhook_deliveries where repository_id = $1 and payload is not null", [
        repositoryId,
      ]),
    ).toEqual([]);
    expect(await readRepository(repositoryId)).toMatchObject({ bound: false, seen: true });
  });

  it("for an archived or unknown connection is not stored", async () => {
    const db = database();
    const repositoryId = await connect();
    await db.as(workspace.owner, "update public.repositories set archived_at = now() where id = $1", [repositoryId]);
    expect(await accept(db, repositoryId)).toEqual({ outcome: "unknown_repository" });
    expect(await accept(db, crypto.randomUUID())).toEqual({ outcome: "unknown_repository" });
    expect(await db.query("select 1 from public.webhook_deliveries where repository_id = $1", [repositoryId])).toEqual(
      [],
    );
  });
});

describe("deliveries accepted together", () => {
  const acceptAll = (deliveries: Record<string, unknown>[]) =>
    database().rpc<Acceptance[]>(service, "accept_deliveries", {
      p_deliveries: deliveries.map((delivery) => ({
        delivery_id: crypto.randomUUID(),
        event: "push",
        verdict: "push",
        payload: { changes: [] },
        body_bytes: 100,
        ...delivery,
      })),
    });

  it("are each answered in their place, whatever the others are", async () => {
    const [one, two, archived] = [await connect(), await connect("studio/site"), await connect()];
    await database().as(workspace.owner, "update public.repositories set archived_at = now() where id = $1", [
      archived,
    ]);
    const known = await accept(database(), one, { p_delivery_id: "known" });
    expect(
      await acceptAll([
        { repository_id: two, repository: repository("9", "studio/other") },
        { repository_id: crypto.randomUUID() },
        { repository_id: one, delivery_id: "known" },
        { repository_id: two, repository: repository("8", "Studio/Site") },
        { repository_id: archived },
        { repository_id: one, delivery_id: "twice" },
        { repository_id: one, delivery_id: "twice" },
        { repository_id: one, verdict: "ignored", reason: "a tag" },
      ]),
    ).toMatchObject([
      { outcome: "stored", verdict: "refused", status: "done" },
      { outcome: "unknown_repository" },
      { ...known, outcome: "repeated" },
      { outcome: "stored", verdict: "push", status: "accepted" },
      { outcome: "unknown_repository" },
      { outcome: "stored", verdict: "push" },
      { outcome: "repeated", verdict: "push" },
      { outcome: "stored", verdict: "ignored", reason: "a tag", status: "done" },
    ]);
    // The first delivery of the right name binds, wherever it stands.
    expect(await readRepository(two)).toMatchObject({ external_id: "8", bound: true });
    expect(await readRepository(one)).toMatchObject({ bound: false, seen: true });
  });

  it("are all stored or none, so that whoever asks knows what to ask again", async () => {
    const id = await connect();
    await expect(
      acceptAll([{ repository_id: id }, { repository_id: id, delivery_id: "x".repeat(201) }, { repository_id: id }]),
    ).rejects.toThrow();
    expect(await database().query("select 1 from public.webhook_deliveries where repository_id = $1", [id])).toEqual(
      [],
    );
  });

  it("say when the connection was last heard of, without each of them writing its row", async () => {
    const id = await connect();
    const versions = () =>
      database().one<{ heard: boolean; row: string }>(
        "select last_delivery_at is not null as heard, xmin::text as row from public.repositories where id = $1",
        [id],
      );
    await acceptAll([{ repository_id: id }, { repository_id: id }]);
    const first = await versions();
    expect(first.heard).toBe(true);
    await acceptAll([{ repository_id: id }]);
    expect(await versions()).toEqual(first);
  });
});

describe("a connection", () => {
  it("without a name is bound by its first delivery and refuses another repository from then on", async () => {
    const db = database();
    const id = await connect();
    await accept(db, id, { p_repository: repository("7") });
    expect(await readRepository(id)).toEqual({
      external_id: "7",
      name: "studio/site",
      url: "https://git.example/studio/site",
      bound: true,
      seen: true,
    });
    const refused = await accept(db, id, { p_delivery_id: "x", p_repository: repository("8", "studio/other") });
    expect(refused).toMatchObject({ outcome: "stored", verdict: "refused", status: "done" });
    expect(refused).toHaveProperty(
      "reason",
      "This connection is bound to studio/site; the delivery is of studio/other.",
    );
    expect(await accept(db, id, { p_delivery_id: "x", p_repository: repository("8", "studio/other") })).toMatchObject({
      outcome: "repeated",
      verdict: "refused",
    });
    expect(await readRepository(id)).toMatchObject({ external_id: "7", name: "studio/site" });
    // The host's id survives a rename.
    expect(await accept(db, id, { p_repository: repository("7", "studio/renamed") })).toMatchObject({
      verdict: "push",
    });
  });

  it("with a name takes a delivery of that name only, in any case of letters", async () => {
    const db = database();
    const id = await connect("Studio/Site");
    expect(await accept(db, id, { p_repository: repository("8", "studio/other") })).toMatchObject({
      verdict: "refused",
    });
    expect(await readRepository(id)).toMatchObject({ external_id: null, name: "Studio/Site", seen: false });
    expect(await accept(db, id, { p_repository: repository("7", "studio/site") })).toMatchObject({ verdict: "push" });
    expect(await readRepository(id)).toMatchObject({ external_id: "7", bound: true });
  });

  it("keeps no address but one that a browser may open", async () => {
    const db = database();
    const id = await connect();
    const odd = { ...repository("7", ""), url: "javascript:alert(1)" };
    expect((await accept(db, id, { p_repository: odd })).outcome).toBe("stored");
    expect(await readRepository(id)).toMatchObject({ external_id: "7", name: null, url: null });
    await expect(
      db.rpc(workspace.owner, "connect_repository", {
        p_id: crypto.randomUUID(),
        p_project_id: workspace.projectId,
        p_provider: "github",
        p_secret_ciphertext: "c",
        p_url: "javascript:alert(1)",
      }),
    ).rejects.toMatchObject({ code: "23514" });
  });

  it("verifies with every secret that is valid now, newest first, and with none that has run out", async () => {
    const db = database();
    const id = await connect();
    await db.query(
      `insert into public.repository_secrets (workspace_id, repository_id, purpose, ciphertext, valid_until, created_at) values
         ($1, $2, 'webhook', 'old, still valid', now() + interval '1 hour', now() - interval '1 day'),
         ($1, $2, 'webhook', 'run out', now() - interval '1 second', now() - interval '2 days'),
         ($1, $2, 'access_token', 'another purpose', null, now())`,
      [workspace.id, id],
    );
    const target = await db.as(service, "select * from public.webhook_targets(array[$1::uuid])", [id]);
    expect(target.rows).toEqual([
      { repository_id: id, provider: "github", secrets: ["k1:ciphertext", "old, still valid"], address_ranges: null },
    ]);
    await db.as(workspace.owner, "update public.repositories set archived_at = now() where id = $1", [id]);
    expect((await db.as(service, "select * from public.webhook_targets(array[$1::uuid])", [id])).rows).toEqual([]);
  });

  it("is made by a manager only, and not in an archived project", async () => {
    const db = database();
    for (const person of [workspace.member, workspace.viewer]) {
      await expect(connectRepository(db, person, workspace.projectId)).rejects.toMatchObject({ code: "BH001" });
    }
    await expect(connectRepository(db, workspace.owner, crypto.randomUUID())).rejects.toMatchObject({ code: "BH002" });
    await db.query("update public.projects set archived_at = now() where id = $1", [workspace.projectId]);
    await expect(connect()).rejects.toMatchObject({ code: "BH005", detail: "project_id" });
    await db.query("update public.projects set archived_at = null where id = $1", [workspace.projectId]);
  });

  it("of a provider-wide delivery is found in the operator's workspace only", async () => {
    const db = database();
    const stranger = await makeWorkspace(db);
    const named = await connect("acme/api");
    const bound = await connect();
    await accept(db, bound, { p_repository: repository("77", "acme/api") });
    await connectRepository(db, stranger.owner, stranger.projectId, "acme/api");
    const { rows } = await db.as(
      service,
      "select public.webhook_targets_in_workspace($1, 'github', '77', 'ACME/api') as id",
      [workspace.id],
    );
    expect(rows.map((row) => row["id"]).toSorted()).toEqual([named, bound].toSorted());
  });
});

describe("an accepted delivery", () => {
  const begin = (ids: string[]) =>
    database().rpc<{ id: string; attempts: number; config: { project_id: string } }[]>(service, "begin_deliveries", {
      p_ids: ids,
    });

  it("is taken with all that its processing needs, and counted each time", async () => {
    const id = await acceptPush(database(), workspace.repositoryId);
    expect(await begin([id, crypto.randomUUID()])).toMatchObject([
      {
        id,
        attempts: 1,
        event: { changes: [] },
        repository: { id: workspace.repositoryId, provider: "github" },
        workspace: { id: workspace.id, timezone: "UTC" },
        project: { id: workspace.projectId, billing_type: "hourly" },
        config: { project_id: workspace.projectId, default_minutes: 30 },
      },
    ]);
    expect((await begin([id]))[0]?.attempts).toBe(2);
    await record(database(), [{ delivery_id: id, commits: [] }]);
    expect(await begin([id])).toEqual([]);
  });

  it("that nobody finished is found by the sweep, one in work not before its time", async () => {
    const db = database();
    const [lost, working, done] = [
      await acceptPush(db, workspace.repositoryId),
      await acceptPush(db, workspace.repositoryId),
      await acceptPush(db, workspace.repositoryId),
    ];
    await db.query("update public.webhook_deliveries set received_at = now() - interval '1 hour' where id = any ($1)", [
      [lost, working, done],
    ]);
    await begin([working]);
    await record(db, [{ delivery_id: done, commits: [] }]);
    const { rows } = await db.as(service, "select public.waiting_deliveries(60, 500) as id");
    const found = new Set(rows.map((row) => row["id"]));
    expect([found.has(lost), found.has(working), found.has(done)]).toEqual([true, false, false]);
  });

  it("that keeps failing says why, is given up with a notification, and can be replayed", async () => {
    const db = database();
    const id = await acceptPush(db, workspace.repositoryId);
    const read = () =>
      db.one(
        "select status, error, attempts, payload is not null as payload from public.webhook_deliveries where id = $1",
        [id],
      );
    await begin([id]);
    await db.rpc(service, "note_delivery_errors", { p_ids: [id], p_error: "first" });
    expect(await read()).toEqual({ status: "accepted", error: "first", attempts: 1, payload: true });
    await db.rpc(service, "fail_deliveries", { p_ids: [id], p_error: "x".repeat(2000) });
    await db.rpc(service, "fail_deliveries", { p_ids: [id], p_error: "again" });
    expect(await read()).toEqual({ status: "failed", error: "x".repeat(1000), attempts: 1, payload: true });
    expect(
      await db.query(
        "select occurrences from public.notifications where workspace_id = $1 and kind = 'delivery_failed'",
        [workspace.id],
      ),
    ).toEqual([{ occurrences: 1 }]);
    expect(await begin([id])).toEqual([]);
    const told = async () =>
      (await db.as(workspace.viewer, "select kind, count from public.read_matters($1)", [workspace.id])).rows.filter(
        ({ kind }) => kind === "delivery_failed",
      );
    expect(await told()).toMatchObject([{ count: 1 }]);

    const replay = (person: Workspace["owner"]) =>
      db.as(person, "select public.replay_deliveries($1) as id", [[id, crypto.randomUUID()]]);
    await expect(replay(workspace.viewer)).rejects.toMatchObject({ code: "BH001" });
    const stranger = await makeWorkspace(db);
    expect((await replay(stranger.owner)).rows).toEqual([]);
    expect((await replay(workspace.member)).rows).toEqual([{ id }]);
    expect(await read()).toEqual({ status: "accepted", error: null, attempts: 0, payload: true });
    expect((await replay(workspace.member)).rows).toEqual([]);
    // While it is tried again, and once it is recorded, it is no failure.
    expect(await told()).toEqual([]);
    await db.rpc(service, "fail_deliveries", { p_ids: [id], p_error: "once more" });
    expect(await told()).toMatchObject([{ count: 1 }]);
    await replay(workspace.member);
    await record(db, [{ delivery_id: id, commits: [] }]);
    expect(
      await db.query("select 1 from public.notifications where workspace_id = $1 and kind = 'delivery_failed'", [
        workspace.id,
      ]),
    ).toEqual([]);
  });
});
