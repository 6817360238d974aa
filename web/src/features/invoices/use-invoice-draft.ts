import type { DatabaseResult } from "@billhook/database/errors";
import {
  type InvoiceChanges,
  type InvoiceLineChanges,
  addInvoiceLine,
  addToInvoice,
  createInvoice,
  deleteInvoice,
  orderInvoiceLines,
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
        await updateInvoiceLine(db, made.id, { description: before.description });
    }
  }
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
