import { Plus } from "lucide-react";
import { useState } from "react";
import { useCommands } from "../../app/commands.tsx";
import { lazyPart } from "../../lib/lazy-part.tsx";
import { Button } from "../../ui/button.tsx";
import type { InvoiceRow } from "./invoice-state.ts";
import type { InvoiceDraft } from "./use-invoice-draft.ts";

const LineDialog = lazyPart(async () => (await import("./line-dialog.tsx")).LineDialog);

/** Adds a fee or an expense. */
export function AddLine({ invoice, draft }: { invoice: InvoiceRow; draft: InvoiceDraft }) {
  const [open, setOpen] = useState(false);
  useCommands([
    {
      id: "invoice-add-line",
      label: "Add a fee or an expense to the invoice",
      group: "Invoice",
      keys: ["shift+n"],
      run: () => setOpen(true),
    },
  ]);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Plus size={14} aria-hidden /> Add a line
      </Button>
      {open && <LineDialog invoice={invoice} draft={draft} line={null} onClose={() => setOpen(false)} />}
    </>
  );
}
