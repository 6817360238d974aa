import type Stripe from "stripe";
import { type Context, findInvoice, newId, onlySimulated } from "./context.ts";
import { missingResource, notSimulated, refuseRequest } from "./fault.ts";
import { type ListAnswer, listPage } from "./list.ts";
import { mergeMetadata } from "./metadata.ts";
import { intentOf, settleBalance } from "./payments.ts";
import { refund } from "./refunds.ts";
import { readCreditedTaxes, splitTaxes, sumTaxes } from "./taxes.ts";
import type { Wire, WireCreditNote, WireInvoice } from "./wire.ts";

type Params = Wire<Stripe.CreditNoteCreateParams>;
type WireCreditLine = WireCreditNote["lines"]["data"][number];

const SIMULATED = [
  "effective_at",
  "email_type",
  "invoice",
  "lines",
  "memo",
  "metadata",
  "out_of_band_amount",
  "reason",
  "refund_amount",
];

/** What a credit note would be: nothing is kept. */
export function previewCreditNote(params: Params, context: Context): WireCreditNote {
  return compose(params, findInvoice(context, params.invoice, "invoice"), context);
}

/**
 * Takes something off a finalised invoice: first off what remains to be paid, the rest goes back in one of three ways,
 * whose sum has to be that rest (API reference, "Create a credit note").
 */
export function createCreditNote(params: Params, context: Context): WireCreditNote {
  const invoice = findInvoice(context, params.invoice, "invoice");
  const note = compose(params, invoice, context);
  const back = (params.refund_amount ?? 0) + (params.out_of_band_amount ?? 0);
  if (back !== note.post_payment_amount) {
    throw refuseRequest(
      `The sum of refund_amount, credit_amount and out_of_band_amount (${back}) must equal the post payment amount (${note.post_payment_amount}).`,
    );
  }
  if (params.refund_amount !== undefined && params.refund_amount > 0) {
    const intent = intentOf(invoice, context);
    if (intent?.status !== "succeeded") throw refuseRequest("The invoice has no payment that can be refunded.");
    const made = refund(intent, params.refund_amount, context);
    note.refunds = [{ amount_refunded: made.amount, payment_record_refund: null, refund: made.id, type: "refund" }];
  }
  context.data.put("creditnotes", note);
  context.emit("credit_note.created", note);
  invoice.pre_payment_credit_notes_amount += note.pre_payment_amount;
  invoice.post_payment_credit_notes_amount += note.post_payment_amount;
  settleBalance(invoice, context);
  return note;
}

export function findCreditNote(context: Context, id: string): WireCreditNote {
  const note = context.data.get("creditnotes", id);
  if (note === undefined) throw missingResource("credit_note", id);
  return note;
}

export function listCreditNotes(
  params: Wire<Stripe.CreditNoteListParams>,
  context: Context,
): ListAnswer<WireCreditNote> {
  onlySimulated(params, ["ending_before", "invoice", "limit", "starting_after"]);
  const rows = context.data
    .list("creditnotes")
    .filter((row) => params.invoice === undefined || row.invoice === params.invoice);
  return listPage(rows, params, "/v1/credit_notes");
}

function compose(params: Params, invoice: WireInvoice, context: Context): WireCreditNote {
  onlySimulated(params, SIMULATED);
  if (invoice.status === "draft" || invoice.status === "void") {
    throw refuseRequest(`You can't credit an invoice that is ${invoice.status}.`);
  }
  const lines = (params.lines ?? []).map((line) => creditLine(line, context));
  if (lines.length === 0) throw refuseRequest("One of amount, lines or shipping_cost must be provided.");
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0);
  const taxes = sumTaxes(lines);
  const { added, contained } = splitTaxes(taxes);
  const total = subtotal + added;
  const credited = invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount;
  if (total <= 0 || total > invoice.total - credited) {
    throw refuseRequest("The credit note is more than what is left of the invoice.", { param: "lines" });
  }
  const before = Math.min(total, invoice.amount_remaining);
  const after = total - before;
  const id = newId("cn");
  const nth = context.data.list("creditnotes").filter((row) => row.invoice === invoice.id).length + 1;
  return {
    id,
    object: "credit_note",
    amount: total,
    amount_shipping: 0,
    created: context.now,
    currency: invoice.currency,
    customer: invoice.customer as string,
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: params.effective_at ?? context.now,
    invoice: invoice.id,
    lines: { object: "list", data: lines, has_more: false, url: `/v1/credit_notes/${id}/lines` },
    livemode: false,
    memo: params.memo ?? null,
    metadata: mergeMetadata({}, params.metadata),
    number: `${invoice.number}-CN-${String(nth).padStart(2, "0")}`,
    out_of_band_amount: params.out_of_band_amount ?? null,
    pdf: `${context.baseUrl}/cn/${id}`,
    post_payment_amount: after,
    pre_payment_amount: before,
    pretax_credit_amounts: [],
    reason: params.reason ?? null,
    refunds: [],
    shipping_cost: null,
    status: "issued",
    subtotal,
    subtotal_excluding_tax: subtotal - contained,
    total,
    total_excluding_tax: total - added - contained,
    total_taxes: taxes,
    type: before === 0 ? "post_payment" : after === 0 ? "pre_payment" : "mixed",
    voided_at: null,
  };
}

function creditLine(line: NonNullable<Params["lines"]>[number], context: Context): WireCreditLine {
  if (line.type !== "custom_line_item") throw notSimulated("credit note lines of this type");
  onlySimulated(line, ["description", "metadata", "quantity", "tax_amounts", "type", "unit_amount"]);
  if (line.unit_amount === undefined) {
    throw refuseRequest("Missing required param: unit_amount.", { param: "lines[unit_amount]" });
  }
  const quantity = line.quantity ?? 1;
  return {
    id: newId("cnli"),
    object: "credit_note_line_item",
    amount: line.unit_amount * quantity,
    description: line.description ?? null,
    discount_amount: 0,
    discount_amounts: [],
    livemode: false,
    metadata: mergeMetadata({}, line.metadata),
    pretax_credit_amounts: [],
    quantity,
    tax_rates: [],
    taxes: readCreditedTaxes(line.tax_amounts, context),
    type: "custom_line_item",
    unit_amount: line.unit_amount,
    unit_amount_decimal: String(line.unit_amount),
  };
}
