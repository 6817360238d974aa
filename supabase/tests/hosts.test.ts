import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import {
  acceptPush,
  connectRepository,
  giveToken,
  hash,
  makeCommit,
  makeWorkspace,
  push,
  record,
  type Workspace,
} from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
let other: Workspace;
let repository: string;
let grant: string;
beforeAll(async () => {
  other = await makeWorkspace(database());
});
beforeEach(async () => {
  workspace = await makeWorkspace(database());
  repository = workspace.repositoryId;
  grant = await giveToken(database(), workspace.owner, repository);
});

const asService = <T>(name: string, parameters: Record<string, unknown>): Promise<T> =>
  database().rpc<T>(service, name, parameters);
const readGrant = () =>
  database().one<Record<string, unknown>>(
    `select revoked_at is not null as revoked, revoked_reason, budget_remaining, waits_until is not null as waits
     from public.host_grants where id = $1`,
    [grant],
  );
const noticesOf = async (subject: string): Promise<string[]> =>
  (
    await database().query<{ body: string }>(
      "select body from public.notifications where subject_id = $1 and kind = 'grant_revoked'",
      [subject],
    )
  ).map(({ body }) => body);
const outsiders = () => [workspace.member, workspace.viewer, other.owner];

describe("a token", () => {
  it("is given by managers only, and a new one takes the place of the old and of what was said of it", async () => {
    await asService("revoke_host_grant", { p_grant_id: grant, p_reason: "Taken back." });
    expect(await noticesOf(grant)).toEqual(["Taken back."]);
    for (const person of outsiders()) {
      await expect(giveToken(database(), person, repository)).rejects.toMatchObject({
        code: person === other.owner ? "BH002" : "BH001",
      });
    }
    const fresh = await giveToken(database(), workspace.admin, repository);
    expect(await noticesOf(grant)).toEqual([]);
    const grants = await database().query("select id from public.host_grants where workspace_id = $1", [workspace.id]);
    expect(grants).toEqual([{ id: fresh }]);
  });

  it("that the host refuses is told of once, and is asked for nothing any more", async () => {
    for (const reason of ["Taken back.", "Again."])
      await asService("revoke_host_grant", { p_grant_id: grant, p_reason: reason });
    expect(await readGrant()).toMatchObject({ revoked: true, revoked_reason: "Taken back." });
    expect(await noticesOf(grant)).toEqual(["Taken back."]);
    expect(await asService("take_host_requests", { p_grant_id: grant, p_wanted: 5 })).toMatchObject({ granted: 0 });
    expect(await asService("repositories_to_reconcile", { p_repository_id: repository })).toEqual([]);
  });

  it("that may not read one repository is told of once for each reason, until that is over", async () => {
    for (const error of ["Forbidden.", "Forbidden.", null])
      await asService("note_repository_access", { p_repository_id: repository, p_error: error });
    expect(await noticesOf(repository)).toEqual(["Forbidden."]);
    const row = await database().one("select host_error from public.repositories where id = $1", [repository]);
    expect(row).toEqual({ host_error: null });
  });
});

describe("the budget of a grant", () => {
  const take = (wanted: number, keep = 0) =>
    asService<{ granted: number; waits_until: string | null; is_paused: boolean }>("take_host_requests", {
      p_grant_id: grant,
      p_wanted: wanted,
      p_keep: keep,
    });
  const note = (unused: number, said: Record<string, unknown> = {}) =>
    asService("note_host_requests", { p_grant_id: grant, p_unused: unused, ...said });
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  it("is as large as the host says, is shared, and a part of it can be kept for what is more urgent", async () => {
    expect(await take(300)).toMatchObject({ granted: 300 });
    await note(0, { p_limit: 100, p_remaining: 60, p_reset_at: inAnHour() });
    expect(await take(40, 0.5)).toMatchObject({ granted: 10 });
    expect(await take(40)).toMatchObject({ granted: 40 });
    expect(await take(40)).toMatchObject({ granted: 10 });
    expect(await take(1)).toMatchObject({ granted: 0, is_paused: false, waits_until: expect.any(String) as string });
    await note(7);
    expect(await take(40)).toMatchObject({ granted: 7 });
  });

  it("begins anew when its time is over, and a pause the host asks for is kept", async () => {
    await note(0, { p_limit: 10, p_remaining: 0, p_reset_at: new Date(Date.now() - 1000).toISOString() });
    expect(await take(5)).toMatchObject({ granted: 5 });
    await note(0, { p_waits_until: inAnHour() });
    expect(await take(5)).toMatchObject({ granted: 0, is_paused: true });
  });

  it("is refreshed by one at a time, for as long as the lock lasts", async () => {
    expect(await asService("lock_host_grant", { p_grant_id: grant })).toBe(true);
    expect(await asService("lock_host_grant", { p_grant_id: grant })).toBe(false);
    await database().query(
      "update public.host_grants set refresh_locked_until = now() - interval '1 second' where id = $1",
      [grant],
    );
    expect(await asService("lock_host_grant", { p_grant_id: grant })).toBe(true);
  });
});

describe("a webhook's secret", () => {
  const rotate = (hours: number, person = workspace.owner) =>
    database().rpc<string>(person, "rotate_webhook_secret", {
      p_repository_id: repository,
      p_secret_ciphertext: `k1.${crypto.randomUUID()}`,
      p_overlap_hours: hours,
    });
  const secrets = async (): Promise<number> => {
    const { rows } = await database().as(
      service,
      "select cardinality(secrets)::integer as n from public.webhook_target($1)",
      [repository],
    );
    return Number(rows[0]?.["n"]);
  };

  it("is valid beside the new one until the overlap ends, and not longer", async () => {
    await rotate(24);
    expect(await secrets()).toBe(2);
    await rotate(0);
    expect(await secrets()).toBe(1);
    for (const person of outsiders())
      await expect(rotate(1, person)).rejects.toMatchObject({ code: expect.stringMatching(/^BH00[12]$/) as string });
    for (const hours of [-1, 721]) await expect(rotate(hours)).rejects.toMatchObject({ code: "BH003" });
  });

  it("is one of ten at most", async () => {
    for (let made = 1; made < 10; made += 1) await rotate(24);
    await expect(rotate(24)).rejects.toMatchObject({ code: "BH005" });
  });

  it("and a token are found where they are under an old key, and replaced unless they changed meanwhile", async () => {
    const stale = async () => {
      const { rows } = await database().as(service, "select * from public.stale_ciphertexts('k2', 1000)");
      return rows.filter(({ owner_id: owner }) => owner === repository || owner === grant);
    };
    const found = await stale();
    expect(found.map(({ kind, purpose }) => [kind, purpose]).toSorted()).toEqual([
      ["grant", "access"],
      ["repository", "webhook"],
    ]);
    const changes = found.map(({ kind, id, ciphertext }) => ({ kind, id, before: ciphertext, after: "k2.new" }));
    const [first, ...rest] = changes;
    const changed = { ...first, before: "k1.another" };
    expect(await asService("replace_ciphertexts", { p_changes: JSON.stringify([changed, ...rest]) })).toBe(1);
    expect(await stale()).toHaveLength(1);
  });
});

describe("addresses of a host", () => {
  const ranges = async (): Promise<unknown> =>
    (await database().as(service, "select address_ranges from public.webhook_target($1)", [repository])).rows[0]?.[
      "address_ranges"
    ];

  it("are wanted where somebody has them checked, fetched once a day, and not asked of a host of one's own", async () => {
    const wanted = () => asService<boolean>("wants_address_ranges", { p_provider: "github" });
    expect(await ranges()).toBeNull();
    await database().as(workspace.owner, "update public.repositories set check_source_address = true where id = $1", [
      repository,
    ]);
    expect(await wanted()).toBe(true);
    await asService("save_address_ranges", { p_provider: "github", p_ranges: ["192.0.2.0/24"] });
    expect(await wanted()).toBe(false);
    expect(await ranges()).toEqual(["192.0.2.0/24"]);
    await database().query("update public.repositories set base_url = 'https://git.example' where id = $1", [
      repository,
    ]);
    expect(await ranges()).toBeNull();
  });
});

describe("a delivery that waits for its host", () => {
  it("keeps what it has, is not begun before its time, and counts no failed attempt", async () => {
    const id = await acceptPush(database(), repository);
    const begin = () =>
      asService<{ id: string; attempts: number; progress: unknown }[]>("begin_deliveries", { p_ids: [id] });
    expect(await begin()).toMatchObject([{ id, attempts: 1, progress: null }]);
    const progress = { read: ["abc"], listed: [], failures: 1 };
    const save = (more: object) =>
      asService("save_delivery_progress", { p_deliveries: JSON.stringify([{ id, ...more }]) });
    await save({ progress, is_resumed: true, waits_until: "2999-01-01T00:00:00Z", wait_reason: "Used up." });
    expect(await begin()).toEqual([]);
    await save({ is_resumed: false });
    expect(await begin()).toMatchObject([{ id, attempts: 1, progress }]);
    await save({ incomplete_reason: "It did not answer." });
    await record(database(), [{ delivery_id: id, commits: [makeCommit()] }]);
    const row = await database().one(
      "select status, progress, waits_until, incomplete_reason from public.webhook_deliveries where id = $1",
      [id],
    );
    expect(row).toEqual({ status: "done", progress: null, waits_until: null, incomplete_reason: "It did not answer." });
  });

  it("is listed with what its commits lack, newest first, until they are completed; what is there stays", async () => {
    const id = await acceptPush(database(), repository);
    await asService("save_delivery_progress", {
      p_deliveries: JSON.stringify([{ id, incomplete_reason: "It did not answer." }]),
    });
    const commit = makeCommit();
    await record(database(), [{ delivery_id: id, commits: [commit] }]);
    const incomplete = async () =>
      (await asService<{ id: string; commits: { id: string }[] }[]>("incomplete_deliveries", {})).filter(
        (each) => each.id === id,
      );
    expect(await incomplete()).toMatchObject([{ commits: [{ id: commit.id }] }]);
    const told = { ...commit, author_name: "Another", additions: 12, deletions: 3, patch_id: "b".repeat(40) };
    expect(await asService("complete_commits", { p_commits: JSON.stringify([told]) })).toBe(1);
    expect(await asService("complete_commits", { p_commits: JSON.stringify([{ ...told, additions: 99 }]) })).toBe(0);
    const row = await database().one("select author_name, additions, patch_id from public.commits where id = $1", [
      commit.id,
    ]);
    expect(row).toEqual({ author_name: "Author", additions: 12, patch_id: "b".repeat(40) });
    expect(
      await asService("recorded_hashes", { p_repositories: JSON.stringify({ [repository]: [commit.hash, hash()] }) }),
    ).toEqual({ [repository]: [commit.hash] });
  });
});

describe("what is learned late", () => {
  const twoDrafts = async () => {
    const [one, two] = [makeCommit(), makeCommit()];
    for (const commit of [one, two]) await push(database(), repository, [commit]);
    return [one, two] as const;
  };
  const flag = (id: string) => ({
    code: "possible_rewrite",
    message: "It may be the same.",
    commit_id: id,
    short_hash: "abc1234",
  });
  /** The younger turns out to be the older. */
  const join = (older: string, younger: string, more: object = {}) => {
    const match = { work_id: younger, other_ids: [older], relation: "same", evidence: "patch_id" };
    const commit = {
      id: younger,
      additions: 1,
      work: { claims: [], links: [], matches: [{ ...match, flag: flag(older), flag_back: flag(younger), ...more }] },
    };
    return asService("complete_commits", { p_commits: JSON.stringify([commit]) });
  };
  const statuses = async (...ids: string[]) => {
    const rows = await database().query<{ id: string; status: string; flags: unknown[] }>(
      "select id, status, flags from public.draft_line_items where id = any ($1::uuid[])",
      [ids],
    );
    return ids.map((id) => {
      const row = rows.find((each) => each.id === id);
      return [row?.status, row?.flags.length];
    });
  };

  it("joins two works: the younger one gives way, is kept with its flag, and can be taken apart for good", async () => {
    const [older, younger] = await twoDrafts();
    await join(older.id, younger.id);
    const drafts = [older.draft.draft_id, younger.draft.draft_id];
    expect(await statuses(...drafts)).toEqual([
      ["draft", 0],
      ["rejected", 1],
    ]);
    await database().rpc(workspace.member, "separate_work", { p_commit_id: younger.id });
    await database().query("update public.commits set additions = null where id = $1", [younger.id]);
    await join(older.id, younger.id);
    const row = await database().one("select same_work_as from public.commits where id = $1", [younger.id]);
    expect(row).toEqual({ same_work_as: null });
  });

  it("flags where a person has touched both, and where nothing proves it", async () => {
    for (const [touch, more] of [
      [true, {}],
      [false, { relation: "suspected", evidence: null }],
    ] as const) {
      const [older, younger] = await twoDrafts();
      const drafts = [older.draft.draft_id, younger.draft.draft_id];
      if (touch)
        await database().rpc(workspace.member, "update_drafts", {
          p_ids: drafts,
          p_changes: JSON.stringify({ minutes: 5 }),
        });
      await join(older.id, younger.id, more);
      expect(await statuses(...drafts)).toEqual([
        ["draft", 0],
        ["draft", 1],
      ]);
    }
  });

  it("leaves an approved one as it is, and takes back the open one, whichever is the younger", async () => {
    const [older, younger] = await twoDrafts();
    const drafts = [older.draft.draft_id, younger.draft.draft_id];
    await database().rpc(workspace.member, "approve_drafts", { p_ids: [younger.draft.draft_id] });
    await join(older.id, younger.id);
    expect(await statuses(...drafts)).toEqual([
      ["rejected", 1],
      ["approved", 0],
    ]);
  });

  it("is a name that another work has by then: nothing is written, and it is looked at again", async () => {
    const [older, younger] = await twoDrafts();
    await database().query("insert into public.work_claims (workspace_id, key, commit_id) values ($1, 'patch:x', $2)", [
      workspace.id,
      older.id,
    ]);
    const commit = {
      id: younger.id,
      additions: 1,
      work: { claims: [{ key: "patch:x", owner: null, take: false }], links: [] },
    };
    await expect(asService("complete_commits", { p_commits: JSON.stringify([commit]) })).rejects.toMatchObject({
      code: "BH010",
    });
    const row = await database().one("select additions from public.commits where id = $1", [younger.id]);
    expect(row).toEqual({ additions: null });
  });
});

describe("what a rewritten branch no longer holds", () => {
  it("is followed back from its old head to where the new one was cut, and nothing where the head is only ahead", async () => {
    const [base, first, second, next] = [hash(), hash(), hash(), hash()];
    await push(database(), repository, [
      makeCommit({ hash: base, parents: [] }),
      makeCommit({ hash: first, parents: [base], files: [{ path: "a.ts", additions: 1, deletions: 0 }] }),
      makeCommit({ hash: second, parents: [first] }),
    ]);
    const dropped = async (kept: string[], head: string, depth = 200) => {
      const rewritten = [{ repository_id: repository, branch: "main", start: second, head, kept, depth }];
      const context = await asService<{
        dropped: { commit_id: string }[];
        works: { id: string; hash: string; files: unknown }[];
      }>("work_context", {
        p_requests: JSON.stringify([{ workspace_id: workspace.id, keys: [], hints: [], held: [], rewritten }]),
      });
      const ids = new Set(context.dropped.map(({ commit_id: id }) => id));
      return context.works.filter(({ id }) => ids.has(id));
    };
    const gone = await dropped([next, base], next);
    expect(gone.map((work) => work.hash).toSorted()).toEqual([first, second].toSorted());
    expect(gone.find((work) => work.hash === first)?.files).toEqual([{ path: "a.ts", additions: 1, deletions: 0 }]);
    expect((await dropped([next, base], next, 0)).map((work) => work.hash)).toEqual([second]);
    // A push that arrives late: the branch went on from it.
    expect(await dropped([first, base], first)).toEqual([]);
  });
});

describe("a comparison of branches", () => {
  const store = (found: { heads?: object[]; gone?: string[]; pushes?: object[] }) =>
    database()
      .as(service, "select * from public.store_reconciliation($1, $2, $3, $4)", [
        repository,
        JSON.stringify(found.heads ?? []),
        found.gone ?? [],
        JSON.stringify(found.pushes ?? []),
      ])
      .then(({ rows }) => rows.length);
  const due = async () =>
    (await asService<{ id: string }[]>("repositories_to_reconcile", { p_limit: 1000 })).some(
      ({ id }) => id === repository,
    );

  it("is due where a repository was silent for an hour or has a gap, once an hour", async () => {
    expect(await due()).toBe(false);
    await database().query("update public.repositories set created_at = now() - interval '2 hours' where id = $1", [
      repository,
    ]);
    expect(await due()).toBe(true);
    await store({ heads: [{ branch: "main", head: hash() }] });
    expect(await due()).toBe(false);
  });

  it("makes one delivery for each branch that moved, and forgets branches that are gone", async () => {
    const one = { delivery_id: "reconciliation:a:b:main", payload: { changes: [] } };
    expect(await store({ heads: [{ branch: "old", head: hash() }], pushes: [one] })).toBe(1);
    expect(await store({ gone: ["old"], pushes: [one] })).toBe(0);
    const rows = await database().query(
      "select origin, status from public.webhook_deliveries where repository_id = $1",
      [repository],
    );
    expect(rows).toEqual([{ origin: "reconciliation", status: "accepted" }]);
    expect(
      await database().query("select branch from public.repository_heads where repository_id = $1", [repository]),
    ).toEqual([]);
  });
});

describe("failed deliveries", () => {
  it("are replayed all at once, of a workspace or of one repository, by who works in the inbox", async () => {
    const second = await connectRepository(database(), workspace.owner, workspace.projectId);
    const ids = [await acceptPush(database(), repository), await acceptPush(database(), second)];
    const fail = () => asService("fail_deliveries", { p_ids: ids, p_error: "It kept failing." });
    const replay = async (person: Workspace["owner"], of: string | null) =>
      (await database().as(person, "select * from public.replay_failed_deliveries($1, $2)", [workspace.id, of])).rows
        .length;
    await fail();
    const told = await database().query("select kind from public.notifications where workspace_id = $1", [
      workspace.id,
    ]);
    expect(told).toEqual([{ kind: "delivery_failed" }, { kind: "delivery_failed" }]);
    await expect(replay(workspace.viewer, null)).rejects.toMatchObject({ code: "BH001" });
    await expect(replay(other.owner, null)).rejects.toMatchObject({ code: "BH002" });
    expect(await replay(workspace.member, second)).toBe(1);
    await fail();
    expect(await replay(workspace.member, null)).toBe(2);
    expect(await replay(workspace.member, null)).toBe(0);
  });
});
