import { type BillTemplate, billClient, billTemplates } from "@billhook/database/billing";
import { settle } from "@billhook/database/client";
import type { DatabaseResult } from "@billhook/database/errors";
import {
  type InvoiceChanges,
  type InvoiceLineChanges,
  addInvoiceLine,
  addToInvoice,
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
import { readAll } from "../../lib/read-all.ts";
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
      const entryIds = await readEntryIds([line.id]);
      show({}, (lines) => lines.filter((shown) => shown.id !== line.id));
      const result = await settleChange(removeFromInvoice(db, [line.id]));
      if (!result.ok) return;
      const bringBack = async (): Promise<void> => {
        await settleChange(bringLinesBack(invoice.id, [line], entryIds));
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

    discard: async (lines: readonly InvoiceLine[]): Promise<void> => {
      const entryIds = await readEntryIds(lines.map((line) => line.id));
      const result = await deleteInvoice(db, invoice.id);
      if (!result.ok) {
        void notifyError(result.error.message);
        return;
      }
      await navigate({ to: "/invoices" });
      queryClient.removeQueries({ queryKey: keys.invoice(id, invoice.id) });
      await refresh();
      const bringBack = async (): Promise<void> => {
        const made = await billClient(db, invoice.client_id, { entry_ids: entryIds, ...templateOf(invoice) });
        const invoiceId = made.ok ? made.value.invoice_id : null;
        if (!made.ok || invoiceId === null) {
          void notifyError(made.ok ? "Its work has been billed meanwhile." : made.error.message);
          return;
        }
        const { issue_date, payment_terms_days, notes, discount_percent, discount_minor } = invoice;
        await updateInvoice(db, invoiceId, {
          issue_date,
          payment_terms_days,
          notes,
          ...(discount_percent === null ? { discount_minor } : { discount_percent }),
        });
        await bringLinesBack(invoiceId, lines, []);
        await refresh();
        await navigate({ to: "/invoices/$invoiceId", params: { invoiceId } });
      };
      void notify(
        "Draft discarded",
        ...(entryIds.length === 0 ? [undefined] : [{ label: "Undo", run: () => void bringBack() }]),
        "What was on it is approved and unbilled again.",
      );
    },
  };

  /** The entries that lines stand on. */
  async function readEntryIds(lineIds: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for (let start = 0; start < lineIds.length; start += 100) {
      const part = lineIds.slice(start, start + 100);
      const read = await readAll((from, to) =>
        settle(
          db
            .from("invoice_line_entries")
            .select("time_entry_id")
            .eq("workspace_id", id)
            .in("invoice_line_id", part)
            .order("time_entry_id")
            .range(from, to),
        ),
      );
      if (read.ok) ids.push(...read.value.map((row) => row.time_entry_id));
    }
    return ids;
  }

  /** Makes lines again: those of time from their entries, where any are given, with the words that they had. */
  async function bringLinesBack(
    invoiceId: string,
    lines: readonly InvoiceLine[],
    entryIds: string[],
  ): Promise<DatabaseResult<unknown>> {
    if (entryIds.length > 0) {
      const billed = await billClient(db, invoice.client_id, {
        entry_ids: entryIds,
        invoice_id: invoiceId,
        ...templateOf(invoice),
      });
      if (!billed.ok) return billed;
    }
    for (const line of lines.filter(({ kind }) => kind !== "time")) {
      const { description, detail, kind, quantity_thousandths, unit_price_minor, discount_percent, discount_minor } =
        line;
      const added = await addInvoiceLine(db, invoiceId, {
        description,
        detail,
        kind: kind === "expense" ? "expense" : "fee",
        quantity_thousandths: quantity_thousandths ?? 1000,
        unit_price_minor: unit_price_minor ?? 0,
        tax_rate_id: line.tax_rate_id,
        ...(discount_percent === null ? { discount_minor } : { discount_percent }),
      });
      if (!added.ok) return added;
    }
    const { data } = await db
      .from("invoice_lines")
      .select("id,draft_line_item_id,description,hourly_rate_minor,start_date,end_date,seconds")
      .eq("invoice_id", invoiceId);
    for (const made of data ?? []) {
      const before = lines.find(
        (line) =>
          line.kind === "time" &&
          line.draft_line_item_id === made.draft_line_item_id &&
          line.hourly_rate_minor === made.hourly_rate_minor &&
          line.start_date === made.start_date &&
          line.end_date === made.end_date &&
          line.seconds === made.seconds,
      );
      if (before !== undefined && before.description !== made.description)
        await updateInvoiceLine(db, made.id, { description: before.description });
    }
    return { ok: true, value: null };
  }
}

/** How the invoice's lines were grouped; made from single drafts, they are a line each. */
function templateOf(invoice: InvoiceRow): { template: BillTemplate } {
  return { template: billTemplates.find((template) => template === invoice.template) ?? "entry" };
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
