import type { DraftOutcome } from "@billhook/database/drafts";
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import {
  acceptPush,
  connectRepository,
  makeClient,
  makeCommit,
  makeProject,
  makeWorkspace,
  push,
  record,
  type Workspace,
} from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
beforeEach(async () => {
  workspace = await makeWorkspace(database());
});

const count = async (table: string): Promise<number> =>
  (
    await database().one<{ n: number }>(`select count(*)::integer as n from public.${table} where workspace_id = $1`, [
      workspace.id,
    ])
  ).n;
const counts = async (): Promise<Record<string, number>> => ({
  commits: await count("commits"),
  drafts: await count("draft_line_items"),
  links: await count("commit_draft_items"),
});
const readDraft = (id: string) => database().one("select * from public.draft_line_items where id = $1", [id]);

describe("recording a delivery", () => {
  it("writes commit, draft and link, drops the payload, and captures the rate", async () => {
    const db = database();
    const deliveryId = await acceptPush(db, workspace.repositoryId);
    const commit = makeCommit(
      {
        message: "Fix login [2h]",
        files: [{ path: "a.ts", status: "modified" }],
        ticket_ref: "AB-1",
        ticket_refs: ["AB-1"],
      },
      { minutes: 120, estimate_method: "explicit", ticket_key: "AB-1", category: "Backend Development" },
    );
    expect(await record(db, [{ delivery_id: deliveryId, commits: [commit] }])).toEqual([
      { delivery_id: deliveryId, commits: 1, drafts: 1 },
    ]);
    expect(
      await db.one("select status, short_hash, ticket_refs, delivery_id from public.commits where id = $1", [
        commit.id,
      ]),
    ).toEqual({
      status: "drafted",
      short_hash: commit.hash.slice(0, 7),
      ticket_refs: ["AB-1"],
      delivery_id: deliveryId,
    });
    expect(await readDraft(commit.draft.draft_id)).toMatchObject({
      client_id: workspace.clientId,
      project_id: workspace.projectId,
      repository_id: workspace.repositoryId,
      source_type: "commit",
      minutes: 120,
      hours: 2,
      estimated_minutes: 120,
      hourly_rate_minor: 9000,
      currency: "EUR",
      total_minor: 18_000,
      billable: true,
      status: "draft",
      author_name: "Author",
      ticket_key: "AB-1",
      version: 1,
    });
    expect(
      await db.one(
        "select status, payload, commits_recorded, drafts_created from public.webhook_deliveries where id = $1",
        [deliveryId],
      ),
    ).toEqual({ status: "done", payload: null, commits_recorded: 1, drafts_created: 1 });
  });

  it("twice is the same as once", async () => {
    const db = database();
    const deliveryId = await acceptPush(db, workspace.repositoryId);
    const commit = makeCommit();
    const again = { ...makeCommit({ hash: commit.hash }) };
    await record(db, [{ delivery_id: deliveryId, commits: [commit] }]);
    const before = await counts();
    expect(await record(db, [{ delivery_id: deliveryId, commits: [again] }])).toEqual([]);
    expect(await counts()).toEqual(before);
    const [told] = await db.query("select occurrences from public.notifications where workspace_id = $1", [
      workspace.id,
    ]);
    expect(told).toEqual({ occurrences: 1 });
  });

  it("named twice in one batch counts once", async () => {
    const db = database();
    const deliveryId = await acceptPush(db, workspace.repositoryId);
    const result = { delivery_id: deliveryId, commits: [makeCommit(), makeCommit()] };
    expect(await record(db, [result, result])).toEqual([{ delivery_id: deliveryId, commits: 2, drafts: 2 }]);
    expect(await counts()).toEqual({ commits: 2, drafts: 2, links: 2 });
  });

  it("together with another that has common commits records each commit once, for the first", async () => {
    const db = database();
    const [first, second] = [
      await acceptPush(db, workspace.repositoryId),
      await acceptPush(db, workspace.repositoryId),
    ];
    const [a, b, c] = [makeCommit(), makeCommit(), makeCommit()];
    const result = await record(db, [
      { delivery_id: first, commits: [a, b, makeCommit({ hash: a.hash })] },
      { delivery_id: second, commits: [makeCommit({ hash: b.hash }), c] },
    ]);
    expect(result).toEqual(
      expect.arrayContaining([
        { delivery_id: first, commits: 2, drafts: 2 },
        { delivery_id: second, commits: 1, drafts: 1 },
      ]),
    );
    expect(await counts()).toEqual({ commits: 3, drafts: 3, links: 3 });
  });

  it("passes over a commit that the repository has already, but not one that only another connection has", async () => {
    const db = database();
    const commit = makeCommit();
    await push(db, workspace.repositoryId, [commit]);
    await push(db, workspace.repositoryId, [makeCommit({ hash: commit.hash, message: "other words" }), makeCommit()]);
    expect(await counts()).toEqual({ commits: 2, drafts: 2, links: 2 });
    const otherConnection = await connectRepository(db, workspace.owner, workspace.projectId);
    await push(db, otherConnection, [makeCommit({ hash: commit.hash })]);
    expect((await counts())["commits"]).toBe(3);
    const stranger = await makeWorkspace(db);
    await push(db, stranger.repositoryId, [makeCommit({ hash: commit.hash })]);
  });

  it("gives a commit that a rule left out a rejected draft, which can be brought back", async () => {
    const db = database();
    const commit = makeCommit({ ignored_rule: "merge", ignored_reason: "It is a merge." });
    const [draftId] = await push(db, workspace.repositoryId, [commit]);
    expect(
      await db.one("select status, ignored_rule, ignored_at is not null as at from public.commits where id = $1", [
        commit.id,
      ]),
    ).toEqual({
      status: "ignored",
      ignored_rule: "merge",
      at: true,
    });
    expect(await readDraft(commit.draft.draft_id)).toMatchObject({
      status: "rejected",
      rejected_reason: "It is a merge.",
    });
    expect(await count("notifications")).toBe(0);
    const restored = await db.rpc<DraftOutcome>(workspace.member, "restore_drafts", { p_ids: [draftId] });
    expect(restored).toMatchObject({ changed: [{ id: draftId, status: "draft", rejected_reason: null }], skipped: [] });
    expect(
      await db.one("select status, ignored_rule, ignored_at from public.commits where id = $1", [commit.id]),
    ).toEqual({
      status: "drafted",
      ignored_rule: null,
      ignored_at: null,
    });
  });

  it("counts the notification up instead of repeating it, and makes it unread again", async () => {
    const db = database();
    await push(db, workspace.repositoryId, [makeCommit(), makeCommit()]);
    await db.rpc(workspace.viewer, "mark_notifications_read", { p_workspace_id: workspace.id });
    await push(db, workspace.repositoryId, [makeCommit()]);
    expect(
      await db.query(
        `select n.kind, n.subject_id, n.occurrences, n.updated_at > r.read_at as unread
         from public.notifications n join public.notification_reads r on r.notification_id = n.id where n.workspace_id = $1`,
        [workspace.id],
      ),
    ).toEqual([{ kind: "drafts_waiting", subject_id: workspace.repositoryId, occurrences: 3, unread: true }]);
  });
});

describe("what is told of drafts", () => {
  it("is how many wait now and how many came since it was read; nothing once none waits", async () => {
    const db = database();
    const told = async () =>
      (await db.as(workspace.viewer, "select * from public.read_matters($1)", [workspace.id])).rows[0];
    const mark = (ids: unknown[] | null, isRead: boolean) =>
      db.rpc(workspace.viewer, "mark_notifications_read", {
        p_workspace_id: workspace.id,
        p_ids: ids,
        p_is_read: isRead,
      });
    const first = await push(db, workspace.repositoryId, [makeCommit(), makeCommit()]);
    const matter = await told();
    expect(matter).toMatchObject({ kind: "drafts_waiting", count: 2, fresh: 2, is_unread: true });
    await mark([crypto.randomUUID()], true);
    expect(await told()).toMatchObject({ is_unread: true });
    await mark([matter?.["id"]], true);
    expect(await told()).toMatchObject({ count: 2, fresh: 0, is_unread: false });
    const later = await push(db, workspace.repositoryId, [makeCommit()]);
    expect(await told()).toMatchObject({ count: 3, fresh: 1, is_unread: true });
    await db.rpc(workspace.member, "approve_drafts", { p_ids: later });
    expect(await told()).toMatchObject({ count: 2, fresh: 0, is_unread: false });
    await mark(null, false);
    expect(await told()).toMatchObject({ count: 2, fresh: 2, is_unread: true });
    await db.rpc(workspace.member, "defer_drafts", { p_ids: first, p_until: "2199-01-01" });
    expect(await told()).toBeUndefined();
    const stranger = await makeWorkspace(db);
    expect((await db.as(stranger.owner, "select * from public.read_matters($1)", [workspace.id])).rows).toEqual([]);
  });
});

describe("the rate", () => {
  it("is that of the moment: a later change rewrites neither draft nor entry", async () => {
    const db = database();
    const [draftId] = await push(db, workspace.repositoryId, [makeCommit()]);
    await db.rpc(workspace.member, "approve_drafts", { p_ids: [draftId] });
    await db.as(workspace.owner, "update public.projects set hourly_rate_minor = 1 where id = $1", [
      workspace.projectId,
    ]);
    expect(await readDraft(draftId ?? "")).toMatchObject({ hourly_rate_minor: 9000, total_minor: 9000 });
    expect(
      await db.one("select hourly_rate_minor from public.time_entries where draft_line_item_id = $1", [draftId]),
    ).toEqual({
      hourly_rate_minor: 9000,
    });
    const [next] = await push(db, workspace.repositoryId, [makeCommit()]);
    expect(await readDraft(next ?? "")).toMatchObject({ hourly_rate_minor: 1 });
  });

  it("may be unknown: then the draft has no total, and no total is no zero", async () => {
    const db = database();
    const projectId = await makeProject(db, workspace, await makeClient(db, workspace, "USD"));
    const [draftId] = await push(db, await connectRepository(db, workspace.owner, projectId), [makeCommit()]);
    expect(await readDraft(draftId ?? "")).toMatchObject({
      hourly_rate_minor: null,
      total_minor: null,
      currency: "USD",
    });
  });

  it("of a non-billable project makes drafts that cost nothing", async () => {
    const db = database();
    const projectId = await makeProject(db, workspace, workspace.clientId, { rate: 9000, billingType: "non_billable" });
    const [draftId] = await push(db, await connectRepository(db, workspace.owner, projectId), [makeCommit()]);
    expect(await readDraft(draftId ?? "")).toMatchObject({ billable: false, total_minor: 0, hourly_rate_minor: 9000 });
  });
});

describe("a batch", () => {
  it.each([
    ["a hash that is none", { hash: "abc" }, {}],
    ["a negative count", { additions: -1 }, {}],
    ["minutes past a day", {}, { minutes: 1441 }],
    ["an empty description", {}, { description: "" }],
    ["an unknown method", {}, { estimate_method: "guess" }],
  ])("with %s in one row is not written at all", async (_case, commit, draft) => {
    const db = database();
    const [good, bad] = [await acceptPush(db, workspace.repositoryId), await acceptPush(db, workspace.repositoryId)];
    await expect(
      record(db, [
        { delivery_id: good, commits: [makeCommit(), makeCommit()] },
        { delivery_id: bad, commits: [makeCommit(), makeCommit(commit, draft)] },
      ]),
    ).rejects.toMatchObject({ code: "23514" });
    expect(await counts()).toEqual({ commits: 0, drafts: 0, links: 0 });
    expect(await count("notifications")).toBe(0);
    expect(
      await db.query(
        "select status, payload is not null as payload from public.webhook_deliveries where id = any ($1)",
        [[good, bad]],
      ),
    ).toEqual([
      { status: "accepted", payload: true },
      { status: "accepted", payload: true },
    ]);
  });

  it("takes the longest text a commit may bring, and names cut to what an index can hold", async () => {
    const db = database();
    const long = "\u{1F58B}".repeat(16_000);
    const commit = makeCommit(
      {
        message: long,
        author_name: long,
        author_email: `${"a".repeat(5000)}@example.com`,
        branch: "b".repeat(5000),
        ticket_ref: null,
      },
      { description: "é".repeat(2000), detailed_description: "é".repeat(20_000) },
    );
    await push(db, workspace.repositoryId, [commit]);
    expect(
      await db.one(
        "select length(message) as message, length(author_name) as name, length(author_email) as email from public.commits where id = $1",
        [commit.id],
      ),
    ).toEqual({ message: 16_000, name: 320, email: 320 });
    expect(
      await db.rpc<DraftOutcome>(workspace.member, "approve_drafts", { p_ids: [commit.draft.draft_id] }),
    ).toMatchObject({ skipped: [] });
  });

  it("of two thousand commits is written by one call, in a time that grows with their number and not its square", async () => {
    await push(
      database(),
      workspace.repositoryId,
      Array.from({ length: 2000 }, () => makeCommit()),
    );
    expect(await counts()).toEqual({ commits: 2000, drafts: 2000, links: 2000 });
  }, 10_000);

  it("looks up the names of its own commits only, however many the workspace has", async () => {
    const db = database();
    const named = () => {
      const commit = makeCommit();
      const claims = ["hash", "patch", "authored"].map((kind) => ({
        key: `${kind}:${commit.hash}`,
        owner: null,
        take: false,
      }));
      return { ...commit, work: { claims, links: [] } };
    };
    await push(db, workspace.repositoryId, Array.from({ length: 1000 }, named));
    await db.query("analyze public.work_claims");
    const namesRead = async (): Promise<number> => {
      await db.query("select pg_stat_force_next_flush()");
      const { read } = await db.one<{ read: number }>(
        "select seq_tup_read::integer as read from pg_stat_user_tables where relname = 'work_claims'",
      );
      return read;
    };
    const before = await namesRead();
    await push(db, workspace.repositoryId, Array.from({ length: 20 }, named));
    expect(await namesRead()).toBe(before);
    expect(await count("work_claims")).toBe(3060);
  });
});
