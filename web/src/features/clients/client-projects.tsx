import { Link } from "@tanstack/react-router";
import { messageOf } from "../../data/query.ts";
import { type Client, useProjects, useRepositories, useWorkspace } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { billingTypes } from "../projects/billing-types.ts";
import { RateOf } from "../projects/rate-of.tsx";
import { Amounts } from "./amounts.tsx";
import { amountsOf, useUnbilledWork } from "./work-totals.ts";

/** The projects of a client; each leads to its page. */
export function ClientProjects({ client, onNew }: { client: Client; onNew: () => void }) {
  const { canManage } = useWorkspace();
  const projects = useProjects();
  const repositories = useRepositories();
  const work = useUnbilledWork();
  if (projects.isPending) return <ListSkeleton rows={2} />;
  if (projects.isError && projects.data === undefined)
    return <ErrorState message={messageOf(projects.error)} onRetry={() => void projects.refetch()} />;
  const rows = (projects.data ?? [])
    .filter((project) => project.client_id === client.id)
    .toSorted((a, b) => Number(a.archived_at !== null) - Number(b.archived_at !== null));
  if (rows.length === 0) {
    return (
      <div className="flex flex-wrap items-center gap-3 rounded-md border border-dashed border-line-strong px-4 py-3">
        <p className="min-w-0 flex-1 text-muted">
          No project yet. Repositories are connected to a project, and its rules decide what their commits become.
        </p>
        {canManage && (
          <Button variant="primary" onClick={onNew}>
            Create the first project
          </Button>
        )}
      </div>
    );
  }
  return (
    <div className="overflow-hidden rounded-md border border-line">
      <Table>
        <thead>
          <tr>
            <HeadCell>Project</HeadCell>
            <HeadCell className="max-md:hidden">Repositories</HeadCell>
            <HeadCell numeric className="max-md:hidden">
              Hourly rate
            </HeadCell>
            <HeadCell numeric>Approved, unbilled</HeadCell>
          </tr>
        </thead>
        <tbody className="[&>tr:last-child>td]:border-b-0">
          {rows.map((project) => {
            const connected = (repositories.data ?? []).filter(
              (repository) => repository.project_id === project.id && repository.archived_at === null,
            );
            return (
              <Row key={project.id} className="relative">
                <Cell>
                  <span className="flex items-center gap-2">
                    <Link
                      to="/projects/$projectId"
                      params={{ projectId: project.id }}
                      className="font-medium after:absolute after:inset-0"
                    >
                      {project.name}
                    </Link>
                    {project.billing_type !== "hourly" && <Badge>{billingTypes[project.billing_type]}</Badge>}
                    {project.archived_at !== null && <Badge>Archived</Badge>}
                  </span>
                </Cell>
                <Cell className="text-muted max-md:hidden">
                  {connected.length === 0 ? "none" : connected.map(({ name }) => name ?? "waiting").join(", ")}
                </Cell>
                <Cell numeric className="max-md:hidden">
                  <RateOf project={project} client={client} />
                </Cell>
                <Cell numeric>
                  <Amounts
                    amounts={amountsOf(
                      (work.data ?? []).filter((row) => row.project_id === project.id),
                      "approved",
                    )}
                    clientId={client.id}
                  />
                </Cell>
              </Row>
            );
          })}
        </tbody>
      </Table>
    </div>
  );
}
