import { useFormat } from "../../data/format.ts";
import { wordsOf } from "./difference-words.ts";
import { useDifferences } from "./payments-data.ts";

/** On an invoice: where Stripe says something else of it. */
export function InvoiceDifferences({ invoiceId }: { invoiceId: string }) {
  const format = useFormat();
  const differences = useDifferences().data ?? [];
  const own = differences.filter(({ invoice_id, accepted_at }) => invoice_id === invoiceId && accepted_at === null);
  if (own.length === 0) return null;
  return (
    <ul aria-label="Differences at Stripe" className="flex flex-col gap-1 rounded-md bg-warn-soft px-3 py-2 text-warn">
      {own.map((difference) => {
        const { what, advice } = wordsOf(difference, (minor, currency) => format.money(minor, currency));
        return (
          <li key={difference.id}>
            At Stripe it differs: {what} {advice}
          </li>
        );
      })}
    </ul>
  );
}
