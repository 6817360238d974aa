import type { DraftOutcome } from "@billhook/database/drafts";
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import { codesOf, makeCommit, makeDrafts, makeWorkspace, type Person, push, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
});

const save = (person: Person, name: string, parameters: Record<string, unknown> = {}) =>
  database().rpc<string>(person, "save_inbox_view", {
    p_id: crypto.randomUUID(),
    p_workspace_id: workspace.id,
    p_name: name,
    p_search: { group: "ticket" },
    ...parameters,
  });
const seen = async (person: Person) =>
  (await database().as(person, "select name from public.inbox_views order by name")).rows.map((row) => row["name"]);
const remove = (person: Person, id: string) => database().rpc(person, "delete_inbox_view", { p_id: id });
const choose = (person: Person, id: string | null) =>
  database().rpc(person, "choose_inbox_view", { p_workspace_id: workspace.id, p_view_id: id });
const chosen = async (person: Person) =>
  (await database().as(person, "select view_id from public.inbox_view_choices")).rows.map((row) => row["view_id"]);

describe("a named view", () => {
  it("is its maker's alone until it is shared, and another workspace never sees it", async () => {
    const stranger = (await makeWorkspace(database())).owner;
    await save(workspace.member, "Mine");
    const shared = await save(workspace.member, "Ours", { p_shared: true });
    expect(await seen(workspace.member)).toEqual(["Mine", "Ours"]);
    expect(await seen(workspace.viewer)).toEqual(["Ours"]);
    expect(await seen(stranger)).toEqual([]);
    await expect(save(stranger, "Theirs")).rejects.toMatchObject({ code: "BH002" });
    await expect(save(workspace.viewer, "For all", { p_shared: true })).rejects.toMatchObject({ code: "BH001" });
    await expect(save(workspace.owner, "Taken over", { p_id: shared })).rejects.toMatchObject({ code: "BH002" });
  });

  it("has a name of its own, and saved again under its id is changed", async () => {
    const id = await save(workspace.owner, "Week");
    await expect(save(workspace.owner, " week ")).rejects.toMatchObject({ code: "BH003", detail: "name" });
    await expect(save(workspace.owner, "  ")).rejects.toMatchObject({ code: "BH003", detail: "name" });
    await expect(save(workspace.owner, "Bad", { p_search: [] })).rejects.toMatchObject({ code: "BH003" });
    await save(workspace.owner, "Fortnight", { p_id: id });
    expect(await database().one("select name from public.inbox_views where id = $1", [id])).toEqual({
      name: "Fortnight",
    });
  });

  it("opens the inbox for whoever chose it, until it is gone", async () => {
    const [personal, shared] = [await save(workspace.admin, "P"), await save(workspace.admin, "S", { p_shared: true })];
    await choose(workspace.viewer, shared);
    expect(await chosen(workspace.viewer)).toEqual([shared]);
    await expect(choose(workspace.viewer, personal)).rejects.toMatchObject({ code: "BH002" });
    await remove(workspace.viewer, personal);
    expect(await seen(workspace.admin)).toContain("P");
    await expect(remove(workspace.viewer, shared)).rejects.toMatchObject({ code: "BH001" });
    await choose(workspace.admin, personal);
    await choose(workspace.admin, null);
    expect(await chosen(workspace.admin)).toEqual([]);
    await remove(workspace.owner, shared);
    expect(await chosen(workspace.viewer)).toEqual([]);
  });
});

describe("a flag", () => {
  const accept = (ids: string[], code: string, person = workspace.member) =>
    database().rpc<DraftOutcome>(person, "accept_flags", { p_ids: ids, p_code: code });

  it("is accepted one by one, stays as evidence, and asks again when that is undone", async () => {
    const flags = [
      { code: "large", message: "8 h for one commit" },
      { code: "old", message: "A month old" },
    ];
    const [id = ""] = await push(database(), workspace.repositoryId, [makeCommit({}, { flags })]);
    const outcome = await accept([id], "large");
    expect(outcome.changed).toMatchObject([
      {
        flags: [
          { code: "large", accepted_by: workspace.member.userId },
          { code: "old", message: "A month old" },
        ],
      },
    ]);
    expect(codesOf(await accept([id], "large"), [id])).toEqual(["no_flag"]);
    const undone = await database().rpc<DraftOutcome>(workspace.member, "undo_act", { p_act_id: outcome.act_id });
    expect(undone.changed).toMatchObject([{ flags }]);
    await expect(accept([id], "old", workspace.viewer)).rejects.toMatchObject({ code: "BH001" });
  });
});

it("whoever comes second is told who was first, and what they did", async () => {
  const [id = ""] = await makeDrafts(database(), workspace.repositoryId, 1);
  const ask = (person: Person, name: string, parameters: Record<string, unknown> = {}) =>
    database().rpc<DraftOutcome>(person, name, { p_ids: [id], ...parameters });
  const first = await ask(workspace.owner, "update_drafts", { p_changes: { minutes: 75 } });
  expect(first.act_id).toMatch(/^[0-9a-f-]{36}$/u);
  const second = await ask(workspace.member, "update_drafts", { p_changes: { minutes: 90 }, p_versions: { [id]: 1 } });
  expect(second.skipped).toMatchObject([{ id, code: "changed", action: "edit" }]);
  expect(second.skipped[0]?.by).toMatch(/^owner/u);
  expect(second.act_id).toBeNull();
  expect((await ask(workspace.owner, "restore_drafts")).skipped).toMatchObject([{ code: "not_ignored", by: null }]);
});
