import { billClient } from "@billhook/database/billing";
import { finaliseInvoice } from "@billhook/database/invoices";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seedApprovedWork } from "./approved-work.ts";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

test("of fifty people who bill overlapping work at once each entry ends on one invoice, and no number is skipped", async () => {
  const { stack, owner } = harness;
  const entries = await seedApprovedWork(stack, owner, 120);
  const attempts = Array.from({ length: 50 }, async (_, nth) => {
    // Windows of thirty that overlap each other, every fifth one asked for twice.
    const start = (nth - (nth % 5 === 4 ? 1 : 0)) * 2;
    const billed = await billClient(owner.database, owner.clientId, { entry_ids: entries.slice(start, start + 30) });
    if (!billed.ok) throw new Error(billed.error.cause);
    if (billed.value.invoice_id === null) return null;
    const finalised = await finaliseInvoice(owner.database, billed.value.invoice_id);
    if (!finalised.ok) throw new Error(finalised.error.cause);
    return finalised.value;
  });
  const numbers = await Promise.all(attempts);

  const onInvoices = await stack.query<{ id: string; invoices: number }>(
    `select e.id, count(distinct l.invoice_id)::integer as invoices from public.time_entries e
     left join public.invoice_line_entries x on x.time_entry_id = e.id and x.live
     left join public.invoice_lines l on l.id = x.invoice_line_id
     where e.workspace_id = $1 group by e.id`,
    [owner.workspaceId],
  );
  expect(onInvoices).toHaveLength(120);
  expect(onInvoices.filter(({ invoices }) => invoices > 1)).toEqual([]);
  // The last window ends with entry 127.
  expect(onInvoices.filter(({ invoices }) => invoices === 0)).toEqual([]);
  const [sum] = await stack.query<{ entries: number; total: number }>(
    `select (select sum(e.total_minor) from public.time_entries e where e.workspace_id = $1)::integer as entries,
       (select sum(i.total_minor) from public.invoices i where i.workspace_id = $1)::integer as total`,
    [owner.workspaceId],
  );
  expect(sum).toEqual({ entries: 120 * 9000, total: 120 * 9000 });
  const used = [...new Set(numbers.filter((number) => number !== null))].toSorted();
  expect(used.map((number) => Number(number.slice(-4)))).toEqual(used.map((_, nth) => nth + 1));
}, 60_000);
