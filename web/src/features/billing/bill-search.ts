/** The period and the grouping, as the address holds them. */
export interface BillSearch {
  from?: string;
  until?: string;
  /** One of `billTemplates`; anything else counts as none. */
  by?: string;
}

const day = (value: unknown): string | undefined =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/u.test(value) ? value : undefined;

export function readBillSearch(search: Record<string, unknown>): BillSearch {
  const from = day(search["from"]);
  const until = day(search["until"]);
  const by = search["by"];
  return {
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(typeof by === "string" ? { by } : {}),
  };
}
