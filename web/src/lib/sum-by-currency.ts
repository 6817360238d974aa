export interface Amount {
  minor: number;
  currency: string;
}

/** Sums per currency, the largest number of rows first: amounts of different currencies are never added up. */
export function sumByCurrency(amounts: readonly Amount[]): Amount[] {
  const sums = new Map<string, { minor: number; rows: number }>();
  for (const { minor, currency } of amounts) {
    const sum = sums.get(currency) ?? { minor: 0, rows: 0 };
    sums.set(currency, { minor: sum.minor + minor, rows: sum.rows + 1 });
  }
  return [...sums]
    .toSorted(([a, left], [b, right]) => right.rows - left.rows || (a < b ? -1 : 1))
    .map(([currency, { minor }]) => ({ currency, minor }));
}
