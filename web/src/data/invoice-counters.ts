import { settle } from "@billhook/database/client";
import { useQuery } from "@tanstack/react-query";
import { periodOf } from "../lib/invoice-number.ts";
import { useDb } from "./app.tsx";
import { keys, unwrap } from "./query.ts";
import { useWorkspace } from "./workspace.tsx";

export type NumberSeries = "invoice" | "credit_note" | "invoice_test" | "credit_note_test";

/** The count that the series goes on with on a day (`2026-03-31`); undefined until it is known. Another one may take it first. */
export function useNextCount(series: NumberSeries, pattern: string, day: string): number | undefined {
  const db = useDb();
  const { workspace } = useWorkspace();
  const period = periodOf(pattern, day);
  const counter = useQuery({
    queryKey: [...keys.invoices(workspace.id), "counter", series, period] as const,
    queryFn: () =>
      unwrap(
        settle(
          db
            .from("invoice_counters")
            .select("last_number")
            .eq("workspace_id", workspace.id)
            .eq("series", series)
            .eq("period", period),
        ),
      ),
  });
  return counter.data && (counter.data[0]?.last_number ?? 0) + 1;
}
