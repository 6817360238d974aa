/** The codes that banking apps read from an invoice, and which of them an invoice has. */
import { isSepaIban, isSwissIban } from "@billhook/domain/iban";
import type { InvoiceDocument } from "./invoice-document.ts";
import { epcPayload } from "./epc-code.ts";
import { type SwissBill, swissBill } from "./swiss-bill.ts";

export type PaymentCode = { kind: "epc"; payload: string } | { kind: "swiss"; bill: SwissBill };

/**
 * The code as the workspace chose it, or null where the invoice's money, account or addresses do not allow it. Where it chose
 * `automatic`: a QR-bill for francs and for clients in Switzerland, else the code of the European Payments Council.
 */
export function choosePaymentCode(invoice: InvoiceDocument): PaymentCode | null {
  const { account, paymentCode } = invoice.biller;
  const iban = account.iban;
  if (iban === null || invoice.kind !== "invoice" || invoice.mark === "void" || invoice.mark === "test") return null;
  if (invoice.dueMinor <= 0) return null;
  const swiss =
    paymentCode === "swiss" ||
    (paymentCode === "automatic" &&
      isSwissIban(iban) &&
      (invoice.currency === "CHF" || ["CH", "LI"].includes(invoice.client.country ?? "")));
  const bill = swiss ? swissBill(invoice) : null;
  if (bill !== null) return { kind: "swiss", bill };
  const payload = paymentCode !== "none" && paymentCode !== "swiss" && isSepaIban(iban) ? epcPayload(invoice) : null;
  return payload === null ? null : { kind: "epc", payload };
}
