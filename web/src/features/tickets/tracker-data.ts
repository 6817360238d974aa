import { settle } from "@billhook/database/client";
import type { Database } from "@billhook/database/types.generated";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchApi, useApp, useDb } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker, type Problem } from "../../lib/problem.ts";
import { z } from "../../lib/zod.ts";

export type TrackerRow = Database["public"]["Tables"]["tracker_connections"]["Row"];

/** Connected ticket systems, those whose access was lost included. */
export function useTrackers() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: keys.trackers(id),
    queryFn: () =>
      unwrap(
        settle(
          db
            .from("tracker_connections")
            .select("*")
            .eq("workspace_id", id)
            .is("disconnected_at", null)
            .order("created_at"),
        ),
      ),
  });
}

const startedSchema = z.object({ authorise_url: z.url({ protocol: /^https?$/u }) });

/** One question to the Worker about ticket systems after another, and the problem to show. */
export function useTrackerAction() {
  const app = useApp();
  const queryClient = useQueryClient();
  const { workspace } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: keys.trackers(workspace.id) });

  const ask = async (path: string, body?: object): Promise<unknown> => {
    setBusy(true);
    setProblem(null);
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const asked = await askWorker(() => fetchApi(app, path, init));
    const answer: unknown = asked.ok ? await asked.response.json().catch(() => ({})) : null;
    if (!asked.ok) setProblem(asked.problem);
    if (body !== undefined) await refresh();
    setBusy(false);
    return answer;
  };

  /** Sends the person to the system's own pages, to allow Billhook in. */
  const begin = async (kind: string, trackerId: string | null): Promise<void> => {
    // Where the address names the workspace, it goes on naming it.
    const named = new URLSearchParams(location.search).has("workspace") ? `?workspace=${workspace.id}` : "";
    const query = new URLSearchParams({ workspace_id: workspace.id, return_to: `/settings/tickets${named}` });
    if (trackerId !== null) query.set("tracker_id", trackerId);
    const answer = startedSchema.safeParse(await ask(`/api/oauth/${kind}/start?${query.toString()}`));
    if (answer.success) location.assign(answer.data.authorise_url);
  };
  return { ask, begin, refresh, busy, problem, clear: () => setProblem(null) };
}
