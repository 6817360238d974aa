import { createInvoice } from "@billhook/database/invoices";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useCommands } from "../../app/commands.tsx";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { useLiveTable } from "../../data/live.ts";
import { keys, messageOf } from "../../data/query.ts";
import { type Client, useClients, useWorkspace } from "../../data/workspace.tsx";
import { sumByCurrency } from "../../lib/sum-by-currency.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { FormSkeleton } from "../../ui/form-skeleton.tsx";
import { Page, Section } from "../../ui/page.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { notifyError } from "../../ui/toast.tsx";
import { useApprovedDrafts, useUnsettledInvoices } from "../invoices/invoice-data.ts";
import { amountDue } from "../invoices/invoice-state.ts";
import { NewProjectDialog } from "../projects/new-project-dialog.tsx";
import { Amounts } from "./amounts.tsx";
import { ClientCustomer } from "../payments/client-customer.tsx";
import { WaysToPay } from "../payments/ways-to-pay.tsx";
import { RatesPanel } from "../rates/rates-panel.tsx";
import { ClientForm } from "./client-form.tsx";
import { ClientProjects } from "./client-projects.tsx";
import { useArchiving } from "./use-archiving.ts";
import { amountsOf, useLiveWork, useUnbilledWork } from "./work-totals.ts";

export function ClientPage() {
  const { clientId } = useParams({ from: "/workspace/clients/$clientId" });
  const { workspace } = useWorkspace();
  const clients = useClients();
  useLiveTable("clients", workspace.id, keys.clients(workspace.id));
  useLiveTable("projects", workspace.id, keys.projects(workspace.id));
  useLiveWork();
  const client = clients.data?.find((candidate) => candidate.id === clientId);
  if (client !== undefined) return <Loaded key={client.id} client={client} />;
  return (
    <Page title="Client">
      {clients.isPending ? (
        <FormSkeleton />
      ) : clients.isError ? (
        <ErrorState message={messageOf(clients.error)} onRetry={() => void clients.refetch()} />
      ) : (
        <EmptyState
          title="This client does not exist"
          action={
            <Link to="/clients" className={buttonClass()}>
              All clients
            </Link>
          }
        >
          It belongs to another workspace, or the link is not complete.
        </EmptyState>
      )}
    </Page>
  );
}

function Loaded({ client }: { client: Client }) {
  const { canManage } = useWorkspace();
  const [adding, setAdding] = useState(false);
  const archiving = useArchiving("clients", client);
  useCommands([
    {
      id: "project-new",
      label: "New project",
      group: "Client",
      keys: ["n"],
      enabled: canManage,
      run: () => setAdding(true),
    },
    {
      id: "client-archive",
      label: client.archived_at === null ? "Archive the client" : "Restore the client",
      group: "Client",
      enabled: canManage,
      run: () => void archiving.toggle(),
    },
  ]);
  return (
    <Page
      title={client.name}
      aside={client.archived_at !== null && <Badge>Archived</Badge>}
      actions={
        canManage && (
          <>
            <Button variant="ghost" busy={archiving.busy} onClick={() => void archiving.toggle()}>
              {client.archived_at === null ? (
                <>
                  <Archive size={14} aria-hidden /> Archive
                </>
              ) : (
                <>
                  <ArchiveRestore size={14} aria-hidden /> Restore
                </>
              )}
            </Button>
            <Button onClick={() => setAdding(true)}>
              <Plus size={14} aria-hidden /> New project
            </Button>
          </>
        )
      }
    >
      <Summary client={client} />
      <div className="mx-auto max-w-4xl px-4 py-5">
        <Section title="Projects">
          <ClientProjects client={client} onNew={() => setAdding(true)} />
        </Section>
        <ClientForm client={client} />
        <Section title="Ways to pay" description="What the page of this client's invoices at Stripe offers.">
          <WaysToPay of={{ clientId: client.id }} chosen={client.payment_methods} />
        </Section>
        <Section
          title="Customer at Stripe"
          description="Who Stripe knows this client as. Each account has its own customers."
        >
          <ClientCustomer client={client} />
        </Section>
        <Section
          title="Rates"
          description="The special rate goes before every other. What is recorded keeps its rate; a rate from a day on is for work of that day and later."
        >
          <RatesPanel
            kinds={[
              { scope: "client_special", label: "Special rate" },
              { scope: "client", label: "The client's" },
            ]}
            ids={{ client_id: client.id }}
            currency={client.currency}
            clientId={client.id}
          />
        </Section>
      </div>
      {adding && <NewProjectDialog client={client} onClose={() => setAdding(false)} />}
    </Page>
  );
}

/** What this client has been worked for and owes. */
function Summary({ client }: { client: Client }) {
  const work = useUnbilledWork();
  const unsettled = useUnsettledInvoices(client.id);
  const own = (work.data ?? []).filter((row) => row.client_id === client.id);
  const owed = (unsettled.data ?? [])
    .filter((row) => row.status === "open")
    .map((row) => ({ minor: amountDue(row), currency: row.currency }));
  return (
    <div className="flex flex-wrap items-start gap-x-10 gap-y-3 border-b border-line px-4 py-3">
      <dl className="contents">
        <Tile label="In the inbox">
          <Link to="/inbox" search={{ client: client.id }} className="hover:underline">
            <Amounts amounts={amountsOf(own, "draft")} clientId={client.id} />
          </Link>
        </Tile>
        <Tile label="Approved, unbilled">
          <Amounts amounts={amountsOf(own, "approved")} clientId={client.id} />
        </Tile>
        <Tile label="Outstanding on invoices">
          <Link to="/invoices" search={{ client: client.id }} className="hover:underline">
            <Amounts amounts={owed} clientId={client.id} />
          </Link>
        </Tile>
      </dl>
      <div className="ml-auto flex gap-2 self-center max-md:ml-0">
        <InvoiceApproved client={client} />
        <Link to="/clients/$clientId/bill" params={{ clientId: client.id }} className={buttonClass("primary")}>
          Bill this client
        </Link>
      </div>
    </div>
  );
}

function Tile({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="mt-0.5 text-lg font-semibold">{children}</dd>
    </div>
  );
}

/** What was recorded in a currency that is no longer the client's: one button each. */
function InvoiceApproved({ client }: { client: Client }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const format = useFormat();
  const { canManage } = useWorkspace();
  const approved = useApprovedDrafts(client.id, canManage);
  const [busy, setBusy] = useState<string | null>(null);
  const rows = (approved.data ?? []).filter((row) => row.currency !== client.currency);

  const create = async (currency: string): Promise<void> => {
    setBusy(currency);
    const made = await createInvoice(
      db,
      client.id,
      rows.filter((row) => row.currency === currency).map((row) => row.id),
    );
    await queryClient.invalidateQueries({ queryKey: keys.invoices(client.workspace_id) });
    setBusy(null);
    if (made.ok) await navigate({ to: "/invoices/$invoiceId", params: { invoiceId: made.value } });
    else void notifyError(made.error.message);
  };

  return sumByCurrency(rows.map((row) => ({ minor: row.total_minor, currency: row.currency }))).map(
    ({ minor, currency }) => (
      <Button key={currency} busy={busy === currency} onClick={() => void create(currency)}>
        Put {format.money(minor, currency, client.id)} on an invoice
      </Button>
    ),
  );
}
