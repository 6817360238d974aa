import { useQueryClient } from "@tanstack/react-query";
import { fetchApi, useApp } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { askWorker } from "../../lib/problem.ts";
import { notifyError } from "../../ui/toast.tsx";
import type { InvoiceRow } from "./invoice-state.ts";

/** Tells Stripe what was just done to an invoice that it has; what it can't be told now, the Worker tells it later. */
export function useSettling(invoice: InvoiceRow): () => void {
  const app = useApp();
  const queryClient = useQueryClient();
  const settle = async (): Promise<void> => {
    const asked = await askWorker(() => fetchApi(app, `/api/invoices/${invoice.id}/settle`, { method: "POST" }));
    await queryClient.invalidateQueries({ queryKey: keys.workspace(invoice.workspace_id) });
    if (!asked.ok) void notifyError(`Stripe was not told yet: ${asked.problem.message}`);
  };
  return () => {
    if (invoice.stripe_invoice_id !== null) void settle();
  };
}
