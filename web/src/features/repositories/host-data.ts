import { settle } from "@billhook/database/client";
import type { Database } from "@billhook/database/types.generated";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchApi, useApp, useDb } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { type Problem, askWorker } from "../../lib/problem.ts";

export type HostGrant = Database["public"]["Tables"]["host_grants"]["Row"];
export type ImportJob = Database["public"]["Tables"]["import_jobs"]["Row"];

/** What the workspace may ask of git hosts. The tokens themselves stay with the server. */
export function useGrants() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: keys.grants(id),
    queryFn: () => unwrap(settle(db.from("host_grants").select("*").eq("workspace_id", id).order("created_at"))),
  });
}

/** The workspace's imports, the newest first: the latest of each repository is what its pane shows. */
export function useImports() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: keys.imports(id),
    queryFn: () =>
      unwrap(
        settle(
          db
            .from("import_jobs")
            .select("*")
            .eq("workspace_id", id)
            .order("created_at", { ascending: false })
            .limit(200),
        ),
      ),
  });
}

/** One question to the Worker after another: what it answers, or null and the problem to show. */
export function useWorkerAction() {
  const app = useApp();
  const queryClient = useQueryClient();
  const { id } = useWorkspace().workspace;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ask = async (path: string, body?: object): Promise<unknown> => {
    setBusy(true);
    setProblem(null);
    const asked = await askWorker(() => fetchApi(app, path, { method: "POST", body: JSON.stringify(body ?? {}) }));
    const answer: unknown = asked.ok ? await asked.response.json().catch(() => ({})) : null;
    if (!asked.ok) setProblem(asked.problem);
    await Promise.all(
      [keys.repositories(id), keys.grants(id), keys.imports(id)].map((queryKey) =>
        queryClient.invalidateQueries({ queryKey }),
      ),
    );
    setBusy(false);
    return answer;
  };
  return { ask, busy, problem, clear: () => setProblem(null) };
}
