import { useState } from "react";
import { useFormat } from "../../data/format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Checkbox, Field, Select } from "../../ui/field.tsx";
import { DiscountFields, discountText, readDiscount } from "./discount-fields.tsx";
import { useInvoiceLines } from "./invoice-data.ts";
import { previewInvoice } from "./invoice-preview.ts";
import type { InvoiceRow } from "./invoice-state.ts";
import type { InvoiceDraft } from "./use-invoice-draft.ts";

/** The discount on the whole invoice, and what its prices and its rounding mean, with the total they lead to. */
export function DiscountDialog(props: { invoice: InvoiceRow; draft: InvoiceDraft; onClose: () => void }) {
  const { invoice, draft, onClose } = props;
  const format = useFormat();
  const lines = useInvoiceLines(invoice.id);
  const locale = format.localeOf(invoice.client_id);
  const [discount, setDiscount] = useState(() => discountText(invoice, invoice.currency, locale));
  const [inclusive, setInclusive] = useState(invoice.prices_include_tax);
  const [rounding, setRounding] = useState(invoice.tax_rounding);
  const [tried, setTried] = useState(false);
  const read = readDiscount(discount, invoice.currency, locale);
  const changes = {
    ...(read.ok ? read.columns : {}),
    prices_include_tax: inclusive,
    tax_rounding: rounding === "line" ? ("line" as const) : ("total" as const),
  };
  const preview = read.ok ? previewInvoice({ ...invoice, ...changes }, lines.data ?? []).invoice : null;
  const money = (minor: number): string => format.money(minor, invoice.currency, invoice.client_id);

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Discount and tax" size="sm">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!read.ok) return;
          void draft.change(changes);
          onClose();
        }}
      >
        <DiscountFields
          value={discount}
          currency={invoice.currency}
          error={tried && !read.ok ? read.error : undefined}
          onChange={setDiscount}
        />
        <label className="flex items-center gap-2">
          <Checkbox checked={inclusive} onChange={({ target }) => setInclusive(target.checked)} />
          Prices include the tax
        </label>
        <Field label="Tax is rounded" hint="Once per rate is what electronic invoices expect.">
          <Select value={rounding} onChange={({ target }) => setRounding(target.value)}>
            <option value="total">once per rate</option>
            <option value="line">on each line</option>
          </Select>
        </Field>
        {preview !== null && (
          <p role="status" className="text-muted">
            {preview.tax_minor > 0 && `${money(preview.subtotal_minor)} and ${money(preview.tax_minor)} tax: `}
            <span className="font-medium text-ink">{money(preview.total_minor)}</span>
          </p>
        )}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary">
            Apply
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
