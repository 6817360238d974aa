import { settle } from "@billhook/database/client";
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "../../lib/zod.ts";
import { fetchApi, useApp, useDb } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { readAll } from "../../lib/read-all.ts";
import { notify, notifyError } from "../../ui/toast.tsx";
import { type Delivery, type DeliveryState, deliveryColumns, stateColumns } from "./delivery-state.ts";

const PAGE = 100;

/** Deliveries, newest first, page by page. */
export function useDeliveries(filter: { state: DeliveryState | null; repositoryId: string | null }) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useInfiniteQuery({
    queryKey: [...keys.deliveries(id), "list", filter] as const,
    initialPageParam: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }): Promise<Delivery[]> => {
      let query = db.from("webhook_deliveries").select(deliveryColumns).eq("workspace_id", id);
      if (filter.repositoryId !== null) query = query.eq("repository_id", filter.repositoryId);
      if (filter.state !== null) {
        const { status, verdicts } = stateColumns[filter.state];
        query = query.eq("status", status);
        if (verdicts !== null) query = query.in("verdict", verdicts);
      }
      return unwrap(
        settle(
          query
            .order("received_at", { ascending: false })
            .order("id")
            .range(pageParam, pageParam + PAGE - 1),
        ),
      );
    },
    getNextPageParam: (last, pages) => (last.length < PAGE ? undefined : pages.length * PAGE),
  });
}

/** One delivery by its id: a link may name one that the list has not reached. */
export function useDelivery(deliveryId: string | null) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.deliveries(id), "one", deliveryId] as const,
    enabled: deliveryId !== null,
    queryFn: (): Promise<Delivery> =>
      unwrap(
        settle(
          db
            .from("webhook_deliveries")
            .select(deliveryColumns)
            .eq("workspace_id", id)
            .eq("id", deliveryId ?? "")
            .single(),
        ),
      ),
  });
}

/** The ids of all failed deliveries, for the button that replays them. */
export function useFailedDeliveries() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.deliveries(id), "failed"] as const,
    queryFn: async (): Promise<string[]> => {
      const rows = await unwrap(
        readAll((from, to) =>
          settle(
            db
              .from("webhook_deliveries")
              .select("id")
              .eq("workspace_id", id)
              .eq("status", "failed")
              .order("received_at")
              .order("id")
              .range(from, to),
          ),
        ),
      );
      return rows.map((row) => row.id);
    },
  });
}

/** The commits that a delivery brought. */
export function useDeliveryCommits(deliveryId: string) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.deliveries(id), "commits", deliveryId] as const,
    queryFn: () =>
      unwrap(
        readAll((from, to) =>
          settle(
            db
              .from("commits")
              .select("id,short_hash,url,message,author_name,branch,status,ignored_reason")
              .eq("workspace_id", id)
              .eq("delivery_id", deliveryId)
              .order("committed_at")
              .order("id")
              .range(from, to),
          ),
        ),
      ),
  });
}

const replayedSchema = z.object({ replayed: z.array(z.string()) });
/** The most that one request may name. */
const MOST_AT_ONCE = 1000;

/** Puts failed deliveries back into the queue. */
export function useReplay() {
  const app = useApp();
  const queryClient = useQueryClient();
  const { id } = useWorkspace().workspace;
  const [busy, setBusy] = useState(false);
  const replay = async (ids: readonly string[]): Promise<void> => {
    setBusy(true);
    let replayed = 0;
    let problem: string | null = null;
    for (let from = 0; from < ids.length && problem === null; from += MOST_AT_ONCE) {
      const body = JSON.stringify({ ids: ids.slice(from, from + MOST_AT_ONCE) });
      const asked = await askWorker(() => fetchApi(app, "/api/deliveries/replay", { method: "POST", body }));
      if (asked.ok) {
        const answer = replayedSchema.safeParse(await asked.response.json().catch(() => null));
        replayed += answer.success ? answer.data.replayed.length : 0;
      } else problem = asked.problem.message;
    }
    await queryClient.invalidateQueries({ queryKey: keys.deliveries(id) });
    setBusy(false);
    if (problem !== null) void notifyError(problem);
    else if (replayed === 0) void notify("Nothing to replay", undefined, "It is being recorded already.");
    else void notify(replayed === 1 ? "Delivery replayed" : `${replayed} deliveries replayed`);
  };
  return { replay, busy };
}
