import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { FileText } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useFormat } from "../../data/format.ts";
import { useLiveTable } from "../../data/live.ts";
import { keys, messageOf } from "../../data/query.ts";
import { useClients, useWorkspace } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { useListKeys } from "../../lib/use-list-keys.ts";
import { usePhone } from "../../lib/use-media.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { VirtualList } from "../../ui/virtual-list.tsx";
import { InvoiceBadge } from "./invoice-badge.tsx";
import { useInvoices, useUnsettledInvoices } from "./invoice-data.ts";
import { type InvoiceRow, invoiceStates, readState, stateNames } from "./invoice-state.ts";
import { InvoiceTotals } from "./invoice-totals.tsx";

export function InvoicesPage() {
  const { workspace } = useWorkspace();
  const search = useSearch({ from: "/workspace/invoices" });
  const navigate = useNavigate();
  const phone = usePhone();
  const clients = useClients();
  const state = readState(search.status);
  const clientId = search.client ?? null;
  const invoices = useInvoices({ state, clientId });
  const unsettled = useUnsettledInvoices(clientId);
  useLiveTable("invoice_list", workspace.id, keys.invoices(workspace.id));

  const rows = useMemo(() => invoices.data?.pages.flat() ?? [], [invoices.data]);
  const open = (index: number): void => {
    const invoiceId = rows[index]?.id;
    if (invoiceId !== undefined) void navigate({ to: "/invoices/$invoiceId", params: { invoiceId } });
  };
  const { current } = useListKeys({ group: "Invoices", count: rows.length, open });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = invoices;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const filter = (changes: { status?: string | undefined; client?: string | undefined }): void => {
    const { status = search.status, client = search.client } = changes;
    void navigate({
      to: "/invoices",
      search: {
        ...(status === undefined || status === "all" ? {} : { status }),
        ...(client === undefined || client === "all" ? {} : { client }),
      },
    });
  };
  const filtered = state !== null || clientId !== null;

  return (
    <Page title="Invoices">
      <InvoiceTotals amounts={unsettled.data} failed={unsettled.isError} clientId={clientId} />
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-surface px-4 py-2">
        <div className="-mx-1 max-w-full overflow-x-auto px-1">
          <Tabs
            label="Status"
            value={state ?? "all"}
            items={[
              { value: "all", label: "All" },
              ...invoiceStates.map((value) => ({ value, label: stateNames[value] })),
            ]}
            onChange={(status) => filter({ status })}
          />
        </div>
        <Select
          aria-label="Client"
          className="ml-auto w-52! max-md:w-full!"
          value={clientId ?? "all"}
          onChange={(event) => filter({ client: event.target.value })}
        >
          <option value="all">All clients</option>
          {(clients.data ?? []).map((client) => (
            <option key={client.id} value={client.id}>
              {client.name}
            </option>
          ))}
        </Select>
      </div>
      {invoices.isPending ? (
        <ListSkeleton rowHeight={phone ? 60 : 36} />
      ) : invoices.isError && rows.length === 0 ? (
        <ErrorState
          message={messageOf(invoices.error)}
          onRetry={() => {
            void invoices.refetch();
            void unsettled.refetch();
          }}
        />
      ) : rows.length === 0 ? (
        <NoInvoices filtered={filtered} onClear={() => filter({ status: "all", client: "all" })} />
      ) : (
        <VirtualList
          label="Invoices"
          items={rows}
          keyOf={(invoice) => invoice.id}
          rowHeight={phone ? 60 : 36}
          columns={phone ? "minmax(0,1fr) auto" : "150px minmax(0,1fr) 110px 50px 20px 120px 120px 140px"}
          head={phone ? undefined : <Head />}
          row={(invoice) => (phone ? <PhoneRow invoice={invoice} /> : <WideRow invoice={invoice} />)}
          current={current}
          onEnd={onEnd}
        />
      )}
    </Page>
  );
}

function Head() {
  return (
    <>
      <span role="columnheader">Number</span>
      <span role="columnheader">Client</span>
      <span role="columnheader">Status</span>
      <span role="columnheader" className="text-right">
        Lines
      </span>
      <span aria-hidden />
      <span role="columnheader">Issued</span>
      <span role="columnheader">Due</span>
      <span role="columnheader" className="text-right">
        Total
      </span>
    </>
  );
}

/** The whole row leads to the invoice. */
function NumberLink({ invoice }: { invoice: InvoiceRow }) {
  return (
    <Link
      to="/invoices/$invoiceId"
      params={{ invoiceId: invoice.id }}
      className={classNames(
        "truncate after:absolute after:inset-0",
        invoice.number === null ? "text-muted" : "font-medium",
      )}
    >
      {invoice.number ?? "Draft"}
    </Link>
  );
}

function WideRow({ invoice }: { invoice: InvoiceRow }) {
  const format = useFormat();
  const quiet = invoice.status === "void";
  return (
    <>
      <span role="cell" className="flex min-w-0">
        <NumberLink invoice={invoice} />
      </span>
      <span role="cell" className="truncate">
        {invoice.client_name}
      </span>
      <span role="cell">
        <InvoiceBadge invoice={invoice} />
      </span>
      <span role="cell" className="text-right text-muted">
        {invoice.line_count}
      </span>
      <span aria-hidden />
      <span role="cell" className="truncate text-muted">
        {invoice.issue_date === null ? "" : format.day(invoice.issue_date)}
      </span>
      <span role="cell" className={classNames("truncate", invoice.overdue ? "text-danger" : "text-muted")}>
        {invoice.due_date === null ? "" : format.day(invoice.due_date)}
      </span>
      <span role="cell" className={classNames("text-right font-medium", quiet && "text-faint line-through")}>
        {invoice.kind === "credit_note" && "−"}
        {format.money(invoice.total_minor, invoice.currency, invoice.client_id)}
      </span>
    </>
  );
}

function PhoneRow({ invoice }: { invoice: InvoiceRow }) {
  const format = useFormat();
  return (
    <>
      <span role="cell" className="min-w-0">
        <span className="block truncate font-medium">{invoice.client_name}</span>
        <span className="flex items-center gap-2 truncate text-sm text-muted">
          <NumberLink invoice={invoice} />
          {invoice.due_date !== null && <span className="truncate">due {format.day(invoice.due_date)}</span>}
        </span>
      </span>
      <span role="cell" className="flex flex-col items-end gap-0.5">
        <span className={classNames("font-medium", invoice.status === "void" && "text-faint line-through")}>
          {invoice.kind === "credit_note" && "−"}
          {format.money(invoice.total_minor, invoice.currency, invoice.client_id)}
        </span>
        <InvoiceBadge invoice={invoice} />
      </span>
    </>
  );
}

function NoInvoices({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <EmptyState title="No invoice matches" action={<Button onClick={onClear}>Show all invoices</Button>}>
        There is none with this status and client.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<FileText size={26} aria-hidden />}
      title="No invoices yet"
      action={
        <Link to="/inbox" className={buttonClass("primary")}>
          Go to the inbox
        </Link>
      }
    >
      Approve drafts in the inbox, then put them on an invoice from there. It stays a draft until you finalise it.
    </EmptyState>
  );
}
