import { computeInvoice } from "@billhook/domain/invoice-totals";
import { roundSeconds, roundingDirections, roundingMinutes } from "@billhook/domain/rounding";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import { makeCommit, makeDrafts, makeProject, makeWorkspace, push, type Workspace } from "./stories.ts";

const database = useDatabase();

interface Plan {
  lines: {
    description: string;
    detail: string | null;
    seconds: number;
    entry_seconds: number;
    hourly_rate_minor: number;
    entry_ids: string[];
  }[];
  left_out: { id: string; reason: string }[];
  over: unknown[];
  terms: Record<string, unknown>;
}

const bill = (place: Workspace, options: Record<string, unknown> = {}, person = place.admin) =>
  database().rpc<{ invoice_id: string; left_out: unknown[] }>(person, "bill_client", {
    p_client_id: place.clientId,
    p_options: options,
  });
const preview = (place: Workspace, options: Record<string, unknown> = {}) =>
  database().rpc<Plan>(place.viewer, "preview_bill", { p_client_id: place.clientId, p_options: options });

/** Approved work; answers its drafts. */
async function approve(
  place: Workspace,
  work: { day?: string; minutes?: number; words?: string; ticket?: string | null; rate?: number }[],
  repositoryId = place.repositoryId,
): Promise<string[]> {
  const db = database();
  const ids = await push(
    db,
    repositoryId,
    work.map(({ day, minutes, words, ticket }) =>
      makeCommit(
        {},
        {
          work_date: day ?? "2026-03-02",
          minutes: minutes ?? 60,
          description: words ?? "Work",
          ticket_key: ticket ?? null,
        },
      ),
    ),
  );
  for (const [nth, { rate }] of work.entries()) {
    if (rate !== undefined)
      await db.rpc(place.member, "update_drafts", { p_ids: [ids[nth]], p_changes: { hourly_rate_minor: rate } });
  }
  await db.rpc(place.member, "approve_drafts", { p_ids: ids });
  return ids;
}

const entriesOf = async (draftIds: string[]): Promise<string[]> =>
  (
    await database().query<{ id: string }>(
      "select id from public.time_entries where draft_line_item_id = any ($1) order by id",
      [draftIds],
    )
  ).map(({ id }) => id);
const readLines = (invoiceId: string) =>
  database().query<{ id: string; description: string; seconds: number; total_minor: number }>(
    "select * from public.invoice_lines where invoice_id = $1 order by position",
    [invoiceId],
  );

describe("billing a client", () => {
  it("makes a line per project and ISO week, never of different rates, in the order of the weeks", async () => {
    const place = await makeWorkspace(database());
    await approve(place, [
      { day: "2026-03-09", words: "Second week" },
      { day: "2026-03-02", words: "Monday" },
      { day: "2026-03-08", words: "Sunday" },
      { day: "2026-03-08", words: "Dear", rate: 12_000 },
      { day: "2026-12-31", words: "Last of the year" },
      { day: "2027-01-01", words: "First of the next" },
    ]);
    const { invoice_id: id } = await bill(place);
    expect(await readLines(id)).toMatchObject([
      { description: "Project, week 10", detail: "Monday\nSunday", seconds: 7200, total_minor: 18_000 },
      { description: "Project, week 10", detail: "Dear", hourly_rate_minor: 12_000 },
      { description: "Project, week 11" },
      { description: "Project, week 53", detail: "First of the next\nLast of the year", seconds: 7200 },
    ]);
  });

  it.each([
    ["entry", ["One", "Three", "Two"]],
    ["project", ["Project"]],
    ["ticket", ["A-1", "Project"]],
    ["person", ["Author"]],
    ["day", ["Project", "Project"]],
  ])("by %s makes lines of their own", async (template, descriptions) => {
    const place = await makeWorkspace(database());
    await approve(place, [
      { words: "One", ticket: "A-1" },
      { words: "Two", ticket: "A-1", day: "2026-03-03" },
      { words: "Three", ticket: null },
    ]);
    const { invoice_id: id } = await bill(place, { template });
    const lines = await readLines(id);
    expect(lines.map((line) => line.description).toSorted()).toEqual(descriptions.toSorted());
    expect(lines.reduce((sum, line) => sum + line.total_minor, 0)).toBe(27_000);
    const evidence = await database().one(
      "select count(*)::integer as entries from public.invoice_line_entries where invoice_line_id = any ($1) and live",
      [lines.map((line) => line.id)],
    );
    expect(evidence).toEqual({ entries: 3 });
  });

  it("leaves out what is not ready, with the reason, and what is out of the period", async () => {
    const db = database();
    const place = await makeWorkspace(db);
    const [billed, free, rateless, timeless, foreign, dollars, ready] = await approve(
      place,
      ["billed", "free", "rateless", "timeless", "fixed", "dollars", "ready"].map((words) => ({ words })),
    );
    await bill(place, { entry_ids: await entriesOf([billed ?? ""]) });
    const set = (columns: string, id: string | undefined) =>
      db.query(`update public.time_entries set ${columns} where draft_line_item_id = $1`, [id]);
    await set("billable = false", free);
    await set("hourly_rate_minor = null", rateless);
    await set("billed_seconds = 0", timeless);
    await set("currency = 'USD'", dollars);
    const fixed = await makeProject(db, place, place.clientId, { billingType: "fixed" });
    await db.query("update public.time_entries set project_id = $1 where draft_line_item_id = $2", [fixed, foreign]);
    await db.query(
      `insert into public.time_entries (workspace_id, client_id, project_id, source, description, entry_date, billed_seconds, hourly_rate_minor, currency, status)
       values ($1, $2, $3, 'timer', 'running', '2026-03-02', 60, 1, 'EUR', 'running')`,
      [place.id, place.clientId, place.projectId],
    );
    const [open = "", later = ""] = await makeDrafts(db, place.repositoryId, 2);
    await db.rpc(place.member, "defer_drafts", { p_ids: [later], p_until: "2099-01-01" });
    const plan = await preview(place, { from: "2026-03-01", until: "2026-03-31" });
    expect(plan.lines).toMatchObject([{ entry_ids: await entriesOf([ready ?? ""]) }]);
    expect(plan.left_out.map(({ reason }) => reason)).toEqual([
      "deferred",
      "fixed_price",
      "no_rate",
      "no_time",
      "not_approved",
      "not_billable",
      "other_currency",
      "running",
    ]);
    expect(plan.left_out).toContainEqual(expect.objectContaining({ id: open, reason: "not_approved" }));
    expect((await preview(place, { from: "2026-04-01" })).lines).toEqual([]);
    const chosen = await preview(place, { entry_ids: await entriesOf([billed ?? "", ready ?? ""]) });
    expect(chosen.left_out).toMatchObject([{ reason: "on_invoice" }]);
  });

  it("asked twice is one invoice, and a void one is billed again", async () => {
    const db = database();
    const place = await makeWorkspace(db);
    const entries = await entriesOf(await approve(place, [{}, {}]));
    const first = await bill(place, { entry_ids: entries });
    const second = await bill(place, { entry_ids: entries.toReversed(), template: "entry" });
    expect(second.invoice_id).toBe(first.invoice_id);
    expect(await bill(place)).toEqual({ invoice_id: null, left_out: [] });
    await db.rpc(place.admin, "finalise_invoice", { p_invoice_id: first.invoice_id });
    await db.rpc(place.admin, "void_invoice", { p_invoice_id: first.invoice_id });
    const again = await bill(place, { entry_ids: entries });
    expect(again.invoice_id).not.toBe(first.invoice_id);
    const [line] = await readLines(again.invoice_id);
    await db.rpc(place.admin, "remove_from_invoice", { p_line_ids: [line?.id] });
    const unbilled = await db.query("select 1 from public.time_entries where id = any ($1) and invoice_id is null", [
      entries,
    ]);
    expect(unbilled).toHaveLength(2);
    const onto = await bill(place, { entry_ids: entries, invoice_id: again.invoice_id, template: "project" });
    expect(onto.invoice_id).toBe(again.invoice_id);
    expect(await readLines(again.invoice_id)).toMatchObject([{ description: "Project", seconds: 7200 }]);
  });

  it("past a project's cap is refused by how much, unless it is meant", async () => {
    const place = await makeWorkspace(database());
    await approve(place, [{ minutes: 300 }, { minutes: 210 }]);
    await database().as(
      place.owner,
      "update public.projects set budget_minutes = 300, budget_is_cap = true where id = $1",
      [place.projectId],
    );
    expect((await preview(place)).over).toMatchObject([{ is_cap: true, seconds: 12_600 }]);
    await expect(bill(place)).rejects.toMatchObject({ code: "BH009", message: "Project exceeds its cap by 3.5 h" });
    await database().query("update public.projects set budget_minutes = null, budget_minor = 75000 where id = $1", [
      place.projectId,
    ]);
    await expect(bill(place)).rejects.toMatchObject({ message: "Project exceeds its cap by 15.00 EUR" });
    expect((await bill(place, { over_cap: true })).invoice_id).not.toBeNull();
  });

  it("is told of at approval, from four fifths of the budget on and by how much it is passed", async () => {
    const place = await makeWorkspace(database());
    await database().as(
      place.owner,
      "update public.projects set budget_minutes = 300, budget_is_cap = true where id = $1",
      [place.projectId],
    );
    const told = async () => {
      const [row] = await database().query<{ body: string }>(
        "select body from public.notifications where workspace_id = $1 and kind = 'budget_used'",
        [place.id],
      );
      return row?.body;
    };
    await approve(place, [{ minutes: 180 }]);
    expect(await told()).toBeUndefined();
    await approve(place, [{ minutes: 70 }]);
    expect(await told()).toBe("Project has used 83% of its cap");
    await approve(place, [{ minutes: 260 }]);
    expect(await told()).toBe("Project exceeds its cap by 3.5 h");
    const ids = await push(database(), place.repositoryId, [makeCommit({}, { work_date: "2026-03-02", minutes: 30 })]);
    const outcome = await database().rpc<{ over: unknown[] }>(place.owner, "approve_drafts", { p_ids: ids });
    const over = { project_id: place.projectId, project_name: "Project", is_cap: true, currency: "EUR" };
    expect(outcome.over).toEqual([{ ...over, seconds: 4 * 3600, minor: 0 }]);
    expect(await database().rpc(place.owner, "approve_drafts", { p_ids: ids })).toMatchObject({ over: [] });
  });

  it("is for managers of the client's workspace, with known templates and dates", async () => {
    const place = await makeWorkspace(database());
    const stranger = await makeWorkspace(database());
    await expect(bill(place, {}, place.member)).rejects.toMatchObject({ code: "BH001" });
    await expect(bill(place, {}, stranger.owner)).rejects.toMatchObject({ code: "BH002" });
    await expect(bill(place, { template: "moon" })).rejects.toMatchObject({ code: "BH003", detail: "template" });
    await expect(bill(place, { from: "soon" })).rejects.toMatchObject({ code: "BH003", detail: "from" });
    const foreign = await entriesOf(await approve(stranger, [{}]));
    expect(await bill(place, { entry_ids: foreign })).toEqual({ invoice_id: null, left_out: [] });
  });
});

describe("rounding of billed time", () => {
  it("is the same in the database and on screen", async () => {
    const seconds = fc.integer({ min: 0, max: 40_000_000 });
    const cases = fc.tuple(seconds, fc.constantFrom(...roundingMinutes), fc.constantFrom(...roundingDirections));
    await fc.assert(
      fc.asyncProperty(fc.array(cases, { minLength: 100, maxLength: 300, size: "max" }), async (batch) => {
        const rows = await database().query<{ seconds: number }>(
          `select private.round_seconds(s, m, d) as seconds
           from unnest($1::bigint[], $2::integer[], $3::text[]) with ordinality t (s, m, d, nth) order by nth`,
          [batch.map(([s]) => s), batch.map(([, m]) => m), batch.map(([, , d]) => d)],
        );
        expect(rows.map((row) => row.seconds)).toEqual(batch.map(([s, m, d]) => roundSeconds(s, m, d)));
      }),
      { numRuns: 5 },
    );
  });

  it.each([
    ["entry", 3 * 900],
    ["day", 2 * 900],
    ["line", 900],
  ])("per %s changes the line and nothing else", async (scope, seconds) => {
    const place = await makeWorkspace(database());
    await database().as(
      place.owner,
      "update public.clients set rounding_minutes = 15, rounding_direction = 'up', rounding_scope = $1 where id = $2",
      [scope, place.clientId],
    );
    const ids = await approve(place, [{ minutes: 4 }, { minutes: 5 }, { minutes: 3, day: "2026-03-03" }]);
    const plan = await preview(place);
    expect(plan.lines).toMatchObject([{ seconds, entry_seconds: 720 }]);
    const { invoice_id: id } = await bill(place);
    expect(await readLines(id)).toMatchObject([{ seconds, entry_seconds: 720, total_minor: (seconds / 3600) * 9000 }]);
    const entries = await database().query(
      "select billed_seconds as billed, estimated_seconds as estimated from public.time_entries where draft_line_item_id = any ($1) order by billed_seconds",
      [ids],
    );
    expect(entries).toEqual([180, 240, 300].map((time) => ({ billed: time, estimated: time })));
  });

  it("of a project goes before the client's", async () => {
    const place = await makeWorkspace(database());
    await database().as(
      place.owner,
      "update public.clients set rounding_minutes = 30, rounding_direction = 'up' where id = $1",
      [place.clientId],
    );
    await database().as(place.owner, "update public.projects set rounding_minutes = 0 where id = $1", [
      place.projectId,
    ]);
    await approve(place, [{ minutes: 7 }]);
    expect((await preview(place)).lines).toMatchObject([{ seconds: 420, entry_seconds: 420 }]);
  });
});

it("a preview comes to what the invoice comes to", async () => {
  const place = await makeWorkspace(database());
  await database().query(
    `with tax as (insert into public.tax_rates (workspace_id, name, percent) values ($1, 'VAT', 7.7) returning id)
     update public.workspaces set tax_rate_id = (select id from tax), prices_include_tax = true where id = $1`,
    [place.id],
  );
  await approve(place, [{ minutes: 37 }, { minutes: 41, rate: 7777 }]);
  const plan = await preview(place, { template: "entry" });
  const totals = computeInvoice({
    prices_include_tax: plan.terms["prices_include_tax"] === true,
    tax_rounding: String(plan.terms["tax_rounding"]),
    lines: plan.lines.map((line) => ({
      seconds: line.seconds,
      hourly_rate_minor: line.hourly_rate_minor,
      quantity_thousandths: null,
      unit_price_minor: null,
      tax_category: "standard",
      tax_percent: 7.7,
    })),
  });
  const { invoice_id: id } = await bill(place, { template: "entry" });
  const invoice = await database().one(
    "select subtotal_minor, tax_minor, total_minor from public.invoices where id = $1",
    [id],
  );
  expect(invoice).toEqual({
    subtotal_minor: totals.subtotal_minor,
    tax_minor: totals.tax_minor,
    total_minor: totals.total_minor,
  });
});
