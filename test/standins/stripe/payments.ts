import type Stripe from "stripe";
import { type Context, findCustomer, findInvoice, newId, onlySimulated } from "./context.ts";
import { StripeFault, missingResource, refuseRequest } from "./fault.ts";
import { type ListAnswer, listPage } from "./list.ts";
import { type Outcome, outcomeOf, readMethod } from "./payment-methods.ts";
import type { Wire, WireInvoice, WireInvoicePayment, WirePaymentIntent } from "./wire.ts";

/** The one payment intent that an invoice gets when it is finalised (docs.stripe.com/api/invoice-payment). */
export function openDefaultPayment(invoice: WireInvoice, context: Context): void {
  const intent: WirePaymentIntent = {
    id: newId("pi"),
    object: "payment_intent",
    amount: invoice.amount_remaining,
    amount_received: 0,
    created: context.now,
    currency: invoice.currency,
    customer: invoice.customer,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: {},
    payment_method: null,
    status: "requires_payment_method",
  };
  context.data.put("paymentintents", intent);
  putPayment(invoice, { type: "payment_intent", payment_intent: intent.id }, invoice.amount_remaining, true, context);
}

/** Adds a payment to those of an invoice, still open. */
export function putPayment(
  invoice: WireInvoice,
  payment: WireInvoicePayment["payment"],
  amount: number,
  isDefault: boolean,
  context: Context,
): WireInvoicePayment {
  const row: WireInvoicePayment = {
    id: newId("inpay"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: amount,
    created: context.now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: isDefault,
    livemode: false,
    payment,
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
  };
  context.data.put("invoicepayments", row);
  return row;
}

export function paymentsOf(invoiceId: string, context: Context): WireInvoicePayment[] {
  return context.data.list("invoicepayments").filter((row) => row.invoice === invoiceId);
}

/** The payment intent of an invoice's own payment. */
export function intentOf(invoice: WireInvoice, context: Context): WirePaymentIntent | undefined {
  const own = paymentsOf(invoice.id, context).find((row) => row.is_default);
  const id = own?.payment.payment_intent;
  return typeof id === "string" ? context.data.get("paymentintents", id) : undefined;
}

export function payInvoice(params: Wire<Stripe.InvoicePayParams>, context: Context, id: string): WireInvoice {
  onlySimulated(params, ["off_session", "paid_out_of_band", "payment_method"]);
  const invoice = findInvoice(context, id);
  if (invoice.status === "paid") throw refuseRequest("Invoice is already paid");
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw refuseRequest(`You can't pay an invoice that is ${invoice.status}.`);
  }
  if (params.paid_out_of_band === true) return takePayment(invoice, invoice.amount_remaining, context);
  const intent = intentOf(invoice, context);
  if (intent === undefined) throw refuseRequest("The invoice has no payment.");
  if (intent.status === "processing") {
    throw refuseRequest("The payment of this invoice is already processing.", {
      code: "payment_intent_unexpected_state",
    });
  }
  const customer = findCustomer(context, invoice.customer as string, "customer");
  const methodId = params.payment_method ?? customer.invoice_settings.default_payment_method;
  if (typeof methodId !== "string") {
    throw refuseRequest(
      "There is no `default_payment_method` set on this Customer or Invoice. Please attach a payment method first.",
    );
  }
  const method = readMethod(methodId, context);
  invoice.attempted = true;
  invoice.attempt_count = 1;
  intent.amount = invoice.amount_remaining;
  intent.payment_method = method.id;
  return attempt(invoice, intent, outcomeOf(method, invoice), context);
}

/** What the bank says in the end of a debit that was processing. */
export function settleProcessing(invoiceId: string, accepted: boolean, context: Context): WireInvoice {
  const invoice = findInvoice(context, invoiceId);
  const intent = intentOf(invoice, context);
  if (intent?.status !== "processing") throw refuseRequest("No payment of this invoice is processing.");
  if (accepted) return succeed(invoice, intent, context);
  try {
    return attempt(invoice, intent, "declined", context);
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    return invoice;
  }
}

function attempt(invoice: WireInvoice, intent: WirePaymentIntent, outcome: Outcome, context: Context): WireInvoice {
  const keep = (): void => {
    context.data.put("paymentintents", intent);
    context.data.put("invoices", invoice);
  };
  switch (outcome) {
    case "succeeds":
      return succeed(invoice, intent, context);
    case "processing":
      intent.status = "processing";
      intent.latest_charge = newId("py");
      keep();
      context.emit("payment_intent.processing", intent);
      context.emit("invoice.updated", invoice);
      return invoice;
    case "needs_action":
      intent.status = "requires_action";
      keep();
      context.emit("invoice.payment_action_required", invoice);
      context.data.commit();
      throw new StripeFault(402, "card_error", "This payment requires additional user action.", {
        code: "invoice_payment_intent_requires_action",
      });
    case "declined":
      intent.status = "requires_payment_method";
      intent.latest_charge = newId("ch");
      intent.last_payment_error = { code: "card_declined", message: "Your card was declined." };
      keep();
      context.emit("payment_intent.payment_failed", intent);
      context.emit("invoice.payment_failed", invoice);
      // The failed attempt is a fact as well: it is kept, and its event goes out.
      context.data.commit();
      throw new StripeFault(402, "card_error", "Your card was declined.", {
        code: "card_declined",
        decline_code: "generic_decline",
      });
  }
}

function succeed(invoice: WireInvoice, intent: WirePaymentIntent, context: Context): WireInvoice {
  intent.status = "succeeded";
  intent.amount = invoice.amount_remaining;
  intent.amount_received = invoice.amount_remaining;
  intent.latest_charge = newId("ch");
  intent.last_payment_error = null;
  context.data.put("paymentintents", intent);
  const row = paymentsOf(invoice.id, context).find((each) => each.payment.payment_intent === intent.id);
  if (row !== undefined) closePayment(row, invoice.amount_remaining, context);
  return takePayment(invoice, invoice.amount_remaining, context);
}

export function closePayment(row: WireInvoicePayment, amount: number, context: Context): void {
  context.data.put("invoicepayments", {
    ...row,
    amount_paid: amount,
    status: "paid",
    status_transitions: { canceled_at: null, paid_at: context.now },
  });
}

/** Money for an invoice, by whatever way; where nothing remains, the invoice is paid. */
export function takePayment(invoice: WireInvoice, amount: number, context: Context): WireInvoice {
  invoice.amount_paid += amount;
  return settleBalance(invoice, context);
}

/** After money or a credit: what is still due, and whether that is nothing. */
export function settleBalance(invoice: WireInvoice, context: Context): WireInvoice {
  invoice.amount_due = Math.max(0, invoice.total - invoice.pre_payment_credit_notes_amount);
  invoice.amount_remaining = invoice.amount_due - invoice.amount_paid;
  const paid = invoice.amount_remaining === 0 && (invoice.status === "open" || invoice.status === "uncollectible");
  if (paid) {
    invoice.status = "paid";
    invoice.attempted = true;
    invoice.status_transitions.paid_at = context.now;
    invoice.receipt_number = newId("receipt").slice(-8);
  }
  context.data.put("invoices", invoice);
  context.emit(paid ? "invoice.paid" : "invoice.updated", invoice);
  return invoice;
}

export function listInvoicePayments(
  params: Wire<Stripe.InvoicePaymentListParams>,
  context: Context,
): ListAnswer<WireInvoicePayment> {
  const { payment } = params;
  const rows = context.data
    .list("invoicepayments")
    .filter(
      (row) =>
        (params.invoice === undefined || row.invoice === params.invoice) &&
        (params.status === undefined || row.status === params.status) &&
        (payment === undefined ||
          (payment.type === row.payment.type &&
            (payment.payment_intent ?? row.payment.payment_intent) === row.payment.payment_intent &&
            (payment.payment_record ?? row.payment.payment_record) === row.payment.payment_record)),
    );
  return listPage(rows, params, "/v1/invoice_payments");
}

export function findIntent(context: Context, id: string): WirePaymentIntent {
  const intent = context.data.get("paymentintents", id);
  if (intent === undefined) throw missingResource("payment_intent", id, "payment_intent");
  return intent;
}
