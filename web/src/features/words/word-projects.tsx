import { Link } from "@tanstack/react-router";
import { messageOf } from "../../data/query.ts";
import { useClients, useProjects, useWorkspace } from "../../data/workspace.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { EmptyState, ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { useSetStrategy, useWordStrategies } from "./word-data.ts";

/** Each project with where its words come from. */
export function WordProjects() {
  const { canManage } = useWorkspace();
  const projects = useProjects();
  const clients = useClients();
  const strategies = useWordStrategies();
  const setStrategy = useSetStrategy();
  const failed = [projects, strategies].find((query) => query.isError && query.data === undefined);
  if (failed !== undefined)
    return <ErrorState message={messageOf(failed.error)} onRetry={() => void failed.refetch()} />;
  if (projects.data === undefined || strategies.data === undefined) return <ListSkeleton rows={3} />;
  const used = projects.data.filter(({ archived_at }) => archived_at === null);
  if (used.length === 0) {
    return (
      <EmptyState
        title="There is no project yet"
        action={
          <Link to="/clients" className={buttonClass()}>
            Clients & projects
          </Link>
        }
      >
        Each project says where its words come from.
      </EmptyState>
    );
  }
  const strategyOf = new Map(strategies.data.map((row) => [row.project_id, row.words_strategy]));
  const clientOf = new Map((clients.data ?? []).map((client) => [client.id, client.name]));
  const change = async (ids: string[], strategy: string): Promise<void> => {
    const before = new Map(ids.map((id) => [id, strategyOf.get(id) ?? "template"]));
    const problem = await setStrategy(ids, strategy);
    if (problem !== null) {
      void notifyError(problem);
      return;
    }
    void notify(
      ids.length === 1 ? "Words changed" : `Words of ${ids.length} projects changed`,
      {
        label: "Undo",
        run: () => {
          for (const [back, own] of Map.groupBy(ids, (id) => before.get(id) ?? "template")) void setStrategy(own, back);
        },
      },
      "For lines that arrive from now on.",
    );
  };
  const others = used.filter(({ id }) => strategyOf.get(id) !== "summary").map(({ id }) => id);
  return (
    <>
      <ul className="divide-y divide-line rounded-md border border-line">
        {used.map((project) => (
          <li key={project.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
            <Link
              to="/projects/$projectId"
              params={{ projectId: project.id }}
              className="min-w-0 flex-1 truncate hover:underline"
            >
              {project.name} <span className="text-muted">{clientOf.get(project.client_id)}</span>
            </Link>
            <div className="w-56 max-md:w-full">
              <Select
                aria-label={`Words of ${project.name}`}
                disabled={!canManage}
                value={strategyOf.get(project.id) ?? "template"}
                onChange={(event) => void change([project.id], event.target.value)}
              >
                <option value="template">The commit&apos;s own words</option>
                <option value="summary">Summary by a model</option>
              </Select>
            </div>
          </li>
        ))}
      </ul>
      {canManage && used.length > 1 && others.length > 0 && (
        <Button size="sm" className="mt-3" onClick={() => void change(others, "summary")}>
          Summaries for all projects
        </Button>
      )}
    </>
  );
}
