import type { BillPlan, LeftOut } from "@billhook/database/billing";
import { useFormat } from "../../data/format.ts";
import { reasonNames } from "./bill-data.ts";

/** What of the period is not billed, and why. */
export function LeftOutList({ plan }: { plan: BillPlan }) {
  const format = useFormat();
  const byReason = Map.groupBy(plan.left_out, ({ reason }: LeftOut) => reason);
  const more = plan.left_out_count - plan.left_out.length;
  return (
    <section className="px-4 py-4">
      <h2 className="text-base font-semibold">
        Left out: {plan.left_out_count === 1 ? "1 entry" : `${plan.left_out_count} entries`}
      </h2>
      {[...byReason].map(([reason, rows]) => (
        <details key={reason} className="mt-2">
          <summary className="cursor-pointer">
            {rows.length} {reasonNames[reason] ?? reason}
          </summary>
          <ul className="mt-1 flex flex-col gap-0.5 pl-4">
            {rows.map((row) => (
              <li key={row.id} className="flex gap-3 text-muted">
                <span className="min-w-0 flex-1 truncate">{row.description}</span>
                <span className="whitespace-nowrap">{format.day(row.entry_date)}</span>
                <span className="w-20 text-right whitespace-nowrap">{format.hours(Math.round(row.seconds / 60))}</span>
              </li>
            ))}
          </ul>
        </details>
      ))}
      {more > 0 && <p className="mt-2 text-muted">and {more} more</p>}
    </section>
  );
}
