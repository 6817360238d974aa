import type { Formatters } from "../../data/format.ts";
import { type Totals, listMoney } from "./totals.ts";

/** Amounts, one per currency. */
export function MoneyTotals({ totals, format }: { totals: Totals; format: Formatters }) {
  const amounts = listMoney(totals).filter(([, minor], _at, all) => minor !== 0 || all.length === 1);
  return (
    <span>
      {amounts.map(([currency, minor], at) => (
        <span key={currency} className="whitespace-nowrap">
          {at > 0 && <span className="text-faint"> + </span>}
          {format.money(minor, currency)}
        </span>
      ))}
    </span>
  );
}
