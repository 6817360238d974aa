import { refuseRequest } from "./fault.ts";

/**
 * Presentment currencies and their units, from docs.stripe.com/currencies: in the zero-decimal ones an amount is whole
 * units; ISK and UGX have no minor unit either, but are given as hundredths that end in 00; the three-decimal ones must
 * end in 0.
 */
const CURRENCIES = new Set(
  (
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf " +
    "clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils " +
    "inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk " +
    "mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp " +
    "sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw"
  ).split(" "),
);
const ZERO_DECIMAL = new Set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" "));
const WHOLE_HUNDREDTHS = new Set(["isk", "ugx"]);
const THREE_DECIMAL = new Set(["bhd", "jod", "kwd", "omr", "tnd"]);

/** The code in lower case, as every answer has it. */
export function readCurrency(currency: string): string {
  const code = currency.toLowerCase();
  if (CURRENCIES.has(code)) return code;
  const known = [...CURRENCIES].join(", ");
  throw refuseRequest(`Invalid currency: ${code}. Stripe currently supports these currencies: ${known}`, {
    param: "currency",
  });
}

/** How many decimals an amount in this currency has on Stripe's side. */
function stripeDecimals(currency: string): number {
  return ZERO_DECIMAL.has(currency) ? 0 : THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** Refuses an amount that cannot be charged in this currency. */
export function checkChargeable(amount: number, currency: string, param: string): void {
  const step = THREE_DECIMAL.has(currency) ? 10 : WHOLE_HUNDREDTHS.has(currency) ? 100 : 1;
  if (amount % step !== 0) {
    throw refuseRequest(`Invalid amount: in ${currency} it must be evenly divisible by ${step}`, {
      param,
    });
  }
}

/** Unit price times quantity, both decimal strings of at most 12 places, rounded half away from zero to the unit. */
export function multiplyDecimals(unitAmount: string, quantity: string): number {
  const product = scale(unitAmount) * scale(quantity);
  const one = 10n ** 24n;
  const magnitude = product < 0n ? -product : product;
  const rounded = (magnitude * 2n + one) / (one * 2n);
  return Number(product < 0n ? -rounded : rounded);
}

function scale(decimal: string): bigint {
  const [whole = "0", fraction = ""] = decimal.replace("-", "").split(".");
  const value = BigInt(whole) * 10n ** 12n + BigInt(fraction.padEnd(12, "0"));
  return decimal.startsWith("-") ? -value : value;
}

export function formatStripeAmount(amount: number, currency: string): string {
  const decimals = stripeDecimals(currency);
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency: currency.toUpperCase(),
    minimumFractionDigits: decimals,
  }).format(amount / 10 ** decimals);
}
