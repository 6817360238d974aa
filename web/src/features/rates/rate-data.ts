import { settle } from "@billhook/database/client";
import { listPeople } from "@billhook/database/people";
import { type RateScope, readProjectRates } from "@billhook/database/rates";
import type { Database } from "@billhook/database/types.generated";
import { useQuery } from "@tanstack/react-query";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";

/** A kind of rate that a panel shows and sets. */
export interface RateKind {
  scope: RateScope;
  label: string;
}

export type Rate = Database["public"]["Tables"]["rates"]["Row"];

/** Everything about rates stands under this key. */
export const ratesKey = (workspaceId: string) => [...keys.workspace(workspaceId), "rates"] as const;

/** All rates of the workspace that are set apart from the fields of clients, projects and the workspace. */
export function useRates() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...ratesKey(id), "all"] as const,
    queryFn: () =>
      unwrap(settle(db.from("rates").select("*").eq("workspace_id", id).order("valid_from").order("id").limit(1000))),
  });
}

/** What an hour on the project costs today, of each person, and which rate that is. */
export function useProjectRates(projectId: string) {
  const db = useDb();
  const format = useFormat();
  const { id } = useWorkspace().workspace;
  const today = format.today();
  return useQuery({
    queryKey: [...ratesKey(id), "project", projectId, today] as const,
    queryFn: () => unwrap(readProjectRates(db, projectId, today)),
  });
}

export function usePeople() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  return useQuery({ queryKey: keys.people(id), queryFn: () => unwrap(listPeople(db, id)) });
}

export const scopeNames: Readonly<Record<RateScope, string>> = {
  client_special: "the client's special rate",
  project_person: "the person's rate on the project",
  project: "the project's rate",
  person: "the person's default rate",
  client: "the client's rate",
  workspace: "the workspace's rate",
};
