import { settle } from "@billhook/database/client";
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useApp } from "./app.tsx";

/** Milliseconds between questions while all is well; doubled after each failure up to the maximum. */
const INTERVAL = 1000;
const LONGEST_INTERVAL = 30_000;

const nextDelay = (failures: number): number => Math.min(INTERVAL * 2 ** failures, LONGEST_INTERVAL);

/**
 * Asks again and again while the tab is visible, at once when it becomes visible or the network returns, and more rarely
 * while the answer is a failure (`ask` answers false). The result is reported as the app's connection.
 */
export function usePolling(ask: () => Promise<boolean>, enabled = true): void {
  const { connection } = useApp();
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (!enabled) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    let running = false;
    let failures = 0;
    const turn = async (): Promise<void> => {
      clearTimeout(timer);
      if (running || stopped || document.visibilityState !== "visible") return;
      running = true;
      const reached = await latest.current().catch(() => false);
      running = false;
      if (stopped) return;
      failures = reached ? 0 : failures + 1;
      connection.report(reached);
      timer = setTimeout(() => void turn(), nextDelay(failures));
    };
    const wake = (): void => void turn();
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
    timer = setTimeout(wake, INTERVAL);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", wake);
      window.removeEventListener("online", wake);
    };
  }, [enabled, connection]);
}

type LiveTable =
  | "invoice_list"
  | "draft_line_items"
  | "repositories"
  | "webhook_deliveries"
  | "import_jobs"
  | "tracker_connections"
  | "stripe_accounts"
  | "host_grants"
  | "notifications"
  | "clients"
  | "projects";

/**
 * Keeps the queries under `queryKey` fresh: asks once a second for the newest `updated_at` of the table in the workspace
 * (one row; more where rows also go away), and refetches those queries when it has changed, and once at the beginning.
 */
export function useLiveTable(table: LiveTable, workspaceId: string, queryKey: QueryKey, rows = 1): void {
  const { db } = useApp();
  const queryClient = useQueryClient();
  const seen = useRef<string | null>(null);
  usePolling(async () => {
    const newest = await settle(
      db
        // Each of these has the two columns; the client's types ask for one table at a time.
        .from(table as "repositories")
        .select("updated_at")
        .eq("workspace_id", workspaceId)
        .order("updated_at", { ascending: false })
        .limit(rows),
    );
    if (!newest.ok) return newest.error.code !== "unavailable" && newest.error.code !== "unexpected";
    const mark = [workspaceId, ...newest.value.map((row) => row.updated_at)].join(" ");
    // The first answer refetches as well: what changed since the page's own query would otherwise count as seen.
    if (seen.current !== mark) void queryClient.invalidateQueries({ queryKey });
    seen.current = mark;
    return true;
  });
}
