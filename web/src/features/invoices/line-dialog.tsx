import type { InvoiceLineChanges } from "@billhook/database/invoices";
import { computeInvoice } from "@billhook/domain/invoice-totals";
import { useState } from "react";
import { useFormat } from "../../data/format.ts";
import { taxLabel, useTaxRates } from "../../data/tax-rates.ts";
import { useClients, useWorkspace } from "../../data/workspace.tsx";
import { moneyText, readRate } from "../../lib/money-text.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select, TextArea, TextInput } from "../../ui/field.tsx";
import { DiscountFields, discountText, readDiscount } from "./discount-fields.tsx";
import type { InvoiceLine } from "./invoice-data.ts";
import { pricedLine } from "./invoice-preview.ts";
import type { InvoiceRow } from "./invoice-state.ts";
import type { InvoiceDraft } from "./use-invoice-draft.ts";

/** Thousandths of a piece; null where the text is no number above zero with three decimals at most. */
function readQuantity(text: string): number | null {
  const thousandths = Number(text.trim().replace(",", ".")) * 1000;
  const whole = Math.round(thousandths);
  return text.trim() !== "" && Math.abs(thousandths - whole) < 1e-6 && whole >= 1 && whole <= 1_000_000_000
    ? whole
    : null;
}

/** A line added by hand, or what can be changed of one that is there: of time, its words, discount and tax. */
export function LineDialog(props: {
  invoice: InvoiceRow;
  draft: InvoiceDraft;
  /** Null: a new one. */
  line: InvoiceLine | null;
  onClose: () => void;
}) {
  const { invoice, draft, line, onClose } = props;
  const format = useFormat();
  const { workspace } = useWorkspace();
  const clients = useClients();
  const rates = useTaxRates();
  const locale = format.localeOf(invoice.client_id);
  const client = clients.data?.find(({ id }) => id === invoice.client_id);
  const ofTime = line?.kind === "time";
  const [kind, setKind] = useState<"fee" | "expense">(line?.kind === "expense" ? "expense" : "fee");
  const [description, setDescription] = useState(line?.description ?? "");
  const [detail, setDetail] = useState(line?.detail ?? "");
  const [quantity, setQuantity] = useState(String((line?.quantity_thousandths ?? 1000) / 1000));
  const [price, setPrice] = useState(moneyText(line?.unit_price_minor ?? null, invoice.currency, locale));
  const [discount, setDiscount] = useState(() =>
    discountText(line ?? { discount_percent: null, discount_minor: null }, invoice.currency, locale),
  );
  const [taxRateId, setTaxRateId] = useState(
    line === null ? (client?.tax_rate_id ?? workspace.tax_rate_id ?? "") : (line.tax_rate_id ?? ""),
  );
  const [problem, setProblem] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);

  const readPrice = readRate(price, invoice.currency, locale);
  const readOff = readDiscount(discount, invoice.currency, locale);
  const thousandths = readQuantity(quantity);
  const minor = readPrice.ok ? readPrice.minor : null;
  const tax = (rates.data ?? []).find(({ id }) => id === taxRateId) ?? null;
  const priced = ofTime
    ? {
        seconds: line.seconds,
        hourly_rate_minor: line.hourly_rate_minor,
        quantity_thousandths: null,
        unit_price_minor: null,
      }
    : { seconds: null, hourly_rate_minor: null, quantity_thousandths: thousandths, unit_price_minor: minor };
  const ready = description.trim() !== "" && readOff.ok && (ofTime || (thousandths !== null && minor !== null));
  const preview =
    readOff.ok && (ofTime || (thousandths !== null && minor !== null))
      ? computeInvoice({
          prices_include_tax: invoice.prices_include_tax,
          tax_rounding: invoice.tax_rounding,
          lines: [pricedLine({ ...priced, ...readOff.columns }, tax)],
        })
      : null;
  const money = (amount: number): string => format.money(amount, invoice.currency, invoice.client_id);

  const save = async (): Promise<void> => {
    setTried(true);
    if (!ready) return;
    setBusy(true);
    const changes: InvoiceLineChanges & { description: string } = {
      description: description.trim(),
      detail: detail.trim() === "" ? null : detail.trim(),
      tax_rate_id: taxRateId === "" ? null : taxRateId,
      ...readOff.columns,
      ...(ofTime || thousandths === null || minor === null
        ? {}
        : { kind, quantity_thousandths: thousandths, unit_price_minor: minor }),
    };
    const refused = line === null ? await draft.addLine(changes) : await draft.editLine(line, changes);
    setBusy(false);
    setProblem(refused);
    if (refused === null) onClose();
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={line === null ? "Add a line" : "Edit the line"}
      {...(ofTime ? { description: "Its time, its rate and what it stands on stay as they are." } : {})}
    >
      <form
        noValidate
        className="grid grid-cols-2 gap-x-4 gap-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label="Description"
          className="col-span-2"
          error={tried && description.trim() === "" ? "Say what it is for." : undefined}
        >
          <TextInput
            autoFocus
            maxLength={2000}
            value={description}
            onChange={({ target }) => setDescription(target.value)}
          />
        </Field>
        <Field label="Detail" hint="A second, quieter paragraph." className="col-span-2">
          <TextArea rows={2} maxLength={4000} value={detail} onChange={({ target }) => setDetail(target.value)} />
        </Field>
        {!ofTime && (
          <>
            <Field label="Quantity" error={tried && thousandths === null ? "Enter a number above zero." : undefined}>
              <TextInput inputMode="decimal" value={quantity} onChange={({ target }) => setQuantity(target.value)} />
            </Field>
            <Field
              label={`Price of one in ${invoice.currency}`}
              error={tried && minor === null ? (readPrice.ok ? "Enter a price." : readPrice.error) : undefined}
            >
              <TextInput inputMode="decimal" value={price} onChange={({ target }) => setPrice(target.value)} />
            </Field>
            <Field label="Kind" className="col-span-2">
              <Select value={kind} onChange={({ target }) => setKind(target.value === "expense" ? "expense" : "fee")}>
                <option value="fee">Fixed fee</option>
                <option value="expense">Expense</option>
              </Select>
            </Field>
          </>
        )}
        <div className="col-span-2">
          <DiscountFields
            value={discount}
            currency={invoice.currency}
            error={tried && !readOff.ok ? readOff.error : undefined}
            onChange={setDiscount}
          />
        </div>
        <Field label="Tax" className="col-span-2">
          <Select value={taxRateId} onChange={({ target }) => setTaxRateId(target.value)}>
            <option value="">None</option>
            {(rates.data ?? [])
              .filter((rate) => rate.archived_at === null || rate.id === line?.tax_rate_id)
              .map((rate) => (
                <option key={rate.id} value={rate.id}>
                  {taxLabel(rate)}
                </option>
              ))}
          </Select>
        </Field>
        <p role="status" className="col-span-2 min-h-5 text-muted">
          {preview !== null && (
            <>
              <span className="font-medium text-ink">{money(preview.lines_minor)}</span>
              {preview.tax_minor > 0 &&
                (invoice.prices_include_tax
                  ? `, of which ${money(preview.tax_minor)} tax`
                  : ` and ${money(preview.tax_minor)} tax`)}
            </>
          )}
        </p>
        <div className="col-span-2">
          {problem !== null && (
            <p role="alert" className="text-danger">
              {problem}
            </p>
          )}
          <DialogActions>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" busy={busy}>
              {line === null ? "Add the line" : "Save the line"}
            </Button>
          </DialogActions>
        </div>
      </form>
    </Dialog>
  );
}
