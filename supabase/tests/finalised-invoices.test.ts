import type { DraftOutcome } from "@billhook/database/drafts";
import { beforeAll, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import { codesOf, createInvoice, makeApproved, makeOpenInvoice, makeWorkspace, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
});

const call = <T>(name: string, parameters: Record<string, unknown>, place = workspace): Promise<T> =>
  database().rpc<T>(place.admin, name, parameters);
const finalise = (id: string, place = workspace) => call<string>("finalise_invoice", { p_invoice_id: id }, place);
const readInvoice = (id: string) => database().one("select * from public.invoices where id = $1", [id]);
const readLines = (id: string) =>
  database().query<{ id: string; position: number; total_minor: number; draft_line_item_id: string; seconds: number }>(
    "select * from public.invoice_lines where invoice_id = $1 order by position",
    [id],
  );
const statusesOf = (draftIds: string[]) =>
  database().query(
    `select d.status as draft, e.status as entry, k.status as commit, d.invoice_id as invoice, e.invoice_id as "entryInvoice"
     from public.draft_line_items d join public.time_entries e on e.draft_line_item_id = d.id
     join public.commit_draft_items l on l.draft_line_item_id = d.id join public.commits k on k.id = l.commit_id
     where d.id = any ($1)`,
    [draftIds],
  );

describe("a finalised invoice", () => {
  it("changes for nobody, the service role and the superuser included", async () => {
    const db = database();
    const { id } = await makeOpenInvoice(db, workspace);
    const [line] = await readLines(id);
    const spare = await makeApproved(db, workspace, 1);
    const changes = [
      "update public.invoices set total_minor = 1, subtotal_minor = 1 where id = $1",
      "update public.invoices set number = 'X' where id = $1",
      "update public.invoices set due_date = due_date + 1 where id = $1",
      "update public.invoices set recipient = '{}' where id = $1",
      "update public.invoices set notes = 'x' where id = $1",
      "update public.invoices set currency = 'USD' where id = $1",
      "update public.invoices set finalised_at = now() where id = $1",
      "update public.invoices set status = 'draft', number = null, finalised_at = null where id = $1",
      "delete from public.invoices where id = $1",
      "update public.invoice_lines set seconds = 1 where invoice_id = $1",
      "update public.invoice_lines set description = 'x' where invoice_id = $1",
      "delete from public.invoice_lines where invoice_id = $1",
      "insert into public.invoice_lines (workspace_id, invoice_id, position, description, seconds, hourly_rate_minor) select workspace_id, id, 9, 'x', 1, 1 from public.invoices where id = $1",
      "delete from public.invoice_line_entries where invoice_line_id in (select id from public.invoice_lines where invoice_id = $1)",
      "update public.invoice_line_entries set time_entry_id = gen_random_uuid() where invoice_line_id in (select id from public.invoice_lines where invoice_id = $1)",
    ];
    const before = [await readInvoice(id), await readLines(id)];
    for (const sql of changes) {
      await expect(db.as(service, sql, [id]), sql).rejects.toMatchObject({ code: "BH005" });
      await expect(db.query(sql, [id]), sql).rejects.toMatchObject({ code: "BH005" });
    }
    await expect(
      db.as(
        service,
        "insert into public.invoice_line_entries (workspace_id, invoice_line_id, time_entry_id) select workspace_id, $1, id from public.time_entries where draft_line_item_id = $2",
        [line?.id, spare[0]],
      ),
    ).rejects.toMatchObject({ code: "BH005" });
    for (const [name, parameters] of [
      ["add_to_invoice", { p_invoice_id: id, p_draft_ids: spare }],
      ["remove_from_invoice", { p_line_ids: [line?.id] }],
      ["update_invoice_line", { p_line_id: line?.id, p_changes: { description: "x" } }],
      ["update_invoice", { p_invoice_id: id, p_changes: { notes: "x" } }],
    ] as const) {
      await expect(call(name, parameters), name).rejects.toMatchObject({ code: "BH005" });
    }
    expect([await readInvoice(id), await readLines(id)]).toEqual(before);
  });

  it("goes from open only where the states allow, and never back", async () => {
    const db = database();
    const allowed = new Set([
      "open paid",
      "open void",
      "open uncollectible",
      "uncollectible paid",
      "uncollectible void",
    ]);
    const states = ["draft", "open", "paid", "void", "uncollectible"];
    const move = (id: string, to: string) =>
      db.as(service, "update public.invoices set status = $2 where id = $1", [id, to]);
    for (const from of ["open", "paid", "void", "uncollectible"]) {
      for (const to of states.filter((state) => state !== from)) {
        const { id } = await makeOpenInvoice(db, workspace, 1);
        if (from !== "open") await move(id, from);
        if (allowed.has(`${from} ${to}`)) expect((await move(id, to)).affected).toBe(1);
        else await expect(move(id, to), `${from} ${to}`).rejects.toMatchObject({ code: "BH005" });
      }
    }
    const draft = await createInvoice(db, workspace, await makeApproved(db, workspace, 1));
    for (const to of ["paid", "void", "uncollectible"])
      await expect(move(draft, to)).rejects.toMatchObject({ code: "BH005" });
  });
});

describe("voiding", () => {
  it("returns everything to unbilled, keeps number and lines as evidence, and the work is billed again", async () => {
    const db = database();
    const { id, number, draftIds } = await makeOpenInvoice(db, workspace, 2);
    const lines = await readLines(id);
    await call("void_invoice", { p_invoice_id: id });
    await call("void_invoice", { p_invoice_id: id });
    expect(await readInvoice(id)).toMatchObject({ status: "void", number, total_minor: 18_000 });
    expect(await readLines(id)).toEqual(lines);
    const evidence = () =>
      db.query("select live from public.invoice_line_entries where invoice_line_id = any ($1)", [
        lines.map((line) => line.id),
      ]);
    expect(await evidence()).toEqual([{ live: false }, { live: false }]);
    expect(await statusesOf(draftIds)).toEqual(
      draftIds.map(() => ({
        draft: "approved",
        entry: "stopped",
        commit: "drafted",
        invoice: null,
        entryInvoice: null,
      })),
    );
    await expect(finalise(id)).rejects.toMatchObject({ code: "BH005" });

    const again = await createInvoice(db, workspace, draftIds);
    expect(again).not.toBe(id);
    expect(await finalise(again)).not.toBe(number);
    expect(await evidence()).toEqual([{ live: false }, { live: false }]);
    await expect(
      db.as(service, "update public.invoice_line_entries set live = true where invoice_line_id = $1", [lines[0]?.id]),
    ).rejects.toMatchObject({ code: "BH005" });
  });

  it("leaves a commit invoiced that another invoice still bills", async () => {
    const db = database();
    const first = await makeOpenInvoice(db, workspace, 1);
    const [shared] = await db.query<{ commit_id: string }>(
      "select commit_id from public.commit_draft_items where draft_line_item_id = $1",
      [first.draftIds[0]],
    );
    const [second = ""] = await makeApproved(db, workspace, 1);
    await db.query(
      "insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id) values ($1, $2, $3)",
      [shared?.commit_id, second, workspace.id],
    );
    await finalise(await createInvoice(db, workspace, [second]));
    await call("void_invoice", { p_invoice_id: first.id });
    expect(await db.one("select status from public.commits where id = $1", [shared?.commit_id])).toEqual({
      status: "invoiced",
    });
  });

  it("is for open and uncollectible invoices only", async () => {
    const db = database();
    const draft = await createInvoice(db, workspace, await makeApproved(db, workspace, 1));
    const paid = await makeOpenInvoice(db, workspace, 1);
    await db.query("update public.invoices set status = 'paid' where id = $1", [paid.id]);
    for (const id of [draft, paid.id])
      await expect(call("void_invoice", { p_invoice_id: id })).rejects.toMatchObject({ code: "BH005" });
  });

  it("keeps one piece of time on one live line, by constraint", async () => {
    const db = database();
    const { draftIds } = await makeOpenInvoice(db, workspace, 1);
    const spare = await createInvoice(db, workspace, await makeApproved(db, workspace, 1));
    const [line] = await readLines(spare);
    await expect(
      db.as(
        service,
        "insert into public.invoice_line_entries (workspace_id, invoice_line_id, time_entry_id) select workspace_id, $1, id from public.time_entries where draft_line_item_id = $2",
        [line?.id, draftIds[0]],
      ),
    ).rejects.toMatchObject({ code: "23505" });
    const outcome = await call<DraftOutcome>("unapprove_drafts", { p_ids: draftIds });
    expect(codesOf(outcome, draftIds)).toEqual(["on_invoice"]);
  });
});

it("an invoice is overdue once its due date has passed where the client is", async () => {
  const db = database();
  const { id } = await makeOpenInvoice(db, workspace, 1);
  expect(await db.one("select overdue from public.invoice_list where id = $1", [id])).toEqual({ overdue: false });
  const late = await createInvoice(db, workspace, await makeApproved(db, workspace, 1));
  await call("update_invoice", { p_invoice_id: late, p_changes: { issue_date: "2020-01-01", payment_terms_days: 0 } });
  await finalise(late);
  expect(
    await db.one("select overdue, line_count, client_name from public.invoice_list where id = $1", [late]),
  ).toEqual({
    overdue: true,
    line_count: 1,
    client_name: "Client",
  });
});
