import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Building2, Plus } from "lucide-react";
import { useCommands } from "../../app/commands.tsx";
import { useFormat } from "../../data/format.ts";
import { useLiveTable } from "../../data/live.ts";
import { keys, messageOf } from "../../data/query.ts";
import { type Client, useClients, useProjects, useWorkspace } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { useListKeys } from "../../lib/use-list-keys.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { Amounts } from "./amounts.tsx";
import { NewClientDialog } from "./new-client-dialog.tsx";
import { amountsOf, useLiveWork, useUnbilledWork } from "./work-totals.ts";

export function ClientsPage() {
  const { workspace, canManage } = useWorkspace();
  const search = useSearch({ from: "/workspace/clients" });
  const navigate = useNavigate();
  const clients = useClients();
  const projects = useProjects();
  const work = useUnbilledWork();
  useLiveTable("clients", workspace.id, keys.clients(workspace.id));
  useLiveWork();

  const archived = search.archived === true;
  const all = clients.data ?? [];
  const rows = all.filter((client) => (client.archived_at !== null) === archived);
  const show = (changes: { archived?: boolean; new?: boolean }): void => {
    const next = { archived, new: search.new === true, ...changes };
    void navigate({
      to: "/clients",
      search: { ...(next.archived ? { archived: true } : {}), ...(next.new ? { new: true } : {}) },
    });
  };
  useCommands([
    {
      id: "client-new",
      label: "New client",
      group: "Clients",
      keys: ["n"],
      enabled: canManage,
      run: () => show({ new: true }),
    },
  ]);
  const { current } = useListKeys({
    group: "Clients",
    count: rows.length,
    open: (index) => {
      const clientId = rows[index]?.id;
      if (clientId !== undefined) void navigate({ to: "/clients/$clientId", params: { clientId } });
    },
  });

  return (
    <Page
      title="Clients & projects"
      actions={
        <>
          {all.some((client) => client.archived_at !== null) && (
            <Tabs
              label="Which clients"
              value={archived ? "archived" : "active"}
              items={[
                { value: "active", label: "Active" },
                { value: "archived", label: "Archived" },
              ]}
              onChange={(value) => show({ archived: value === "archived" })}
            />
          )}
          {canManage && (
            <Button variant="primary" onClick={() => show({ new: true })}>
              <Plus size={14} aria-hidden /> New client
            </Button>
          )}
        </>
      }
    >
      {clients.isPending ? (
        <ListSkeleton />
      ) : clients.isError && all.length === 0 ? (
        <ErrorState message={messageOf(clients.error)} onRetry={() => void clients.refetch()} />
      ) : rows.length === 0 ? (
        archived ? (
          <EmptyState
            title="No archived clients"
            action={<Button onClick={() => show({ archived: false })}>Show the active ones</Button>}
          />
        ) : (
          <EmptyState
            icon={<Building2 size={26} aria-hidden />}
            title="No clients yet"
            action={
              canManage && (
                <Button variant="primary" onClick={() => show({ new: true })}>
                  Create the first client
                </Button>
              )
            }
          >
            A client has projects, and a project has repositories whose pushes become work to bill.
            {!canManage && " Ask an owner or admin to create one."}
          </EmptyState>
        )
      ) : (
        <Table>
          <thead>
            <tr>
              <HeadCell>Client</HeadCell>
              <HeadCell className="max-md:hidden">Projects</HeadCell>
              <HeadCell numeric className="max-md:hidden">
                Hourly rate
              </HeadCell>
              <HeadCell numeric className="max-md:hidden">
                In the inbox
              </HeadCell>
              <HeadCell numeric>
                <span className="max-md:hidden">Approved, unbilled</span>
                <span className="md:hidden">Unbilled</span>
              </HeadCell>
            </tr>
          </thead>
          <tbody>
            {rows.map((client, index) => {
              const own = (work.data ?? []).filter((row) => row.client_id === client.id);
              const active = (projects.data ?? []).filter(
                (project) => project.client_id === client.id && project.archived_at === null,
              );
              return (
                <Row
                  key={client.id}
                  aria-current={index === current || undefined}
                  className={classNames(
                    "relative",
                    index === current && "bg-accent-soft! shadow-[inset_2px_0_0_var(--accent)]",
                  )}
                >
                  <Cell className="w-1/3 max-w-0 py-1.5 max-md:w-full">
                    <Link
                      to="/clients/$clientId"
                      params={{ clientId: client.id }}
                      className="font-medium after:absolute after:inset-0"
                    >
                      {client.name}
                    </Link>
                    {client.archived_at !== null && (
                      <span className="ml-2">
                        <Badge>Archived</Badge>
                      </span>
                    )}
                    <p className="truncate text-sm text-muted">
                      {[client.contact_name, client.email].filter((part) => part !== null).join(" · ")}
                    </p>
                  </Cell>
                  <Cell className="max-w-72 truncate text-muted max-md:hidden">
                    {active.length === 0 ? "none" : active.map((project) => project.name).join(", ")}
                  </Cell>
                  <Cell numeric className="max-md:hidden">
                    <Rate client={client} />
                  </Cell>
                  <Cell numeric className="text-muted max-md:hidden">
                    <Amounts amounts={amountsOf(own, "draft")} clientId={client.id} />
                  </Cell>
                  <Cell numeric className="font-medium">
                    <Amounts amounts={amountsOf(own, "approved")} clientId={client.id} />
                  </Cell>
                </Row>
              );
            })}
          </tbody>
        </Table>
      )}
      {search.new === true && canManage && <NewClientDialog onClose={() => show({ new: false })} />}
    </Page>
  );
}

function Rate({ client }: { client: Client }) {
  const format = useFormat();
  return client.hourly_rate_minor === null ? (
    <span className="text-faint">–</span>
  ) : (
    format.money(client.hourly_rate_minor, client.currency, client.id)
  );
}
