import { currencyExponent } from "@billhook/domain/money";

/**
 * Stripe's minor units are ours (ISO 4217), apart from what docs.stripe.com/currencies lists under "Zero-decimal
 * currencies" and "Special cases": ISK has no decimals but is given as hundredths, MGA has two but is given whole.
 * HUF and TWD are special for payouts only.
 */
const STRIPE_DECIMALS: Readonly<Record<string, number>> = { ISK: 2, MGA: 0 };

/** Amounts whose last digit must be 0 (docs.stripe.com/currencies, "Three-decimal currencies"). */
const THREE_DECIMAL_STEP = 10;

export type StripeAmount = { ok: true; amount: number } | { ok: false; reason: string };

/**
 * An amount in our minor units as Stripe takes it, or why Stripe cannot be given it. UGX is refused: Stripe's page lists
 * it both as a currency without decimals and as one given in hundredths, and a wrong guess bills a hundredfold.
 */
export function toStripeAmount(minor: number, currency: string): StripeAmount {
  if (currency === "UGX") {
    return {
      ok: false,
      reason: "Stripe's rules for amounts in UGX contradict each other, so Billhook does not send them.",
    };
  }
  const decimals = currencyExponent(currency);
  const shift = (STRIPE_DECIMALS[currency] ?? decimals) - decimals;
  if (shift >= 0) {
    const amount = minor * 10 ** shift;
    if (decimals === 3 && amount % THREE_DECIMAL_STEP !== 0) {
      return { ok: false, reason: `Stripe takes ${currency} in steps of 0.010 only.` };
    }
    return { ok: true, amount };
  }
  const step = 10 ** -shift;
  if (minor % step !== 0) return { ok: false, reason: `Stripe takes whole ${currency} only.` };
  return { ok: true, amount: minor / step };
}

/** The way back, for what Stripe reports. Currency codes are Stripe's: any case. */
export function fromStripeAmount(amount: number, stripeCurrency: string): number {
  const currency = stripeCurrency.toUpperCase();
  const decimals = currencyExponent(currency);
  const shift = (STRIPE_DECIMALS[currency] ?? decimals) - decimals;
  return shift >= 0 ? Math.round(amount / 10 ** shift) : amount * 10 ** -shift;
}

/** An amount that Stripe cannot be given; the message is for people. */
export class UnchargeableAmount extends RangeError {}

/** An amount as Stripe takes it. Throws an UnchargeableAmount where it doesn't. */
export function amountFor(minor: number, currency: string): number {
  const amount = toStripeAmount(minor, currency);
  if (!amount.ok) throw new UnchargeableAmount(amount.reason);
  return amount.amount;
}
