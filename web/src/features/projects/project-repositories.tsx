import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useFormat } from "../../data/format.ts";
import { useLiveTable } from "../../data/live.ts";
import { keys } from "../../data/query.ts";
import { type Project, useRepositories, useWorkspace } from "../../data/workspace.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Skeleton } from "../../ui/states.tsx";
import { providerNames } from "../repositories/provider-names.ts";

/** The repositories whose commits belong to the project. */
export function ProjectRepositories({ project }: { project: Project }) {
  const format = useFormat();
  const { workspace, canManage } = useWorkspace();
  const repositories = useRepositories();
  useLiveTable("repositories", workspace.id, keys.repositories(workspace.id));
  if (repositories.isPending) return <Skeleton className="w-1/3" />;
  const rows = (repositories.data ?? []).filter(
    (repository) => repository.project_id === project.id && repository.archived_at === null,
  );
  return (
    <div className="flex flex-col items-start gap-2">
      {rows.length === 0 ? (
        <p className="text-muted">None is connected yet, so nothing arrives.</p>
      ) : (
        <ul className="w-full divide-y divide-line rounded-md border border-line">
          {rows.map((repository) => (
            <li key={repository.id} className="flex flex-wrap items-baseline gap-x-3 px-3 py-1.5">
              <Link
                to="/repositories"
                search={{ repository: repository.id }}
                className="font-medium underline-offset-2 hover:underline"
              >
                {repository.name ?? "Waiting for the first delivery…"}
              </Link>
              <span className="text-muted">{providerNames[repository.provider] ?? repository.provider}</span>
              <span className="ml-auto text-sm text-muted">
                {repository.last_delivery_at === null
                  ? "nothing received yet"
                  : `last delivery ${format.instant(repository.last_delivery_at)}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {canManage && project.archived_at === null && (
        <Link to="/repositories" search={{ connect: project.id }} className={buttonClass()}>
          <Plus size={14} aria-hidden /> Connect a repository
        </Link>
      )}
    </div>
  );
}
