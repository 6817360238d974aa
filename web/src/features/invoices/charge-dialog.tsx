import { useQuery } from "@tanstack/react-query";
import { fetchApi, useApp } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { askWorker } from "../../lib/problem.ts";
import { z } from "../../lib/zod.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Skeleton } from "../../ui/states.tsx";
import { type InvoiceRow, amountDue } from "./invoice-state.ts";
import type { Sending } from "./sending.tsx";

const answerSchema = z.object({
  method: z.object({ type: z.string(), brand: z.string().nullable(), last4: z.string().nullable() }).nullable(),
});
type Method = NonNullable<z.infer<typeof answerSchema>["method"]>;

const methodNames: Readonly<Record<string, string>> = {
  sepa_debit: "SEPA debit",
  us_bank_account: "ACH debit",
};

/** `Visa ending in 4242`. */
function nameOf({ type, brand, last4 }: Method): string {
  const name = methodNames[type] ?? (brand === null ? "The card" : brand.charAt(0).toUpperCase() + brand.slice(1));
  return last4 === null ? name : `${name} ending in ${last4}`;
}

/** Says what the client has on file at Stripe before it is charged. */
export function ChargeDialog(props: { invoice: InvoiceRow; sending: Sending; onClose: () => void }) {
  const { invoice, sending, onClose } = props;
  const app = useApp();
  const format = useFormat();
  const method = useQuery({
    queryKey: [...keys.invoice(invoice.workspace_id, invoice.id), "method"] as const,
    gcTime: 0,
    queryFn: async () => {
      const asked = await askWorker(() => fetchApi(app, `/api/invoices/${invoice.id}/stripe`));
      if (!asked.ok) throw new Error(asked.problem.message);
      return answerSchema.parse(await asked.response.json()).method;
    },
  });
  const found = method.data ?? null;
  const due = format.money(amountDue(invoice), invoice.currency, invoice.client_id);
  const charge = async (): Promise<void> => {
    await sending.send("card");
    onClose();
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open && !sending.busy) onClose();
      }}
      title={`Charge ${due}?`}
      description={`${invoice.number ?? "The invoice"}, ${invoice.client_name}`}
    >
      {method.isPending ? (
        <Skeleton className="h-5 w-60" />
      ) : method.isError ? (
        <p role="alert" className="text-danger">
          {method.error.message}
        </p>
      ) : found === null ? (
        <p>
          {invoice.client_name} has nothing on file at Stripe. Send the invoice instead: who pays it there can leave a
          card for the next one.
        </p>
      ) : (
        <ul className="flex list-disc flex-col gap-1.5 pl-4">
          <li>
            <span className="font-medium">{nameOf(found)}</span> is charged now, without asking the client.
          </li>
          <li>Stripe sends no invoice by e-mail. If the bank refuses, you can still send it.</li>
          {found.type !== "card" && <li>A debit takes some days. Until then the invoice is shown as processing.</li>}
        </ul>
      )}
      <DialogActions>
        <Button autoFocus disabled={sending.busy} onClick={onClose}>
          Cancel
        </Button>
        <Button variant="primary" disabled={found === null} busy={sending.busy} onClick={() => void charge()}>
          Charge {due}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
