/**
 * Ways to pay that a workspace or a client can be limited to, under the names that Stripe has for them, and the currencies
 * each is for (docs.stripe.com/payments/payment-methods/payment-method-support); null: any.
 */
export const paymentMethods = {
  card: null,
  sepa_debit: ["EUR"],
  us_bank_account: ["USD"],
  customer_balance: ["EUR", "GBP", "JPY", "MXN", "USD"],
} as const satisfies Record<string, readonly string[] | null>;

export type PaymentMethod = keyof typeof paymentMethods;

/** Those of the wanted ways that a currency has. */
export function methodsFor(wanted: readonly string[], currency: string): PaymentMethod[] {
  return (Object.keys(paymentMethods) as PaymentMethod[]).filter((method) => {
    const currencies: readonly string[] | null = paymentMethods[method];
    return wanted.includes(method) && (currencies === null || currencies.includes(currency));
  });
}
