import { unlinkStripeCustomer } from "@billhook/database/stripe-accounts";
import { Link } from "@tanstack/react-router";
import { Suspense, lazy, useState } from "react";
import { useDb } from "../../data/app.tsx";
import { type Client, useWorkspace } from "../../data/workspace.tsx";
import { Button } from "../../ui/button.tsx";
import { ListSkeleton } from "../../ui/states.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { inUse, nameOf, useRefreshStripe, useStripeAccounts, useStripeCustomers } from "./payments-data.ts";

const ChooseCustomerDialog = lazy(async () => ({
  default: (await import("./choose-customer-dialog.tsx")).ChooseCustomerDialog,
}));

/** Which customer of the connected account a client is: chosen from those that are there, or left to Billhook. */
export function ClientCustomer({ client }: { client: Client }) {
  const db = useDb();
  const { canManage } = useWorkspace();
  const accounts = useStripeAccounts();
  const customers = useStripeCustomers(client.id);
  const refresh = useRefreshStripe();
  const [isChoosing, setIsChoosing] = useState(false);
  if (accounts.isPending || customers.isPending) return <ListSkeleton rows={1} />;
  const account = inUse(accounts.data ?? []) ?? accounts.data?.find(({ source }) => source === "operator") ?? null;
  if (account === null) {
    return (
      <p className="text-muted">
        Stripe is not connected.{" "}
        <Link to="/settings/payments" className="text-accent-strong hover:underline">
          Connect it
        </Link>
      </p>
    );
  }
  const customer = customers.data?.find(({ account_id }) => account_id === account.id);
  const unlink = async (): Promise<void> => {
    const unlinked = await unlinkStripeCustomer(db, client.id, account.id);
    await refresh();
    if (unlinked.ok)
      void notify("Unlinked", undefined, "The next invoice looks for a customer of this client's, or makes one.");
    else void notifyError(unlinked.error.message);
  };
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <p className="min-w-0 flex-1 max-md:basis-full">
        {customer === undefined ? (
          <span className="text-muted">
            None in {nameOf(account)} yet: with its first invoice, one that carries this client's mark is found, or
            made.
          </span>
        ) : (
          <>
            <span className="font-medium">{customer.name ?? client.name}</span>{" "}
            {customer.email !== null && <span className="text-muted">{customer.email} · </span>}
            <code className="font-mono text-muted">{customer.customer_id}</code>{" "}
            <span className="text-muted">in {nameOf(account)}</span>
          </>
        )}
      </p>
      {canManage && (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" className="max-md:h-9" onClick={() => setIsChoosing(true)}>
            {customer === undefined ? "Choose a customer" : "Choose another"}
          </Button>
          {customer !== undefined && (
            <Button size="sm" className="max-md:h-9" onClick={() => void unlink()}>
              Unlink
            </Button>
          )}
        </div>
      )}
      {isChoosing && (
        <Suspense>
          <ChooseCustomerDialog client={client} account={account} onClose={() => setIsChoosing(false)} />
        </Suspense>
      )}
    </div>
  );
}
