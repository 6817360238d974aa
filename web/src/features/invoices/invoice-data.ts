import { settle } from "@billhook/database/client";
import type { Database } from "@billhook/database/types.generated";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useDb } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { readAll } from "../../lib/read-all.ts";
import type { InvoiceRow, InvoiceState } from "./invoice-state.ts";
import type { InvoiceEvent } from "./invoice-timeline.ts";

export type InvoiceLine = Database["public"]["Tables"]["invoice_lines"]["Row"] & {
  project: { name: string } | null;
  tax: { name: string; category: string; percent: number } | null;
};

const PAGE = 100;

/** Invoices, newest first, page by page. */
export function useInvoices(filter: { state: InvoiceState | null; clientId: string | null }) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useInfiniteQuery({
    queryKey: [...keys.invoices(id), "list", filter] as const,
    initialPageParam: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) => {
      let query = db.from("invoice_list").select("*").eq("workspace_id", id);
      if (filter.clientId !== null) query = query.eq("client_id", filter.clientId);
      if (filter.state === "overdue") query = query.eq("overdue", true);
      else if (filter.state !== null) query = query.eq("status", filter.state);
      return unwrap(
        settle(
          query
            .order("created_at", { ascending: false })
            .order("id")
            .range(pageParam, pageParam + PAGE - 1),
        ),
      ) as unknown as Promise<InvoiceRow[]>;
    },
    getNextPageParam: (last, pages) => (last.length < PAGE ? undefined : pages.length * PAGE),
  });
}

export type InvoiceAmounts = Pick<
  InvoiceRow,
  "status" | "overdue" | "currency" | "total_minor" | "amount_paid_minor" | "credited_minor"
>;

/** The amounts of all invoices that are not settled, for the sums above the list. */
export function useUnsettledInvoices(clientId: string | null) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.invoices(id), "unsettled", clientId] as const,
    queryFn: () =>
      unwrap(
        readAll((from, to) => {
          let query = db
            .from("invoice_list")
            .select("status,overdue,currency,total_minor,amount_paid_minor,credited_minor")
            .eq("workspace_id", id)
            .in("status", ["draft", "open"]);
          if (clientId !== null) query = query.eq("client_id", clientId);
          return settle(query.order("created_at").order("id").range(from, to));
        }),
      ) as unknown as Promise<InvoiceAmounts[]>,
  });
}

export function useInvoice(invoiceId: string) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: keys.invoice(id, invoiceId),
    queryFn: () =>
      unwrap(
        settle(db.from("invoice_list").select("*").eq("workspace_id", id).eq("id", invoiceId).single()),
      ) as unknown as Promise<InvoiceRow>,
  });
}

/** The lines by position. */
export function useInvoiceLines(invoiceId: string) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.invoice(id, invoiceId), "lines"] as const,
    queryFn: (): Promise<InvoiceLine[]> =>
      unwrap(
        readAll((from, to) =>
          settle(
            db
              .from("invoice_lines")
              .select("*,project:projects(name),tax:tax_rates(name,category,percent)")
              .eq("workspace_id", id)
              .eq("invoice_id", invoiceId)
              .order("position")
              .range(from, to),
          ),
        ),
      ),
  });
}

export function useInvoiceEvents(invoiceId: string) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.invoice(id, invoiceId), "events"] as const,
    queryFn: (): Promise<InvoiceEvent[]> =>
      unwrap(
        readAll((from, to) =>
          settle(
            db
              .from("audit_events")
              .select("id,actor_id,action,before,after,created_at")
              .eq("workspace_id", id)
              .eq("entity_type", "invoices")
              .eq("entity_id", invoiceId)
              .order("id")
              .range(from, to),
          ),
        ),
      ),
  });
}

export interface ApprovedDraft {
  id: string;
  description: string;
  minutes: number;
  currency: string;
  total_minor: number;
  start_date: string;
  ticket_key: string | null;
  project_name: string;
}

/** Everything about work that is on no invoice stands under this key. */
export const unbilledKey = (workspaceId: string) => [...keys.workspace(workspaceId), "unbilled"] as const;

/** What of a client is approved and on no invoice yet. */
export function useApprovedDrafts(clientId: string, enabled = true) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...unbilledKey(id), "approved", clientId] as const,
    enabled,
    // Somebody may have approved something a moment ago, perhaps in the inbox of this very tab.
    staleTime: 0,
    queryFn: () =>
      unwrap(
        readAll((from, to) =>
          settle(
            db
              .from("inbox_drafts")
              .select("id,description,minutes,currency,total_minor,start_date,ticket_key,project_name")
              .eq("workspace_id", id)
              .eq("client_id", clientId)
              .eq("status", "approved")
              .eq("billable", true)
              .is("invoice_id", null)
              .order("start_date")
              .order("id")
              .range(from, to),
          ),
        ),
      ) as unknown as Promise<ApprovedDraft[]>,
  });
}

/** What a line stands on: its entries, the drafts they were approved as, and the commits of those. */
export function useLineEvidence(line: InvoiceLine, enabled: boolean) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.invoice(id, line.invoice_id), "evidence", line.id] as const,
    enabled,
    queryFn: async () => {
      const entries = await unwrap(
        readAll((from, to) =>
          settle(
            db
              .from("invoice_line_entries")
              .select(
                "live,entry:time_entries(*,draft:draft_line_items(description,ticket_url,author_name,rate_source,estimated_minutes,estimate_low,estimate_high,estimate_reason))",
              )
              .eq("workspace_id", id)
              .eq("invoice_line_id", line.id)
              .order("time_entry_id")
              .range(from, to),
          ),
        ),
      );
      const draftIds = entries.flatMap(({ entry }) => entry.draft_line_item_id ?? []);
      const commits = [];
      // An address holds so many ids; a line of a month's work has more.
      for (let start = 0; start < draftIds.length; start += 100) {
        const part = await unwrap(
          settle(
            db
              .from("commit_draft_items")
              .select(
                "commit:commits(id,short_hash,hash,url,message,author_name,branch,committed_at,files_changed,additions,deletions,ticket_refs)",
              )
              .eq("workspace_id", id)
              .in("draft_line_item_id", draftIds.slice(start, start + 100)),
          ),
        );
        commits.push(...part.map(({ commit }) => commit));
      }
      return {
        entries: entries
          .map(({ live, entry }) => ({ live, ...entry }))
          .toSorted((a, b) => (a.entry_date < b.entry_date ? -1 : 1)),
        commits,
      };
    },
  });
}
