import type { DatabaseResult } from "@billhook/database/errors";
import {
  type InvoiceChanges,
  addToInvoice,
  createInvoice,
  deleteInvoice,
  removeFromInvoice,
  updateInvoice,
  updateInvoiceLine,
} from "@billhook/database/invoices";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDb } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import type { InvoiceLine } from "./invoice-data.ts";
import type { InvoiceRow } from "./invoice-state.ts";

/** What can be done to an invoice draft. Each change shows at once and comes back with the reason if it is refused. */
export function useInvoiceDraft(invoice: InvoiceRow) {
  const db = useDb();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { id } = useWorkspace().workspace;
  const lineKey = [...keys.invoice(id, invoice.id), "lines"];
  const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keys.invoices(id) });

  /** Reports a refusal, and shows again what the database holds. */
  const settleChange = async <T>(change: Promise<DatabaseResult<T>>): Promise<DatabaseResult<T>> => {
    const result = await change;
    if (!result.ok) void notifyError(result.error.message);
    await refresh();
    return result;
  };
  const showLines = (change: (lines: InvoiceLine[]) => InvoiceLine[]): void => {
    queryClient.setQueryData<InvoiceLine[]>(lineKey, (lines) => (lines === undefined ? lines : change(lines)));
  };
  const showInvoice = (changes: Partial<InvoiceRow>): void => {
    queryClient.setQueryData<InvoiceRow>(keys.invoice(id, invoice.id), (shown) =>
      shown === undefined ? shown : { ...shown, ...changes },
    );
  };

  return {
    change: (changes: InvoiceChanges) => {
      showInvoice(changes);
      return settleChange(updateInvoice(db, invoice.id, changes));
    },

    reword: async (line: InvoiceLine, description: string): Promise<void> => {
      const wording = (text: string): void =>
        showLines((lines) => lines.map((shown) => (shown.id === line.id ? { ...shown, description: text } : shown)));
      wording(description);
      const result = await settleChange(updateInvoiceLine(db, line.id, description));
      if (!result.ok) return;
      void notify("Line reworded", {
        label: "Undo",
        run: () => {
          wording(line.description);
          void settleChange(updateInvoiceLine(db, line.id, line.description));
        },
      });
    },

    remove: async (line: InvoiceLine): Promise<void> => {
      showLines((lines) => lines.filter((shown) => shown.id !== line.id));
      showInvoice({ total_minor: invoice.total_minor - line.total_minor });
      const result = await settleChange(removeFromInvoice(db, [line.id]));
      const draftId = line.draft_line_item_id;
      if (!result.ok || draftId === null) return;
      const bringBack = async (): Promise<void> => {
        const added = await addToInvoice(db, invoice.id, [draftId]);
        if (added.ok) await restoreWording(invoice.id, [line]);
        await settleChange(Promise.resolve(added));
      };
      void notify(
        "Line removed",
        { label: "Undo", run: () => void bringBack() },
        "Its work is approved and unbilled again.",
      );
    },

    add: async (draftIds: string[]): Promise<boolean> => {
      const result = await settleChange(addToInvoice(db, invoice.id, draftIds));
      if (result.ok) void notify(draftIds.length === 1 ? "Line added" : `${draftIds.length} lines added`);
      return result.ok;
    },

    discard: async (lines: readonly InvoiceLine[]): Promise<void> => {
      const result = await deleteInvoice(db, invoice.id);
      if (!result.ok) {
        void notifyError(result.error.message);
        return;
      }
      await navigate({ to: "/invoices" });
      queryClient.removeQueries({ queryKey: keys.invoice(id, invoice.id) });
      await refresh();
      const draftIds = lines.flatMap((line) => (line.draft_line_item_id === null ? [] : [line.draft_line_item_id]));
      const bringBack = async (): Promise<void> => {
        const made = await createInvoice(db, invoice.client_id, draftIds);
        if (!made.ok) {
          void notifyError(made.error.message);
          return;
        }
        const { issue_date, payment_terms_days, notes } = invoice;
        await updateInvoice(db, made.value, { issue_date, payment_terms_days, notes });
        await restoreWording(made.value, lines);
        await refresh();
        await navigate({ to: "/invoices/$invoiceId", params: { invoiceId: made.value } });
      };
      void notify(
        "Draft discarded",
        ...(draftIds.length === 0 ? [undefined] : [{ label: "Undo", run: () => void bringBack() }]),
        "What was on it is approved and unbilled again.",
      );
    },
  };

  /** Lines that were made again carry the drafts' words; this gives them those they had. */
  async function restoreWording(invoiceId: string, lines: readonly InvoiceLine[]): Promise<void> {
    const { data } = await db
      .from("invoice_lines")
      .select("id,draft_line_item_id,description")
      .eq("invoice_id", invoiceId);
    for (const made of data ?? []) {
      const before = lines.find((line) => line.draft_line_item_id === made.draft_line_item_id);
      if (before !== undefined && before.description !== made.description)
        await updateInvoiceLine(db, made.id, before.description);
    }
  }
}

export type InvoiceDraft = ReturnType<typeof useInvoiceDraft>;
