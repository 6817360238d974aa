import { billClient, previewBill } from "@billhook/database/billing";
import { seedApprovedWork } from "../http/approved-work.ts";
import { type PersonOfWorkspace, signUpWithWorkspace } from "../http/harness.ts";
import type { Row } from "./row.ts";
import type { Bench } from "./stacks.ts";

const ENTRIES = 10_000;
/** What billing a month's work of a large agency may take. */
const BUDGET_MS = 3000;

/** Ten thousand entries previewed and put on one invoice, each in one round trip. */
export async function measureBilling({ product }: Bench): Promise<Row[]> {
  const { stack } = product;
  const bill = async (template: "project_week" | "entry"): Promise<[number, number]> => {
    const person: PersonOfWorkspace = await signUpWithWorkspace(stack);
    const entry_ids = await seedApprovedWork(stack, person, ENTRIES);
    await stack.query("analyze public.draft_line_items, public.time_entries");
    const started = performance.now();
    const plan = await previewBill(person.database, person.clientId, { template });
    const previewed = performance.now();
    const billed = await billClient(person.database, person.clientId, { entry_ids, template });
    const done = performance.now();
    if (!plan.ok || !billed.ok || billed.value.invoice_id === null) throw new Error("nothing was billed");
    const [invoice] = await stack.query<{ total: number }>(
      "select total_minor::float8 as total from public.invoices where id = $1",
      [billed.value.invoice_id],
    );
    if (invoice?.total !== ENTRIES * 9000) throw new Error(`the invoice comes to ${invoice?.total}`);
    return [previewed - started, done - previewed];
  };
  const [previewMs, weekMs] = await bill("project_week");
  const [, entryMs] = await bill("entry");
  const row = (name: string, value: number): Row => ({
    name,
    value,
    unit: "ms",
    baseline: BUDGET_MS,
    against: "a budget",
  });
  return [
    row("preview of 10,000 entries", previewMs),
    row("bill 10,000 entries by week", weekMs),
    row("bill 10,000 entries one by one", entryMs),
  ];
}
