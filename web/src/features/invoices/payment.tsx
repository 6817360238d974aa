import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { useApp } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { buttonClass } from "../../ui/button.tsx";
import { inUse, nameOf, useStripeAccounts } from "../payments/payments-data.ts";
import { type InvoiceRow, type PaymentState, amountDue, paymentStateOf } from "./invoice-state.ts";
import { PaymentsList } from "./payments-list.tsx";
import type { Sending } from "./sending.tsx";

const paymentWords: Readonly<Record<PaymentState, string>> = {
  processing: "A payment is on its way. A bank debit takes some days, in which the invoice is not overdue.",
  declined: "The last payment was declined.",
  action_required: "The bank wants the client to confirm the payment. Send them the payment page.",
};

/** Where the invoice stands at Stripe; `onShare` opens the client's page, which is a way to send it too. */
export function Payment(props: { invoice: InvoiceRow; sending: Sending; onShare: (() => void) | null }) {
  const { invoice, sending, onShare } = props;
  const app = useApp();
  const format = useFormat();
  const accounts = useStripeAccounts().data ?? [];
  const account = accounts.find(({ id }) => id === invoice.stripe_account_id) ?? inUse(accounts);
  const off = app.config.stripe === "off" && account === null;
  const money = (minor: number): string => format.money(minor, invoice.currency, invoice.client_id);

  const paymentState = paymentStateOf(invoice);

  if (invoice.kind === "credit_note") {
    return (
      <div className="flex flex-col items-start gap-2.5">
        <p className="text-muted">{money(invoice.total_minor)} less are owed.</p>
        <PaymentsList invoice={invoice} />
        {invoice.stripe_credit_note_id !== null && <p className="text-muted">Stripe has it as well.</p>}
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
          Making the invoice in Stripe…
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
      {paymentState !== null && (
        <p className={paymentState === "processing" ? "text-muted" : "text-warn"}>{paymentWords[paymentState]}</p>
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
