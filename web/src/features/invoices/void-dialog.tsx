import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { notify } from "../../ui/toast.tsx";
import type { InvoiceRow } from "./invoice-state.ts";

/** Says what voiding does before it is done: a void invoice stays void. */
export function VoidDialog({ invoice, onClose }: { invoice: InvoiceRow; onClose: () => void }) {
  const app = useApp();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const voidIt = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const asked = await askWorker(() => fetchApi(app, `/api/invoices/${invoice.id}/void`, { method: "POST" }));
    await queryClient.invalidateQueries({ queryKey: keys.invoices(invoice.workspace_id) });
    setBusy(false);
    if (!asked.ok) {
      setProblem(asked.problem.message);
      return;
    }
    onClose();
    void notify(`${invoice.number ?? "The invoice"} is void`, undefined, "Everything on it is unbilled again.");
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open && !busy) onClose();
      }}
      title={`Void ${invoice.number ?? "this invoice"}?`}
      description="This cannot be undone."
    >
      <ul className="flex list-disc flex-col gap-1.5 pl-4">
        <li>The client no longer owes anything on it. It keeps its number and stays in the list as void.</li>
        {invoice.stripe_invoice_id !== null && <li>It is voided in Stripe as well; its payment page closes.</li>}
        <li>All work on it is approved and unbilled again, ready for another invoice.</li>
      </ul>
      {problem !== null && (
        <p role="alert" className="mt-3 text-danger">
          {problem}
        </p>
      )}
      <DialogActions>
        <Button autoFocus disabled={busy} onClick={onClose}>
          Keep the invoice
        </Button>
        <Button variant="danger" busy={busy} onClick={() => void voidIt()}>
          Void the invoice
        </Button>
      </DialogActions>
    </Dialog>
  );
}
