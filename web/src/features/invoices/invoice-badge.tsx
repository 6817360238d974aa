import { Badge } from "../../ui/badge.tsx";
import { type InvoiceRow, paymentStateOf, stateNames, stateOf, stateTones } from "./invoice-state.ts";

const paymentNames = { declined: "Declined", action_required: "To be confirmed" } as const;

export function InvoiceBadge({
  invoice,
}: {
  invoice: Pick<InvoiceRow, "status" | "overdue" | "kind" | "credited_minor" | "total_minor" | "stripe_payment_state">;
}) {
  if (invoice.kind === "credit_note") return <Badge tone="neutral">Credit note</Badge>;
  if (invoice.total_minor > 0 && invoice.credited_minor >= invoice.total_minor)
    return <Badge tone="neutral">Credited</Badge>;
  const payment = paymentStateOf(invoice);
  if (payment === "processing") return <Badge tone="accent">Processing</Badge>;
  if (payment !== null && !invoice.overdue) return <Badge tone="warn">{paymentNames[payment]}</Badge>;
  const state = stateOf(invoice);
  return <Badge tone={stateTones[state]}>{stateNames[state]}</Badge>;
}
