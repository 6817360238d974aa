import { addToInvoice, createInvoice } from "@billhook/database/invoices";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useApp } from "../../data/app.tsx";
import type { Formatters } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Select } from "../../ui/field.tsx";
import { dismissToast, notify } from "../../ui/toast.tsx";
import type { InboxRow } from "./inbox-row.ts";
import type { InboxStore } from "./inbox-store.ts";
import { type InvoiceBatch, planInvoices } from "./invoice-batches.ts";
import { type InvoiceDraft, describeInvoiceDraft, draftsFor, useInvoiceDrafts } from "./invoice-drafts.ts";
import { MoneyTotals } from "./money-totals.tsx";

const NEW = "new";

/** Puts lines on invoice drafts, approving those that are open: one per client and currency, new or existing. */
export function InvoiceDialog(props: {
  rows: readonly InboxRow[];
  store: InboxStore;
  format: Formatters;
  onClose: () => void;
}) {
  const { db } = useApp();
  const { id } = useWorkspace().workspace;
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  // The rows as they were when the dialog opened: what arrives meanwhile is not billed unseen.
  const [plan] = useState(() => planInvoices(props.rows));
  const [targets, setTargets] = useState<Record<string, string>>({});
  const [made, setMade] = useState<Record<string, string>>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const drafts = useInvoiceDrafts();

  const put = async (): Promise<void> => {
    setBusy(true);
    const done = { ...made };
    const failed: Record<string, string> = {};
    for (const batch of plan.batches) {
      if (done[batch.key] !== undefined) continue;
      const target = targets[batch.key] ?? NEW;
      const ids = batch.rows.map((row) => row.id);
      if (batch.rows.some((row) => row.status === "draft")) {
        const outcome = await props.store.act({ type: "invoice", invoiceId: target === NEW ? null : target }, ids);
        if (typeof outcome?.invoice_id === "string") done[batch.key] = outcome.invoice_id;
        else failed[batch.key] = "None of these lines could be approved.";
        continue;
      }
      const result =
        target === NEW ? await createInvoice(db, batch.clientId, ids) : await addToInvoice(db, target, ids);
      if (result.ok) done[batch.key] = result.value;
      else failed[batch.key] = result.error.message;
    }
    setBusy(false);
    setMade(done);
    setProblems(failed);
    await queryClient.invalidateQueries({ queryKey: keys.invoices(id) });
    if (Object.keys(failed).length > 0) return;
    props.onClose();
    // What is on an invoice is taken off there, not undone here.
    void dismissToast();
    const invoices = [...new Set(Object.values(done))];
    const [only] = invoices;
    if (invoices.length === 1 && only !== undefined) {
      await navigate({ to: "/invoices/$invoiceId", params: { invoiceId: only } });
    } else {
      void notify(`${invoices.length} invoice drafts are ready`);
      await navigate({ to: "/invoices", search: { status: "draft" } });
    }
  };

  const several = plan.batches.length > 1;
  const title = several ? `Invoice ${plan.batches.length} clients` : `Invoice ${plan.batches[0]?.clientName ?? ""}`;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && props.onClose()}
      title={plan.batches.length === 0 ? "Nothing to invoice" : title}
      {...(several
        ? { description: "An invoice is for one client in one currency, so these lines make one invoice each." }
        : {})}
    >
      {plan.batches.length === 0 && (
        <p className="text-muted">Approve lines first. Lines that are not billed stay out of invoices.</p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void put();
        }}
      >
        {plan.batches.map((batch) => (
          <BatchFields
            key={batch.key}
            batch={batch}
            format={props.format}
            target={targets[batch.key] ?? NEW}
            problem={problems[batch.key]}
            done={made[batch.key] !== undefined}
            invoices={draftsFor(drafts.data, batch.clientId, batch.currency)}
            onTarget={(target) => setTargets({ ...targets, [batch.key]: target })}
          />
        ))}
        {plan.unbilled > 0 && (
          <p className="mt-2 text-sm text-muted">
            {plan.unbilled === 1 ? "1 line is not billed and stays" : `${plan.unbilled} lines are not billed and stay`}{" "}
            in the inbox.
          </p>
        )}
        <DialogActions>
          <Button onClick={props.onClose}>Cancel</Button>
          {plan.batches.length > 0 && (
            <Button type="submit" variant="primary" busy={busy} autoFocus>
              {`${plan.opens ? "Approve and put" : "Put"} on ${several ? `${plan.batches.length} invoices` : "the invoice"}`}
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}

function BatchFields(props: {
  batch: InvoiceBatch;
  format: Formatters;
  target: string;
  problem: string | undefined;
  done: boolean;
  invoices: readonly InvoiceDraft[];
  onTarget: (target: string) => void;
}) {
  const { batch, format } = props;
  const count = batch.rows.length === 1 ? "1 line" : `${batch.rows.length} lines`;
  return (
    <div className="border-b border-line py-2.5 last-of-type:border-b-0">
      <div className="flex items-baseline gap-2">
        <span className="min-w-0 flex-1 truncate font-medium">{batch.clientName}</span>
        <span className="text-muted">
          {count} · {format.hours(batch.totals.minutes)}
        </span>
        <span className="font-semibold">
          <MoneyTotals totals={batch.totals} format={format} />
        </span>
      </div>
      {props.done ? (
        <p className="mt-1 text-ok">On its invoice.</p>
      ) : (
        <Select
          aria-label={`Invoice for ${batch.clientName}`}
          className="mt-1.5"
          value={props.target}
          onChange={(event) => props.onTarget(event.target.value)}
        >
          <option value={NEW}>A new invoice draft</option>
          {props.invoices.map((invoice) => (
            <option key={invoice.id} value={invoice.id ?? ""}>
              {describeInvoiceDraft(invoice, format)}
            </option>
          ))}
        </Select>
      )}
      {props.problem !== undefined && (
        <p role="alert" className="mt-1 text-sm text-danger">
          {props.problem}
        </p>
      )}
    </div>
  );
}
