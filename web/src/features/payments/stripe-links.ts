/** What a restricted key needs for sending, charging, crediting and hearing of invoices, by the names in Stripe's dashboard. */
export const permissions = [
  { name: "Customers", right: "Write", code: "rak_customer_write" },
  { name: "Invoices", right: "Write", code: "rak_invoice_write" },
  { name: "Credit notes", right: "Write", code: "rak_credit_note_write" },
  { name: "Tax rates", right: "Write", code: "rak_tax_rate_write" },
  { name: "PaymentIntents", right: "Write", code: "rak_payment_intent_write" },
  { name: "Charges and refunds", right: "Write", code: "rak_charge_write" },
  { name: "Webhook endpoints", right: "Write", code: "rak_webhook_write" },
] as const;

/** Stripe's form for a new restricted key, filled in. */
export function keyFormUrl(mode: "live" | "test"): string {
  const search = new URLSearchParams([
    ["name", "Billhook"],
    ...permissions.map(({ code }): [string, string] => ["permissions[]", code]),
  ]);
  return `https://dashboard.stripe.com/${mode === "test" ? "test/" : ""}apikeys/create?${search.toString()}`;
}

export const endpointsUrl = (livemode: boolean): string =>
  `https://dashboard.stripe.com/${livemode ? "" : "test/"}webhooks`;
