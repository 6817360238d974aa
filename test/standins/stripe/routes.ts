import type Stripe from "stripe";
import { type Context, findCustomer, findInvoice } from "./context.ts";
import { createCustomer, deleteCustomer, listCustomers, updateCustomer } from "./customers.ts";
import { createCreditNote, findCreditNote, listCreditNotes, previewCreditNote } from "./credit-notes.ts";
import { missingResource } from "./fault.ts";
import {
  createInvoiceItem,
  deleteInvoiceItem,
  findItem,
  listInvoiceItems,
  updateInvoiceItem,
} from "./invoice-items.ts";
import { finalizeInvoice, markUncollectible, sendInvoice, voidInvoice } from "./invoice-states.ts";
import { addLines, createInvoice, deleteInvoice, listInvoices, listLines, updateInvoice } from "./invoices.ts";
import { listPage, searchRows } from "./list.ts";
import { attachPaymentMethod } from "./payment-methods.ts";
import { attachPayment, findPaymentRecord, reportPayment } from "./payment-records.ts";
import { listInvoicePayments, payInvoice } from "./payments.ts";
import { createRefund, findRefund, listRefunds } from "./refunds.ts";
import { createEndpoint, deleteEndpoint, findEndpoint, listEndpoints, updateEndpoint } from "./webhook-endpoints.ts";

/** Takes what the route's schema has decoded. The id is that in the path, empty where it has none. */
export type Handler = (params: object, context: Context, id: string) => object;

/**
 * One place where decoded parameters get their type: the schema of each route is generated from the very type its
 * handler names.
 */
function route(handler: (params: never, context: Context, id: string) => object): Handler {
  return (params, context, id) => handler(params as never, context, id);
}

/** What the stand-in knows of its accounts, which is their name. */
const showAccount = ({ accountId }: Context) => ({
  id: accountId,
  object: "account",
  business_profile: { name: `${accountId.charAt(5).toUpperCase()}${accountId.slice(6)} stand-in` },
  country: "US",
  default_currency: "usd",
  email: null,
  settings: { dashboard: { display_name: `${accountId.charAt(5).toUpperCase()}${accountId.slice(6)} stand-in` } },
  type: "standard",
});

/** Earlier routes win: `search` stands before `:id`. */
export const ROUTES: Record<string, Handler> = {
  "GET /v1/account": route((_, context) => showAccount(context)),
  "POST /v1/webhook_endpoints": route(createEndpoint),
  "GET /v1/webhook_endpoints": route(listEndpoints),
  "GET /v1/webhook_endpoints/:id": route((_, context, id) => findEndpoint(context, id)),
  "POST /v1/webhook_endpoints/:id": route(updateEndpoint),
  "DELETE /v1/webhook_endpoints/:id": route(deleteEndpoint),
  "GET /v1/charges": route((params: Stripe.ChargeListParams) => listPage([], params, "/v1/charges")),
  "GET /v1/payment_intents": route((params: Stripe.PaymentIntentListParams) =>
    listPage([], params, "/v1/payment_intents"),
  ),
  "GET /v1/tax_rates": route((params: Stripe.TaxRateListParams) => listPage([], params, "/v1/tax_rates")),
  "POST /v1/customers": route(createCustomer),
  "GET /v1/customers": route(listCustomers),
  "GET /v1/customers/search": route(({ query }: Stripe.CustomerSearchParams, context) =>
    searchRows(
      context.data.list("customers"),
      query,
      (row) => ({ email: row.email, name: row.name ?? null }),
      context.searchableUntil,
      "/v1/customers/search",
    ),
  ),
  "GET /v1/customers/:id": route((_, context, id) => findCustomer(context, id)),
  "POST /v1/customers/:id": route(updateCustomer),
  "DELETE /v1/customers/:id": route(deleteCustomer),
  "POST /v1/invoiceitems": route(createInvoiceItem),
  "GET /v1/invoiceitems": route(listInvoiceItems),
  "GET /v1/invoiceitems/:id": route((_, context, id) => findItem(context, id)),
  "POST /v1/invoiceitems/:id": route(updateInvoiceItem),
  "DELETE /v1/invoiceitems/:id": route(deleteInvoiceItem),
  "POST /v1/invoices": route(createInvoice),
  "GET /v1/invoices": route(listInvoices),
  "GET /v1/invoices/search": route(({ query }: Stripe.InvoiceSearchParams, context) =>
    searchRows(
      context.data.list("invoices"),
      query,
      (row) => ({
        currency: row.currency,
        customer: typeof row.customer === "string" ? row.customer : null,
        number: row.number,
        status: row.status,
      }),
      context.searchableUntil,
      "/v1/invoices/search",
    ),
  ),
  "GET /v1/invoices/:id": route((_, context, id) => findInvoice(context, id)),
  "POST /v1/invoices/:id": route(updateInvoice),
  "DELETE /v1/invoices/:id": route(deleteInvoice),
  "GET /v1/invoices/:id/lines": route(listLines),
  "POST /v1/invoices/:id/add_lines": route(addLines),
  "POST /v1/invoices/:id/finalize": route(finalizeInvoice),
  "POST /v1/invoices/:id/send": route(sendInvoice),
  "POST /v1/invoices/:id/pay": route(payInvoice),
  "POST /v1/invoices/:id/void": route(voidInvoice),
  "POST /v1/invoices/:id/mark_uncollectible": route(markUncollectible),
  "POST /v1/invoices/:id/attach_payment": route(attachPayment),
  "GET /v1/invoice_payments": route(listInvoicePayments),
  "POST /v1/payment_records/report_payment": route(reportPayment),
  "GET /v1/payment_records/:id": route((_, context, id) => findPaymentRecord(context, id)),
  "POST /v1/payment_methods/:id/attach": route(attachPaymentMethod),
  "POST /v1/credit_notes": route(createCreditNote),
  "GET /v1/credit_notes": route(listCreditNotes),
  "GET /v1/credit_notes/preview": route(previewCreditNote),
  "GET /v1/credit_notes/:id": route((_, context, id) => findCreditNote(context, id)),
  "POST /v1/refunds": route(createRefund),
  "GET /v1/refunds": route(listRefunds),
  "GET /v1/refunds/:id": route((_, context, id) => findRefund(context, id)),
  "GET /v1/events": route((params: Stripe.EventListParams, context) => {
    const types = params.types ?? (params.type === undefined ? null : [params.type]);
    const rows = context.data.list("events").filter((row) => types === null || types.includes(row.type));
    return listPage(rows, params, "/v1/events");
  }),
  "GET /v1/events/:id": route((_, context, id) => {
    const event = context.data.get("events", id);
    if (event === undefined) throw missingResource("event", id);
    return event;
  }),
};
