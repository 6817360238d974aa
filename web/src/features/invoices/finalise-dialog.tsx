import { finaliseInvoice } from "@billhook/database/invoices";
import { addDays } from "@billhook/domain/timezone";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { useNextCount } from "../../data/invoice-counters.ts";
import { keys } from "../../data/query.ts";
import { type Client, type Workspace, useWorkspace } from "../../data/workspace.tsx";
import { clientCode, formatInvoiceNumber } from "../../lib/invoice-number.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { notify } from "../../ui/toast.tsx";
import type { InvoiceRow } from "./invoice-state.ts";

/** Says exactly what finalising does before it is done: it cannot be taken back. */
export function FinaliseDialog(props: {
  invoice: InvoiceRow;
  client: Client | undefined;
  lineCount: number;
  onClose: () => void;
}) {
  const { invoice, client } = props;
  const db = useDb();
  const queryClient = useQueryClient();
  const format = useFormat();
  const { workspace } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const issued = invoice.issue_date ?? format.today();
  const due = addDays(issued, invoice.payment_terms_days);
  const number = useNextNumber(invoice, issued, client);
  const missing = missingDetails(workspace, client);

  const finalise = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const result = await finaliseInvoice(db, invoice.id);
    await queryClient.invalidateQueries({ queryKey: keys.invoices(workspace.id) });
    setBusy(false);
    if (!result.ok) {
      setProblem(result.error.message);
      return;
    }
    props.onClose();
    void notify(`Finalised as ${result.value}`);
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open && !busy) props.onClose();
      }}
      title="Finalise this invoice?"
      description="This cannot be undone."
    >
      <ul className="flex list-disc flex-col gap-1.5 pl-4">
        <li>
          It gets its number: <strong>{number ?? "the next one"}</strong>. No number is ever used twice or skipped.
        </li>
        <li>
          It is dated <strong>{format.day(issued)}</strong> and due on <strong>{format.day(due)}</strong>.
        </li>
        <li>
          Its {props.lineCount === 1 ? "line" : `${props.lineCount} lines`}, the total of{" "}
          <strong>{format.money(invoice.total_minor, invoice.currency, invoice.client_id)}</strong>, the notes and both
          addresses stay as they are now.
        </li>
        <li>The work on it counts as billed and cannot go on another invoice.</li>
        <li>
          To correct it later, void it: its work becomes unbilled again, and the number stays with the void invoice.
        </li>
      </ul>
      {missing.length > 0 && (
        <div className="mt-3 rounded-md bg-warn-soft px-3 py-2 text-warn">
          <p className="font-medium">Not on the invoice, because it is not entered:</p>
          <ul className="mt-0.5">
            {missing.map(({ text, to }) => (
              <li key={text}>
                {to === "settings" ? (
                  <Link to="/settings" className="underline underline-offset-2">
                    {text}
                  </Link>
                ) : (
                  <Link
                    to="/clients/$clientId"
                    params={{ clientId: invoice.client_id }}
                    className="underline underline-offset-2"
                  >
                    {text}
                  </Link>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      {problem !== null && (
        <p role="alert" className="mt-3 text-danger">
          {problem}
        </p>
      )}
      <DialogActions>
        <Button autoFocus disabled={busy} onClick={props.onClose}>
          Keep it as a draft
        </Button>
        <Button variant="primary" busy={busy} onClick={() => void finalise()}>
          Finalise the invoice
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** The number the invoice would get now; another one if somebody else finalises first. */
function useNextNumber(invoice: InvoiceRow, issued: string, client: Client | undefined): string | null {
  const pattern = useWorkspace().workspace.invoice_number_pattern;
  const count = useNextCount(invoice.is_test ? "invoice_test" : "invoice", pattern, issued);
  if (count === undefined || client === undefined) return null;
  const next = formatInvoiceNumber(pattern, issued, count, clientCode(client));
  return invoice.is_test ? `TEST-${next}` : next;
}

function missingDetails(
  workspace: Workspace,
  client: Client | undefined,
): { text: string; to: "settings" | "client" }[] {
  const missing: { text: string; to: "settings" | "client" }[] = [];
  if (workspace.address === null) missing.push({ text: "your address", to: "settings" });
  if (workspace.bank_details === null) missing.push({ text: "your bank details", to: "settings" });
  if (client !== undefined && client.address === null)
    missing.push({ text: `the address of ${client.name}`, to: "client" });
  return missing;
}
