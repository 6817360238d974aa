import { duplicateInvoice, writeOffInvoice } from "@billhook/database/payments";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { MoreHorizontal } from "lucide-react";
import { useState } from "react";
import { useCommands } from "../../app/commands.tsx";
import { useDb } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { lazyPart } from "../../lib/lazy-part.tsx";
import { IconButton } from "../../ui/button.tsx";
import { Menu } from "../../ui/menu.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import type { InvoiceLine } from "./invoice-data.ts";
import type { InvoiceRow } from "./invoice-state.ts";
import { useSettling } from "./use-settling.ts";

const CreditDialog = lazyPart(async () => (await import("./credit-dialog.tsx")).CreditDialog);

/** What is done to a finalised invoice now and then: credit it, write it off, make another like it. */
export function InvoiceMore(props: {
  invoice: InvoiceRow;
  lines: readonly InvoiceLine[];
  /** Null where nothing can be charged. */
  onCharge: (() => void) | null;
}) {
  const { invoice, lines, onCharge } = props;
  const db = useDb();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const settle = useSettling(invoice);
  const [crediting, setCrediting] = useState(false);
  const creditable =
    ["open", "paid", "uncollectible"].includes(invoice.status) && invoice.credited_minor < invoice.total_minor;
  const byHand = lines.some((line) => line.kind !== "time");
  const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keys.invoices(invoice.workspace_id) });

  const writeOff = async (): Promise<void> => {
    const done = await writeOffInvoice(db, invoice.id);
    await refresh();
    if (done.ok) settle();
    if (done.ok) void notify(`${invoice.number ?? "The invoice"} is written off`, undefined, "Its work stays billed.");
    else void notifyError(done.error.message);
  };
  const duplicate = async (): Promise<void> => {
    const made = await duplicateInvoice(db, invoice.id);
    await refresh();
    if (made.ok) await navigate({ to: "/invoices/$invoiceId", params: { invoiceId: made.value } });
    else void notifyError(made.error.message);
  };
  useCommands([
    {
      id: "invoice-credit",
      label: "Write a credit note",
      group: "Invoice",
      enabled: creditable,
      run: () => setCrediting(true),
    },
    {
      id: "invoice-duplicate",
      label: "Duplicate the invoice's fees",
      group: "Invoice",
      enabled: byHand,
      run: () => void duplicate(),
    },
  ]);
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label="More">
            <MoreHorizontal size={16} aria-hidden />
          </IconButton>
        }
        entries={[
          {
            type: "item",
            label: "Charge what is on file…",
            disabled: onCharge === null,
            run: () => onCharge?.(),
          },
          { type: "item", label: "Credit note…", disabled: !creditable, run: () => setCrediting(true) },
          {
            type: "item",
            label: "Duplicate fees and expenses",
            disabled: !byHand,
            run: () => void duplicate(),
          },
          {
            type: "item",
            label: "Write off",
            danger: true,
            disabled: invoice.status !== "open",
            run: () => void writeOff(),
          },
        ]}
      />
      {crediting && <CreditDialog invoice={invoice} lines={lines} onClose={() => setCrediting(false)} />}
    </>
  );
}
