import { type BillTemplate, billTemplates } from "@billhook/database/billing";

/** The period and the grouping, as the address holds them. */
export interface BillSearch {
  from?: string;
  until?: string;
  by?: BillTemplate;
}

const day = (value: unknown): string | undefined =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/u.test(value) ? value : undefined;

export function readBillSearch(search: Record<string, unknown>): BillSearch {
  const from = day(search["from"]);
  const until = day(search["until"]);
  const by = billTemplates.find((template) => template === search["by"]);
  return {
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(by === undefined ? {} : { by }),
  };
}
