import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { z } from "../../lib/zod.ts";

const pageSchema = z.object({
  repositories: z.array(z.object({ name: z.string(), url: z.string().nullable() })),
  cursor: z.string().nullable(),
});

/** What a grant sees at its host, page by page. An error's message is for people. */
export function useHostRepositories(grantId: string, search: string) {
  const app = useApp();
  const { id } = useWorkspace().workspace;
  return useInfiniteQuery({
    queryKey: [...keys.grants(id), grantId, "repositories", search] as const,
    initialPageParam: null as string | null,
    retry: false,
    staleTime: 60_000,
    queryFn: async ({ pageParam }) => {
      const query = new URLSearchParams({ search, ...(pageParam === null ? {} : { cursor: pageParam }) });
      const asked = await askWorker(() => fetchApi(app, `/api/grants/${grantId}/repositories?${query.toString()}`));
      if (!asked.ok) throw new Error(asked.problem.message);
      const page = pageSchema.safeParse(await asked.response.json().catch(() => null));
      if (!page.success) throw new Error("The server's answer is not readable. Try again.");
      return page.data;
    },
    getNextPageParam: (last) => last.cursor,
  });
}

const connectedSchema = z.object({
  id: z.string(),
  name: z.string(),
  webhook_url: z.string(),
  hook_error: z.string().nullable(),
  webhook_secret: z.string().nullable(),
});
export type PickedRepository = z.infer<typeof connectedSchema>;

/** What became of one that was picked. */
export type Picked = { name: string } & ({ ok: true; connected: PickedRepository } | { ok: false; message: string });

/** Connects what was picked, one after another, so that each failure is of one repository. */
export function usePicking(grantId: string) {
  const app = useApp();
  const queryClient = useQueryClient();
  const { id } = useWorkspace().workspace;
  const [busy, setBusy] = useState(false);
  const [results, setResults] = useState<readonly Picked[]>([]);
  const connect = async (chosen: readonly { name: string; projectId: string }[]): Promise<void> => {
    setBusy(true);
    for (const { name, projectId } of chosen) {
      const body = JSON.stringify({ project_id: projectId, name });
      const asked = await askWorker(() =>
        fetchApi(app, `/api/grants/${grantId}/repositories`, { method: "POST", body }),
      );
      const answer = asked.ok ? connectedSchema.safeParse(await asked.response.json().catch(() => null)) : null;
      const result: Picked = !asked.ok
        ? { name, ok: false, message: asked.problem.message }
        : answer?.success === true
          ? { name, ok: true, connected: answer.data }
          : { name, ok: false, message: "The server's answer is not readable. Look at the list before you try again." };
      setResults((before) => [...before, result]);
      await queryClient.invalidateQueries({ queryKey: keys.repositories(id) });
    }
    setBusy(false);
  };
  return { connect, busy, results };
}
