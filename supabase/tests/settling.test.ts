import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import { createInvoice, makeApproved, makeOpenInvoice, makeWorkspace, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
});

const call = <T>(name: string, parameters: Record<string, unknown>, place = workspace): Promise<T> =>
  database().rpc<T>(place.admin, name, parameters);
const readInvoice = (id: string) => database().one("select * from public.invoices where id = $1", [id]);
const pay = (id: string, amount: number, place = workspace) =>
  call<string>(
    "record_payment",
    { p_invoice_id: id, p_payment: { amount_minor: amount, paid_on: "2026-03-10" } },
    place,
  );
const credit = (id: string, request: Record<string, unknown> = {}, place = workspace) =>
  call<string>("credit_invoice", { p_invoice_id: id, p_credit: request }, place);

/** Two hours at 90.00 with 19% on top: 214.20. */
async function makeTaxedInvoice(place: Workspace): Promise<{ id: string; draftIds: string[] }> {
  await database().query(
    "with tax as (insert into public.tax_rates (workspace_id, name, percent) values ($1, 'VAT', 19) returning id) update public.clients set tax_rate_id = (select id from tax) where workspace_id = $1",
    [place.id],
  );
  return makeOpenInvoice(database(), place, 2);
}

describe("payments", () => {
  it("in parts make an invoice paid, and going back make it open again", async () => {
    const { id } = await makeOpenInvoice(database(), workspace, 2);
    await pay(id, 8000);
    expect(await readInvoice(id)).toMatchObject({ status: "open", amount_paid_minor: 8000 });
    const rest = await pay(id, 10_000);
    expect(await readInvoice(id)).toMatchObject({ status: "paid", amount_paid_minor: 18_000 });
    await pay(id, 500);
    expect(await readInvoice(id)).toMatchObject({ status: "paid", amount_paid_minor: 18_500 });
    await pay(id, -18_500);
    expect(await readInvoice(id)).toMatchObject({ status: "open", amount_paid_minor: 0, paid_at: null });
    await call("remove_payment", { p_payment_id: rest });
    await expect(pay(id, -1)).rejects.toMatchObject({ code: "BH003", detail: "amount_minor" });
    await expect(pay(id, 0)).rejects.toMatchObject({ code: "BH003", detail: "amount_minor" });
  });

  it("asked twice are booked once, and not on drafts or void invoices", async () => {
    const { id } = await makeOpenInvoice(database(), workspace, 1);
    const payment = { id: crypto.randomUUID(), amount_minor: 100, paid_on: "2026-03-10" };
    for (let nth = 0; nth < 2; nth += 1) await call("record_payment", { p_invoice_id: id, p_payment: payment });
    expect(await readInvoice(id)).toMatchObject({ amount_paid_minor: 100 });
    await expect(call("void_invoice", { p_invoice_id: id })).rejects.toMatchObject({
      code: "BH005",
      detail: "payments",
    });
    const draft = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 1));
    await expect(pay(draft, 1)).rejects.toMatchObject({ code: "BH005" });
    const other = await makeOpenInvoice(database(), workspace, 1);
    await call("void_invoice", { p_invoice_id: other.id });
    await expect(pay(other.id, 1)).rejects.toMatchObject({ code: "BH005" });
  });

  it("of Stripe and by hand add up, whatever order its events come in, and any number of times", async () => {
    const { id } = await makeOpenInvoice(database(), workspace, 2);
    await pay(id, 8000);
    const event = (nth: number) =>
      database().rpc(service, "apply_stripe_event", {
        p_event_id: `evt_${id}_${nth}`,
        p_event_type: "invoice.paid",
        p_event_at: "2026-03-11T00:00:00Z",
        p_stripe_invoice_id: `in_${id}`,
        p_invoice_id: id,
        p_status: "paid",
        p_amount_paid_minor: 10_000,
      });
    for (const nth of [1, 1, 2]) await event(nth);
    expect(await readInvoice(id)).toMatchObject({ status: "paid", amount_paid_minor: 18_000 });
    const [row] = await database().query<{ id: string }>(
      "select id from public.invoice_payments where invoice_id = $1 and source = 'stripe'",
      [id],
    );
    await expect(call("remove_payment", { p_payment_id: row?.id })).rejects.toMatchObject({ code: "BH005" });
  });

  it("come after all for what was written off", async () => {
    const { id } = await makeOpenInvoice(database(), workspace, 1);
    await call("write_off_invoice", { p_invoice_id: id });
    await call("write_off_invoice", { p_invoice_id: id });
    expect(await readInvoice(id)).toMatchObject({ status: "uncollectible" });
    await pay(id, 9000);
    expect(await readInvoice(id)).toMatchObject({ status: "paid" });
    await expect(call("write_off_invoice", { p_invoice_id: id })).rejects.toMatchObject({ code: "BH005" });
  });

  it("are booked by managers of the workspace only", async () => {
    const stranger = await makeWorkspace(database());
    const { id } = await makeOpenInvoice(database(), workspace, 1);
    const procedures: [string, Record<string, unknown>][] = [
      ["record_payment", { p_invoice_id: id, p_payment: { amount_minor: 1, paid_on: "2026-03-10" } }],
      ["write_off_invoice", { p_invoice_id: id }],
      ["credit_invoice", { p_invoice_id: id, p_credit: {} }],
      ["duplicate_invoice", { p_invoice_id: id }],
      ["remove_payment", { p_payment_id: await pay(id, 1) }],
    ];
    for (const [name, parameters] of procedures) {
      await expect(database().rpc(stranger.owner, name, parameters), name).rejects.toMatchObject({ code: "BH002" });
      await expect(database().rpc(workspace.member, name, parameters), name).rejects.toMatchObject({ code: "BH001" });
    }
  });
});

describe("a credit note", () => {
  it("in full takes off what the invoice came to, tax by tax, in its own series, and settles it", async () => {
    const place = await makeWorkspace(database());
    const { id } = await makeTaxedInvoice(place);
    const noteId = await credit(id, { reason: "A mistake" }, place);
    const year = new Date().getUTCFullYear();
    expect(await readInvoice(noteId)).toMatchObject({
      kind: "credit_note",
      corrects_id: id,
      number: `CN-${year}-0001`,
      status: "paid",
      notes: "A mistake",
      subtotal_minor: 18_000,
      tax_minor: 3420,
      total_minor: 21_420,
      taxes: [{ category: "standard", percent: 19, taxable_minor: 18_000, tax_minor: 3420 }],
    });
    expect(await readInvoice(id)).toMatchObject({ status: "paid", credited_minor: 21_420, amount_paid_minor: 0 });
    await expect(credit(id, {}, place)).rejects.toMatchObject({ code: "BH003" });
    await expect(call("void_invoice", { p_invoice_id: noteId }, place)).rejects.toMatchObject({ code: "BH005" });
  });

  it("of a line makes its work billable again where that is said, and it is billed again", async () => {
    const place = await makeWorkspace(database());
    const { id, draftIds } = await makeTaxedInvoice(place);
    const [line] = await database().query<{ id: string }>(
      "select id from public.invoice_lines where invoice_id = $1 order by position",
      [id],
    );
    const request = { id: crypto.randomUUID(), line_ids: [line?.id], release: true };
    const noteId = await credit(id, request, place);
    expect(await credit(id, request, place)).toBe(noteId);
    expect(await readInvoice(noteId)).toMatchObject({ total_minor: 10_710 });
    await expect(credit(id, { line_ids: [line?.id] }, place)).rejects.toMatchObject({
      code: "BH003",
      detail: "line_ids",
    });
    const foreign = await makeOpenInvoice(database(), workspace, 1);
    const others = await database().query<{ id: string }>("select id from public.invoice_lines where invoice_id = $1", [
      foreign.id,
    ]);
    const byForeign = { line_ids: others.map((other) => other.id) };
    await expect(credit(id, byForeign, place)).rejects.toMatchObject({ code: "BH003" });
    await expect(credit(foreign.id, {}, place)).rejects.toMatchObject({ code: "BH002" });
    expect(await readInvoice(id)).toMatchObject({ status: "open", credited_minor: 10_710 });
    const unbilled = await database().query<{ id: string }>(
      "select id from public.draft_line_items where id = any ($1) and status = 'approved'",
      [draftIds],
    );
    expect(unbilled).toHaveLength(1);
    const again = await createInvoice(
      database(),
      place,
      unbilled.map((draft) => draft.id),
    );
    expect(await readInvoice(again)).toMatchObject({ total_minor: 10_710 });
    await pay(id, 10_710, place);
    expect(await readInvoice(id)).toMatchObject({ status: "paid" });
  });

  it("of the rest, after one of an amount, makes all of its work billable again where that is said", async () => {
    const place = await makeWorkspace(database());
    const { id, draftIds } = await makeTaxedInvoice(place);
    await credit(id, { amount_minor: 1000, release: true }, place);
    const billable = async () =>
      (
        await database().query(
          "select 1 from public.draft_line_items where id = any ($1) and status = 'approved' and invoice_id is null",
          [draftIds],
        )
      ).length;
    expect(await billable()).toBe(0);
    const noteId = await credit(id, { release: true }, place);
    expect(await readInvoice(noteId)).toMatchObject({ total_minor: 20_420 });
    expect(await readInvoice(id)).toMatchObject({ status: "paid", credited_minor: 21_420 });
    expect(await billable()).toBe(2);
    expect(await readInvoice(await createInvoice(database(), place, draftIds))).toMatchObject({ total_minor: 21_420 });
  });

  it("of all of it lets the same entries be billed again, on another invoice, once", async () => {
    const place = await makeWorkspace(database());
    await makeApproved(database(), place, 2);
    const bill = () =>
      call<{ invoice_id: string }>("bill_client", { p_client_id: place.clientId, p_options: {} }, place);
    const entries = await database().query<{ id: string }>(
      "select id from public.time_entries where workspace_id = $1 order by id",
      [place.id],
    );
    const again = () =>
      call<{ invoice_id: string }>(
        "bill_client",
        { p_client_id: place.clientId, p_options: { entry_ids: entries.map(({ id }) => id) } },
        place,
      );
    const { invoice_id: first } = await bill();
    expect((await again()).invoice_id).toBe(first);
    await call("finalise_invoice", { p_invoice_id: first }, place);
    await credit(first, { release: true }, place);
    const { invoice_id: second } = await again();
    expect(second).not.toBe(first);
    expect((await again()).invoice_id).toBe(second);
    expect(await readInvoice(second)).toMatchObject({ status: "draft", total_minor: 18_000 });
  });

  it("of any amounts comes to exactly these, with whatever taxes, and never to more than the invoice", async () => {
    const place = await makeWorkspace(database());
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom(0, 7, 7.7, 19)), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.boolean(),
        fc.integer({ min: 1, max: 100 }),
        async (fees, byLine, share) => {
          const id = await createInvoice(database(), place, await makeApproved(database(), place, 1));
          for (const [price, percent] of fees) {
            const tax = crypto.randomUUID();
            await database().query(
              "insert into public.tax_rates (id, workspace_id, name, category, percent) values ($1, $2, 'Tax', case when $3::numeric = 0 then 'zero' else 'standard' end, $3::numeric)",
              [tax, place.id, percent],
            );
            await call(
              "add_invoice_line",
              {
                p_invoice_id: id,
                p_line: { description: "Fee", unit_price_minor: price, tax_rate_id: tax },
              },
              place,
            );
          }
          await call(
            "update_invoice",
            { p_invoice_id: id, p_changes: { tax_rounding: byLine ? "line" : "total" } },
            place,
          );
          await call("finalise_invoice", { p_invoice_id: id }, place);
          const { total_minor: total } = await database().one<{ total_minor: number }>(
            "select total_minor from public.invoices where id = $1",
            [id],
          );
          const amount = Math.max(1, Math.floor((total * share) / 100));
          const first = await credit(id, { amount_minor: amount }, place);
          expect(await readInvoice(first)).toMatchObject({ total_minor: amount });
          await expect(credit(id, { amount_minor: total - amount + 1 }, place)).rejects.toMatchObject({
            code: "BH003",
          });
          if (amount < total) {
            expect(await readInvoice(await credit(id, {}, place))).toMatchObject({ total_minor: total - amount });
          }
          expect(await readInvoice(id)).toMatchObject({ status: "paid", credited_minor: total });
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe("numbers", () => {
  it("follow each other in a series of their own for invoices, credit notes and tests, by pattern", async () => {
    const db = database();
    const place = await makeWorkspace(db);
    await db.as(
      place.owner,
      "update public.workspaces set invoice_number_pattern = '{client}-{year}{month}-{number}' where id = $1",
      [place.id],
    );
    const next = async (date: string) => {
      const id = await createInvoice(db, place, await makeApproved(db, place, 1));
      await call("update_invoice", { p_invoice_id: id, p_changes: { issue_date: date } }, place);
      return { id, number: await call<string>("finalise_invoice", { p_invoice_id: id }, place) };
    };
    expect((await next("2026-03-31")).number).toBe("CLIENT-202603-0001");
    await db.as(place.owner, "update public.clients set number_code = 'ACME' where id = $1", [place.clientId]);
    expect((await next("2026-12-01")).number).toBe("ACME-202612-0002");
    expect((await next("2027-01-01")).number).toBe("ACME-202701-0001");
    await db.as(place.owner, "update public.workspaces set test_mode = true where id = $1", [place.id]);
    const test = await next("2026-04-01");
    expect(test.number).toBe("TEST-ACME-202604-0001");
    expect(await readInvoice(await credit(test.id, {}, place))).toMatchObject({ is_test: true });
    await db.as(place.owner, "update public.workspaces set test_mode = false where id = $1", [place.id]);
    expect((await next("2026-12-02")).number).toBe("ACME-202612-0003");
    const counters = await db.query(
      "select series, period, last_number from public.invoice_counters where workspace_id = $1 order by series, period",
      [place.id],
    );
    expect(counters).toMatchObject([
      { series: "credit_note_test", last_number: 1 },
      { series: "invoice", period: 2026, last_number: 3 },
      { series: "invoice", period: 2027, last_number: 1 },
      { series: "invoice_test", last_number: 1 },
    ]);
  });
});

describe("a duplicate", () => {
  it("has the fees of the invoice and none of its time", async () => {
    const id = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 1));
    await expect(call("duplicate_invoice", { p_invoice_id: id })).rejects.toMatchObject({ code: "BH008" });
    await call("add_invoice_line", { p_invoice_id: id, p_line: { description: "Retainer", unit_price_minor: 5000 } });
    await call("finalise_invoice", { p_invoice_id: id });
    const copy = await call<string>("duplicate_invoice", { p_invoice_id: id });
    expect(await readInvoice(copy)).toMatchObject({ status: "draft", total_minor: 5000 });
  });
});
