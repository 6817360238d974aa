import type { InboxRow } from "./inbox-row.ts";
import { type Totals, sumRows } from "./totals.ts";

/** The approved lines that fit on one invoice: one client, one currency. */
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
  /** Approved, but not for billing: they stay where they are. */
  unbilled: number;
}

/** Sorts lines into invoices. Only what is approved, billable and on no invoice yet is taken. */
export function planInvoices(rows: readonly InboxRow[]): InvoicePlan {
  const approved = rows.filter((row) => row.status === "approved" && row.invoice_id === null);
  const billable = approved.filter((row) => row.billable);
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
    unbilled: approved.length - billable.length,
  };
}
