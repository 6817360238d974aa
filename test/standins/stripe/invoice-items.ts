import type Stripe from "stripe";
import { type Context, findCustomer, findInvoice, newId, onlySimulated } from "./context.ts";
import { missingResource, refuseRequest } from "./fault.ts";
import { assertDraft, changeLines } from "./invoice-totals.ts";
import { type ListAnswer, listPage } from "./list.ts";
import { mergeMetadata } from "./metadata.ts";
import { multiplyDecimals, readCurrency } from "./money.ts";
import type { WireTax } from "./taxes.ts";
import type { Wire, WireInvoice, WireInvoiceItem, WireLineItem } from "./wire.ts";

const SIMULATED = [
  "amount",
  "currency",
  "customer",
  "description",
  "discountable",
  "invoice",
  "metadata",
  "period",
  "quantity",
  "quantity_decimal",
  "unit_amount_decimal",
];
/** docs.stripe.com/changelog/2016-02-22/no-more-than-250-invoice-items */
const MOST_LINES = 250;

type ItemParams = Wire<Stripe.InvoiceItemCreateParams>;
/** What an item and a line added to an invoice have in common. Given taxes are the line's alone. */
type LineParams = Omit<ItemParams, "discounts" | "price_data" | "tax_rates" | "tax_code" | "tax_behavior">;

export function createInvoiceItem(params: ItemParams, context: Context): WireInvoiceItem {
  const invoice = params.invoice === undefined ? null : findInvoice(context, params.invoice, "invoice");
  const customerId = params.customer ?? (invoice?.customer as string | undefined);
  if (customerId === undefined) {
    throw refuseRequest("Missing required param: customer.", {
      code: "parameter_missing",
      param: "customer",
    });
  }
  findCustomer(context, customerId, "customer");
  if (invoice !== null && invoice.customer !== customerId) {
    throw refuseRequest("The invoice belongs to another customer.", { param: "invoice" });
  }
  return addItem(params, context, customerId, invoice);
}

/** Makes an item, and its line where it belongs to an invoice already. */
export function addItem(
  params: LineParams,
  context: Context,
  customerId: string,
  invoice: WireInvoice | null,
  taxes: WireTax[] = [],
): WireInvoiceItem {
  onlySimulated(params, SIMULATED);
  const currency = readCurrency(params.currency ?? invoice?.currency ?? "usd");
  if (invoice !== null && invoice.currency !== currency) {
    throw refuseRequest(
      `The currency of the invoice item (${currency}) must match that of the invoice (${invoice.currency}).`,
      { param: "currency" },
    );
  }
  const id = newId("ii");
  const item: WireInvoiceItem = {
    id,
    object: "invoiceitem",
    ...readAmounts(params),
    currency,
    customer: customerId,
    customer_account: null,
    date: context.now,
    description: readDescription(params.description) ?? null,
    discountable: params.discountable ?? true,
    discounts: [],
    invoice: invoice?.id ?? null,
    livemode: context.livemode,
    metadata: mergeMetadata({}, params.metadata),
    parent: null,
    period: params.period ?? { start: context.now, end: context.now },
    proration: false,
    tax_rates: [],
    test_clock: null,
  };
  context.data.put("invoiceitems", item);
  if (invoice !== null) attachItem(item, invoice, context, taxes);
  return item;
}

/** Puts an item's line on a draft. */
export function attachItem(item: WireInvoiceItem, invoice: WireInvoice, context: Context, taxes: WireTax[] = []): void {
  assertDraft(invoice);
  if (invoice.lines.data.length >= MOST_LINES) {
    throw refuseRequest(`An invoice can have up to ${MOST_LINES} invoice items.`, {
      param: "invoice",
    });
  }
  item.invoice = invoice.id;
  context.data.put("invoiceitems", item);
  changeLines(invoice, [...invoice.lines.data, lineOf(item, newId("il"), taxes)], context);
}

export function updateInvoiceItem(
  params: Wire<Stripe.InvoiceItemUpdateParams>,
  context: Context,
  id: string,
): WireInvoiceItem {
  onlySimulated(params, SIMULATED);
  const item = findItem(context, id);
  const invoice = typeof item.invoice === "string" ? findInvoice(context, item.invoice) : null;
  if (invoice !== null) assertDraft(invoice);
  const { amount, quantity, quantity_decimal, unit_amount_decimal } = params;
  if ([amount, quantity, quantity_decimal, unit_amount_decimal].some((value) => value !== undefined)) {
    Object.assign(item, readAmounts(params));
  }
  if (params.description !== undefined) item.description = readDescription(params.description) ?? null;
  if (params.period !== undefined) item.period = params.period;
  item.metadata = mergeMetadata(item.metadata ?? {}, params.metadata);
  context.data.put("invoiceitems", item);
  if (invoice !== null) {
    const lines = invoice.lines.data.map((line) =>
      itemOf(line) === id ? lineOf(item, line.id, line.taxes ?? []) : line,
    );
    changeLines(invoice, lines, context);
  }
  return item;
}

export function deleteInvoiceItem(_: unknown, context: Context, id: string): Stripe.DeletedInvoiceItem {
  const item = findItem(context, id);
  if (typeof item.invoice === "string") {
    const invoice = findInvoice(context, item.invoice);
    assertDraft(invoice);
    changeLines(
      invoice,
      invoice.lines.data.filter((line) => itemOf(line) !== id),
      context,
    );
  }
  context.data.remove("invoiceitems", id);
  return { id, object: "invoiceitem", deleted: true };
}

export function findItem(context: Context, id: string): WireInvoiceItem {
  const item = context.data.get("invoiceitems", id);
  if (item === undefined) throw missingResource("invoiceitem", id);
  return item;
}

export function listInvoiceItems(
  params: Wire<Stripe.InvoiceItemListParams>,
  context: Context,
): ListAnswer<WireInvoiceItem> {
  onlySimulated(params, ["created", "customer", "ending_before", "invoice", "limit", "pending", "starting_after"]);
  const rows = context.data
    .list("invoiceitems")
    .filter(
      (row) =>
        (params.customer === undefined || row.customer === params.customer) &&
        (params.invoice === undefined || row.invoice === params.invoice) &&
        (params.pending === undefined || (row.invoice === null) === params.pending),
    );
  return listPage(rows, params, "/v1/invoiceitems");
}

/** Either `amount`, or a unit amount times a quantity, rounded to the unit once. */
function readAmounts(
  params: Pick<ItemParams, "amount" | "quantity" | "quantity_decimal" | "unit_amount_decimal">,
): Pick<WireInvoiceItem, "amount" | "net_amount" | "quantity" | "quantity_decimal" | "pricing"> {
  const { amount, quantity, quantity_decimal: decimal, unit_amount_decimal: unit } = params;
  if (quantity !== undefined && decimal !== undefined) {
    throw refuseRequest("You may only specify one of these parameters: quantity, quantity_decimal.");
  }
  if (amount !== undefined) {
    const other = Object.entries({
      quantity,
      quantity_decimal: decimal,
      unit_amount_decimal: unit,
    });
    const given = other.find(([, value]) => value !== undefined);
    if (given !== undefined) {
      throw refuseRequest(`You may only specify one of these parameters: amount, ${given[0]}.`, {
        param: given[0],
      });
    }
    return {
      amount,
      net_amount: amount,
      quantity: 1,
      quantity_decimal: "1",
      pricing: priceOf(String(amount)),
    };
  }
  if (unit === undefined) {
    throw refuseRequest("One of amount, pricing, price_data or unit_amount_decimal is required.", {
      param: "amount",
    });
  }
  const count = decimal ?? String(quantity ?? 1);
  if (count.startsWith("-")) {
    throw refuseRequest("Invalid non-negative decimal", {
      param: decimal === undefined ? "quantity" : "quantity_decimal",
    });
  }
  const product = multiplyDecimals(unit, count);
  return {
    amount: product,
    net_amount: product,
    quantity: Math.trunc(Number(count)),
    quantity_decimal: count,
    pricing: priceOf(unit),
  };
}

function priceOf(unitAmount: string): WireInvoiceItem["pricing"] {
  return { type: "price_details", unit_amount_decimal: unitAmount };
}

function readDescription(description: string | undefined): string | undefined {
  if (description !== undefined && description.length > 500) {
    throw refuseRequest("Invalid string: description; must be at most 500 characters", {
      param: "description",
    });
  }
  return description;
}

function lineOf(item: WireInvoiceItem, id: string, taxes: WireTax[]): WireLineItem {
  return {
    id,
    object: "line_item",
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discount_amounts: [],
    discountable: item.discountable,
    discounts: [],
    invoice: typeof item.invoice === "string" ? item.invoice : null,
    livemode: item.livemode,
    metadata: item.metadata ?? {},
    parent: {
      type: "invoice_item_details",
      invoice_item_details: {
        invoice_item: item.id,
        proration: false,
        proration_details: null,
        subscription: null,
      },
      subscription_item_details: null,
    },
    period: item.period,
    pretax_credit_amounts: [],
    pricing:
      item.pricing === null ? null : { type: "price_details", unit_amount_decimal: item.pricing.unit_amount_decimal },
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subscription: null,
    subtotal: item.amount,
    taxes,
  };
}

function itemOf(line: WireLineItem): string | undefined {
  return line.parent?.invoice_item_details?.invoice_item;
}
