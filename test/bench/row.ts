/** One line of the bench: what was measured, and beside it the least that could have been. */
export interface Row {
  name: string;
  value: number;
  /** `/s`, `s`, `ms`, `MiB`, `KiB` or what is counted. */
  unit: string;
  /** In the same unit, measured in the same run unless it is a budget. */
  baseline: number;
  /** What the baseline is, in words. */
  against: string;
}

const ratioOf = (row: Row): number => (row.baseline === 0 ? 0 : row.value / row.baseline);

/** The value below which a share of the sorted values lies. */
export function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/** Times a task in milliseconds, several times over, and answers the median. */
export async function timeMedian(times: number, task: () => Promise<unknown>): Promise<number> {
  const durations: number[] = [];
  for (let run = 0; run < times; run += 1) {
    const started = performance.now();
    await task();
    durations.push(performance.now() - started);
  }
  return median(durations);
}

const show = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    `${show(row.value)} ${row.unit}`,
    `${show(row.baseline)} ${row.unit}`,
    ratioOf(row).toFixed(2),
    row.against,
  ]);
  const all = [["", "value", "baseline", "ratio", "against"], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 || column === 4 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** `{ name: { value, unit, baseline, ratio } }`, rounded to what was measured. */
export function formatJson(rows: readonly Row[]): string {
  const round = (value: number): number => Number(value.toPrecision(4));
  return JSON.stringify(
    Object.fromEntries(
      rows.map((row) => [
        row.name,
        { value: round(row.value), unit: row.unit, baseline: round(row.baseline), ratio: round(ratioOf(row)) },
      ]),
    ),
    null,
    2,
  );
}
