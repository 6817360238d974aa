import { beforeAll, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import { createInvoice, makeApproved, makeWorkspace, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
let vat: string;

const call = <T>(name: string, parameters: Record<string, unknown>): Promise<T> =>
  database().rpc<T>(workspace.admin, name, parameters);
const readInvoice = (id: string) => database().one("select * from public.invoices where id = $1", [id]);
const readLines = (id: string) =>
  database().query<{ id: string; description: string; position: number }>(
    "select * from public.invoice_lines where invoice_id = $1 order by position",
    [id],
  );

async function makeTax(columns: Record<string, unknown>): Promise<string> {
  const id = crypto.randomUUID();
  await database().as(
    workspace.admin,
    `insert into public.tax_rates (id, workspace_id, name, category, percent, note)
     select $1, $2, x.name, coalesce(x.category, 'standard'), coalesce(x.percent, 0), x.note
     from jsonb_to_record($3) as x (name text, category text, percent numeric, note text)`,
    [id, workspace.id, JSON.stringify(columns)],
  );
  return id;
}

beforeAll(async () => {
  workspace = await makeWorkspace(database());
  vat = await makeTax({ name: "VAT", percent: 19 });
  await database().as(workspace.owner, "update public.workspaces set tax_rate_id = $1 where id = $2", [
    vat,
    workspace.id,
  ]);
});

describe("an invoice with tax", () => {
  it("has the client's tax, else the workspace's, on every line of time, with its breakdown", async () => {
    const id = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 2, 50));
    expect(await readInvoice(id)).toMatchObject({
      lines_minor: 15_000,
      subtotal_minor: 15_000,
      tax_minor: 2850,
      total_minor: 17_850,
      taxes: [{ name: "VAT", category: "standard", percent: 19, note: null, taxable_minor: 15_000, tax_minor: 2850 }],
    });
  });

  it("takes fees and expenses by hand, discounts on a line and on the whole, and another tax on a line", async () => {
    const id = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 1));
    const reduced = await makeTax({ name: "Reduced", percent: 7 });
    const book = await call<string>("add_invoice_line", {
      p_invoice_id: id,
      p_line: {
        description: " A book ",
        kind: "expense",
        quantity_thousandths: 2500,
        unit_price_minor: 1001,
        tax_rate_id: reduced,
      },
    });
    await call("add_invoice_line", {
      p_invoice_id: id,
      p_line: { description: "Set-up", unit_price_minor: 10_000, discount_percent: 12.5 },
    });
    await call("update_invoice", { p_invoice_id: id, p_changes: { discount_minor: 1000 } });
    expect(await readLines(id)).toMatchObject([
      { kind: "time", total_minor: 9000, tax_rate_id: vat },
      { kind: "expense", description: "A book", amount_minor: 2503, total_minor: 2503 },
      { kind: "fee", amount_minor: 10_000, total_minor: 8750, tax_rate_id: vat },
    ]);
    expect(await readInvoice(id)).toMatchObject({
      lines_minor: 20_253,
      discount_total_minor: 1000,
      subtotal_minor: 19_253,
      taxes: [
        { name: "Reduced", percent: 7 },
        { name: "VAT", percent: 19 },
      ],
    });
    await call("update_invoice_line", { p_line_id: book, p_changes: { discount_minor: 99_999, tax_rate_id: null } });
    const [, shown] = await readLines(id);
    expect(shown).toMatchObject({ total_minor: 0, tax_minor: 0 });
    expect((await readInvoice(id))["taxes"]).toMatchObject([{ name: "VAT" }]);
  });

  it("keeps its lines in the order they are put in, and its evidence whatever a line says", async () => {
    const id = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 2));
    const fee = await call<string>("add_invoice_line", { p_invoice_id: id, p_line: { description: "Fee" } });
    const [first, second] = await readLines(id);
    const order = [fee, second?.id, first?.id];
    await call("order_invoice_lines", { p_invoice_id: id, p_line_ids: order });
    expect((await readLines(id)).map((line) => line.id)).toEqual(order);
    await expect(
      call("order_invoice_lines", { p_invoice_id: id, p_line_ids: [fee, fee, second?.id] }),
    ).rejects.toMatchObject({ code: "BH010" });
    await call("update_invoice_line", {
      p_line_id: first?.id,
      p_changes: { description: "Other words", detail: "More" },
    });
    const [evidence] = await database().query(
      "select live from public.invoice_line_entries where invoice_line_id = $1",
      [first?.id],
    );
    expect(evidence).toEqual({ live: true });
  });

  it("under reverse charge names both tax numbers, or is not finalised", async () => {
    const reverse = await makeTax({ name: "Reverse charge", category: "reverse_charge", note: "Article 196" });
    await database().as(workspace.owner, "update public.clients set tax_rate_id = $1", [reverse]);
    const id = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 1));
    expect(await readInvoice(id)).toMatchObject({
      tax_minor: 0,
      taxes: [{ note: "Article 196", taxable_minor: 9000 }],
    });
    await expect(call("finalise_invoice", { p_invoice_id: id })).rejects.toMatchObject({
      code: "BH005",
      detail: "tax_id",
    });
    await database().as(workspace.owner, "update public.clients set tax_id = 'IE0000000'");
    await database().as(workspace.owner, "update public.workspaces set tax_id = 'DE0000000'");
    await call("finalise_invoice", { p_invoice_id: id });
    await database().as(workspace.owner, "update public.tax_rates set name = 'Renamed' where id = $1", [reverse]);
    expect(await readInvoice(id)).toMatchObject({ status: "open", taxes: [{ name: "Reverse charge" }] });
    await database().as(workspace.owner, "update public.clients set tax_rate_id = null");
  });
});

describe("a tax", () => {
  it("is above zero where it is charged, says why where it is not, and never changes", async () => {
    for (const columns of [
      { name: "VAT", percent: 0 },
      { name: "Zero", category: "zero", percent: 1 },
      { name: "Exempt", category: "exempt" },
      { name: " ", percent: 19 },
    ]) {
      await expect(makeTax(columns)).rejects.toMatchObject({ code: "23514" });
    }
    await expect(
      database().as(workspace.owner, "update public.tax_rates set percent = 20 where id = $1", [vat]),
    ).rejects.toMatchObject({ code: "42501" });
  });
});

describe("totals", () => {
  it("are written by nobody, the service role included", async () => {
    const id = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 1));
    for (const sql of [
      "update public.invoices set subtotal_minor = 1, total_minor = 1, tax_minor = 0 where id = $1",
      "update public.invoices set taxes = '[]' where id = $1",
      "update public.invoice_lines set total_minor = 1 where invoice_id = $1",
    ]) {
      await expect(database().as(service, sql, [id]), sql).rejects.toMatchObject({ code: "BH005" });
    }
  });

  it.each([
    ["discount_percent", 0],
    ["discount_percent", 100.001],
    ["discount_percent", 1.0001],
    ["discount_minor", 1.5],
    ["tax_rounding", "never"],
    ["prices_include_tax", "yes"],
  ])("refuse %s = %j on an invoice and name the field", async (field, value) => {
    const id = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 1));
    await expect(call("update_invoice", { p_invoice_id: id, p_changes: { [field]: value } })).rejects.toMatchObject({
      code: "BH003",
      detail: field,
    });
  });

  it.each([
    ["quantity_thousandths", 0],
    ["unit_price_minor", -1],
    ["unit_price_minor", "12"],
    ["kind", "time"],
    ["tax_rate_id", "nonsense"],
    ["description", " "],
    ["seconds", 60],
  ])("refuse %s = %j on a line by hand and name the field", async (field, value) => {
    const id = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 1));
    await expect(
      call("add_invoice_line", { p_invoice_id: id, p_line: { description: "Fee", [field]: value } }),
    ).rejects.toMatchObject({ code: "BH003", detail: field });
  });
});
