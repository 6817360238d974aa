import type Stripe from "stripe";
import { type Context, findInvoice, newId, onlySimulated } from "./context.ts";
import { missingResource, refuseRequest } from "./fault.ts";
import { mergeMetadata } from "./metadata.ts";
import { readCurrency } from "./money.ts";
import { closePayment, paymentsOf, putPayment, takePayment } from "./payments.ts";
import type { Wire, WireInvoice, WirePaymentRecord } from "./wire.ts";

/** Tells Stripe of money that came by another way (docs.stripe.com/api/payment-record). */
export function reportPayment(
  params: Wire<Stripe.PaymentRecordReportPaymentParams>,
  context: Context,
): WirePaymentRecord {
  onlySimulated(params, [
    "amount_requested",
    "customer_details",
    "description",
    "guaranteed",
    "initiated_at",
    "metadata",
    "outcome",
    "payment_method_details",
    "processor_details",
  ]);
  if (params.outcome === "guaranteed" && params.guaranteed === undefined) {
    throw refuseRequest("`guaranteed` is required when the outcome is guaranteed.", { param: "guaranteed" });
  }
  const currency = readCurrency(params.amount_requested.currency);
  const { value } = params.amount_requested;
  if (value <= 0) throw refuseRequest("Invalid positive integer", { param: "amount_requested[value]" });
  const record: WirePaymentRecord = {
    id: newId("pr"),
    object: "payment_record",
    amount: { currency, value: params.outcome === "guaranteed" ? value : 0 },
    amount_requested: { currency, value },
    created: context.now,
    description: params.description ?? null,
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    reported_by: "self",
  };
  context.data.put("paymentrecords", record);
  return record;
}

export function findPaymentRecord(context: Context, id: string): WirePaymentRecord {
  const record = context.data.get("paymentrecords", id);
  if (record === undefined) throw missingResource("payment_record", id, "payment_record");
  return record;
}

/** Counts a payment that was made elsewhere towards an invoice. */
export function attachPayment(
  params: Wire<Stripe.InvoiceAttachPaymentParams>,
  context: Context,
  id: string,
): WireInvoice {
  onlySimulated(params, ["payment_record"]);
  const invoice = findInvoice(context, id);
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw refuseRequest(`Payments can be attached to open invoices only; this one is ${invoice.status}.`);
  }
  const record = findPaymentRecord(context, params.payment_record ?? "");
  const attached = context.data.list("invoicepayments").some((row) => row.payment.payment_record === record.id);
  if (attached) throw refuseRequest("The payment is attached to an invoice already.", { param: "payment_record" });
  if (record.amount.currency !== invoice.currency) {
    throw refuseRequest("The payment has another currency than the invoice.", { param: "payment_record" });
  }
  if (record.amount.value > invoice.amount_remaining) {
    throw refuseRequest("The payment is more than what remains of the invoice.", { param: "payment_record" });
  }
  const payment = { type: "payment_record", payment_record: record.id } as const;
  closePayment(putPayment(invoice, payment, record.amount.value, false, context), record.amount.value, context);
  return takePayment(invoice, record.amount.value, context);
}

/** What was paid of an invoice outside of Stripe. */
export function paidElsewhere(invoiceId: string, context: Context): number {
  return paymentsOf(invoiceId, context)
    .filter((row) => row.payment.type === "payment_record")
    .reduce((sum, row) => sum + (row.amount_paid ?? 0), 0);
}
