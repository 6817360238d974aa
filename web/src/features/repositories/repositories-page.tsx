import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { GitBranch, Plus } from "lucide-react";
import { useCommands } from "../../app/commands.tsx";
import { useFormat } from "../../data/format.ts";
import { useLiveTable } from "../../data/live.ts";
import { keys, messageOf } from "../../data/query.ts";
import { type Repository, useClients, useProjects, useRepositories, useWorkspace } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { useListKeys } from "../../lib/use-list-keys.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { ConnectDialog } from "./connect-dialog.tsx";
import { WaitingDot } from "./first-delivery.tsx";
import { providerNames } from "./provider-names.ts";
import { type HostGrant, type ImportJob, useGrants, useImports } from "./host-data.ts";
import { importNames, isUnderWay, shareDone } from "./import-state.ts";
import { RepositoryDialog } from "./repository-dialog.tsx";

interface Shown {
  archived?: boolean | undefined;
  connect?: string | undefined;
  repository?: string | undefined;
}

export function RepositoriesPage() {
  const { workspace, canManage } = useWorkspace();
  const search = useSearch({ from: "/workspace/repositories" });
  const navigate = useNavigate();
  const repositories = useRepositories();
  useLiveTable("repositories", workspace.id, keys.repositories(workspace.id));
  useLiveTable("import_jobs", workspace.id, keys.imports(workspace.id));

  const archived = search.archived === true;
  const all = repositories.data ?? [];
  const rows = all.filter((repository) => (repository.archived_at !== null) === archived);
  const chosen = all.find((repository) => repository.id === search.repository);
  const show = (shown: Shown): void =>
    void navigate({
      to: "/repositories",
      search: {
        ...((shown.archived ?? archived) ? { archived: true } : {}),
        ...(shown.connect === undefined ? {} : { connect: shown.connect }),
        ...(shown.repository === undefined ? {} : { repository: shown.repository }),
      },
    });
  useCommands([
    {
      id: "repository-connect",
      label: "Connect a repository",
      group: "Repositories",
      keys: ["n"],
      enabled: canManage,
      run: () => show({ connect: "new" }),
    },
  ]);
  const { current } = useListKeys({
    group: "Repositories",
    count: rows.length,
    open: (index) => show({ repository: rows[index]?.id }),
  });

  return (
    <Page
      title="Repositories"
      actions={
        <>
          {all.some((repository) => repository.archived_at !== null) && (
            <Tabs
              label="Which repositories"
              value={archived ? "archived" : "connected"}
              items={[
                { value: "connected", label: "Connected" },
                { value: "archived", label: "Archived" },
              ]}
              onChange={(value) => show({ archived: value === "archived" })}
            />
          )}
          {canManage && (
            <Button variant="primary" onClick={() => show({ connect: "new" })}>
              <Plus size={14} aria-hidden /> Connect a repository
            </Button>
          )}
        </>
      }
    >
      {repositories.isPending ? (
        <ListSkeleton />
      ) : repositories.isError && all.length === 0 ? (
        <ErrorState message={messageOf(repositories.error)} onRetry={() => void repositories.refetch()} />
      ) : rows.length === 0 ? (
        archived ? (
          <EmptyState
            title="No archived repositories"
            action={<Button onClick={() => show({ archived: false })}>Show the connected ones</Button>}
          />
        ) : (
          <EmptyState
            icon={<GitBranch size={26} aria-hidden />}
            title="No repository is connected"
            action={
              canManage && (
                <Button variant="primary" onClick={() => show({ connect: "new" })}>
                  Connect the first repository
                </Button>
              )
            }
          >
            Connect one, and each push to it appears in the inbox as drafts within two seconds.
            {!canManage && " Ask an owner or admin to connect one."}
          </EmptyState>
        )
      ) : (
        <List rows={rows} current={current} onOpen={(repository) => show({ repository: repository.id })} />
      )}
      {search.connect !== undefined && canManage && (
        <ConnectDialog
          key={search.grant ?? "new"}
          projectId={search.connect === "new" ? null : search.connect}
          grantId={search.grant ?? null}
          refusal={search.refusal === undefined ? null : { host: search.host ?? "", reason: search.refusal }}
          onClose={() => show({})}
        />
      )}
      {chosen !== undefined && <RepositoryDialog repository={chosen} onClose={() => show({})} />}
    </Page>
  );
}

function List(props: { rows: readonly Repository[]; current: number; onOpen: (repository: Repository) => void }) {
  const format = useFormat();
  const clients = useClients();
  const projects = useProjects();
  const grants = useGrants();
  const imports = useImports();
  return (
    <Table>
      <thead>
        <tr>
          <HeadCell>Repository</HeadCell>
          <HeadCell className="max-md:hidden">Host</HeadCell>
          <HeadCell className="max-md:hidden">Project</HeadCell>
          <HeadCell className="max-md:hidden">Last delivery</HeadCell>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((repository, index) => {
          const project = projects.data?.find((candidate) => candidate.id === repository.project_id);
          const client = clients.data?.find((candidate) => candidate.id === project?.client_id);
          const host = providerNames[repository.provider] ?? repository.provider;
          const last = repository.last_delivery_at === null ? null : format.instant(repository.last_delivery_at);
          return (
            <Row
              key={repository.id}
              aria-current={index === props.current || undefined}
              className={classNames(
                "relative",
                index === props.current && "bg-accent-soft! shadow-[inset_2px_0_0_var(--accent)]",
              )}
            >
              <Cell className="py-1.5">
                <button
                  type="button"
                  onClick={() => props.onOpen(repository)}
                  className="flex items-center gap-2 text-left font-medium after:absolute after:inset-0"
                >
                  {repository.first_delivery_at === null && repository.archived_at === null && <WaitingDot />}
                  {repository.name ?? <span className="font-normal text-muted">Waiting for the first delivery…</span>}
                  {repository.archived_at !== null && <Badge>Archived</Badge>}
                  <HostMark
                    repository={repository}
                    grant={grants.data?.find((grant) => grant.id === repository.grant_id)}
                    job={imports.data?.find((job) => job.repository_id === repository.id)}
                  />
                </button>
                <p className="text-sm text-muted md:hidden">
                  {[host, project?.name, last].filter((part) => part != null).join(" · ")}
                </p>
              </Cell>
              <Cell className="text-muted max-md:hidden">{host}</Cell>
              <Cell className="max-md:hidden">
                {project === undefined ? (
                  ""
                ) : (
                  <Link
                    to="/projects/$projectId"
                    params={{ projectId: project.id }}
                    className="relative z-1 underline-offset-2 hover:underline"
                  >
                    {project.name}
                    <span className="text-muted"> · {client?.name}</span>
                  </Link>
                )}
              </Cell>
              <Cell className="whitespace-nowrap text-muted max-md:hidden">{last ?? "waiting for the first"}</Cell>
            </Row>
          );
        })}
      </tbody>
    </Table>
  );
}

/** What wants a person's look, or is going on. */
function HostMark(props: { repository: Repository; grant: HostGrant | undefined; job: ImportJob | undefined }) {
  const { repository, grant, job } = props;
  if (repository.archived_at !== null) return null;
  if (repository.host_error !== null || (grant?.revoked_at ?? null) !== null) {
    return <Badge tone="danger">No access to its host</Badge>;
  }
  if (job === undefined || !isUnderWay(job)) return null;
  const share = shareDone(job);
  return (
    <Badge tone={job.status === "waiting" ? "warn" : "accent"}>
      {importNames[job.status]}
      {share !== null && ` ${Math.floor(share * 100)} %`}
    </Badge>
  );
}
