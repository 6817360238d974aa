import { recordPayment } from "@billhook/database/payments";
import { parseMoney } from "@billhook/domain/money";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { moneyText } from "../../lib/money-text.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { notify } from "../../ui/toast.tsx";
import { type InvoiceRow, amountDue } from "./invoice-state.ts";
import { useSettling } from "./use-settling.ts";

/** Books money that came for an invoice by another way than Stripe, or that went back. */
export function PaymentDialog({ invoice, onClose }: { invoice: InvoiceRow; onClose: () => void }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const format = useFormat();
  const locale = format.localeOf(invoice.client_id);
  const due = amountDue(invoice);
  const settle = useSettling(invoice);
  const [id] = useState(() => crypto.randomUUID());
  const [direction, setDirection] = useState<"in" | "back">(due > 0 ? "in" : "back");
  const [amount, setAmount] = useState(moneyText(due > 0 ? due : null, invoice.currency, locale));
  const [paidOn, setPaidOn] = useState(() => format.today());
  const [method, setMethod] = useState("Bank transfer");
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const read = parseMoney(amount, invoice.currency, locale);
  const minor = read.ok && read.minor > 0 ? read.minor : null;
  const money = (value: number): string => format.money(value, invoice.currency, invoice.client_id);
  const rest = minor === null ? null : direction === "in" ? due - minor : null;

  const save = async (): Promise<void> => {
    setTried(true);
    if (minor === null || paidOn === "") return;
    setBusy(true);
    const booked = await recordPayment(db, invoice.id, {
      id,
      amount_minor: direction === "in" ? minor : -minor,
      paid_on: paidOn,
      method,
      note,
    });
    await queryClient.invalidateQueries({ queryKey: keys.invoices(invoice.workspace_id) });
    setBusy(false);
    if (!booked.ok) {
      setProblem(booked.error.message);
      return;
    }
    settle();
    onClose();
    void notify(direction === "in" ? `${money(minor)} booked` : `${money(minor)} booked as gone back`);
  };

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Record a payment">
      <form
        noValidate
        className="grid grid-cols-2 gap-x-4 gap-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label="Money">
          <Select value={direction} onChange={({ target }) => setDirection(target.value === "back" ? "back" : "in")}>
            <option value="in">came in</option>
            <option value="back">went back</option>
          </Select>
        </Field>
        <Field
          label={`Amount in ${invoice.currency}`}
          error={tried && minor === null ? (read.ok ? "Enter an amount above zero." : read.error) : undefined}
        >
          <TextInput autoFocus inputMode="decimal" value={amount} onChange={({ target }) => setAmount(target.value)} />
        </Field>
        <Field label="On" error={tried && paidOn === "" ? "Enter the day." : undefined}>
          <TextInput type="date" value={paidOn} onChange={({ target }) => setPaidOn(target.value)} />
        </Field>
        <Field label="By">
          <TextInput maxLength={60} value={method} onChange={({ target }) => setMethod(target.value)} />
        </Field>
        <Field label="Note" className="col-span-2">
          <TextInput maxLength={500} value={note} onChange={({ target }) => setNote(target.value)} />
        </Field>
        <p role="status" className="col-span-2 min-h-5 text-muted">
          {rest !== null &&
            (rest > 0
              ? `${money(rest)} are left to be paid.`
              : rest === 0
                ? "This pays the invoice."
                : `This is ${money(-rest)} more than is owed.`)}
        </p>
        <div className="col-span-2">
          {invoice.stripe_invoice_id !== null && invoice.status === "open" && (
            <p className="mb-2 text-warn">The payment page at Stripe stays open: the client could pay there again.</p>
          )}
          {problem !== null && (
            <p role="alert" className="text-danger">
              {problem}
            </p>
          )}
          <DialogActions>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" busy={busy}>
              Book it
            </Button>
          </DialogActions>
        </div>
      </form>
    </Dialog>
  );
}
