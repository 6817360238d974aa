import { creditAndRefund, creditInvoice } from "@billhook/database/payments";
import { parseMoney } from "@billhook/domain/money";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { classNames } from "../../lib/class-names.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Checkbox, Field, Select, TextInput } from "../../ui/field.tsx";
import { notify } from "../../ui/toast.tsx";
import type { InvoiceLine } from "./invoice-data.ts";
import type { InvoiceRow } from "./invoice-state.ts";
import { useCreditedLines } from "./payment-data.ts";
import { useSettling } from "./use-settling.ts";

/** Takes something off a finalised invoice: all that is left of it, some lines, or an amount. */
export function CreditDialog(props: { invoice: InvoiceRow; lines: readonly InvoiceLine[]; onClose: () => void }) {
  const { invoice, lines, onClose } = props;
  const db = useDb();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const format = useFormat();
  const locale = format.localeOf(invoice.client_id);
  const [id] = useState(() => crypto.randomUUID());
  const [by, setBy] = useState<"all" | "lines" | "amount">("all");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const credited = useCreditedLines(invoice).data;
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const [release, setRelease] = useState(false);
  const [refund, setRefund] = useState(false);
  const settle = useSettling(invoice);
  const refundable = invoice.stripe_invoice_id !== null && invoice.amount_paid_minor > 0;
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const left = invoice.total_minor - invoice.credited_minor;
  const read = parseMoney(amount, invoice.currency, locale);
  const grossOf = (line: InvoiceLine): number => line.taxable_minor + line.tax_minor;
  const minor =
    by === "all"
      ? left
      : by === "lines"
        ? lines.filter((line) => chosen.has(line.id)).reduce((sum, line) => sum + grossOf(line), 0)
        : read.ok
          ? read.minor
          : 0;
  const possible = minor > 0 && minor <= left;
  const byLines = by !== "amount";
  const money = (value: number): string => format.money(value, invoice.currency, invoice.client_id);

  const save = async (): Promise<void> => {
    setBusy(true);
    const made = await (refund ? creditAndRefund : creditInvoice)(db, invoice.id, {
      id,
      reason,
      release: release && byLines,
      ...(by === "lines" ? { line_ids: [...chosen] } : by === "amount" ? { amount_minor: minor } : {}),
    });
    await queryClient.invalidateQueries({ queryKey: keys.workspace(invoice.workspace_id) });
    setBusy(false);
    if (!made.ok) {
      setProblem(made.error.message);
      return;
    }
    settle();
    onClose();
    void notify(`${money(minor)} credited`);
    await navigate({ to: "/invoices/$invoiceId", params: { invoiceId: made.value } });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Credit ${invoice.number ?? "the invoice"}`}
      description="A credit note gets a number of its own and cannot be taken back."
    >
      <form
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (possible) void save();
        }}
      >
        <Field label="Credit">
          <Select
            value={by}
            onChange={({ target }) =>
              setBy(target.value === "lines" || target.value === "amount" ? target.value : "all")
            }
          >
            <option value="all">all that is left, {money(left)}</option>
            <option value="lines">lines of it</option>
            <option value="amount">an amount, tax included</option>
          </Select>
        </Field>
        {by === "lines" && (
          <ul className="max-h-60 overflow-y-auto rounded-md border border-line">
            {lines.map((line) => (
              <li key={line.id}>
                <label
                  className={classNames(
                    "flex items-start gap-2.5 px-2 py-1.5",
                    credited?.has(line.id) ? "text-muted" : "cursor-pointer hover:bg-hover",
                  )}
                >
                  <Checkbox
                    className="mt-0.5"
                    disabled={credited?.has(line.id)}
                    checked={chosen.has(line.id)}
                    onChange={({ target }) =>
                      setChosen(
                        target.checked
                          ? new Set([...chosen, line.id])
                          : new Set([...chosen].filter((other) => other !== line.id)),
                      )
                    }
                  />
                  <span className="min-w-0 flex-1">{line.description}</span>
                  <span className="whitespace-nowrap">
                    {credited?.has(line.id) ? "credited" : money(grossOf(line))}
                  </span>
                </label>
              </li>
            ))}
          </ul>
        )}
        {by === "amount" && (
          <Field
            label={`Amount in ${invoice.currency}`}
            error={
              amount !== "" && !possible
                ? read.ok
                  ? `At most ${money(left)} can be credited.`
                  : read.error
                : undefined
            }
          >
            <TextInput inputMode="decimal" value={amount} onChange={({ target }) => setAmount(target.value)} />
          </Field>
        )}
        <Field label="Reason" hint="Printed on the credit note.">
          <TextInput maxLength={1000} value={reason} onChange={({ target }) => setReason(target.value)} />
        </Field>
        {byLines && (
          <label className="flex items-center gap-2">
            <Checkbox checked={release} onChange={({ target }) => setRelease(target.checked)} />
            Make its work billable again
          </label>
        )}
        {refundable && (
          <label className="flex items-center gap-2">
            <Checkbox checked={refund} onChange={({ target }) => setRefund(target.checked)} />
            Give back what Stripe received, by the way it came
          </label>
        )}
        {problem !== null && (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        )}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!possible}>
            {possible ? `Credit ${money(minor)}` : "Credit"}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
