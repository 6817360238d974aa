import type Stripe from "stripe";
import { type Context, findCustomer, findInvoice, onlySimulated } from "./context.ts";
import { refuseRequest } from "./fault.ts";
import { checkChargeable } from "./money.ts";
import { openDefaultPayment, settleBalance } from "./payments.ts";
import type { Wire, WireInvoice } from "./wire.ts";

/** draft → open → paid | void | uncollectible (docs.stripe.com/invoicing/integration/workflow-transitions). */

export function finalizeInvoice(
  params: Wire<Stripe.InvoiceFinalizeInvoiceParams>,
  context: Context,
  id: string,
): WireInvoice {
  onlySimulated(params, ["auto_advance"]);
  const invoice = findInvoice(context, id);
  if (invoice.status !== "draft") {
    throw refuseRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: "invoice_not_editable",
    });
  }
  return finalizeDraft(invoice, context);
}

export function sendInvoice(_: unknown, context: Context, id: string): WireInvoice {
  let invoice = findInvoice(context, id);
  if (invoice.collection_method !== "send_invoice") {
    throw refuseRequest("You can only manually send an invoice if its collection method is 'send_invoice'.");
  }
  if (invoice.status === "draft") invoice = finalizeDraft(invoice, context);
  if (invoice.status !== "open") throw refuseRequest(`You can't send an invoice that is ${invoice.status}.`);
  context.emit("invoice.sent", invoice);
  return invoice;
}

export function voidInvoice(params: object, context: Context, id: string): WireInvoice {
  onlySimulated(params, []);
  const invoice = findInvoice(context, id);
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw refuseRequest(`You can only void open or uncollectible invoices; this one is ${invoice.status}.`);
  }
  invoice.status = "void";
  invoice.status_transitions.voided_at = context.now;
  context.data.put("invoices", invoice);
  context.emit("invoice.voided", invoice);
  return invoice;
}

export function markUncollectible(params: object, context: Context, id: string): WireInvoice {
  onlySimulated(params, []);
  const invoice = findInvoice(context, id);
  if (invoice.status !== "open") {
    throw refuseRequest(`You can only mark open invoices as uncollectible; this one is ${invoice.status}.`);
  }
  invoice.status = "uncollectible";
  invoice.status_transitions.marked_uncollectible_at = context.now;
  context.data.put("invoices", invoice);
  context.emit("invoice.marked_uncollectible", invoice);
  return invoice;
}

function finalizeDraft(invoice: WireInvoice, context: Context): WireInvoice {
  checkChargeable(invoice.total, invoice.currency, "amount");
  const customer = findCustomer(context, invoice.customer as string, "customer");
  if (invoice.number === null) {
    const sequence = customer.next_invoice_sequence ?? 1;
    invoice.number = `${customer.invoice_prefix}-${String(sequence).padStart(4, "0")}`;
    context.data.put("customers", { ...customer, next_invoice_sequence: sequence + 1 });
  }
  invoice.status = "open";
  invoice.effective_at = context.now;
  invoice.status_transitions.finalized_at = context.now;
  invoice.hosted_invoice_url = `${context.baseUrl}/i/${invoice.id}`;
  context.data.put("invoices", invoice);
  context.emit("invoice.finalized", invoice);
  // Where nothing is due there is nothing to pay: Stripe marks such an invoice paid at once.
  if (invoice.amount_due === 0) return settleBalance(invoice, context);
  openDefaultPayment(invoice, context);
  return invoice;
}
