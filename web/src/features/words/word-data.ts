import { settle } from "@billhook/database/client";
import type { Database } from "@billhook/database/types.generated";
import { readWordSpending } from "@billhook/database/words";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useDb } from "../../data/app.tsx";
import type { Formatters } from "../../data/format.ts";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";

export type WordSettings = Database["public"]["Tables"]["word_settings"]["Row"];
export type WordRequestRow = Database["public"]["Tables"]["word_requests"]["Row"];

const wordsKey = (workspaceId: string) => [...keys.workspace(workspaceId), "words"] as const;

/** The currency models are paid in. */
export const wordCurrency = "USD";
const microsPerCent = 10_000;
export const toMicros = (cents: number): number => cents * microsPerCent;
export const toCents = (micros: number): number => Math.round(micros / microsPerCent);

/** Rounded up to a cent, so that nothing that cost something reads as nothing. */
export function describeCost(format: Formatters, micros: number): string {
  if (micros > 0 && micros < microsPerCent) return `Under ${format.money(1, wordCurrency)}`;
  return format.money(Math.ceil(micros / microsPerCent), wordCurrency);
}

export function useWordSettings() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...wordsKey(id), "settings"] as const,
    queryFn: () => unwrap(settle(db.from("word_settings").select("*").eq("workspace_id", id).single())),
  });
}

export function useWordSpending() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...wordsKey(id), "spending"] as const,
    queryFn: () => unwrap(readWordSpending(db, id)),
    refetchInterval: 15_000,
  });
}

/** The newest first. */
export function useWordRequests(limit: number) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...wordsKey(id), "requests", limit] as const,
    queryFn: () =>
      unwrap(
        settle(
          db
            .from("word_requests")
            .select("*")
            .eq("workspace_id", id)
            .order("created_at", { ascending: false })
            .order("id")
            .limit(limit),
        ),
      ),
    refetchInterval: 15_000,
  });
}

/** Which projects have a model word their lines, by project. */
export function useWordStrategies() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...wordsKey(id), "strategies"] as const,
    queryFn: () =>
      unwrap(settle(db.from("project_git_configs").select("project_id,words_strategy").eq("workspace_id", id))),
  });
}

/** Looks at everything about words again. */
export function useRefreshWords(): () => Promise<void> {
  const queryClient = useQueryClient();
  const { id } = useWorkspace().workspace;
  return () => queryClient.invalidateQueries({ queryKey: wordsKey(id) });
}

/** Answers what went wrong, or null. */
export function useSetStrategy(): (projectIds: string[], strategy: string) => Promise<string | null> {
  const db = useDb();
  const queryClient = useQueryClient();
  const { id } = useWorkspace().workspace;
  const refresh = useRefreshWords();
  return async (projectIds, strategy) => {
    const set = await settle(
      db
        .from("project_git_configs")
        .update({ words_strategy: strategy })
        .eq("workspace_id", id)
        .in("project_id", projectIds)
        .select("project_id"),
    );
    await refresh();
    await queryClient.invalidateQueries({ queryKey: keys.projects(id) });
    return set.ok ? null : set.error.message;
  };
}
