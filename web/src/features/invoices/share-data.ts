import { settle } from "@billhook/database/client";
import type { Database } from "@billhook/database/types.generated";
import { useQuery } from "@tanstack/react-query";
import { fetchApi, useApp, useDb } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";

export type InvoiceLink = Database["public"]["Tables"]["invoice_links"]["Row"];

const linksKey = (workspaceId: string, invoiceId: string) =>
  [...keys.invoice(workspaceId, invoiceId), "links"] as const;

/** The addresses that the invoice has or had, oldest first; one at most is not revoked. */
export function useInvoiceLinks(invoice: { id: string; status: string }) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: linksKey(id, invoice.id),
    enabled: invoice.status !== "draft",
    queryFn: (): Promise<InvoiceLink[]> =>
      unwrap(
        settle(
          db
            .from("invoice_links")
            .select("*")
            .eq("workspace_id", id)
            .eq("invoice_id", invoice.id)
            .order("created_at")
            .order("id"),
        ),
      ),
  });
}

/** The address itself, which the Worker alone can read. */
export function useLinkAddress(invoiceId: string, linkId: string | undefined) {
  const app = useApp();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...linksKey(id, invoiceId), "address", linkId] as const,
    enabled: linkId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    queryFn: async (): Promise<string> => {
      const asked = await askWorker(() => fetchApi(app, `/api/invoices/${invoiceId}/link`));
      if (!asked.ok) throw new Error(asked.problem.message);
      const { url } = (await asked.response.json()) as { url: string };
      return url;
    },
  });
}
