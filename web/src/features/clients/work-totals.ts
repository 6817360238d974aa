import { settle } from "@billhook/database/client";
import { useQuery } from "@tanstack/react-query";
import { useDb } from "../../data/app.tsx";
import { useLiveTable } from "../../data/live.ts";
import { unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { readAll } from "../../lib/read-all.ts";
import { unbilledKey } from "../invoices/invoice-data.ts";

/** Work that is on no invoice yet, by project, status and currency. */
interface Work {
  client_id: string;
  project_id: string;
  status: string;
  currency: string;
  total_minor: number;
}

/** All work of the workspace that is open or approved and on no invoice. */
export function useUnbilledWork() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...unbilledKey(id), "work"] as const,
    staleTime: 0,
    queryFn: () =>
      unwrap(
        readAll((from, to) =>
          settle(
            db
              .from("unbilled_work")
              .select("client_id,project_id,status,currency,total_minor")
              .eq("workspace_id", id)
              .order("project_id")
              .order("status")
              .order("currency")
              .range(from, to),
          ),
        ),
      ) as unknown as Promise<Work[]>,
  });
}

/** Keeps what is unbilled fresh; called once a page. */
export function useLiveWork(): void {
  const { id } = useWorkspace().workspace;
  useLiveTable("draft_line_items", id, unbilledKey(id));
}

export const amountsOf = (work: readonly Work[], status: "draft" | "approved") =>
  work.filter((row) => row.status === status).map((row) => ({ minor: row.total_minor, currency: row.currency }));
