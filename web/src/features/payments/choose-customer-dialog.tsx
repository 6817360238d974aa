import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import type { Client } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { ListSkeleton } from "../../ui/states.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { nameOf, type StripeAccount, useRefreshStripe } from "./payments-data.ts";

interface Found {
  id: string;
  name: string | null;
  email: string | null;
}

/** Milliseconds without a key before Stripe is asked. */
const pause = 300;

/** Customers of the account by a part of their name or address. */
export function ChooseCustomerDialog(props: { client: Client; account: StripeAccount; onClose: () => void }) {
  const { client, account, onClose } = props;
  const app = useApp();
  const refresh = useRefreshStripe();
  const [text, setText] = useState(client.email ?? client.name);
  const [asked, setAsked] = useState(text);
  const [busy, setBusy] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), pause);
    return () => clearTimeout(timer);
  }, [text]);
  const path = `/api/stripe/accounts/${account.id}/customers`;
  const found = useQuery({
    queryKey: ["stripe-customers", account.id, asked],
    staleTime: 30_000,
    queryFn: async () => {
      const answer = await askWorker(() => fetchApi(app, `${path}?query=${encodeURIComponent(asked)}`));
      if (!answer.ok) return { problem: answer.problem.message, customers: [] };
      const { customers } = (await answer.response.json()) as { customers: Found[] };
      return { problem: null, customers };
    },
  });
  const choose = async (customer: Found): Promise<void> => {
    setBusy(customer.id);
    const body = JSON.stringify({ client_id: client.id, customer_id: customer.id });
    const answer = await askWorker(() => fetchApi(app, path, { method: "POST", body }));
    await refresh();
    setBusy(null);
    if (answer.ok) {
      void notify(`${client.name} is ${customer.name ?? customer.email ?? customer.id} at Stripe`);
      onClose();
    } else void notifyError(answer.problem.message);
  };
  const { customers = [], problem = null } = found.data ?? {};
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Choose a customer"
      description={`In ${nameOf(account)}. Invoices of ${client.name} go to this customer from now on.`}
    >
      <Field label="Name, e-mail address or id" hint="Who was made a moment ago is found after a minute.">
        <TextInput type="search" value={text} onChange={(event) => setText(event.target.value)} />
      </Field>
      <div className="mt-3 max-h-72 min-h-24 overflow-y-auto">
        {problem !== null ? (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        ) : found.isPending || asked !== text ? (
          <ListSkeleton rows={2} />
        ) : customers.length === 0 ? (
          <p className="text-muted">Nobody fits.</p>
        ) : (
          <ul aria-label="Customers" className="divide-y divide-line rounded-md border border-line">
            {customers.map((customer) => (
              <li key={customer.id} className="flex items-center gap-3 px-3 py-2">
                <div className="min-w-0 flex-1">
                  <p className="truncate font-medium">{customer.name ?? customer.email ?? customer.id}</p>
                  <p className="truncate text-muted">
                    {customer.email !== null && `${customer.email} · `}
                    <code className="font-mono">{customer.id}</code>
                  </p>
                </div>
                <Button
                  size="sm"
                  className="max-md:h-9"
                  busy={busy === customer.id}
                  onClick={() => void choose(customer)}
                >
                  Choose<span className="sr-only"> {customer.name ?? customer.id}</span>
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
      </DialogActions>
    </Dialog>
  );
}
