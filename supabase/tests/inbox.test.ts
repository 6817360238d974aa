import type { DraftOutcome } from "@billhook/database/drafts";
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import {
  codesOf,
  connectRepository,
  createInvoice,
  makeApproved,
  makeClient,
  makeCommit,
  makeDrafts,
  makeOpenInvoice,
  makePerson,
  makeProject,
  makeWorkspace,
  type Person,
  push,
  type Workspace,
} from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
});

const drafts = (count: number, minutes = 60) => makeDrafts(database(), workspace.repositoryId, count, minutes);
const ask = (
  name: string,
  ids: string[],
  parameters: Record<string, unknown> = {},
  person: Person = workspace.member,
) => database().rpc<DraftOutcome>(person, name, { p_ids: ids, ...parameters });
const update = (ids: string[], changes: unknown, parameters: Record<string, unknown> = {}) =>
  ask("update_drafts", ids, { p_changes: changes, ...parameters });
const readDraft = (id: string) => database().one("select * from public.draft_line_items where id = $1", [id]);
const readEntries = (ids: string[]) =>
  database().query("select * from public.time_entries where draft_line_item_id = any ($1)", [ids]);

describe("editing", () => {
  it("answers the rows as the inbox shows them, and leaves the estimate as it was", async () => {
    const [id = ""] = await drafts(1);
    const outcome = await update([id], {
      description: "  Built the page  ",
      minutes: 90,
      hourly_rate_minor: 10_000,
      start_date: "2026-02-27",
      end_date: "2026-02-28",
      category: "Design",
      ticket_key: "AB-7",
      ticket_url: "https://tracker.example/AB-7",
      epic: "Launch",
    });
    expect(outcome.skipped).toEqual([]);
    expect(outcome.changed).toMatchObject([
      {
        id,
        client_name: "Client",
        project_name: "Project",
        description: "Built the page",
        minutes: 90,
        total_minor: 15_000,
        estimated_minutes: 60,
        estimate_method: "heuristic",
        start_date: "2026-02-27",
        end_date: "2026-02-28",
        ticket_key: "AB-7",
        epic: "Launch",
        version: 2,
        commits: [{ branch: "main" }],
      },
    ]);
  });

  it.each([
    ["minutes", -1],
    ["minutes", 1441],
    ["minutes", 0.5],
    ["minutes", 1e300],
    ["minutes", "NaN"],
    ["minutes", "60"],
    ["minutes", null],
    ["minutes", [60]],
    ["hourly_rate_minor", -1],
    ["hourly_rate_minor", 1.5],
    ["hourly_rate_minor", 100_000_000_001],
    ["hourly_rate_minor", "NaN"],
    ["description", "  "],
    ["description", null],
    ["description", "x".repeat(2001)],
    ["detailed_description", "x".repeat(20_001)],
    ["category", "x".repeat(101)],
    ["ticket_key", "x".repeat(201)],
    ["ticket_url", "javascript:alert(1)"],
    ["epic", "x".repeat(301)],
    ["billable", "perhaps"],
    ["start_date", "tomorrow"],
    ["start_date", "2026-02-30"],
    ["start_date", "infinity"],
    ["start_date", null],
    ["end_date", "0026-01-01"],
    ["end_date", "2026-03-01"],
    ["project_id", "nonsense"],
    ["project_id", null],
    ["status", "approved"],
    ["total_minor", 0],
    ["workspace_id", "x"],
  ])("refuses %s = %j, and names the field", async (field, value) => {
    const [id = ""] = await drafts(1);
    await expect(update([id], { [field]: value })).rejects.toMatchObject({ code: "BH003", detail: field });
    expect(await readDraft(id)).toMatchObject({ version: 1, minutes: 60 });
  });

  it("of the bounds themselves is possible", async () => {
    const [id = ""] = await drafts(1);
    for (const minutes of [0, 1440]) expect((await update([id], { minutes })).changed).toMatchObject([{ minutes }]);
    expect((await update([id], { minutes: 1440, hourly_rate_minor: 100_000_000_000 })).changed).toMatchObject([
      { total_minor: 2_400_000_000_000 },
    ]);
    expect((await update([id], { hourly_rate_minor: null, ticket_url: null, category: null })).changed).toMatchObject([
      { hourly_rate_minor: null, total_minor: null },
    ]);
  });

  it("of the first day moves the last one with it", async () => {
    const [id = ""] = await drafts(1);
    await update([id], { end_date: "2026-03-04" });
    expect((await update([id], { start_date: "2026-03-10" })).changed).toMatchObject([
      { start_date: "2026-03-10", end_date: "2026-03-12" },
    ]);
  });

  it("tells the second of two people that it changed, and does the rest", async () => {
    const [first = "", second = ""] = await drafts(2);
    const seen = { [first]: 1, [second]: 1 };
    await update([first], { minutes: 30 }, { p_versions: seen });
    const outcome = await update([first, second], { minutes: 45 }, { p_versions: seen });
    expect(codesOf(outcome, [first, second])).toEqual(["changed", undefined]);
    expect([await readDraft(first), await readDraft(second)]).toMatchObject([
      { minutes: 30, version: 2 },
      { minutes: 45, version: 2 },
    ]);
    for (const name of ["approve_drafts", "ignore_drafts", "defer_drafts", "unapprove_drafts", "restore_drafts"]) {
      expect(codesOf(await ask(name, [first], { p_versions: seen }), [first])).toEqual(["changed"]);
    }
  });

  it("to another project captures its rate, its currency and whether it is billed", async () => {
    const db = database();
    const yen = await makeProject(db, workspace, await makeClient(db, workspace, "JPY"), { rate: 8000 });
    const free = await makeProject(db, workspace, workspace.clientId, { rate: 1, billingType: "non_billable" });
    const [id = "", kept = ""] = await drafts(2);
    expect((await update([id], { project_id: yen })).changed).toMatchObject([
      { project_id: yen, currency: "JPY", hourly_rate_minor: 8000, total_minor: 8000 },
    ]);
    expect((await update([id], { project_id: free })).changed).toMatchObject([
      { billable: false, total_minor: 0, currency: "EUR" },
    ]);
    expect((await update([kept], { project_id: free, billable: true, hourly_rate_minor: 7000 })).changed).toMatchObject(
      [{ billable: true, total_minor: 7000 }],
    );
    const foreign = (await makeWorkspace(db)).projectId;
    await db.query("update public.projects set archived_at = now() where id = $1", [free]);
    for (const projectId of [foreign, free, crypto.randomUUID()]) {
      await expect(update([kept], { project_id: projectId })).rejects.toMatchObject({
        code: "BH003",
        detail: "project_id",
      });
    }
  });
});

describe("approving", () => {
  it("makes one time entry with the rate of the moment, however often it is asked", async () => {
    const db = database();
    const commit = makeCommit(
      { author_email: workspace.member.email.toUpperCase() },
      { minutes: 100, work_date: "2026-03-05" },
    );
    const [id = ""] = await push(db, workspace.repositoryId, [commit]);
    await update([id], { minutes: 75 });
    expect((await ask("approve_drafts", [id, id])).changed).toMatchObject([{ id, status: "approved" }]);
    expect(codesOf(await ask("approve_drafts", [id]), [id])).toEqual(["already_approved"]);
    const [memberRow] = await db.query<{ id: string }>("select id from public.members where user_id = $1", [
      workspace.member.userId,
    ]);
    expect(await readEntries([id])).toMatchObject([
      {
        source: "commit",
        estimated_seconds: 6000,
        billed_seconds: 4500,
        worked_seconds: null,
        hourly_rate_minor: 9000,
        total_minor: 11_250,
        member_id: memberRow?.id,
        status: "stopped",
      },
    ]);
  });

  it("skips what has no time, no rate, or is ignored, and says which", async () => {
    const ids = await drafts(5);
    const [noTime = "", noRate = "", ignored = "", free = "", good = ""] = ids;
    await update([noTime], { minutes: 0 });
    await update([noRate], { hourly_rate_minor: null });
    await ask("ignore_drafts", [ignored]);
    await update([free], { billable: false, minutes: 0, hourly_rate_minor: null });
    const missing = crypto.randomUUID();
    const outcome = await ask("approve_drafts", [...ids, missing]);
    expect(codesOf(outcome, [...ids, missing])).toEqual([
      "no_time",
      "no_rate",
      "ignored",
      undefined,
      undefined,
      "not_found",
    ]);
    expect(outcome.changed.map((row) => row.id).toSorted()).toEqual([free, good].toSorted());
    expect(await readEntries([noTime, noRate, ignored])).toEqual([]);
  });

  it("is taken back while nothing was billed; the entry goes", async () => {
    const [id = ""] = await drafts(1);
    expect(codesOf(await ask("unapprove_drafts", [id]), [id])).toEqual(["not_approved"]);
    await ask("approve_drafts", [id]);
    expect(codesOf(await update([id], { minutes: 5 }), [id])).toEqual(["not_open"]);
    expect((await ask("unapprove_drafts", [id])).changed).toMatchObject([{ status: "draft", approved_at: null }]);
    expect(await readEntries([id])).toEqual([]);
    await update([id], { minutes: 5 });
    await ask("approve_drafts", [id]);
    expect(await readEntries([id])).toMatchObject([{ billed_seconds: 300 }]);
  });

  it("is not taken back from an invoice or from locked time; after a void it is, and the old entry stays as evidence", async () => {
    const db = database();
    const [onInvoice = "", locked = ""] = await makeApproved(db, workspace, 2);
    await createInvoice(db, workspace, [onInvoice]);
    await db.query("update public.time_entries set status = 'locked' where draft_line_item_id = $1", [locked]);
    const invoice = await makeOpenInvoice(db, workspace, 1);
    const [billed = ""] = invoice.draftIds;
    expect(codesOf(await ask("unapprove_drafts", [billed]), [billed])).toEqual(["on_invoice"]);
    expect(codesOf(await ask("approve_drafts", [billed]), [billed])).toEqual(["already_approved"]);
    await db.rpc(workspace.admin, "void_invoice", { p_invoice_id: invoice.id });
    const ids = [onInvoice, locked, billed];
    expect(codesOf(await ask("unapprove_drafts", ids), ids)).toEqual(["on_invoice", "locked", undefined]);
    // After a void the hours can be corrected: the old entry stays as evidence, the next approval makes another.
    await ask("approve_drafts", [billed]);
    const entries = await db.query<{ superseded: boolean }>(
      "select superseded_at is not null as superseded from public.time_entries where draft_line_item_id = $1 order by 1",
      [billed],
    );
    expect(entries.map(({ superseded }) => superseded)).toEqual([false, true]);
  });
});

describe("ignoring", () => {
  it("leaves draft and commit out with a reason, and both come back", async () => {
    const db = database();
    const commit = makeCommit();
    const [id = ""] = await push(db, workspace.repositoryId, [commit]);
    const readCommit = () =>
      db.one("select status, ignored_rule, ignored_reason from public.commits where id = $1", [commit.id]);
    await ask("defer_drafts", [id], { p_until: "2026-12-01" });
    expect((await ask("ignore_drafts", [id], { p_reason: `  ${"x".repeat(600)} ` })).changed).toMatchObject([
      { status: "rejected", deferred_until: null, rejected_reason: "x".repeat(500) },
    ]);
    expect(await readCommit()).toEqual({ status: "ignored", ignored_rule: "person", ignored_reason: "x".repeat(500) });
    expect(codesOf(await ask("ignore_drafts", [id]), [id])).toEqual(["already_ignored"]);
    expect((await ask("restore_drafts", [id])).changed).toMatchObject([{ status: "draft", rejected_at: null }]);
    expect(await readCommit()).toEqual({ status: "drafted", ignored_rule: null, ignored_reason: null });
    expect(codesOf(await ask("restore_drafts", [id]), [id])).toEqual(["not_ignored"]);
  });

  it("keeps a commit that another draft still bills, until that one is ignored too", async () => {
    const db = database();
    const commit = makeCommit();
    const [id = ""] = await push(db, workspace.repositoryId, [commit]);
    const [second = ""] = await drafts(1);
    await db.query(
      "insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id) values ($1, $2, $3)",
      [commit.id, second, workspace.id],
    );
    const status = async () => (await db.one("select status from public.commits where id = $1", [commit.id]))["status"];
    await ask("ignore_drafts", [id]);
    expect(await status()).toBe("drafted");
    await ask("ignore_drafts", [second]);
    expect(await status()).toBe("ignored");
  });

  it("is for open drafts only", async () => {
    const [id = ""] = await makeApproved(database(), workspace, 1);
    for (const name of ["ignore_drafts", "defer_drafts"])
      expect(codesOf(await ask(name, [id]), [id])).toEqual(["not_open"]);
  });
});

describe("deferring", () => {
  it("hides a draft until a date, and approving shows it again", async () => {
    const [id = ""] = await drafts(1);
    expect((await ask("defer_drafts", [id], { p_until: "2026-12-01" })).changed).toMatchObject([
      { deferred_until: "2026-12-01" },
    ]);
    expect((await ask("defer_drafts", [id], { p_until: null })).changed).toMatchObject([{ deferred_until: null }]);
    await ask("defer_drafts", [id], { p_until: "2026-12-01" });
    expect((await ask("approve_drafts", [id])).changed).toMatchObject([{ deferred_until: null, status: "approved" }]);
    await expect(ask("defer_drafts", [id], { p_until: "infinity" })).rejects.toMatchObject({
      code: "BH003",
      detail: "until",
    });
  });
});

describe("who may", () => {
  const actions = [
    ["update_drafts", { p_changes: { minutes: 1 } }],
    ["approve_drafts", {}],
    ["unapprove_drafts", {}],
    ["ignore_drafts", {}],
    ["restore_drafts", {}],
    ["defer_drafts", { p_until: "2026-12-01" }],
  ] as const;

  it.each(actions)("%s: owner, admin and member, but no viewer", async (name, parameters) => {
    const [id = ""] = await drafts(1);
    for (const person of [workspace.owner, workspace.admin, workspace.member]) {
      await expect(ask(name, [id], parameters, person)).resolves.toBeDefined();
    }
    await expect(ask(name, [id], parameters, workspace.viewer)).rejects.toMatchObject({ code: "BH001" });
  });

  it.each(actions)("%s: an id of another tenant is answered as one that does not exist", async (name, parameters) => {
    const [id = ""] = await drafts(1);
    const missing = crypto.randomUUID();
    const stranger = await makePerson(database());
    for (const person of [stranger, (await makeWorkspace(database())).owner]) {
      const outcome = await ask(name, [id, missing], parameters, person);
      expect(outcome.changed).toEqual([]);
      expect(codesOf(outcome, [id, missing])).toEqual(["not_found", "not_found"]);
    }
    expect(await readDraft(id)).toMatchObject({ version: 1, status: "draft" });
  });

  it("a person of two workspaces works in both at once, where the role allows it in each", async () => {
    const db = database();
    const other = await makeWorkspace(db);
    const [mine = ""] = await drafts(1);
    const [theirs = ""] = await makeDrafts(db, other.repositoryId, 1);
    await db.query(
      "insert into public.members (workspace_id, user_id, role, display_name) values ($1, $2, 'viewer', 'Guest')",
      [other.id, workspace.member.userId],
    );
    await expect(ask("approve_drafts", [mine, theirs])).rejects.toMatchObject({ code: "BH001" });
    expect(await readDraft(mine)).toMatchObject({ status: "draft" });
    await db.query("update public.members set role = 'member' where workspace_id = $1 and user_id = $2", [
      other.id,
      workspace.member.userId,
    ]);
    expect((await ask("approve_drafts", [mine, theirs])).changed).toHaveLength(2);
  });
});

it("five hundred drafts are approved by one call, twenty thousand and one are not", async () => {
  const db = database();
  const repositoryId = await connectRepository(db, workspace.owner, workspace.projectId);
  const ids = await makeDrafts(db, repositoryId, 500);
  expect((await ask("approve_drafts", ids)).changed).toHaveLength(500);
  const tooMany = Array.from({ length: 20_001 }, () => crypto.randomUUID());
  await expect(ask("approve_drafts", tooMany)).rejects.toMatchObject({ code: "BH003" });
});
