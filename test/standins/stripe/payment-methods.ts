import type Stripe from "stripe";
import { type Context, findCustomer, newId } from "./context.ts";
import { missingResource, notSimulated, refuseRequest } from "./fault.ts";
import type { Wire, WireInvoice, WirePaymentMethod } from "./wire.ts";

/** What becomes of a payment with a method: Stripe's test methods (docs.stripe.com/testing). */
export type Outcome = "succeeds" | "declined" | "needs_action" | "processing";

const TEST_METHODS: Readonly<
  Record<string, Pick<WirePaymentMethod, "type" | "card" | "sepa_debit" | "us_bank_account">>
> = {
  pm_card_visa: { type: "card", card: { brand: "visa", last4: "4242" } },
  pm_card_chargeDeclined: { type: "card", card: { brand: "visa", last4: "0002" } },
  pm_card_authenticationRequired: { type: "card", card: { brand: "visa", last4: "3184" } },
  pm_sepaDebit: { type: "sepa_debit", sepa_debit: { last4: "3000" } },
  pm_usBankAccount: { type: "us_bank_account", us_bank_account: { last4: "6789" } },
};
const CURRENCY_OF: Readonly<Record<string, string>> = { sepa_debit: "eur", us_bank_account: "usd" };

/** Makes a customer's own of a test method. */
export function attachPaymentMethod(
  params: Wire<Stripe.PaymentMethodAttachParams>,
  context: Context,
  id: string,
): WirePaymentMethod {
  const customer = findCustomer(context, params.customer ?? "", "customer");
  const method = { ...readMethod(id, context), id: newId("pm"), customer: customer.id };
  context.data.put("paymentmethods", method);
  return method;
}

/** A method by its id, a customer's own or a test one. */
export function readMethod(id: string, context: Context): WirePaymentMethod {
  const own = context.data.get("paymentmethods", id);
  if (own !== undefined) return own;
  const test = TEST_METHODS[id];
  if (test === undefined) {
    throw id.startsWith("pm_card_") ? notSimulated(`the method ${id}`) : missingResource("PaymentMethod", id);
  }
  return { id, object: "payment_method", created: context.now, customer: null, livemode: false, metadata: {}, ...test };
}

/** What would become of paying with this method; refuses one that the invoice cannot be paid with. */
export function outcomeOf(method: WirePaymentMethod, invoice: WireInvoice): Outcome {
  checkMethodTypes([method.type], invoice.currency);
  const types = invoice.payment_settings.payment_method_types;
  if (types !== null && !types.some((type) => type === method.type)) {
    throw refuseRequest(`The invoice does not take payments by ${method.type}.`);
  }
  if (method.type !== "card") return "processing";
  switch (method.card?.last4) {
    case "0002":
      return "declined";
    case "3184":
      return "needs_action";
    default:
      return "succeeds";
  }
}

/** Debits are for one currency each (docs.stripe.com/payments/payment-methods/payment-method-support). */
export function checkMethodTypes(types: readonly string[], currency: string): void {
  for (const type of types) {
    const only = CURRENCY_OF[type];
    if (only !== undefined && only !== currency) {
      throw refuseRequest(`The payment method type ${type} supports the currency ${only} only.`, {
        param: "payment_settings[payment_method_types]",
      });
    }
  }
}
