import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useCommands } from "../../app/commands.tsx";
import { useFormat } from "../../data/format.ts";
import { messageOf } from "../../data/query.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/field.tsx";
import { Popover } from "../../ui/popover.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { useApprovedDrafts } from "./invoice-data.ts";
import type { InvoiceRow } from "./invoice-state.ts";
import type { InvoiceDraft } from "./use-invoice-draft.ts";

/** Puts more approved work of the same client and currency on an invoice draft. */
export function AddDrafts({ invoice, draft }: { invoice: InvoiceRow; draft: InvoiceDraft }) {
  const [open, setOpen] = useState(false);
  useCommands([
    {
      id: "invoice-add",
      label: "Add approved work to the invoice",
      group: "Invoice",
      keys: ["n"],
      run: () => setOpen(true),
    },
  ]);
  return (
    <Popover
      label="Approved work that is on no invoice"
      align="end"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button>
          <Plus size={14} aria-hidden /> Add work
        </Button>
      }
    >
      <Choice invoice={invoice} draft={draft} onDone={() => setOpen(false)} />
    </Popover>
  );
}

function Choice({ invoice, draft, onDone }: { invoice: InvoiceRow; draft: InvoiceDraft; onDone: () => void }) {
  const format = useFormat();
  const approved = useApprovedDrafts(invoice.client_id);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const rows = (approved.data ?? []).filter((row) => row.currency === invoice.currency);
  const chosen = rows.filter((row) => !left.has(row.id));
  const money = (minor: number): string => format.money(minor, invoice.currency, invoice.client_id);

  const choose = (id: string, wanted: boolean): void =>
    setLeft((ids) => (wanted ? new Set([...ids].filter((other) => other !== id)) : new Set([...ids, id])));
  const add = async (): Promise<void> => {
    setBusy(true);
    if (await draft.add(chosen.map((row) => row.id))) onDone();
    setBusy(false);
  };

  return (
    <div className="flex max-h-[60dvh] w-[480px] max-w-full flex-col">
      {approved.isPending ? (
        <ListSkeleton rows={3} />
      ) : approved.isError ? (
        <ErrorState message={messageOf(approved.error)} onRetry={() => void approved.refetch()} />
      ) : rows.length === 0 ? (
        <div className="flex flex-col items-start gap-3 p-3">
          <p className="text-muted">
            Nothing more of {invoice.client_name} is approved in {invoice.currency}. Approve drafts in the inbox first.
          </p>
          <Link to="/inbox" search={{ client: invoice.client_id }} className={buttonClass()}>
            Go to the inbox
          </Link>
        </div>
      ) : (
        <>
          <label className="flex h-8 items-center gap-2.5 border-b border-line px-2 text-sm text-muted max-md:h-10">
            <Checkbox
              checked={chosen.length === rows.length}
              indeterminate={chosen.length > 0 && chosen.length < rows.length}
              onChange={(event) => setLeft(event.target.checked ? new Set() : new Set(rows.map((row) => row.id)))}
            />
            <span className="flex-1">{rows.length === 1 ? "1 approved draft" : `${rows.length} approved drafts`}</span>
            {money(rows.reduce((sum, row) => sum + row.total_minor, 0))}
          </label>
          <ul className="min-h-0 flex-1 overflow-y-auto">
            {rows.map((row) => (
              <li key={row.id}>
                <label className="flex cursor-pointer items-start gap-2.5 rounded px-2 py-1.5 hover:bg-hover">
                  <Checkbox
                    className="mt-0.5"
                    checked={!left.has(row.id)}
                    onChange={(event) => choose(row.id, event.target.checked)}
                  />
                  <span className="min-w-0 flex-1">
                    <span className="block truncate">{row.description}</span>
                    <span className="block truncate text-sm text-muted">
                      {[format.day(row.start_date), row.project_name, row.ticket_key]
                        .filter((part) => part !== null)
                        .join(" · ")}
                    </span>
                  </span>
                  <span className="text-right whitespace-nowrap">
                    <span className="block">{money(row.total_minor)}</span>
                    <span className="block text-sm text-muted">{format.hours(row.minutes)}</span>
                  </span>
                </label>
              </li>
            ))}
          </ul>
          <div className="flex items-center justify-end gap-3 border-t border-line p-2">
            <Button variant="primary" busy={busy} disabled={chosen.length === 0} onClick={() => void add()}>
              Add {chosen.length === 1 ? "1 line" : `${chosen.length} lines`} ·{" "}
              {money(chosen.reduce((sum, row) => sum + row.total_minor, 0))}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
