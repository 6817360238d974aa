import { StripeFault } from "./fault.ts";

/** By resource, as Stripe names them in `rak_…` permissions; what is not named is not allowed. */
export type KeyPermissions = Partial<Record<string, "read" | "write">>;

const RESOURCES: Record<string, string> = {
  account: "accounts_kyc_basic",
  charges: "charge",
  credit_notes: "credit_note",
  customers: "customer",
  events: "event",
  invoice_payments: "invoice",
  invoiceitems: "invoice",
  invoices: "invoice",
  payment_intents: "payment_intent",
  payment_methods: "payment_method",
  payment_records: "payment_record",
  refunds: "charge",
  tax_rates: "tax_rate",
  webhook_endpoints: "webhook",
};

/** Throws what Stripe answers a restricted key that may not make this call (docs.stripe.com/keys/restricted-api-keys). */
export function checkPermission(
  { key, permissions, accountId }: { key: string; permissions: KeyPermissions | null; accountId: string },
  method: string,
  path: string,
): void {
  if (permissions === null) return;
  const resource = RESOURCES[path.split("/")[2] ?? ""] ?? "";
  const wanted = method === "GET" ? "read" : "write";
  const given = permissions[resource];
  if (given === "write" || given === wanted) return;
  const shown = key.replaceAll(/(?<=^.{8}).(?=.{4})/g, "*");
  throw new StripeFault(
    403,
    "invalid_request_error",
    `The provided key '${shown}' does not have the required permissions for this endpoint on account '${accountId}'. ` +
      `Having the 'rak_${resource}_${wanted}' permission would allow this request to continue.`,
  );
}
