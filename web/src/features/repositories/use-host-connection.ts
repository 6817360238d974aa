import { useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { z } from "../../lib/zod.ts";

const startedSchema = z.object({ authorise_url: z.url({ protocol: /^https?$/u }) });

/** Sends the person to a host's own pages, to allow Billhook in; they come back to `returnTo`. */
export function useHostConnection() {
  const app = useApp();
  const { workspace } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const begin = async (provider: string, returnTo: string): Promise<void> => {
    setBusy(true);
    setProblem(null);
    // Where the address names the workspace, it goes on naming it.
    const named = new URLSearchParams(location.search).has("workspace") ? `&workspace=${workspace.id}` : "";
    const query = new URLSearchParams({ workspace_id: workspace.id, return_to: returnTo + named });
    const asked = await askWorker(() => fetchApi(app, `/api/oauth/${provider}/start?${query.toString()}`));
    if (!asked.ok) {
      setProblem(asked.problem.message);
      setBusy(false);
      return;
    }
    const answer = startedSchema.safeParse(await asked.response.json().catch(() => null));
    if (answer.success) location.assign(answer.data.authorise_url);
    else {
      setProblem("The server's answer is not readable. Try again.");
      setBusy(false);
    }
  };
  return { begin, busy, problem };
}
