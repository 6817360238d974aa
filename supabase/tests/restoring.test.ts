import { expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import { makeApproved, makeWorkspace, type Workspace } from "./stories.ts";

const database = useDatabase();

const call = <T>(
  place: Workspace,
  name: string,
  parameters: Record<string, unknown>,
  person = place.admin,
): Promise<T> => database().rpc<T>(person, name, parameters);
const restore = (place: Workspace, id: string, person = place.admin) =>
  call(place, "restore_invoice", { p_invoice_id: id }, person);

/** All that there is of an invoice: its row, its lines in order and what these stand on. */
const readAll = (id: string) =>
  database().one(
    `select to_jsonb(i) - array['version', 'updated_at', 'created_by'] as invoice,
       (select jsonb_agg(to_jsonb(l) order by l.position) from public.invoice_lines l where l.invoice_id = i.id) as lines,
       (select jsonb_agg(x order by x.invoice_line_id, x.time_entry_id) from public.invoice_line_entries x
         join public.invoice_lines l on l.id = x.invoice_line_id where l.invoice_id = i.id) as evidence,
       (select jsonb_agg(e.id order by e.id) from public.time_entries e where e.invoice_id = i.id) as entries,
       (select jsonb_agg(d.id order by d.id) from public.draft_line_items d where d.invoice_id = i.id) as drafts
     from public.invoices i where i.id = $1`,
    [id],
  );

/** A draft with a discount, prices with tax, three lines of time, each reworded, discounted or taxed, and a fee before them. */
async function makeEdited(place: Workspace): Promise<{ id: string; lines: string[]; drafts: string[] }> {
  const db = database();
  const drafts = await makeApproved(db, place, 3);
  const { invoice_id: id } = await call<{ invoice_id: string }>(place, "bill_client", {
    p_client_id: place.clientId,
    p_options: { template: "entry" },
  });
  const { tax } = await db.one<{ tax: string }>(
    "insert into public.tax_rates (workspace_id, name, category, percent) values ($1, 'VAT', 'standard', 7) returning id as tax",
    [place.id],
  );
  const times = await db.query<{ id: string }>(
    "select id from public.invoice_lines where invoice_id = $1 order by position",
    [id],
  );
  const [one = "", two = "", three = ""] = times.map((line) => line.id);
  const edit = (line: string, changes: Record<string, unknown>) =>
    call(place, "update_invoice_line", { p_line_id: line, p_changes: changes });
  await edit(one, { description: "Other words", detail: "And more" });
  await edit(two, { discount_percent: 10 });
  await edit(three, { tax_rate_id: tax });
  const fee = await call<string>(place, "add_invoice_line", {
    p_invoice_id: id,
    p_line: { description: "Fee", kind: "expense", unit_price_minor: 999, quantity_thousandths: 1500 },
  });
  const lines = [fee, three, one, two];
  await call(place, "order_invoice_lines", { p_invoice_id: id, p_line_ids: lines });
  await call(place, "update_invoice", {
    p_invoice_id: id,
    p_changes: {
      discount_minor: 500,
      prices_include_tax: true,
      tax_rounding: "line",
      notes: "Thanks",
      issue_date: "2026-03-31",
    },
  });
  return { id, lines, drafts };
}

it("a draft that was discarded comes back at its address as it was, once, and for managers", async () => {
  const place = await makeWorkspace(database());
  const stranger = await makeWorkspace(database());
  const { id } = await makeEdited(place);
  const before = await readAll(id);
  await call(place, "delete_invoice", { p_invoice_id: id });
  await expect(restore(place, id, place.member)).rejects.toMatchObject({ code: "BH001" });
  await expect(restore(place, id, stranger.owner)).rejects.toMatchObject({ code: "BH002" });
  await expect(restore(place, crypto.randomUUID())).rejects.toMatchObject({ code: "BH002" });
  expect(await restore(place, id)).toEqual({ invoice_id: id, left_out: 0 });
  expect(await readAll(id)).toEqual(before);
  expect(await restore(place, id)).toEqual({ invoice_id: id, left_out: 0 });
  expect(await call(place, "finalise_invoice", { p_invoice_id: id })).toMatch(/-0001$/u);
});

it("of a discarded draft the lines stay away whose work was billed, taken back or priced anew meanwhile", async () => {
  const db = database();
  const place = await makeWorkspace(db);
  const { id, drafts } = await makeEdited(place);
  const [billed = "", reopened = ""] = drafts;
  await call(place, "delete_invoice", { p_invoice_id: id });
  const other = await call<string>(place, "create_invoice", { p_client_id: place.clientId, p_draft_ids: [billed] });
  await call(place, "unapprove_drafts", { p_ids: [reopened] }, place.member);
  expect(await restore(place, id)).toEqual({ invoice_id: id, left_out: 2 });
  expect(
    await db.query("select position, kind from public.invoice_lines where invoice_id = $1 order by position", [id]),
  ).toEqual([
    { position: 1, kind: "expense" },
    { position: 2, kind: "time" },
  ]);
  expect(
    await db.query("select id, invoice_id from public.draft_line_items where id = any ($1) order by id", [drafts]),
  ).toEqual(
    drafts
      .map((draft) => ({ id: draft, invoice_id: draft === billed ? other : draft === reopened ? null : id }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  );
});

it("lines that were taken off come back in their places with their words, and not on what was finalised", async () => {
  const place = await makeWorkspace(database());
  const { id, lines } = await makeEdited(place);
  const before = await readAll(id);
  await call(place, "remove_from_invoice", { p_line_ids: lines.slice(0, 2) });
  expect(await call(place, "restore_invoice_lines", { p_line_ids: lines.slice(0, 2) })).toEqual({
    invoice_id: id,
    left_out: 0,
  });
  // It is asked for anew by other entries, so the key that it was billed with is gone.
  const withoutKey = (all: Record<string, unknown>) => ({
    ...all,
    invoice: { ...Object(all["invoice"]), billing_key: null },
  });
  expect(withoutKey(await readAll(id))).toEqual(withoutKey(before));
  await call(place, "remove_from_invoice", { p_line_ids: lines.slice(2, 3) });
  await call(place, "finalise_invoice", { p_invoice_id: id });
  await expect(call(place, "restore_invoice_lines", { p_line_ids: lines.slice(2, 3) })).rejects.toMatchObject({
    code: "BH005",
  });
});
