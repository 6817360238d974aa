import { methodsFor } from "@billhook/domain/payment-methods";
import type Stripe from "stripe";

type Settings = Stripe.InvoiceCreateParams.PaymentSettings;
type BankTransfer = Stripe.InvoiceCreateParams.PaymentSettings.PaymentMethodOptions.CustomerBalance.BankTransfer;

/** Where accounts for transfers in euros can be (docs.stripe.com/payments/bank-transfers). */
const EURO_COUNTRIES = ["BE", "DE", "ES", "FR", "IE", "NL"];

/**
 * How an invoice may be paid: those of the wanted ways that its currency has. Nothing, which leaves it to the settings of
 * the account at Stripe, where nothing is wanted or none of it fits.
 */
export function paymentSettings(
  wanted: readonly string[] | null,
  currency: string,
  country: string | null,
): { payment_settings?: Settings } {
  const types = methodsFor(wanted ?? [], currency);
  if (types.length === 0) return {};
  return {
    payment_settings: {
      payment_method_types: types,
      ...(types.includes("customer_balance")
        ? {
            payment_method_options: {
              customer_balance: { funding_type: "bank_transfer", bank_transfer: bankTransfer(currency, country) },
            },
          }
        : {}),
    },
  };
}

function bankTransfer(currency: string, country: string | null): BankTransfer {
  if (currency !== "EUR") {
    const area = { GBP: "gb", JPY: "jp", MXN: "mx" }[currency] ?? "us";
    return { type: `${area}_bank_transfer` };
  }
  const known = EURO_COUNTRIES.find((each) => each === country);
  return { type: "eu_bank_transfer", eu_bank_transfer: { country: known ?? "IE" } };
}
