import { settle } from "@billhook/database/client";
import type { Database } from "@billhook/database/types.generated";
import { useQuery } from "@tanstack/react-query";
import { useDb } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { readAll } from "../../lib/read-all.ts";
import type { InvoiceRow } from "./invoice-state.ts";

export type PaymentRow = Database["public"]["Tables"]["invoice_payments"]["Row"];

/** Money that came for an invoice, or went back, oldest first. */
export function usePayments(invoiceId: string, version: number) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.invoice(id, invoiceId), "payments", version] as const,
    queryFn: (): Promise<PaymentRow[]> =>
      unwrap(
        settle(
          db
            .from("invoice_payments")
            .select("*")
            .eq("workspace_id", id)
            .eq("invoice_id", invoiceId)
            .order("paid_on")
            .order("created_at"),
        ),
      ),
  });
}

/** The invoice that a credit note corrects, or the credit notes of an invoice. */
export function useCorrections(invoice: Pick<InvoiceRow, "id" | "corrects_id" | "credited_minor" | "version">) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.invoice(id, invoice.id), "corrections", invoice.version] as const,
    enabled: invoice.corrects_id !== null || invoice.credited_minor > 0,
    queryFn: () => {
      const query = db.from("invoices").select("id,number,total_minor,stripe_credit_note_id").eq("workspace_id", id);
      return unwrap(
        settle(
          invoice.corrects_id === null
            ? query.eq("corrects_id", invoice.id).order("created_at")
            : query.eq("id", invoice.corrects_id),
        ),
      );
    },
  });
}

/** Ids of the invoice's lines that a credit note has taken off: each can be credited once. */
export function useCreditedLines(invoice: Pick<InvoiceRow, "id" | "corrects_id" | "credited_minor" | "version">) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  const notes = useCorrections(invoice).data?.map((note) => note.id) ?? [];
  return useQuery({
    queryKey: [...keys.invoice(id, invoice.id), "credited lines", notes] as const,
    enabled: notes.length > 0,
    queryFn: async (): Promise<ReadonlySet<string>> => {
      const lines = await unwrap(
        readAll((from, to) =>
          settle(
            db
              .from("invoice_lines")
              .select("credits_line_id")
              .eq("workspace_id", id)
              .in("invoice_id", notes)
              .not("credits_line_id", "is", null)
              .order("id")
              .range(from, to),
          ),
        ),
      );
      return new Set(lines.flatMap(({ credits_line_id: line }) => line ?? []));
    },
  });
}
