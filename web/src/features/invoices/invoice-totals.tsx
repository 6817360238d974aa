import { useFormat } from "../../data/format.ts";
import { sumByCurrency } from "../../lib/sum-by-currency.ts";
import { Skeleton } from "../../ui/states.tsx";
import type { InvoiceAmounts } from "./invoice-data.ts";
import { type InvoiceState, amountDue, stateOf } from "./invoice-state.ts";

const tiles: readonly { state: readonly InvoiceState[]; label: string; tone: string }[] = [
  { state: ["open", "overdue"], label: "Outstanding", tone: "text-ink" },
  { state: ["overdue"], label: "Of that overdue", tone: "text-danger" },
  { state: ["draft"], label: "In drafts", tone: "text-muted" },
];

/** What is still to come in, per currency. */
export function InvoiceTotals({
  amounts,
  failed,
  clientId,
}: {
  amounts: readonly InvoiceAmounts[] | undefined;
  /** The amounts could not be loaded; the list below says why. */
  failed: boolean;
  clientId: string | null;
}) {
  const format = useFormat();
  return (
    <dl className="flex flex-wrap gap-x-10 gap-y-2 border-b border-line bg-surface px-4 py-3">
      {tiles.map(({ state, label, tone }) => {
        const rows = (amounts ?? []).filter((row) => state.includes(stateOf(row)));
        const sums = sumByCurrency(rows.map((row) => ({ minor: amountDue(row), currency: row.currency })));
        return (
          <div key={label} className="min-w-32">
            <dt className="text-sm text-muted">{label}</dt>
            <dd className={`mt-0.5 flex flex-wrap gap-x-4 text-lg font-semibold ${sums.length === 0 ? "" : tone}`}>
              {amounts === undefined && failed ? (
                <span className="font-normal text-faint">not known</span>
              ) : amounts === undefined ? (
                <Skeleton className="my-1.5 w-24" />
              ) : sums.length === 0 ? (
                <span className="font-normal text-faint">none</span>
              ) : (
                sums.map(({ minor, currency }) => <span key={currency}>{format.money(minor, currency, clientId)}</span>)
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
