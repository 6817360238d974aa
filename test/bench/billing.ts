import { billClient, previewBill } from "@billhook/database/billing";
import type { DatabaseResult } from "@billhook/database/errors";
import { deleteInvoice, finaliseInvoice, removeFromInvoice, voidInvoice } from "@billhook/database/invoices";
import { creditInvoice } from "@billhook/database/payments";
import { computeInvoice } from "@billhook/domain/invoice-totals";
import { seedApprovedWork } from "../http/approved-work.ts";
import { type PersonOfWorkspace, signUpWithWorkspace } from "../http/harness.ts";
import type { Row } from "./row.ts";
import type { Bench } from "./stacks.ts";

const ENTRIES = 10_000;
/** What billing a month's work of a large agency may take. */
const BUDGET_MS = 3000;

/** The value and the milliseconds of one round trip. */
async function time<T>(ask: () => Promise<DatabaseResult<T>>): Promise<[T, number]> {
  const started = performance.now();
  const result = await ask();
  const took = performance.now() - started;
  if (!result.ok) throw new Error(result.error.cause);
  return [result.value, took];
}

/**
 * Ten thousand entries previewed, put on one invoice, discarded, finalised, made void and credited, each in one round trip,
 * and the computation alone, as the page makes it.
 */
export async function measureBilling({ product }: Bench): Promise<Row[]> {
  const { stack } = product;
  const start = async (): Promise<[PersonOfWorkspace, string[]]> => {
    const person = await signUpWithWorkspace(stack);
    const entryIds = await seedApprovedWork(stack, person, ENTRIES);
    await stack.query("analyze public.draft_line_items, public.time_entries");
    return [person, entryIds];
  };
  const bill = async (
    person: PersonOfWorkspace,
    entry_ids: string[],
    template: "project_week" | "entry",
  ): Promise<[string, number]> => {
    const [{ invoice_id: id }, took] = await time(() =>
      billClient(person.database, person.clientId, { entry_ids, template }),
    );
    const [invoice] = await stack.query<{ total: number }>(
      "select total_minor::float8 as total from public.invoices where id = $1",
      [id],
    );
    if (id === null || invoice?.total !== entry_ids.length * 9000)
      throw new Error(`the invoice comes to ${invoice?.total}`);
    return [id, took];
  };

  const [byWeek, weekEntries] = await start();
  const [, previewMs] = await time(() =>
    previewBill(byWeek.database, byWeek.clientId, { template: "project_week", entry_ids: weekEntries }),
  );
  const [, weekMs] = await bill(byWeek, weekEntries, "project_week");

  const [person, entries] = await start();
  const { database } = person;
  const [discarded, entryMs] = await bill(person, entries, "entry");
  const [, discardMs] = await time(() => deleteInvoice(database, discarded));
  const [first] = await bill(person, entries, "entry");
  const [line] = await stack.query<{ id: string }>(
    "select id from public.invoice_lines where invoice_id = $1 limit 1",
    [first],
  );
  // One line alone first: what the database plans for that, it keeps for the thousands after it.
  await time(() => removeFromInvoice(database, [line?.id ?? ""]));
  const [, finaliseMs] = await time(() => finaliseInvoice(database, first));
  const [, voidMs] = await time(() => voidInvoice(database, first));
  const [second] = await bill(person, entries, "entry");
  await time(() => finaliseInvoice(database, second));
  const [, creditMs] = await time(() => creditInvoice(database, second, { id: crypto.randomUUID(), release: true }));

  const lines = entries.map((_, nth) => ({
    seconds: 3600,
    hourly_rate_minor: 9000 + nth,
    quantity_thousandths: null,
    unit_price_minor: null,
    tax_category: nth % 2 === 0 ? "standard" : "zero",
    tax_percent: nth % 2 === 0 ? 19 : 0,
  }));
  const computing = performance.now();
  computeInvoice({ prices_include_tax: false, tax_rounding: "total", discount_percent: 3, lines });
  const computeMs = performance.now() - computing;

  const row = (name: string, value: number): Row => ({
    name,
    value,
    unit: "ms",
    baseline: BUDGET_MS,
    against: "a budget",
  });
  return [
    row("compute 10,000 lines in the page", computeMs),
    row("preview of 10,000 entries", previewMs),
    row("bill 10,000 entries by week", weekMs),
    row("bill 10,000 entries one by one", entryMs),
    row("discard a draft of 10,000 lines", discardMs),
    row("finalise 10,000 lines", finaliseMs),
    row("void 10,000 lines", voidMs),
    row("credit 10,000 lines and bill them anew", creditMs),
  ];
}
