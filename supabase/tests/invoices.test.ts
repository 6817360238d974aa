import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import {
  connectRepository,
  createInvoice,
  makeApproved,
  makeClient,
  makeCommit,
  makeDrafts,
  makeProject,
  makeWorkspace,
  push,
  type Workspace,
} from "./stories.ts";

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

describe("an invoice draft", () => {
  it("has one line per approved draft, oldest work first, and the sum of its lines", async () => {
    const db = database();
    const ids = await push(db, workspace.repositoryId, [
      makeCommit({}, { minutes: 10, work_date: "2026-03-09", description: "Second" }),
      makeCommit({}, { minutes: 20, work_date: "2026-03-08", description: "First" }),
    ]);
    await call("approve_drafts", { p_ids: ids });
    const id = await createInvoice(db, workspace, [...ids, ...ids]);
    expect(await readLines(id)).toMatchObject([
      { position: 1, description: "First", seconds: 1200, hourly_rate_minor: 9000, total_minor: 3000 },
      { position: 2, description: "Second", seconds: 600, total_minor: 1500 },
    ]);
    expect(await readInvoice(id)).toMatchObject({
      status: "draft",
      number: null,
      currency: "EUR",
      total_minor: 4500,
      subtotal_minor: 4500,
    });
  });

  it("asked for from two tabs is one invoice", async () => {
    const db = database();
    const ids = await makeApproved(db, workspace, 3);
    const [first, second] = await Promise.all([
      createInvoice(db, workspace, ids),
      createInvoice(db, workspace, ids.toReversed()),
    ]);
    expect(second).toBe(first);
    expect(await readLines(first)).toHaveLength(3);
    const rest = createInvoice(db, workspace, ids.slice(1));
    await expect(rest).rejects.toMatchObject({ code: "BH006", detail: first });
    const more = [...ids, ...(await makeApproved(db, workspace, 1))];
    await expect(createInvoice(db, workspace, more)).rejects.toMatchObject({ code: "BH006" });
  });

  it("is for one client in one currency, of approved and billable drafts", async () => {
    const db = database();
    const ids = await makeApproved(db, workspace, 1);
    const elsewhere = await makeProject(db, workspace, await makeClient(db, workspace, "EUR"), { rate: 100 });
    const foreignClient = await makeDrafts(db, await connectRepository(db, workspace.owner, elsewhere), 1);
    const open = await makeDrafts(db, workspace.repositoryId, 1);
    await call("approve_drafts", { p_ids: foreignClient });
    await expect(createInvoice(db, workspace, [...ids, ...foreignClient])).rejects.toMatchObject({ code: "BH007" });
    await expect(createInvoice(db, workspace, [...ids, ...open])).rejects.toMatchObject({
      code: "BH005",
      detail: open[0],
    });
    await expect(createInvoice(db, workspace, [])).rejects.toMatchObject({ code: "BH008" });
    await call("update_drafts", { p_ids: open, p_changes: { billable: false } });
    await call("approve_drafts", { p_ids: open });
    await expect(createInvoice(db, workspace, open)).rejects.toMatchObject({ code: "BH005" });

    await db.as(workspace.owner, "update public.clients set currency = 'USD' where id = $1", [workspace.clientId]);
    const dollars = await makeApproved(db, workspace, 1);
    await db.as(workspace.owner, "update public.clients set currency = 'EUR' where id = $1", [workspace.clientId]);
    await expect(createInvoice(db, workspace, [...ids, ...dollars])).rejects.toMatchObject({ code: "BH007" });
    expect(await statusesOf(ids)).toMatchObject([{ draft: "approved", invoice: null }]);
  });

  it("of another tenant's client or drafts is not found, and made by managers only", async () => {
    const db = database();
    const stranger = await makeWorkspace(db);
    const ids = await makeApproved(db, workspace, 1);
    const theirs = await makeApproved(db, stranger, 1);
    const ask = (person: Workspace["owner"], client: string, drafts: string[]) =>
      db.rpc(person, "create_invoice", { p_client_id: client, p_draft_ids: drafts });
    for (const attempt of [
      ask(workspace.owner, stranger.clientId, theirs),
      ask(workspace.owner, workspace.clientId, theirs),
      ask(workspace.owner, workspace.clientId, [...ids, crypto.randomUUID()]),
      ask(stranger.owner, stranger.clientId, ids),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: "BH002" });
    }
    for (const person of [workspace.member, workspace.viewer]) {
      await expect(ask(person, workspace.clientId, ids)).rejects.toMatchObject({ code: "BH001" });
    }
    const invoice = await createInvoice(db, workspace, ids);
    const [line] = await readLines(invoice);
    const procedures: [string, Record<string, unknown>][] = [
      ["add_to_invoice", { p_invoice_id: invoice, p_draft_ids: [] }],
      ["remove_from_invoice", { p_line_ids: [line?.id] }],
      ["update_invoice_line", { p_line_id: line?.id, p_changes: { description: "x" } }],
      ["update_invoice", { p_invoice_id: invoice, p_changes: {} }],
      ["delete_invoice", { p_invoice_id: invoice }],
      ["finalise_invoice", { p_invoice_id: invoice }],
      ["void_invoice", { p_invoice_id: invoice }],
      ["check_invoice_manager", { p_invoice_id: invoice, p_statuses: ["draft"] }],
    ];
    for (const [name, parameters] of procedures) {
      await expect(db.rpc(stranger.owner, name, parameters), name).rejects.toMatchObject({ code: "BH002" });
      await expect(db.rpc(workspace.member, name, parameters), name).rejects.toMatchObject({ code: "BH001" });
    }
  });

  it("takes more drafts, gives lines back, and stays numbered from one and summed up", async () => {
    const db = database();
    const [first = "", second = "", third = ""] = await makeApproved(db, workspace, 3, 60);
    const id = await createInvoice(db, workspace, [first]);
    await call("add_to_invoice", { p_invoice_id: id, p_draft_ids: [first, second, third] });
    expect(await readInvoice(id)).toMatchObject({ total_minor: 27_000 });
    const lines = await readLines(id);
    const other = await createInvoice(db, workspace, await makeApproved(db, workspace, 1));
    const foreign = await readLines(other);
    await expect(call("remove_from_invoice", { p_line_ids: [lines[0]?.id, foreign[0]?.id] })).rejects.toMatchObject({
      code: "BH002",
    });
    await call("remove_from_invoice", { p_line_ids: [lines[0]?.id] });
    expect(await readLines(id)).toMatchObject([{ position: 1 }, { position: 2 }]);
    expect(await readInvoice(id)).toMatchObject({ total_minor: 18_000 });
    expect(await statusesOf([lines[0]?.draft_line_item_id ?? ""])).toMatchObject([
      { draft: "approved", invoice: null, entryInvoice: null },
    ]);
    await call("update_invoice_line", { p_line_id: lines[1]?.id, p_changes: { description: " Reworded " } });
    expect((await readLines(id))[0]).toMatchObject({ description: "Reworded" });
    await expect(
      call("update_invoice_line", { p_line_id: lines[1]?.id, p_changes: { description: " " } }),
    ).rejects.toMatchObject({
      code: "BH003",
    });
  });

  it.each([
    ["issue_date", "2026-02-30"],
    ["issue_date", "infinity"],
    ["payment_terms_days", 366],
    ["payment_terms_days", 1.5],
    ["payment_terms_days", null],
    ["notes", "x".repeat(4001)],
    ["status", "paid"],
  ])("refuses %s = %j and names the field", async (field, value) => {
    const id = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 1));
    await expect(call("update_invoice", { p_invoice_id: id, p_changes: { [field]: value } })).rejects.toMatchObject({
      code: "BH003",
      detail: field,
    });
  });

  it("discarded leaves its drafts approved and unbilled; a finalised one is not discarded", async () => {
    const db = database();
    const ids = await makeApproved(db, workspace, 2);
    const id = await createInvoice(db, workspace, ids);
    await call("delete_invoice", { p_invoice_id: id });
    expect(await statusesOf(ids)).toMatchObject([
      { draft: "approved", entry: "stopped", invoice: null, entryInvoice: null },
      { draft: "approved", invoice: null },
    ]);
    const again = await createInvoice(db, workspace, ids);
    await finalise(again);
    await expect(call("delete_invoice", { p_invoice_id: again })).rejects.toMatchObject({ code: "BH005" });
  });
});

describe("finalising", () => {
  it("fixes number, dates, parties and total, and marks all that is on it as invoiced", async () => {
    const db = database();
    const place = await makeWorkspace(db);
    await db.as(place.owner, "update public.workspaces set address = 'Old Street 1', payment_terms_days = 30");
    const ids = await makeApproved(db, place, 2);
    const id = await createInvoice(db, place, ids);
    await call(
      "update_invoice",
      { p_invoice_id: id, p_changes: { issue_date: "2026-01-15", notes: " Thanks " } },
      place,
    );
    expect(await finalise(id, place)).toBe("INV-2026-0001");
    expect(await finalise(id, place)).toBe("INV-2026-0001");
    expect(await statusesOf(ids)).toMatchObject([
      { draft: "invoiced", entry: "invoiced", commit: "invoiced", invoice: id, entryInvoice: id },
      { draft: "invoiced" },
    ]);
    await db.as(place.owner, "update public.workspaces set address = 'New Street 2', payment_terms_days = 1");
    await db.as(place.owner, "update public.clients set name = 'Renamed'");
    expect(
      await db.one(
        "select status, issue_date::text, due_date::text, notes, biller ->> 'address' as address, recipient ->> 'name' as name from public.invoices where id = $1",
        [id],
      ),
    ).toEqual({
      status: "open",
      issue_date: "2026-01-15",
      due_date: "2026-02-14",
      notes: "Thanks",
      address: "Old Street 1",
      name: "Client",
    });
  });

  it("numbers without gaps, year by year, past attempts that were rolled back", async () => {
    const db = database();
    const place = await makeWorkspace(db);
    const numbers: string[] = [];
    for (let nth = 0; nth < 24; nth += 1) {
      const id = await createInvoice(db, place, await makeApproved(db, place, 1));
      const year = 2026 + (nth % 3);
      await call("update_invoice", { p_invoice_id: id, p_changes: { issue_date: `${year}-06-01` } }, place);
      if (nth % 4 === 1) {
        await expect(
          db.as(place.admin, "select public.finalise_invoice($1), 1 / (random() * 0)::integer", [id]),
        ).rejects.toMatchObject({ code: "22012" });
        expect(await readInvoice(id)).toMatchObject({ status: "draft", number: null });
      }
      numbers.push(await finalise(id, place));
    }
    const expected = [2026, 2027, 2028].flatMap((year) =>
      Array.from({ length: 8 }, (_, nth) => `INV-${year}-000${nth + 1}`),
    );
    expect(numbers.toSorted()).toEqual(expected);
  });

  it("counts on where the pattern has no year, and says so where a number is taken", async () => {
    const db = database();
    const place = await makeWorkspace(db);
    const pattern = (text: string) =>
      db.as(place.owner, "update public.workspaces set invoice_number_pattern = $1", [text]);
    const next = async (year: number) => {
      const id = await createInvoice(db, place, await makeApproved(db, place, 1));
      await call("update_invoice", { p_invoice_id: id, p_changes: { issue_date: `${year}-06-01` } }, place);
      return finalise(id, place);
    };
    expect(await next(2027)).toBe("INV-2027-0001");
    await pattern("INV-2027-{number}");
    await expect(next(2027)).rejects.toMatchObject({ code: "BH005", detail: "INV-2027-0001" });
    await pattern("R{number}");
    expect([await next(2026), await next(2027)]).toEqual(["R0001", "R0002"]);
    await db.query("update public.invoice_counters set last_number = 9999 where workspace_id = $1 and period = 0", [
      place.id,
    ]);
    expect(await next(2028)).toBe("R10000");
    await expect(pattern("without a counter")).rejects.toMatchObject({ code: "23514" });
  });

  it("needs a line", async () => {
    const db = database();
    const id = await createInvoice(db, workspace, await makeApproved(db, workspace, 1));
    await call("remove_from_invoice", { p_line_ids: (await readLines(id)).map((line) => line.id) });
    await expect(finalise(id)).rejects.toMatchObject({ code: "BH008" });
  });

  it("a currency without decimals is summed in whole units", async () => {
    const db = database();
    const place = await makeWorkspace(db, "JPY");
    await db.query("update public.projects set hourly_rate_minor = 8500 where id = $1", [place.projectId]);
    const id = await createInvoice(db, place, await makeApproved(db, place, 3, 50));
    await finalise(id, place);
    // 50 minutes at 8,500 are 7,083.33 yen.
    expect((await readLines(id)).map((line) => line.total_minor)).toEqual([7083, 7083, 7083]);
    expect(await readInvoice(id)).toMatchObject({ currency: "JPY", total_minor: 21_249 });
  });
});
