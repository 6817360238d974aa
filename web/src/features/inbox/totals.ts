import { type InboxRow, totalOf } from "./inbox-row.ts";

/** Minutes, and minor units per currency. */
export interface Totals {
  count: number;
  minutes: number;
  money: ReadonlyMap<string, number>;
}

type Summed = Pick<InboxRow, "minutes" | "hourly_rate_minor" | "billable" | "currency">;

export function sumRows(rows: Iterable<Summed>): Totals {
  const money = new Map<string, number>();
  let minutes = 0;
  let count = 0;
  for (const row of rows) {
    count += 1;
    minutes += row.minutes;
    money.set(row.currency, (money.get(row.currency) ?? 0) + (totalOf(row) ?? 0));
  }
  return { count, minutes, money };
}

/** The totals after one row of them has changed: the list is not summed again for each key pressed. */
export function replaceInTotals(totals: Totals, before: Summed, after: Summed): Totals {
  const money = new Map(totals.money);
  money.set(before.currency, (money.get(before.currency) ?? 0) - (totalOf(before) ?? 0));
  money.set(after.currency, (money.get(after.currency) ?? 0) + (totalOf(after) ?? 0));
  return { count: totals.count, minutes: totals.minutes - before.minutes + after.minutes, money };
}

/** Amounts by currency, in a fixed order. */
export const listMoney = (totals: Totals): [currency: string, minor: number][] =>
  [...totals.money].toSorted(([a], [b]) => (a < b ? -1 : 1));
