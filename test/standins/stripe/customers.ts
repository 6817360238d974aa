import type Stripe from "stripe";
import { type Context, findCustomer, newId, onlySimulated } from "./context.ts";
import { refuseRequest } from "./fault.ts";
import { type ListAnswer, listPage } from "./list.ts";
import { mergeMetadata } from "./metadata.ts";
import { readMethod } from "./payment-methods.ts";
import type { Wire, WireCustomer } from "./wire.ts";

const SIMULATED = [
  "address",
  "business_name",
  "description",
  "email",
  "individual_name",
  "invoice_settings",
  "metadata",
  "name",
  "phone",
  "preferred_locales",
  "tax_exempt",
];

export function createCustomer(params: Wire<Stripe.CustomerCreateParams>, context: Context): WireCustomer {
  const id = newId("cus");
  const blank: WireCustomer = {
    id,
    object: "customer",
    address: null,
    balance: 0,
    created: context.now,
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: id.slice(-8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: context.livemode,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
  };
  return applyParams(blank, params, context);
}

export function updateCustomer(params: Wire<Stripe.CustomerUpdateParams>, context: Context, id: string): WireCustomer {
  return applyParams(findCustomer(context, id), params, context);
}

export function listCustomers(params: Wire<Stripe.CustomerListParams>, context: Context): ListAnswer<WireCustomer> {
  onlySimulated(params, ["created", "email", "ending_before", "limit", "starting_after"]);
  const rows = context.data.list("customers");
  const matching = rows.filter((row) => params.email === undefined || row.email === params.email);
  return listPage(matching, params, "/v1/customers");
}

/** A deleted customer's open invoices stay; the stand-in forgets the customer itself. */
export function deleteCustomer(_: unknown, context: Context, id: string): Stripe.DeletedCustomer {
  findCustomer(context, id);
  context.data.remove("customers", id);
  return { id, object: "customer", deleted: true };
}

function applyParams(
  customer: WireCustomer,
  params: Wire<Stripe.CustomerCreateParams | Stripe.CustomerUpdateParams>,
  context: Context,
): WireCustomer {
  onlySimulated(params, SIMULATED);
  if (params.email !== undefined && params.email !== "" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(params.email)) {
    throw refuseRequest(`Invalid email address: ${params.email}`, {
      code: "email_invalid",
      param: "email",
    });
  }
  if (params.address !== undefined) customer.address = readAddress(params.address);
  if (params.description !== undefined) customer.description = params.description;
  if (params.email !== undefined) customer.email = params.email;
  if (params.name !== undefined) customer.name = params.name;
  if (params.invoice_settings?.default_payment_method !== undefined) {
    const id = params.invoice_settings.default_payment_method;
    const method = readMethod(id, context);
    if (method.customer !== customer.id) {
      throw refuseRequest("The customer does not have a payment method with this ID; attach it first.", {
        param: "invoice_settings[default_payment_method]",
      });
    }
    customer.invoice_settings.default_payment_method = id;
  }
  if (params.tax_exempt !== undefined) customer.tax_exempt = params.tax_exempt === "" ? "none" : params.tax_exempt;
  if (params.phone !== undefined) customer.phone = params.phone;
  if (params.preferred_locales !== undefined) customer.preferred_locales = params.preferred_locales;
  if (typeof params.business_name === "string") customer.business_name = params.business_name;
  if (typeof params.individual_name === "string") customer.individual_name = params.individual_name;
  customer.metadata = mergeMetadata(customer.metadata, params.metadata);
  context.data.put("customers", customer);
  return customer;
}

function readAddress(address: Wire<Stripe.CustomerCreateParams["address"]>): Stripe.Address | null {
  if (address === undefined || address === null || address === "") return null;
  return {
    city: address.city ?? null,
    country: address.country ?? null,
    line1: address.line1 ?? null,
    line2: address.line2 ?? null,
    postal_code: address.postal_code ?? null,
    state: address.state ?? null,
  };
}
