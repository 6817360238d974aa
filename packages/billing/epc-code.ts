import type { InvoiceDocument } from "./invoice-document.ts";

/** The most that EPC069-12 lets an amount be, in cents. */
const MOST = 99_999_999_999;
const BYTES = 331;

/**
 * What a code for a SEPA credit transfer says (EPC069-12, version 002: the BIC may be left out), in UTF-8 and 331 bytes at most.
 * Null for other money than euros, or without an account or a name. A draft has no number, and its code no reference.
 */
export function epcPayload(invoice: InvoiceDocument): string | null {
  const { iban, bic, holder } = invoice.biller.account;
  const name = oneLine(holder ?? invoice.biller.name);
  if (invoice.currency !== "EUR" || iban === null || name === "") return null;
  if (invoice.dueMinor < 1 || invoice.dueMinor > MOST) return null;
  const amount = `EUR${Math.floor(invoice.dueMinor / 100)}.${String(invoice.dueMinor % 100).padStart(2, "0")}`;
  // The purpose and the structured reference are empty; what the payer writes is the invoice's number.
  const payload = (of: string): string =>
    ["BCD", "002", "1", "SCT", bic ?? "", of, iban, amount, "", "", oneLine(invoice.number ?? "").slice(0, 140)]
      .join("\n")
      .trimEnd();
  let shown = Array.from(name).slice(0, 70);
  while (new TextEncoder().encode(payload(shown.join(""))).length > BYTES) shown = shown.slice(0, -1);
  return shown.length === 0 ? null : payload(shown.join("").trim());
}

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").trim();
