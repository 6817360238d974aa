import type Stripe from "stripe";
import { type Context, findCustomer, findInvoice, newId, onlySimulated } from "./context.ts";
import { notSimulated, refuseRequest } from "./fault.ts";
import { addItem, attachItem, findItem } from "./invoice-items.ts";
import { assertDraft } from "./invoice-totals.ts";
import { type ListAnswer, cutPage, listPage } from "./list.ts";
import { mergeMetadata } from "./metadata.ts";
import { readCurrency } from "./money.ts";
import { checkMethodTypes } from "./payment-methods.ts";
import { readTaxAmounts } from "./taxes.ts";
import type { Wire, WireInvoice, WireLineItem } from "./wire.ts";

const DAY_SECONDS = 24 * 60 * 60;
const SIMULATED = [
  "auto_advance",
  "collection_method",
  "currency",
  "custom_fields",
  "customer",
  "days_until_due",
  "description",
  "due_date",
  "footer",
  "metadata",
  "number",
  "payment_settings",
  "pending_invoice_items_behavior",
];
/** What may change after finalisation. */
const ALWAYS_EDITABLE = new Set(["auto_advance", "expand", "metadata"]);

export function createInvoice(params: Wire<Stripe.InvoiceCreateParams>, context: Context): WireInvoice {
  onlySimulated(params, SIMULATED);
  if (params.customer === undefined) {
    throw refuseRequest("Missing required param: customer.", {
      code: "parameter_missing",
      param: "customer",
    });
  }
  const customer = findCustomer(context, params.customer, "customer");
  const method = params.collection_method ?? "charge_automatically";
  if (method === "send_invoice") {
    if (customer.email === null || customer.email === "") {
      throw refuseRequest(
        "Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email.",
      );
    }
    if (params.days_until_due === undefined && params.due_date === undefined) {
      throw refuseRequest(
        "You must pass either `days_until_due` or `due_date` when `collection_method` is `send_invoice`.",
      );
    }
  }
  checkNumber(params.number ?? null, context, null);
  const id = newId("in");
  const invoice: WireInvoice = {
    ...blankInvoice(id, context),
    auto_advance: params.auto_advance ?? false,
    collection_method: method,
    currency: readCurrency(params.currency ?? customer.currency ?? "usd"),
    custom_fields: typeof params.custom_fields === "string" ? null : (params.custom_fields ?? null),
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_tax_exempt: customer.tax_exempt ?? null,
    description: params.description ?? null,
    due_date: readDueDate(params, method, context),
    footer: params.footer ?? null,
    metadata: mergeMetadata({}, params.metadata),
    number: params.number ?? null,
  };
  setMethods(invoice, params.payment_settings);
  context.data.put("invoices", invoice);
  if (params.pending_invoice_items_behavior === "include") {
    for (const item of context.data.list("invoiceitems")) {
      const pending = item.invoice === null && item.customer === customer.id && item.currency === invoice.currency;
      if (pending) attachItem(findItem(context, item.id), invoice, context);
    }
  }
  context.emit("invoice.created", invoice);
  return invoice;
}

export function updateInvoice(params: Wire<Stripe.InvoiceUpdateParams>, context: Context, id: string): WireInvoice {
  onlySimulated(params, SIMULATED);
  const invoice = findInvoice(context, id);
  if (Object.keys(params).some((name) => !ALWAYS_EDITABLE.has(name))) assertDraft(invoice);
  if (params.number !== undefined) {
    invoice.number = params.number === "" ? null : params.number;
    checkNumber(invoice.number, context, id);
  }
  if (params.auto_advance !== undefined) invoice.auto_advance = params.auto_advance;
  if (params.description !== undefined) invoice.description = params.description;
  if (params.footer !== undefined) invoice.footer = params.footer;
  setMethods(invoice, params.payment_settings);
  if (params.collection_method !== undefined) invoice.collection_method = params.collection_method;
  if (params.custom_fields !== undefined) {
    invoice.custom_fields = typeof params.custom_fields === "string" ? null : params.custom_fields;
  }
  const due = {
    ...(params.days_until_due === undefined ? {} : { days_until_due: params.days_until_due }),
    ...(typeof params.due_date === "number" ? { due_date: params.due_date } : {}),
  };
  if (Object.keys(due).length > 0) invoice.due_date = readDueDate(due, invoice.collection_method, context);
  invoice.metadata = mergeMetadata(invoice.metadata ?? {}, params.metadata);
  context.data.put("invoices", invoice);
  context.emit("invoice.updated", invoice);
  return invoice;
}

export function addLines(params: Wire<Stripe.InvoiceAddLinesParams>, context: Context, id: string): WireInvoice {
  onlySimulated(params, ["invoice_metadata", "lines"]);
  const invoice = findInvoice(context, id);
  assertDraft(invoice);
  for (const line of params.lines) {
    if (line.invoice_item !== undefined) attachItem(findItem(context, line.invoice_item), invoice, context);
    else {
      const { tax_amounts: given, ...item } = line;
      addItem(item, context, invoice.customer as string, invoice, readTaxAmounts(given, context));
    }
  }
  invoice.metadata = mergeMetadata(invoice.metadata ?? {}, params.invoice_metadata);
  context.data.put("invoices", invoice);
  context.emit("invoice.updated", invoice);
  return invoice;
}

export function deleteInvoice(_: unknown, context: Context, id: string): Stripe.DeletedInvoice {
  const invoice = findInvoice(context, id);
  if (invoice.status !== "draft") {
    throw refuseRequest("You can only delete draft invoices. To cancel a finalized invoice, void it.");
  }
  for (const item of context.data.list("invoiceitems")) {
    if (item.invoice === id) context.data.remove("invoiceitems", item.id);
  }
  context.data.remove("invoices", id);
  return { id, object: "invoice", deleted: true };
}

export function listInvoices(params: Wire<Stripe.InvoiceListParams>, context: Context): ListAnswer<WireInvoice> {
  if (params.due_date !== undefined) throw notSimulated("the parameter due_date here");
  onlySimulated(params, [
    "collection_method",
    "created",
    "customer",
    "ending_before",
    "limit",
    "starting_after",
    "status",
  ]);
  const rows = context.data
    .list("invoices")
    .filter(
      (row) =>
        (params.customer === undefined || row.customer === params.customer) &&
        (params.status === undefined || row.status === params.status) &&
        (params.collection_method === undefined || row.collection_method === params.collection_method),
    );
  return listPage(rows, params, "/v1/invoices");
}

export function listLines(
  params: Wire<Stripe.InvoiceListLineItemsParams>,
  context: Context,
  id: string,
): ListAnswer<WireLineItem> {
  return cutPage(findInvoice(context, id).lines.data, params, `/v1/invoices/${id}/lines`);
}

function setMethods(
  invoice: WireInvoice,
  settings: Wire<Stripe.InvoiceCreateParams.PaymentSettings> | undefined,
): void {
  if (settings === undefined) return;
  onlySimulated(settings, ["payment_method_options", "payment_method_types"]);
  const types = settings.payment_method_types;
  if (types === undefined || types === null || types === "") return;
  checkMethodTypes(types, invoice.currency);
  invoice.payment_settings.payment_method_types = types;
}

function readDueDate(
  params: { days_until_due?: number; due_date?: number },
  method: string,
  context: Context,
): number | null {
  const { days_until_due: days, due_date: date } = params;
  if (days === undefined && date === undefined) return null;
  if (method !== "send_invoice") {
    throw refuseRequest("`days_until_due` and `due_date` are valid only for invoices that are sent.");
  }
  if (days !== undefined && date !== undefined) {
    throw refuseRequest("You may only specify one of these parameters: days_until_due, due_date.");
  }
  if (days !== undefined && days < 0) throw refuseRequest("Invalid non-negative integer", { param: "days_until_due" });
  if (date !== undefined && date < context.now) {
    throw refuseRequest("The due date must be in the future.", { param: "due_date" });
  }
  return date ?? context.now + (days ?? 0) * DAY_SECONDS;
}

function checkNumber(number: string | null, context: Context, ownId: string | null): void {
  if (number === null) return;
  const taken = context.data.list("invoices").some((row) => row.number === number && row.id !== ownId);
  if (taken) throw refuseRequest(`The invoice number ${number} is already in use.`, { param: "number" });
}

function blankInvoice(id: string, context: Context): WireInvoice {
  return {
    id,
    object: "invoice",
    account_country: "US",
    account_name: "Stripe stand-in",
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: {
      disabled_reason: null,
      enabled: false,
      liability: null,
      provider: null,
      status: null,
    },
    automatically_finalizes_at: null,
    billing_reason: "manual",
    collection_method: "charge_automatically",
    created: context.now,
    currency: "usd",
    custom_fields: null,
    customer: null,
    customer_account: null,
    customer_address: null,
    customer_email: null,
    customer_name: null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: "none",
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: "self" },
    last_finalization_error: null,
    latest_revision: null,
    lines: { object: "list", data: [], has_more: false, url: `/v1/invoices/${id}/lines` },
    livemode: context.livemode,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: null,
    },
    period_end: context.now,
    period_start: context.now,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: "draft",
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  };
}
