import { useFormat } from "../../data/format.ts";
import { type Amount, sumByCurrency } from "../../lib/sum-by-currency.ts";

/** Sums, one per currency; a dash where there is nothing. */
export function Amounts({ amounts, clientId }: { amounts: readonly Amount[]; clientId: string | null }) {
  const format = useFormat();
  const sums = sumByCurrency(amounts);
  if (sums.length === 0) return <span className="text-faint">–</span>;
  return (
    <span className="inline-flex flex-wrap justify-end gap-x-3">
      {sums.map(({ minor, currency }) => (
        <span key={currency}>{format.money(minor, currency, clientId)}</span>
      ))}
    </span>
  );
}
