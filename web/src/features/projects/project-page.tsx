import { settle } from "@billhook/database/client";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Archive, ArchiveRestore } from "lucide-react";
import { useCommands } from "../../app/commands.tsx";
import { useDb } from "../../data/app.tsx";
import { useLiveTable } from "../../data/live.ts";
import { keys, messageOf, unwrap } from "../../data/query.ts";
import { type Client, type Project, useClients, useProjects, useWorkspace } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { FormSkeleton } from "../../ui/form-skeleton.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { useArchiving } from "../clients/use-archiving.ts";
import { billingTypes } from "./billing-types.ts";
import { ProjectForm } from "./project-form.tsx";

export function ProjectPage() {
  const { projectId } = useParams({ from: "/workspace/projects/$projectId" });
  const { workspace } = useWorkspace();
  const projects = useProjects();
  const clients = useClients();
  useLiveTable("projects", workspace.id, keys.projects(workspace.id));
  const project = projects.data?.find((candidate) => candidate.id === projectId);
  const client = clients.data?.find((candidate) => candidate.id === project?.client_id);
  if (project !== undefined && client !== undefined)
    return <Loaded key={project.id} project={project} client={client} />;
  const failed = [projects, clients].find((query) => query.isError && query.data === undefined);
  return (
    <Page title="Project">
      {projects.isPending || clients.isPending ? (
        <FormSkeleton />
      ) : failed !== undefined ? (
        <ErrorState message={messageOf(failed.error)} onRetry={() => void failed.refetch()} />
      ) : (
        <EmptyState
          title="This project does not exist"
          action={
            <Link to="/clients" className={buttonClass()}>
              Clients & projects
            </Link>
          }
        >
          It belongs to another workspace, or the link is not complete.
        </EmptyState>
      )}
    </Page>
  );
}

function Loaded({ project, client }: { project: Project; client: Client }) {
  const db = useDb();
  const { canManage } = useWorkspace();
  const archiving = useArchiving("projects", project);
  const config = useQuery({
    queryKey: [...keys.projects(project.workspace_id), project.id, "config"] as const,
    queryFn: () => unwrap(settle(db.from("project_git_configs").select("*").eq("project_id", project.id).single())),
  });
  useCommands([
    {
      id: "project-archive",
      label: project.archived_at === null ? "Archive the project" : "Restore the project",
      group: "Project",
      enabled: canManage,
      run: () => void archiving.toggle(),
    },
  ]);
  return (
    <Page
      title={project.name}
      aside={
        <>
          <Link
            to="/clients/$clientId"
            params={{ clientId: client.id }}
            className="truncate text-muted hover:text-ink hover:underline"
          >
            {client.name}
          </Link>
          {project.billing_type !== "hourly" && <Badge>{billingTypes[project.billing_type]}</Badge>}
          {project.archived_at !== null && <Badge>Archived</Badge>}
        </>
      }
      actions={
        canManage && (
          <Button variant="ghost" busy={archiving.busy} onClick={() => void archiving.toggle()}>
            {project.archived_at === null ? (
              <>
                <Archive size={14} aria-hidden /> Archive
              </>
            ) : (
              <>
                <ArchiveRestore size={14} aria-hidden /> Restore
              </>
            )}
          </Button>
        )
      }
    >
      {config.data !== undefined ? (
        <ProjectForm project={project} client={client} config={config.data} />
      ) : config.isPending ? (
        <FormSkeleton />
      ) : (
        <ErrorState message={messageOf(config.error)} onRetry={() => void config.refetch()} />
      )}
    </Page>
  );
}
