import type { InboxRow } from "./inbox-row.ts";
import { type Totals, sumRows } from "./totals.ts";

/** The lines that fit on one invoice: one client, one currency. */
export interface InvoiceBatch {
  key: string;
  clientId: string;
  clientName: string;
  currency: string;
  rows: InboxRow[];
  totals: Totals;
}

export interface InvoicePlan {
  batches: InvoiceBatch[];
  /** Not for billing: they go on no invoice. */
  unbilled: number;
  /** Some of them are not approved yet. */
  opens: boolean;
}

/** Sorts lines into invoices. Only what is open or approved, billable and on no invoice yet is taken. */
export function planInvoices(rows: readonly InboxRow[]): InvoicePlan {
  const taken = rows.filter(
    (row) =>
      (row.status === "approved" || row.status === "draft") && row.invoice_id === null && row.replaced_by === null,
  );
  const billable = taken.filter((row) => row.billable);
  const groups = Map.groupBy(billable, (row) => `${row.client_id} ${row.currency}`);
  const batches = [...groups].flatMap(([key, lines]): InvoiceBatch[] => {
    const first = lines[0];
    if (first === undefined) return [];
    return [
      {
        key,
        clientId: first.client_id,
        clientName: first.client_name,
        currency: first.currency,
        rows: lines,
        totals: sumRows(lines),
      },
    ];
  });
  return {
    batches: batches.toSorted((a, b) => a.clientName.localeCompare(b.clientName)),
    unbilled: taken.length - billable.length,
    opens: billable.some((row) => row.status === "draft"),
  };
}
