import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { askWorker } from "../../lib/problem.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { notify } from "../../ui/toast.tsx";
import { inUse, nameOf, useStripeAccounts } from "../payments/payments-data.ts";
import { type InvoiceRow, amountDue } from "./invoice-state.ts";
import { PaymentsList } from "./payments-list.tsx";

/** Sending is several steps at Stripe; each is kept, so trying again completes the same invoice. */
export function useSending(invoice: InvoiceRow) {
  const app = useApp();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const asked = await askWorker(() => fetchApi(app, `/api/invoices/${invoice.id}/send`, { method: "POST" }));
    await queryClient.invalidateQueries({ queryKey: keys.invoices(invoice.workspace_id) });
    setBusy(false);
    if (asked.ok)
      void notify(`${invoice.number ?? "The invoice"} is with the client`, undefined, "Stripe has sent it.");
    else setProblem(asked.problem.message);
  };
  const possible =
    invoice.kind === "invoice" &&
    invoice.status === "open" &&
    invoice.credited_minor === 0 &&
    invoice.amount_paid_minor === 0 &&
    (invoice.sent_at === null || invoice.stripe_error !== null);
  return { send, busy, problem: problem ?? invoice.stripe_error, possible };
}

export type Sending = ReturnType<typeof useSending>;

/** Why the invoice did not go out, and the way to try again. */
export function NotSent({ sending, canManage }: { sending: Sending; canManage: boolean }) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-danger-soft px-4 py-2 text-danger"
    >
      <p className="min-w-0 flex-1">
        <span className="font-medium">The invoice was not sent.</span> {sending.problem} What was done already is kept:
        trying again completes it.
      </p>
      {canManage && (
        <Button busy={sending.busy} onClick={() => void sending.send()}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Where the invoice stands at Stripe; `onShare` opens the client's page, which is a way to send it too. */
export function Payment(props: { invoice: InvoiceRow; sending: Sending; onShare: (() => void) | null }) {
  const { invoice, sending, onShare } = props;
  const app = useApp();
  const format = useFormat();
  const accounts = useStripeAccounts().data ?? [];
  const account = accounts.find(({ id }) => id === invoice.stripe_account_id) ?? inUse(accounts);
  const off = app.config.stripe === "off" && account === null;
  const money = (minor: number): string => format.money(minor, invoice.currency, invoice.client_id);

  if (invoice.kind === "credit_note") {
    return (
      <div className="flex flex-col items-start gap-2.5">
        <p className="text-muted">{money(invoice.total_minor)} less are owed.</p>
        <PaymentsList invoice={invoice} />
      </div>
    );
  }
  if (invoice.status === "draft") return <p className="text-muted">Finalise the invoice, then send it from here.</p>;
  return (
    <div className="flex flex-col items-start gap-2.5">
      <p>
        {invoice.status === "paid" ? (
          <>
            <span className="font-medium text-ok">{money(invoice.amount_paid_minor)} received</span>
            {invoice.amount_paid_minor + invoice.credited_minor > invoice.total_minor && (
              <span className="text-warn">
                , {money(invoice.amount_paid_minor + invoice.credited_minor - invoice.total_minor)} too much
              </span>
            )}
            {invoice.paid_at !== null && <span className="text-muted"> on {format.instant(invoice.paid_at)}</span>}
          </>
        ) : invoice.status === "void" ? (
          <span className="text-muted">Nothing is owed: the invoice is void.</span>
        ) : (
          <>
            <span className="font-medium">{money(amountDue(invoice))}</span>
            {invoice.status === "uncollectible" ? " written off" : " to be paid"}
            {amountDue(invoice) !== invoice.total_minor && (
              <span className="text-muted"> of {money(invoice.total_minor)}</span>
            )}
          </>
        )}
      </p>
      <PaymentsList invoice={invoice} />
      {sending.busy && (
        <p role="status" className="text-muted">
          Making the invoice in Stripe and sending it to the client…
        </p>
      )}
      {sending.possible && !sending.busy && (
        <p className="text-muted">
          {off ? (
            <>
              Stripe is not connected:{" "}
              <Link to="/settings/payments" className="text-accent-strong underline underline-offset-2">
                connect it
              </Link>
              , send the PDF to the client yourself
            </>
          ) : (
            "Not sent yet. Stripe mails it to the client with a link to pay"
          )}
          {onShare === null ? (
            "."
          ) : (
            <>
              , or{" "}
              <button type="button" onClick={onShare} className="text-accent-strong underline underline-offset-2">
                send the address of the client’s page
              </button>
              .
            </>
          )}
        </p>
      )}
      {invoice.sent_at !== null && invoice.status === "open" && (
        <p className="text-muted">
          Sent on {format.instant(invoice.sent_at)}. This page shows it as paid as soon as Stripe says so.
        </p>
      )}
      {invoice.stripe_hosted_url !== null && invoice.status !== "void" && (
        <a href={invoice.stripe_hosted_url} target="_blank" rel="noreferrer" className={buttonClass()}>
          Open the payment page <ExternalLink size={13} aria-hidden />
        </a>
      )}
      {account?.state === "disconnected" && invoice.status !== "void" && (
        <p className="text-sm text-warn">
          It is in {nameOf(account)}, which is disconnected: what is paid there is not seen here.{" "}
          <Link to="/settings/payments" className="underline">
            Connect it again
          </Link>
        </p>
      )}
      {(account === null ? app.config.stripe === "test" : !account.livemode) && (
        <p className="text-sm text-warn">Stripe's test mode: no money moves.</p>
      )}
      {app.config.stripe === "stand-in" && (
        <p className="text-sm text-faint">A stand-in answers for Stripe here: nothing is sent and no money moves.</p>
      )}
    </div>
  );
}
