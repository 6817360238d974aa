import { type BillOptions, type BillPlan, type BillTemplate, previewBill } from "@billhook/database/billing";
import { computeInvoice } from "@billhook/domain/invoice-totals";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDb } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";

export const templateNames: Readonly<Record<BillTemplate, string>> = {
  project_week: "Project and week",
  entry: "Each entry",
  project: "Project",
  ticket: "Ticket",
  epic: "Epic",
  person: "Person",
  day: "Day",
};

/** Why something is not billed, by what `private.plan_invoice` calls it. */
export const reasonNames: Readonly<Record<string, string>> = {
  not_approved: "not approved yet",
  deferred: "put off",
  running: "still running",
  not_billable: "not billable",
  fixed_price: "of a fixed-price project: add its fee as a line",
  no_rate: "has no rate",
  no_time: "has no time",
  other_currency: "in another currency",
  on_invoice: "on an invoice already",
};

/** What billing the client would make; asked anew whenever the question changes. */
export function useBillPlan(clientId: string, options: BillOptions) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.workspace(id), "unbilled", "plan", clientId, options] as const,
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: () => unwrap(previewBill(db, clientId, options)),
  });
}

/** What the chosen lines come to, with the client's tax. */
export const planTotals = (plan: BillPlan, lines: BillPlan["lines"]) =>
  computeInvoice({
    ...plan.terms,
    lines: lines.map((line) => ({
      seconds: line.seconds,
      hourly_rate_minor: line.hourly_rate_minor,
      quantity_thousandths: null,
      unit_price_minor: null,
      tax_category: plan.terms.tax_category,
      tax_percent: plan.terms.tax_percent,
    })),
  });
