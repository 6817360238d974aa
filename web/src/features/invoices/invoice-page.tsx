import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Lock } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useCommands } from "../../app/commands.tsx";
import { useApp } from "../../data/app.tsx";
import { useLiveTable } from "../../data/live.ts";
import { DatabaseFailure, keys, messageOf } from "../../data/query.ts";
import { useClients, useWorkspace } from "../../data/workspace.tsx";
import { lazyPart } from "../../lib/lazy-part.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { AddDrafts } from "./add-drafts.tsx";
import { AddLine } from "./add-line.tsx";
import { InvoiceDifferences } from "../payments/invoice-differences.tsx";
import { inUse, useStripeAccounts } from "../payments/payments-data.ts";
import { BillTo } from "./bill-to.tsx";
import { FinaliseDialog } from "./finalise-dialog.tsx";
import { InvoiceBadge } from "./invoice-badge.tsx";
import { useInvoice, useInvoiceLines } from "./invoice-data.ts";
import { InvoiceLines } from "./invoice-lines.tsx";
import { InvoiceMore } from "./invoice-more.tsx";
import { InvoicePdf } from "./invoice-pdf.tsx";
import { InvoiceSum } from "./invoice-sum.tsx";
import type { InvoiceRow } from "./invoice-state.ts";
import { InvoiceNotes, InvoiceTerms } from "./invoice-terms.tsx";
import { Payment } from "./payment.tsx";
import { NotSent, useSending } from "./sending.tsx";
import { Timeline } from "./timeline.tsx";
import { useInvoiceDraft } from "./use-invoice-draft.ts";
import { VoidDialog } from "./void-dialog.tsx";

const ChargeDialog = lazyPart(async () => (await import("./charge-dialog.tsx")).ChargeDialog);
const ShareDialog = lazyPart(async () => (await import("./share-dialog.tsx")).ShareDialog);

export function InvoicePage() {
  const { invoiceId } = useParams({ from: "/workspace/invoices/$invoiceId" });
  const { workspace } = useWorkspace();
  const invoice = useInvoice(invoiceId);
  useLiveTable("invoice_list", workspace.id, keys.invoices(workspace.id));

  if (invoice.data !== undefined) return <Loaded key={invoiceId} invoice={invoice.data} />;
  const gone = invoice.error instanceof DatabaseFailure && invoice.error.error.code === "not_found";
  return (
    <Page title="Invoice">
      {invoice.isPending ? (
        <ListSkeleton />
      ) : gone ? (
        <EmptyState
          title="This invoice does not exist"
          action={
            <Link to="/invoices" className={buttonClass()}>
              All invoices
            </Link>
          }
        >
          It was a draft that somebody discarded, or it belongs to another workspace.
        </EmptyState>
      ) : (
        <ErrorState message={messageOf(invoice.error)} onRetry={() => void invoice.refetch()} />
      )}
    </Page>
  );
}

function Loaded({ invoice }: { invoice: InvoiceRow }) {
  const { canManage } = useWorkspace();
  const { stripe } = useApp().config;
  const ownStripe = inUse(useStripeAccounts().data ?? []);
  const { view } = useSearch({ from: "/workspace/invoices/$invoiceId" });
  const navigate = useNavigate();
  const lines = useInvoiceLines(invoice.id);
  const clients = useClients();
  const changes = useInvoiceDraft(invoice);
  const sending = useSending(invoice);
  const [asking, setAsking] = useState<"finalise" | "void" | "share" | "charge" | null>(null);
  const draft = invoice.status === "draft" && canManage ? changes : null;
  const client = clients.data?.find((candidate) => candidate.id === invoice.client_id);
  const hasLines = (lines.data?.length ?? 0) > 0;
  const canVoid =
    (invoice.status === "open" || invoice.status === "uncollectible") &&
    invoice.amount_paid_minor === 0 &&
    invoice.credited_minor === 0;
  const canShare = canManage && invoice.status !== "draft";
  const show = (next: "lines" | "pdf"): void =>
    void navigate({
      to: "/invoices/$invoiceId",
      params: { invoiceId: invoice.id },
      search: next === "pdf" ? { view: "pdf" } : {},
      replace: true,
    });

  useCommands([
    {
      id: "invoice-finalise",
      label: "Finalise the invoice",
      group: "Invoice",
      keys: ["mod+enter"],
      enabled: draft !== null && hasLines,
      run: () => setAsking("finalise"),
    },
    {
      id: "invoice-send",
      label: "Send with Stripe",
      group: "Invoice",
      enabled: canManage && sending.possible && !sending.busy,
      run: () => void sending.send("email"),
    },
    {
      id: "invoice-charge",
      label: "Charge what is on file",
      group: "Invoice",
      enabled: canManage && sending.chargeable && (stripe !== "off" || ownStripe !== null),
      run: () => setAsking("charge"),
    },
    {
      id: "invoice-pdf",
      label: view === "pdf" ? "Show the lines" : "Show the PDF",
      group: "Invoice",
      keys: ["p"],
      run: () => show(view === "pdf" ? "lines" : "pdf"),
    },
    {
      id: "invoice-share",
      label: "Client’s page",
      group: "Invoice",
      keys: ["c"],
      enabled: canShare,
      run: () => setAsking("share"),
    },
    {
      id: "invoice-discard",
      label: "Discard the draft",
      group: "Invoice",
      enabled: draft !== null && lines.data !== undefined,
      run: () => void draft?.discard(),
    },
    {
      id: "invoice-void",
      label: "Void the invoice",
      group: "Invoice",
      enabled: canManage && canVoid,
      run: () => setAsking("void"),
    },
  ]);

  return (
    <Page
      title={invoice.number ?? "Draft invoice"}
      aside={
        <>
          <InvoiceBadge invoice={invoice} />
          <Link
            to="/clients/$clientId"
            params={{ clientId: invoice.client_id }}
            className="truncate text-muted hover:text-ink hover:underline"
          >
            {invoice.client_name}
          </Link>
        </>
      }
      actions={
        <>
          <Tabs
            label="View"
            value={view === "pdf" ? "pdf" : "lines"}
            items={[
              { value: "lines", label: "Lines" },
              { value: "pdf", label: "PDF" },
            ]}
            onChange={show}
          />
          {draft !== null && <AddDrafts invoice={invoice} draft={draft} />}
          {draft !== null && <AddLine invoice={invoice} draft={draft} />}
          {draft !== null && (
            <Button
              variant="danger"
              className="max-md:hidden"
              onClick={() => void draft.discard()}
              disabled={lines.data === undefined}
            >
              Discard
            </Button>
          )}
          {invoice.status === "draft" && (
            <Button variant="primary" disabled={draft === null || !hasLines} onClick={() => setAsking("finalise")}>
              Finalise
            </Button>
          )}
          {canManage && sending.possible && (stripe !== "off" || ownStripe !== null) && (
            <Button variant="primary" busy={sending.busy} onClick={() => void sending.send("email")}>
              Send with Stripe
            </Button>
          )}
          {canShare && <Button onClick={() => setAsking("share")}>Client’s page</Button>}
          {canManage && invoice.kind === "invoice" && invoice.status !== "draft" && (
            <InvoiceMore
              invoice={invoice}
              lines={lines.data ?? []}
              onCharge={
                sending.chargeable && (stripe !== "off" || ownStripe !== null) ? () => setAsking("charge") : null
              }
            />
          )}
          {canVoid && (
            <Button variant="danger" disabled={!canManage} onClick={() => setAsking("void")}>
              Void
            </Button>
          )}
        </>
      }
    >
      {!canManage && (
        <p className="flex items-center gap-2 border-b border-line bg-sunken px-4 py-2 text-muted">
          <Lock size={13} aria-hidden />
          Only owners and admins change, finalise, send and void invoices. You can look at everything here.
        </p>
      )}
      {sending.problem !== null && <NotSent invoice={invoice} sending={sending} canManage={canManage} />}
      {view === "pdf" ? (
        <div className="h-[calc(100dvh-49px)] max-md:h-auto">
          <InvoicePdf invoice={invoice} />
        </div>
      ) : (
        <div className="grid lg:min-h-[calc(100dvh-49px)] lg:grid-cols-[minmax(0,1fr)_300px]">
          <div className="min-w-0">
            <InvoiceTerms invoice={invoice} draft={draft} />
            {lines.isPending ? (
              <ListSkeleton rows={5} rowHeight={52} />
            ) : lines.isError ? (
              <ErrorState message={messageOf(lines.error)} onRetry={() => void lines.refetch()} />
            ) : hasLines ? (
              <InvoiceLines invoice={invoice} lines={lines.data} draft={draft} />
            ) : (
              <EmptyState title="No lines">
                {draft === null
                  ? "Nothing is on this invoice."
                  : "Add approved work or a fee, or discard the draft. An invoice needs at least one line."}
              </EmptyState>
            )}
            <InvoiceNotes invoice={invoice} draft={draft} />
            {draft !== null && (
              <div className="px-4 pb-4 md:hidden">
                <Button variant="danger" onClick={() => void draft.discard()} disabled={lines.data === undefined}>
                  Discard the draft
                </Button>
              </div>
            )}
          </div>
          <aside
            aria-label="About this invoice"
            className="flex flex-col gap-6 border-line bg-canvas p-4 max-lg:border-t lg:border-l"
          >
            <Aside title="Total">
              <InvoiceSum invoice={invoice} draft={draft} />
            </Aside>
            <Aside title="Payment">
              <InvoiceDifferences invoiceId={invoice.id} />
              <Payment invoice={invoice} sending={sending} onShare={canShare ? () => setAsking("share") : null} />
            </Aside>
            <Aside title="Bill to">
              <BillTo invoice={invoice} client={client} />
            </Aside>
            <Aside title="History">
              <Timeline invoice={invoice} />
            </Aside>
          </aside>
        </div>
      )}
      {asking === "finalise" && (
        <FinaliseDialog
          invoice={invoice}
          client={client}
          lineCount={lines.data?.length ?? 0}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "share" && <ShareDialog invoice={invoice} onClose={() => setAsking(null)} />}
      {asking === "charge" && <ChargeDialog invoice={invoice} sending={sending} onClose={() => setAsking(null)} />}
      {asking === "void" && <VoidDialog invoice={invoice} onClose={() => setAsking(null)} />}
    </Page>
  );
}

function Aside({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-1.5 text-xs font-medium text-faint">{title}</h2>
      {children}
    </section>
  );
}
