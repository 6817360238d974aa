import { Badge } from "../../ui/badge.tsx";
import { type InvoiceRow, stateNames, stateOf, stateTones } from "./invoice-state.ts";

export function InvoiceBadge({ invoice }: { invoice: Pick<InvoiceRow, "status" | "overdue"> }) {
  const state = stateOf(invoice);
  return <Badge tone={stateTones[state]}>{stateNames[state]}</Badge>;
}
