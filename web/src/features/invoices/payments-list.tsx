import { type NewPayment, recordPayment, removePayment } from "@billhook/database/payments";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { lazyPart } from "../../lib/lazy-part.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import type { InvoiceRow } from "./invoice-state.ts";
import { type PaymentRow, useCorrections, usePayments } from "./payment-data.ts";

const PaymentDialog = lazyPart(async () => (await import("./payment-dialog.tsx")).PaymentDialog);

/** What came in for the invoice, what was credited, and booking more. */
export function PaymentsList({ invoice }: { invoice: InvoiceRow }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const format = useFormat();
  const { canManage } = useWorkspace();
  const payments = usePayments(invoice.id, invoice.version);
  const corrections = useCorrections(invoice);
  const [booking, setBooking] = useState(false);
  const money = (minor: number): string => format.money(minor, invoice.currency, invoice.client_id);
  const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keys.invoices(invoice.workspace_id) });
  const bookable = invoice.kind === "invoice" && ["open", "paid", "uncollectible"].includes(invoice.status);

  const remove = async (payment: PaymentRow): Promise<void> => {
    const done = await removePayment(db, payment.id);
    await refresh();
    if (!done.ok) {
      void notifyError(done.error.message);
      return;
    }
    const again: NewPayment = {
      id: payment.id,
      amount_minor: payment.amount_minor,
      paid_on: payment.paid_on,
      ...(payment.method === null ? {} : { method: payment.method }),
      ...(payment.note === null ? {} : { note: payment.note }),
    };
    const bringBack = async (): Promise<void> => {
      const booked = await recordPayment(db, invoice.id, again);
      if (!booked.ok) void notifyError(booked.error.message);
      await refresh();
    };
    void notify("Payment removed", { label: "Undo", run: () => void bringBack() });
  };

  return (
    <>
      {(payments.data ?? []).length > 0 && (
        <ul className="flex w-full flex-col gap-1">
          {(payments.data ?? []).map((payment) => (
            <li key={payment.id} className="flex items-baseline gap-2">
              <span className="min-w-0 flex-1">
                <span className={payment.amount_minor < 0 ? "text-danger" : ""}>{money(payment.amount_minor)}</span>
                <span className="text-muted">
                  {payment.amount_minor < 0 ? " went back" : ""} on {format.day(payment.paid_on)}
                  {payment.method !== null && `, ${payment.method}`}
                </span>
                {payment.source === "manual" && payment.stripe_told_at !== null && payment.stripe_minor > 0 && (
                  <span className="text-faint"> · Stripe knows</span>
                )}
                {payment.note !== null && <span className="block text-sm text-muted">{payment.note}</span>}
              </span>
              {canManage && payment.source === "manual" && payment.stripe_minor === 0 && (
                <IconButton
                  label={`Remove the payment of ${money(payment.amount_minor)}`}
                  onClick={() => void remove(payment)}
                >
                  <Trash2 size={13} aria-hidden />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {(corrections.data ?? []).map((other) => (
        <p key={other.id}>
          {invoice.kind === "invoice" ? `${money(other.total_minor)} credited by ` : "Corrects "}
          <Link
            to="/invoices/$invoiceId"
            params={{ invoiceId: other.id }}
            className="text-accent-strong underline-offset-2 hover:underline"
          >
            {other.number}
          </Link>
          {other.stripe_credit_note_id !== null && <span className="text-faint"> · Stripe knows</span>}
        </p>
      ))}
      {canManage && bookable && (
        <Button size="sm" onClick={() => setBooking(true)}>
          Record a payment…
        </Button>
      )}
      {booking && <PaymentDialog invoice={invoice} onClose={() => setBooking(false)} />}
    </>
  );
}
