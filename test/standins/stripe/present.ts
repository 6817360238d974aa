import type { Context } from "./context.ts";
import { refuseRequest } from "./fault.ts";
import { readMethod } from "./payment-methods.ts";
import { paidElsewhere } from "./payment-records.ts";
import { paymentsOf } from "./payments.ts";
import type { WireCustomer, WireInvoice } from "./wire.ts";

/** As many lines as come with an invoice; the rest is to be listed (API reference, "The Invoice object", lines). */
const LINES_SHOWN = 10;

export function shortenLines(invoice: WireInvoice): WireInvoice {
  const { data } = invoice.lines;
  if (data.length <= LINES_SHOWN) return invoice;
  return {
    ...invoice,
    lines: { ...invoice.lines, data: data.slice(0, LINES_SHOWN), has_more: true },
  };
}

const EXPANDABLE: Readonly<Record<string, string[]>> = {
  invoice: ["amount_paid_off_stripe", "customer", "payments", "payments.data.payment.payment_intent"],
  customer: ["invoice_settings.default_payment_method"],
};

/** The answer as it goes out: invoices with their first lines, and the few expansions there are. */
export function presentAnswer(answer: object, params: object, context: Context): object {
  const wanted =
    "expand" in params && Array.isArray(params.expand)
      ? params.expand.filter((name: unknown) => typeof name === "string")
      : [];
  const kind = "object" in answer ? String(answer.object) : "";
  const unknown = wanted.find((name) => EXPANDABLE[kind]?.includes(name) !== true);
  if (unknown !== undefined) {
    throw refuseRequest(`This property cannot be expanded (${unknown}).`, {
      param: "expand",
    });
  }
  if ("data" in answer && Array.isArray(answer.data)) {
    return {
      ...answer,
      data: answer.data.map((row: object) => (isInvoice(row) ? shortenLines(row) : row)),
    };
  }
  if (isCustomer(answer) && wanted.length > 0) {
    const { default_payment_method: id } = answer.invoice_settings;
    const method = typeof id === "string" ? readMethod(id, context) : null;
    return { ...answer, invoice_settings: { ...answer.invoice_settings, default_payment_method: method } };
  }
  return isInvoice(answer) ? expandInvoice(answer, wanted, context) : answer;
}

function expandInvoice(invoice: WireInvoice, wanted: string[], context: Context): object {
  const { customer: id } = invoice;
  const customer =
    wanted.includes("customer") && typeof id === "string" ? context.data.get("customers", id) : undefined;
  const payments = paymentsOf(invoice.id, context).map((row) => {
    const intent = row.payment.payment_intent;
    return wanted.includes("payments.data.payment.payment_intent") && typeof intent === "string"
      ? { ...row, payment: { ...row.payment, payment_intent: context.data.get("paymentintents", intent) } }
      : row;
  });
  return {
    ...shortenLines(invoice),
    ...(customer === undefined ? {} : { customer }),
    ...(wanted.includes("amount_paid_off_stripe")
      ? { amount_paid_off_stripe: paidElsewhere(invoice.id, context) }
      : {}),
    ...(wanted.some((name) => name.startsWith("payments"))
      ? { payments: { object: "list", data: payments, has_more: false, url: "/v1/invoice_payments" } }
      : {}),
  };
}

const isInvoice = (row: object): row is WireInvoice => "object" in row && row.object === "invoice" && "lines" in row;
const isCustomer = (row: object): row is WireCustomer =>
  "object" in row && row.object === "customer" && "invoice_settings" in row;
