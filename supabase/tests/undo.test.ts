import type { DraftOutcome, LastAct } from "@billhook/database/drafts";
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import {
  codesOf,
  makeClient,
  makeCommit,
  makeDrafts,
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

const drafts = (count: number) => makeDrafts(database(), workspace.repositoryId, count);
const ask = (name: string, ids: string[], parameters: Record<string, unknown> = {}, person: Person = workspace.admin) =>
  database().rpc<DraftOutcome & { invoice_id?: string | null }>(person, name, { p_ids: ids, ...parameters });
const lastAct = (person: Person = workspace.admin) =>
  database().rpc<LastAct | null>(person, "last_act", { p_workspace_id: workspace.id });
const undo = (actId: string, person: Person = workspace.admin) =>
  database().rpc<DraftOutcome>(person, "undo_act", { p_act_id: actId });
/** Takes back what the person did last, as after a reload. */
async function undoLast(): Promise<DraftOutcome> {
  const act = await lastAct();
  if (act === null) throw new Error("there is nothing to take back");
  return undo(act.act_id);
}
const readDraft = (id: string) => database().one("select * from public.draft_line_items where id = $1", [id]);
const untimed = (row: object) => ({ ...row, version: 0, updated_at: 0 });
const entryCount = async (id: string) =>
  (await database().query("select 1 from public.time_entries where draft_line_item_id = $1", [id])).length;

async function splitIn(parts: Record<string, unknown>[], draftId: string, name = "split_draft") {
  const id = crypto.randomUUID();
  const outcome = await database().rpc<DraftOutcome & { invoice_ids?: string[] }>(workspace.admin, name, {
    p_id: id,
    p_draft_id: draftId,
    p_parts: JSON.stringify(parts),
  });
  const made = outcome.changed.filter((row) => row.made_by === id);
  const inOrder = made.toSorted((a, b) => a.created_at.localeCompare(b.created_at));
  return { id, outcome, parts: inOrder.map((row) => row.id) };
}

describe("taking back what a person did last", () => {
  it.each([
    ["update_drafts", { p_changes: { minutes: 90, description: "Built it", start_date: "2026-02-01" } }],
    ["approve_drafts", {}],
    ["ignore_drafts", { p_reason: "a duplicate" }],
    ["defer_drafts", { p_until: null }],
  ] as const)("%s leaves nothing of it, deferral and estimate included", async (name, parameters) => {
    const ids = await drafts(2);
    await ask("defer_drafts", ids, { p_until: "2026-12-01" });
    const before = await Promise.all(ids.map(readDraft));
    await ask(name, ids, parameters);
    expect(await lastAct()).toMatchObject({ lines: 2 });
    expect((await undoLast()).skipped).toEqual([]);
    expect((await Promise.all(ids.map(readDraft))).map(untimed)).toEqual(before.map(untimed));
    expect(await entryCount(ids[0] ?? "")).toBe(0);
  });

  it("goes back act by act, and never undoes an undoing", async () => {
    const [id = ""] = await drafts(1);
    const before = await readDraft(id);
    const yen = await makeProject(database(), workspace, await makeClient(database(), workspace, "JPY"), { rate: 5 });
    await ask("update_drafts", [id], { p_changes: { project_id: yen } });
    await ask("update_drafts", [id], { p_changes: { minutes: 90 } });
    await ask("approve_drafts", [id]);
    await ask("unapprove_drafts", [id]);
    await undoLast();
    expect(await readDraft(id)).toMatchObject({ status: "approved" });
    expect(await entryCount(id)).toBe(1);
    await undoLast();
    expect(await readDraft(id)).toMatchObject({ status: "draft", minutes: 90 });
    await undoLast();
    await undoLast();
    expect(untimed(await readDraft(id))).toEqual(untimed(before));
  });

  it("twice with the same act is the same as once", async () => {
    const [id = ""] = await drafts(1);
    await ask("ignore_drafts", [id]);
    const act = await lastAct();
    await undo(act?.act_id ?? "");
    await ask("approve_drafts", [id]);
    expect(await undo(act?.act_id ?? "")).toMatchObject({ changed: [{ status: "approved" }], skipped: [] });
  });

  it("brings back the rule that had left a commit out", async () => {
    const commit = makeCommit({ ignored_rule: "merge", ignored_reason: "A merge." });
    const [id = ""] = await push(database(), workspace.repositoryId, [commit]);
    await ask("restore_drafts", [id]);
    await undoLast();
    expect(await readDraft(id)).toMatchObject({ status: "rejected", rejected_reason: "A merge." });
    expect(
      await database().one("select status, ignored_rule, ignored_reason from public.commits where id = $1", [
        commit.id,
      ]),
    ).toEqual({ status: "ignored", ignored_rule: "merge", ignored_reason: "A merge." });
  });

  it("joins a split and takes a merge apart", async () => {
    const ids = await drafts(2);
    const before = await Promise.all(ids.map(readDraft));
    const parts = [{ minutes: 20 }, { minutes: 40 }];
    await database().rpc(workspace.admin, "split_draft", {
      p_id: crypto.randomUUID(),
      p_draft_id: ids[0],
      p_parts: parts,
    });
    await undoLast();
    await database().rpc(workspace.admin, "merge_drafts", { p_id: crypto.randomUUID(), p_ids: ids });
    await undoLast();
    expect((await Promise.all(ids.map(readDraft))).map(untimed)).toEqual(before.map(untimed));
  });

  it("waits where a part was approved since, and works once it is open again", async () => {
    const [id = ""] = await drafts(1);
    const split = await database().rpc<DraftOutcome>(workspace.admin, "split_draft", {
      p_id: crypto.randomUUID(),
      p_draft_id: id,
      p_parts: [{ minutes: 20 }, { minutes: 40 }],
    });
    const act = (await lastAct())?.act_id ?? "";
    const part = split.changed.find((row) => row.made_by !== null)?.id ?? "";
    await ask("approve_drafts", [part], {}, workspace.member);
    expect(codesOf(await undo(act), [part])).toEqual(["not_open"]);
    await ask("unapprove_drafts", [part], {}, workspace.member);
    expect((await undo(act)).skipped).toEqual([]);
    expect(await readDraft(id)).toMatchObject({ status: "draft" });
  });

  it("takes a join back too: the parts stand again on their commits, and can be joined once more", async () => {
    const [id = ""] = await drafts(1);
    const split = await splitIn([{ minutes: 20 }, { minutes: 40, description: "The rest" }], id);
    const linked = () =>
      database().query("select commit_id from public.commit_draft_items where draft_line_item_id = any ($1)", [
        split.parts,
      ]);
    const [links, before] = [await linked(), await Promise.all(split.parts.map(readDraft))];
    await database().rpc(workspace.admin, "undo_replacement", { p_id: split.id });
    expect(await lastAct()).toMatchObject({ action: "join" });
    expect(await linked()).toEqual([]);
    expect((await undoLast()).skipped).toEqual([]);
    expect(await linked()).toEqual(links);
    expect((await Promise.all(split.parts.map(readDraft))).map(untimed)).toEqual(before.map(untimed));
    expect(await lastAct()).toMatchObject({ action: "split" });
    await undoLast();
    expect(await readDraft(id)).toMatchObject({ status: "draft", replaced_by: null });
  });

  it("does not take a join back while somebody has done something with the whole line since", async () => {
    const [id = ""] = await drafts(1);
    const split = await splitIn([{ minutes: 20 }, { minutes: 40 }], id);
    await database().rpc(workspace.admin, "undo_replacement", { p_id: split.id });
    const act = (await lastAct())?.act_id ?? "";
    await ask("approve_drafts", [id], {}, workspace.member);
    expect(codesOf(await undo(act), [id])).toEqual(["not_open"]);
    await ask("unapprove_drafts", [id], {}, workspace.member);
    expect((await undo(act)).skipped).toEqual([]);
    expect(await Promise.all(split.parts.map(readDraft))).toMatchObject([{ status: "draft" }, { status: "draft" }]);
  });

  it("does not join parts over what somebody else wrote into one of them", async () => {
    const [id = ""] = await drafts(1);
    const { parts } = await splitIn([{ minutes: 20 }, { minutes: 40 }], id);
    const act = (await lastAct())?.act_id ?? "";
    await ask("update_drafts", [parts[1] ?? ""], { p_changes: { description: "Theirs" } }, workspace.member);
    expect(codesOf(await undo(act), parts)).toEqual([undefined, "changed"]);
    expect(await Promise.all(parts.map(readDraft))).toMatchObject([{ status: "draft" }, { description: "Theirs" }]);
  });

  it("leaves alone what somebody else has changed since, and says so", async () => {
    const [mine = "", theirs = ""] = await drafts(2);
    await ask("update_drafts", [mine, theirs], { p_changes: { minutes: 90 } });
    await ask("update_drafts", [theirs], { p_changes: { minutes: 75 } }, workspace.member);
    const outcome = await undoLast();
    expect(codesOf(outcome, [mine, theirs])).toEqual([undefined, "changed"]);
    expect([await readDraft(mine), await readDraft(theirs)]).toMatchObject([{ minutes: 60 }, { minutes: 75 }]);
  });

  it("is one's own, in one's own workspace", async () => {
    const [id = ""] = await drafts(1);
    await ask("approve_drafts", [id], {}, workspace.member);
    const act = (await lastAct(workspace.member))?.act_id ?? "";
    expect((await lastAct())?.act_id).not.toBe(act);
    await expect(undo(act)).rejects.toMatchObject({ code: "BH002" });
    const stranger = (await makeWorkspace(database())).owner;
    await expect(undo(act, stranger)).rejects.toMatchObject({ code: "BH002" });
    expect(await lastAct(stranger)).toBeNull();
    expect((await undo(act, workspace.member)).changed).toMatchObject([{ status: "draft" }]);
  });
});

describe("approving to an invoice", () => {
  const invoiceOf = async (id: string) => (await readDraft(id))["invoice_id"];

  it("makes one draft of it, asked twice the same one, and undoing takes both back", async () => {
    const ids = await drafts(2);
    const first = await ask("approve_to_invoice", ids);
    expect(first.invoice_id).toEqual(await invoiceOf(ids[0] ?? ""));
    expect((await ask("approve_to_invoice", ids)).invoice_id).toBe(first.invoice_id);
    expect((await undoLast()).changed).toMatchObject([
      { status: "draft", invoice_id: null },
      { status: "draft", invoice_id: null },
    ]);
    expect(await database().query("select 1 from public.invoices where id = $1", [first.invoice_id])).toEqual([]);
  });

  it("adds to one that is there, which stays when that is undone", async () => {
    const [first = "", second = "", free = ""] = await drafts(3);
    await ask("update_drafts", [free], { p_changes: { billable: false } });
    const { invoice_id: invoice } = await ask("approve_to_invoice", [first]);
    const outcome = await ask("approve_to_invoice", [second, free], { p_invoice_id: invoice });
    expect(outcome).toMatchObject({ invoice_id: invoice, skipped: [] });
    expect([await readDraft(second), await readDraft(free)]).toMatchObject([
      { status: "approved", invoice_id: invoice },
      { status: "approved", invoice_id: null },
    ]);
    await undoLast();
    expect([await readDraft(first), await readDraft(second)]).toMatchObject([
      { status: "approved", invoice_id: invoice },
      { status: "draft", invoice_id: null },
    ]);
  });

  it("is for managers, and of one client: else nothing is approved", async () => {
    const [one = "", two = ""] = await drafts(2);
    await expect(ask("approve_to_invoice", [one], {}, workspace.member)).rejects.toMatchObject({ code: "BH001" });
    const other = await makeProject(database(), workspace, await makeClient(database(), workspace, "EUR"), { rate: 1 });
    await ask("update_drafts", [two], { p_changes: { project_id: other } });
    await expect(ask("approve_to_invoice", [one, two])).rejects.toMatchObject({ code: "BH007" });
    expect(await readDraft(one)).toMatchObject({ status: "draft" });
  });
});

describe("splitting to invoices", () => {
  const stateOf = async (ids: string[]) =>
    (await Promise.all(ids.map(readDraft))).map((row) => [row["status"], row["invoice_id"], row["minutes"]]);

  it("puts parts on invoice drafts, new and existing, and leaves the others open; one undo takes all of it back", async () => {
    const [first = "", id = ""] = await drafts(2);
    const { invoice_id: existing } = await ask("approve_to_invoice", [first]);
    const given = [
      { minutes: 10, invoice: existing },
      { minutes: 15, invoice: "new" },
      { minutes: 5, invoice: "new 2" },
      { minutes: 10, invoice: "new" },
      { minutes: 20 },
    ];
    const split = await splitIn(given, id, "split_to_invoices");
    const [here, one, two] = split.outcome.invoice_ids ?? [];
    expect(here).toBe(existing);
    expect(new Set([here, one, two]).size).toBe(3);
    expect(await stateOf(split.parts)).toEqual([
      ["approved", existing, 10],
      ["approved", one, 15],
      ["approved", two, 5],
      ["approved", one, 10],
      ["draft", null, 20],
    ]);
    expect(await lastAct()).toMatchObject({ action: "split" });
    expect((await undoLast()).skipped).toEqual([]);
    expect(await readDraft(id)).toMatchObject({ status: "draft", replaced_by: null });
    expect(await readDraft(first)).toMatchObject({ status: "approved", invoice_id: existing });
    expect(
      await database().query("select id from public.invoices where id = any ($1)", [[existing, one, two]]),
    ).toEqual([{ id: existing }]);
  });

  it("asked twice with the same id is done once", async () => {
    const [id = ""] = await drafts(1);
    const parameters = {
      p_id: crypto.randomUUID(),
      p_draft_id: id,
      p_parts: JSON.stringify([{ minutes: 30, invoice: "new" }, { minutes: 30 }]),
    };
    const invoicesOf = async () =>
      (await database().rpc<{ invoice_ids: string[] }>(workspace.admin, "split_to_invoices", parameters)).invoice_ids;
    expect(await invoicesOf()).toEqual(await invoicesOf());
  });

  it("is all or nothing: for managers, of known invoices, with a rate", async () => {
    const [id = ""] = await drafts(1);
    const parts = (invoice: string) => JSON.stringify([{ minutes: 30, invoice }, { minutes: 30 }]);
    const attempt = (invoice: string, person: Person = workspace.admin) =>
      database().rpc(person, "split_to_invoices", {
        p_id: crypto.randomUUID(),
        p_draft_id: id,
        p_parts: parts(invoice),
      });
    await expect(attempt("new", workspace.member)).rejects.toMatchObject({ code: "BH001" });
    await expect(attempt("newest")).rejects.toMatchObject({ code: "BH003", detail: "invoice" });
    await expect(attempt(crypto.randomUUID())).rejects.toMatchObject({ code: "BH002" });
    await ask("update_drafts", [id], { p_changes: { hourly_rate_minor: null } });
    await expect(attempt("new")).rejects.toMatchObject({ code: "BH003", detail: "invoice" });
    expect(await readDraft(id)).toMatchObject({ status: "draft", replaced_by: null });
  });
});

it("a line that waits for its ticket is shown again once that is done", async () => {
  const db = database();
  const [id = "", without = ""] = await drafts(2);
  const connection = await db.one<{ id: string }>(
    `insert into public.tracker_connections (workspace_id, kind, name, base_url) values ($1, 'jira', 'Jira', 'https://jira.example')
     returning id`,
    [workspace.id],
  );
  const ticket = await db.one<{ id: string }>(
    `insert into public.tickets (workspace_id, connection_id, key, state, is_done) values ($1, $2, 'AB-1', 'found', false) returning id`,
    [workspace.id, connection.id],
  );
  await db.query("update public.draft_line_items set ticket_id = $1 where id = $2", [ticket.id, id]);
  const outcome = await ask("defer_drafts", [id, without], { p_for_ticket: true });
  expect(codesOf(outcome, [id, without])).toEqual([undefined, "no_ticket"]);
  expect(outcome.changed).toMatchObject([{ deferred_for_ticket: true }]);
  await db.query("update public.tickets set is_done = true where id = $1", [ticket.id]);
  expect(await readDraft(id)).toMatchObject({ deferred_for_ticket: false, status: "draft" });
  expect(codesOf(await ask("defer_drafts", [id], { p_for_ticket: true }), [id])).toEqual(["ticket_done"]);
});
