import { moneyText, readRate } from "../../lib/money-text.ts";
import { Field, Select, TextInput } from "../../ui/field.tsx";

/** A discount as it is typed. */
export interface DiscountText {
  kind: "none" | "percent" | "amount";
  text: string;
}

export interface DiscountColumns {
  discount_percent: number | null;
  discount_minor: number | null;
}

export type ReadDiscount = { ok: true; columns: DiscountColumns } | { ok: false; error: string };

export function discountText(columns: DiscountColumns, currency: string, locale: string): DiscountText {
  if (columns.discount_percent !== null) return { kind: "percent", text: String(columns.discount_percent) };
  if (columns.discount_minor === null) return { kind: "none", text: "" };
  return { kind: "amount", text: moneyText(columns.discount_minor, currency, locale) };
}

/** Per cent with three decimals at most, or an amount above zero. */
export function readDiscount({ kind, text }: DiscountText, currency: string, locale: string): ReadDiscount {
  if (kind === "none") return { ok: true, columns: { discount_percent: null, discount_minor: null } };
  if (kind === "percent") {
    const percent = Number(text.trim().replace(",", ".").replace(/\s*%$/u, ""));
    return text.trim() !== "" &&
      percent > 0 &&
      percent <= 100 &&
      Math.abs(percent * 1000 - Math.round(percent * 1000)) < 1e-6
      ? { ok: true, columns: { discount_percent: percent, discount_minor: null } }
      : { ok: false, error: "Enter a percentage above 0 and up to 100, such as 2.5." };
  }
  const read = readRate(text, currency, locale);
  if (!read.ok) return read;
  return read.minor === null || read.minor === 0
    ? { ok: false, error: "Enter an amount above zero." }
    : { ok: true, columns: { discount_percent: null, discount_minor: read.minor } };
}

export function DiscountFields(props: {
  value: DiscountText;
  currency: string;
  error: string | undefined;
  onChange: (value: DiscountText) => void;
}) {
  const { value, onChange } = props;
  return (
    <div className="grid grid-cols-2 items-start gap-x-4">
      <Field label="Discount">
        <Select
          value={value.kind}
          onChange={({ target }) =>
            onChange({
              kind: target.value === "percent" || target.value === "amount" ? target.value : "none",
              text: "",
            })
          }
        >
          <option value="none">None</option>
          <option value="percent">Per cent</option>
          <option value="amount">Amount in {props.currency}</option>
        </Select>
      </Field>
      {value.kind !== "none" && (
        <Field label={value.kind === "percent" ? "Per cent off" : "Amount off"} error={props.error}>
          <TextInput
            inputMode="decimal"
            value={value.text}
            onChange={({ target }) => onChange({ ...value, text: target.value })}
          />
        </Field>
      )}
    </div>
  );
}
