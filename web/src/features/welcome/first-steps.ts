import { settle } from "@billhook/database/client";
import { useQuery } from "@tanstack/react-query";
import { useDb } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useClients, useProjects, useRepositories, useWorkspace } from "../../data/workspace.tsx";

export const stepNames = {
  biller: "Who bills",
  work: "First client and project",
  repository: "Connect a repository",
  commits: "First push, or what came before",
} as const;

export type StepId = keyof typeof stepNames;

export const isStep = (value: unknown): value is StepId => typeof value === "string" && Object.hasOwn(stepNames, value);

export interface FirstStep {
  id: StepId;
  done: boolean;
}

export interface FirstSteps {
  steps: readonly FirstStep[];
  done: number;
  /** The first that is not done; null when all are. */
  next: StepId | null;
}

/** How far a workspace is, by what it holds: nothing else has to be kept, and colleagues see the same. */
export function readFirstSteps(held: { projects: number; repositories: number; commits: boolean }): FirstSteps {
  const steps: FirstStep[] = [
    { id: "biller", done: true },
    // Commits came by a repository of a project, also where both are archived by now.
    { id: "work", done: held.projects > 0 || held.commits },
    { id: "repository", done: held.repositories > 0 || held.commits },
    { id: "commits", done: held.commits },
  ];
  return {
    steps,
    done: steps.filter((step) => step.done).length,
    next: steps.find((step) => !step.done)?.id ?? null,
  };
}

/** The steps as they are now; null until that is known. Asks for the first commit every two seconds until it is there. */
export function useFirstSteps() {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  const clients = useClients();
  const projects = useProjects();
  const repositories = useRepositories();
  const commits = useQuery({
    queryKey: [...keys.workspace(id), "first-commit"],
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data === true || repositories.data?.length === 0 ? false : 2000),
    queryFn: async () =>
      (await unwrap(settle(db.from("commits").select("id").eq("workspace_id", id).limit(1)))).length > 0,
  });
  const known =
    clients.data !== undefined &&
    projects.data !== undefined &&
    repositories.data !== undefined &&
    commits.data !== undefined;
  return {
    steps: known
      ? readFirstSteps({
          projects: projects.data.filter((project) => project.archived_at === null).length,
          repositories: repositories.data.filter((repository) => repository.archived_at === null).length,
          commits: commits.data,
        })
      : null,
    error: clients.error ?? projects.error ?? repositories.error ?? commits.error,
    retry: () => void Promise.all([clients, projects, repositories, commits].map((query) => query.refetch())),
  };
}
