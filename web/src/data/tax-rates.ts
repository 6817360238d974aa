import { settle } from "@billhook/database/client";
import type { Database } from "@billhook/database/types.generated";
import type { TaxCategory } from "@billhook/domain/invoice-totals";
import { englishTaxWords } from "@billhook/domain/tax-words";
import { useQuery } from "@tanstack/react-query";
import { useDb } from "./app.tsx";
import { keys, unwrap } from "./query.ts";
import { useWorkspace } from "./workspace.tsx";

export type TaxRate = Database["public"]["Tables"]["tax_rates"]["Row"];

export const taxRatesKey = (workspaceId: string) => [...keys.workspace(workspaceId), "tax-rates"] as const;

/** The taxes of the workspace by name, archived ones included. */
export function useTaxRates() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: taxRatesKey(id),
    staleTime: 60_000,
    queryFn: () => unwrap(settle(db.from("tax_rates").select("*").eq("workspace_id", id).order("name"))),
  });
}

/** `VAT 19%`; the percentage only where something is charged, and where the name does not say it. */
export function taxLabel(tax: Pick<TaxRate, "name" | "category" | "percent">): string {
  return tax.category !== "standard" || tax.name.includes("%") ? tax.name : `${tax.name} ${tax.percent}%`;
}

const { names, notes } = englishTaxWords;

/** What a tax can be, as people choose it, with the words that the law wants on an invoice. */
export const taxKinds: Readonly<Record<TaxCategory, { label: string; note: string }>> = {
  standard: { label: "Charged at a rate", note: "" },
  zero: { label: names.zero, note: "" },
  exempt: { label: names.exempt, note: notes.exempt },
  reverse_charge: { label: names.reverse_charge, note: notes.reverse_charge },
  small_business: { label: names.small_business, note: notes.small_business },
  outside_scope: { label: names.outside_scope, note: notes.outside_scope },
};
