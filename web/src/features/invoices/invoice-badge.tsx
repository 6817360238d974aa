import { Badge } from "../../ui/badge.tsx";
import { type InvoiceRow, stateNames, stateOf, stateTones } from "./invoice-state.ts";

export function InvoiceBadge({
  invoice,
}: {
  invoice: Pick<InvoiceRow, "status" | "overdue" | "kind" | "credited_minor" | "total_minor">;
}) {
  if (invoice.kind === "credit_note") return <Badge tone="neutral">Credit note</Badge>;
  if (invoice.total_minor > 0 && invoice.credited_minor >= invoice.total_minor)
    return <Badge tone="neutral">Credited</Badge>;
  const state = stateOf(invoice);
  return <Badge tone={stateTones[state]}>{stateNames[state]}</Badge>;
}
