import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { keys, messageOf } from "../../data/query.ts";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import type { InvoiceRow } from "./invoice-state.ts";
import { useInvoiceLinks } from "./share-data.ts";
import { SharedPage } from "./shared-page.tsx";

/** The address at which the client sees the invoice: makes it, or shows the one there is. */
export function ShareDialog({ invoice, onClose }: { invoice: InvoiceRow; onClose: () => void }) {
  const links = useInvoiceLinks(invoice);
  const live = links.data?.find((link) => link.revoked_at === null);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Client’s page"
      description={`${invoice.number ?? "The invoice"} for whoever has the address, without signing in.`}
    >
      {links.isPending ? (
        <Skeleton className="my-4 h-8 w-full" />
      ) : links.isError ? (
        <ErrorState message={messageOf(links.error)} onRetry={() => void links.refetch()} />
      ) : live === undefined ? (
        <NewAddress invoice={invoice} replaces={links.data.length > 0} onClose={onClose} />
      ) : (
        <SharedPage key={live.id} invoice={invoice} link={live} />
      )}
    </Dialog>
  );
}

function NewAddress(props: { invoice: InvoiceRow; replaces: boolean; onClose: () => void }) {
  const { invoice } = props;
  const app = useApp();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const make = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const asked = await askWorker(() =>
      fetchApi(app, `/api/invoices/${invoice.id}/link`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      }),
    );
    await queryClient.invalidateQueries({ queryKey: keys.invoice(invoice.workspace_id, invoice.id) });
    setBusy(false);
    if (!asked.ok) setProblem(asked.problem.message);
  };

  return (
    <>
      <p>
        The page shows the invoice as it stands at any time, with its PDF, what was paid and what is still owed, and
        leads to the payment page once the invoice is in Stripe. Nobody can guess the address, and search engines do not
        keep it.
      </p>
      {props.replaces && (
        <p className="mt-2 text-muted">The address that was revoked stays dead; this will be another one.</p>
      )}
      {problem !== null && (
        <p role="alert" className="mt-3 text-danger">
          {problem}
        </p>
      )}
      <DialogActions>
        <Button onClick={props.onClose}>Cancel</Button>
        <Button variant="primary" autoFocus busy={busy} onClick={() => void make()}>
          Make the address
        </Button>
      </DialogActions>
    </>
  );
}
