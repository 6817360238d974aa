import { settle } from "@billhook/database/client";
import { useQuery } from "@tanstack/react-query";
import { useApp } from "../../data/app.tsx";
import type { Formatters } from "../../data/format.ts";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";

/** The workspace's invoice drafts, newest first: what lines can be put on. */
export function useInvoiceDrafts(enabled = true) {
  const { db } = useApp();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.invoices(id), "drafts"],
    enabled,
    // Lines are put on them, and they are made, without the page knowing.
    staleTime: 0,
    queryFn: () =>
      unwrap(
        settle(
          db
            .from("invoice_list")
            .select("id, client_id, currency, total_minor, line_count, created_at")
            .eq("workspace_id", id)
            .eq("status", "draft")
            .order("created_at", { ascending: false }),
        ),
      ),
  });
}

export type InvoiceDraft = NonNullable<ReturnType<typeof useInvoiceDrafts>["data"]>[number];

/** Those that can take lines of the client in the currency. */
export const draftsFor = (drafts: readonly InvoiceDraft[] | undefined, clientId: string, currency: string) =>
  (drafts ?? []).filter((draft) => draft.client_id === clientId && draft.currency === currency);

/** "The draft of 2 March, 10:04 (3 lines, € 120.00)". */
export const describeInvoiceDraft = (draft: InvoiceDraft, format: Formatters): string =>
  `The draft of ${format.instant(draft.created_at ?? "")} (${draft.line_count === 1 ? "1 line" : `${draft.line_count ?? 0} lines`}, ${format.money(
    draft.total_minor ?? 0,
    draft.currency ?? "",
    draft.client_id,
  )})`;
