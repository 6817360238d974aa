import { useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { nameOf, type StripeAccount, useOpenInvoices, useRefreshStripe } from "./payments-data.ts";

/** What becomes of the invoices that are in the account: the key that is thrown away cannot be had back here. */
export function DisconnectDialog({ account, onClose }: { account: StripeAccount; onClose: () => void }) {
  const app = useApp();
  const refresh = useRefreshStripe();
  const open = useOpenInvoices(account.id);
  const [busy, setBusy] = useState(false);
  const count = open.data?.length ?? 0;
  const disconnect = async (): Promise<void> => {
    setBusy(true);
    const asked = await askWorker(() => fetchApi(app, `/api/stripe/accounts/${account.id}`, { method: "DELETE" }));
    await refresh();
    setBusy(false);
    if (asked.ok) void notify(`${nameOf(account)} is disconnected`);
    else void notifyError(asked.problem.message);
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      title={`Disconnect ${nameOf(account)}`}
      description="Its key is thrown away, and its webhook endpoint is taken away at Stripe."
    >
      {count === 0 ? (
        <p>No invoice in it waits for a payment.</p>
      ) : (
        <>
          <p>
            {count === 1 ? "1 invoice in it waits" : `${count} invoices in it wait`} for a payment:{" "}
            {open.data
              ?.slice(0, 5)
              .map(({ number }) => number)
              .join(", ")}
            {count > 5 ? ` and ${count - 5} more` : ""}.
          </p>
          <p className="mt-2">
            Clients can still pay {count === 1 ? "it" : "them"} at Stripe, but Billhook does not hear of it, and cannot
            void {count === 1 ? "it" : "them"} there. Book such payments by hand, or connect the account again: it goes
            on where it was. {count === 1 ? "It is" : "They are"} never sent with another account.
          </p>
        </>
      )}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="danger" busy={busy} onClick={() => void disconnect()}>
          Disconnect
        </Button>
      </DialogActions>
    </Dialog>
  );
}
