import type { DatabaseResult } from "@billhook/database/errors";
import {
  type InvoiceChanges,
  type InvoiceLineChanges,
  addInvoiceLine,
  addToInvoice,
  deleteInvoice,
  orderInvoiceLines,
  removeFromInvoice,
  restoreInvoice,
  restoreInvoiceLines,
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
import { previewInvoice } from "./invoice-preview.ts";
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
  /** Shows what the invoice comes to with other terms or lines, before the database has said so. */
  const show = (changes: Partial<InvoiceRow>, change = (lines: InvoiceLine[]): InvoiceLine[] => lines): void => {
    const shown = { ...(queryClient.getQueryData<InvoiceRow>(keys.invoice(id, invoice.id)) ?? invoice), ...changes };
    const lines = queryClient.getQueryData<InvoiceLine[]>(lineKey);
    if (lines === undefined) return;
    const preview = previewInvoice(shown, change(lines));
    queryClient.setQueryData<InvoiceLine[]>(lineKey, preview.lines);
    queryClient.setQueryData<InvoiceRow>(keys.invoice(id, invoice.id), preview.invoice);
  };

  return {
    change: (changes: InvoiceChanges) => {
      show(withOneDiscount(changes));
      return settleChange(updateInvoice(db, invoice.id, changes));
    },

    reword: async (line: InvoiceLine, description: string): Promise<void> => {
      const wording = (text: string): void =>
        show({}, (lines) => lines.map((shown) => (shown.id === line.id ? { ...shown, description: text } : shown)));
      wording(description);
      const result = await settleChange(updateInvoiceLine(db, line.id, { description }));
      if (!result.ok) return;
      void notify("Line reworded", {
        label: "Undo",
        run: () => {
          wording(line.description);
          void settleChange(updateInvoiceLine(db, line.id, { description: line.description }));
        },
      });
    },

    /** Null where it was done, else why not. */
    editLine: async (line: InvoiceLine, changes: InvoiceLineChanges): Promise<string | null> => {
      const result = await updateInvoiceLine(db, line.id, changes);
      await refresh();
      return result.ok ? null : result.error.message;
    },

    addLine: async (line: InvoiceLineChanges & { description: string }): Promise<string | null> => {
      const result = await addInvoiceLine(db, invoice.id, line);
      await refresh();
      return result.ok ? null : result.error.message;
    },

    /** Puts a line one place up (-1) or down (1). */
    move: (line: InvoiceLine, step: -1 | 1): void => {
      let order: string[] = [];
      show({}, (lines) => {
        const at = lines.findIndex(({ id: other }) => other === line.id);
        const [moved] = lines.slice(at, at + 1);
        const rest = lines.filter(({ id: other }) => other !== line.id);
        if (moved !== undefined) rest.splice(Math.max(0, Math.min(rest.length, at + step)), 0, moved);
        order = rest.map(({ id: other }) => other);
        return rest;
      });
      if (order.length > 0) void settleChange(orderInvoiceLines(db, invoice.id, order));
    },

    remove: async (line: InvoiceLine): Promise<void> => {
      show({}, (lines) => lines.filter((shown) => shown.id !== line.id));
      const result = await settleChange(removeFromInvoice(db, [line.id]));
      if (!result.ok) return;
      const bringBack = async (): Promise<void> => {
        const restored = await settleChange(restoreInvoiceLines(db, [line.id]));
        if (restored.ok && restored.value.left_out > 0) void notifyError("Its work has changed meanwhile.");
      };
      void notify(
        "Line removed",
        { label: "Undo", run: () => void bringBack() },
        line.kind === "time" ? "Its work is approved and unbilled again." : undefined,
      );
    },

    add: async (draftIds: string[]): Promise<boolean> => {
      const result = await settleChange(addToInvoice(db, invoice.id, draftIds));
      if (result.ok) void notify(draftIds.length === 1 ? "Line added" : `${draftIds.length} lines added`);
      return result.ok;
    },

    discard: async (): Promise<void> => {
      const result = await deleteInvoice(db, invoice.id);
      if (!result.ok) {
        void notifyError(result.error.message);
        return;
      }
      await navigate({ to: "/invoices" });
      queryClient.removeQueries({ queryKey: keys.invoice(id, invoice.id) });
      await refresh();
      const bringBack = async (): Promise<void> => {
        const restored = await settleChange(restoreInvoice(db, invoice.id));
        if (!restored.ok) return;
        await navigate({ to: "/invoices/$invoiceId", params: { invoiceId: invoice.id } });
        const { left_out: missing } = restored.value;
        if (missing > 0)
          void notifyError(
            `${missing === 1 ? "A line" : `${missing} lines`} of it stayed away, as the work has changed meanwhile.`,
          );
      };
      void notify(
        "Draft discarded",
        { label: "Undo", run: () => void bringBack() },
        "What was on it is approved and unbilled again.",
      );
    },
  };
}

/** A discount is a percentage or an amount: naming one takes the other away. */
function withOneDiscount(changes: InvoiceChanges): InvoiceChanges {
  if (!("discount_percent" in changes || "discount_minor" in changes)) return changes;
  return {
    ...changes,
    discount_percent: changes.discount_percent ?? null,
    discount_minor: changes.discount_minor ?? null,
  };
}

export type InvoiceDraft = ReturnType<typeof useInvoiceDraft>;
