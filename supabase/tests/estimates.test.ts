import { authorKey } from "@billhook/domain/people";
import { beforeAll, describe, expect, it } from "vitest";
import { anonymous, useDatabase } from "./database.ts";
import { makeApproved, makeCommit, makeOpenInvoice, makeWorkspace, push, type Workspace } from "./stories.ts";

const database = useDatabase();
let own: Workspace;
let other: Workspace;
beforeAll(async () => {
  [own, other] = [await makeWorkspace(database()), await makeWorkspace(database())];
});

const makePerson = async (name: string, keys: string[], workspace = own): Promise<string> => {
  const { id } = await database().one<{ id: string }>(
    "insert into public.people (workspace_id, display_name) values ($1, $2) returning id",
    [workspace.id, name],
  );
  for (const key of keys) {
    await database().query(
      "insert into public.person_identities (workspace_id, author_key, person_id) values ($1, $2, $3)",
      [workspace.id, key, id],
    );
  }
  return id;
};

const memberIdOf = async (userId: string): Promise<string> =>
  (
    await database().one<{ id: string }>("select id from public.members where user_id = $1 and workspace_id = $2", [
      userId,
      own.id,
    ])
  ).id;

describe("an author's key", () => {
  it.each([
    { email: " Dev@Example.COM ", username: null, name: "Dev" },
    { email: "77+mona@users.noreply.github.com", username: null, name: null },
    { email: "77-mona@users.noreply.gitlab.com", username: null, name: null },
    { email: "mona@users.noreply.github.com", username: null, name: null },
    { email: "", username: " Mona ", name: "Dev Four" },
    { email: null, username: null, name: " Mona   Lisa " },
    { email: `${"a".repeat(330)}@example.com`, username: "long", name: null },
    { email: null, username: "", name: " " },
  ])("is the same in the database and outside: $email $username $name", async (author) => {
    const { key } = await database().one<{ key: string }>("select private.author_key($1, $2, $3) as key", [
      author.email,
      author.username,
      author.name,
    ]);
    expect(key).toBe(authorKey(author));
  });
});

describe("who an author is", () => {
  it("is said by admins, and by members of themselves only", async () => {
    const db = database();
    const [mine, theirs] = [
      await makePerson("Mine", ["mine@example.com"]),
      await makePerson("Theirs", ["theirs@example.com"]),
    ];
    const link = (person: string, member: string) => ({ p_person_id: person, p_changes: { member_id: member } });
    const [memberId, adminId] = [await memberIdOf(own.member.userId), await memberIdOf(own.admin.userId)];
    await expect(db.rpc(own.member, "change_person", link(theirs, adminId))).rejects.toMatchObject({ code: "BH001" });
    await expect(
      db.rpc(own.viewer, "change_person", link(mine, await memberIdOf(own.viewer.userId))),
    ).rejects.toMatchObject({
      code: "BH001",
    });
    await expect(db.rpc(other.owner, "change_person", link(mine, memberId))).rejects.toMatchObject({ code: "BH002" });
    await db.rpc(own.member, "change_person", link(mine, memberId));
    await db.rpc(own.admin, "change_person", link(theirs, adminId));
    // Nobody takes over what is another's.
    await expect(db.rpc(own.member, "change_person", link(theirs, memberId))).rejects.toMatchObject({ code: "BH001" });

    const alias = await makePerson("Alias", ["alias@example.com"]);
    await expect(db.rpc(own.member, "join_people", { p_from: alias, p_into: theirs })).rejects.toMatchObject({
      code: "BH001",
    });
    await expect(db.rpc(own.member, "join_people", { p_from: theirs, p_into: mine })).rejects.toMatchObject({
      code: "BH001",
    });
    await db.rpc(own.member, "join_people", { p_from: alias, p_into: mine });
    await expect(
      db.rpc(other.owner, "separate_person", { p_workspace_id: own.id, p_author_key: "alias@example.com" }),
    ).rejects.toMatchObject({ code: "BH002" });
    const apart = await db.rpc<string>(own.member, "separate_person", {
      p_workspace_id: own.id,
      p_author_key: "alias@example.com",
    });
    expect(apart).not.toBe(mine);
  });

  it("is one person for each member, of a known kind, and of this workspace", async () => {
    const db = database();
    const [first, second] = [
      await makePerson("First", ["first@example.com"]),
      await makePerson("Second", ["second@example.com"]),
    ];
    const ownerId = await memberIdOf(own.owner.userId);
    const change = (person: string, changes: unknown) =>
      db.rpc(own.owner, "change_person", { p_person_id: person, p_changes: changes });
    await change(first, { member_id: ownerId, kind: "human", display_name: " First One " });
    expect(await db.one("select display_name, member_id from public.people where id = $1", [first])).toEqual({
      display_name: "First One",
      member_id: ownerId,
    });
    await expect(change(second, { member_id: ownerId })).rejects.toMatchObject({ code: "BH003", detail: "member_id" });
    await expect(change(second, { member_id: crypto.randomUUID() })).rejects.toMatchObject({ code: "BH003" });
    await expect(change(second, { kind: "cat" })).rejects.toMatchObject({ code: "BH003", detail: "kind" });
    await expect(change(second, { display_name: " " })).rejects.toMatchObject({
      code: "BH003",
      detail: "display_name",
    });
    await expect(change(second, { workspace_id: other.id })).rejects.toMatchObject({ code: "BH003" });
  });
});

describe("the report", () => {
  it("counts what was approved, and of another's workspace nothing", async () => {
    const db = database();
    const workspace = await makeWorkspace(db);
    await makeOpenInvoice(db, workspace, 2);
    const [edited] = await push(db, workspace.repositoryId, [makeCommit({}, { minutes: 60 })]);
    await db.rpc(workspace.member, "update_drafts", { p_ids: [edited], p_changes: { minutes: 100 } });
    await db.rpc(workspace.member, "approve_drafts", { p_ids: [edited] });
    const report = { p_workspace_id: workspace.id };
    expect(await db.rpc(workspace.viewer, "estimate_report", report)).toMatchObject({
      total: { lines: 3, unedited: 2, estimated: 180, approved: 220, median_edit: 40, billed: 2 },
      weeks: [{ week: "2026-03-02", lines: 3, unedited: 2, ranged: 3, within: 2, tested: 1, held: 0 }],
      months: [{ month: "2026-03-01", estimated: 180, approved: 220, lines: 3 }],
    });
    expect(await db.rpc(own.owner, "estimate_report", report)).toMatchObject({
      total: { lines: 0 },
      weeks: [],
      months: [],
    });
    expect(
      await db.rpc(workspace.viewer, "estimate_report", { ...report, p_from: "2026-04-01", p_until: "2026-04-30" }),
    ).toMatchObject({ total: { lines: 0 } });
    await expect(db.rpc(anonymous, "estimate_report", report)).rejects.toMatchObject({ code: "42501" });
  });
});

describe("a day's budget", () => {
  it("adds up one person's drafts, approvals and entries, for those who may see them", async () => {
    const db = database();
    const workspace = await makeWorkspace(db);
    const person = await makePerson("Budget", ["budget@example.com"], workspace);
    const commit = (minutes: number, at: string) =>
      makeCommit({ person_id: person, authored_at: at, committed_at: at }, { minutes });
    const [first = "", second = ""] = await push(db, workspace.repositoryId, [
      commit(90, "2026-03-02T09:00:00Z"),
      commit(120, "2026-03-02T12:30:00Z"),
    ]);
    await db.rpc(workspace.member, "approve_drafts", { p_ids: [second] });
    await makeApproved(db, workspace, 1);
    // The workspace is in UTC and begins at eight.
    expect(await db.rpc(workspace.viewer, "day_budget", { p_draft_id: first })).toMatchObject({
      minutes: 90,
      other_drafts: 0,
      approved: 120,
      entries: 0,
      passed: 270,
    });
    expect(await db.rpc(own.owner, "day_budget", { p_draft_id: first })).toBeNull();
    const { person: none } = await db.one<{ person: string | null }>("select public.day_budget($1) as person", [
      crypto.randomUUID(),
    ]);
    expect(none).toBeNull();
    await expect(db.rpc(anonymous, "day_budget", { p_draft_id: first })).rejects.toMatchObject({ code: "42501" });
  });
});
