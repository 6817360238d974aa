import { currencyExponent, parseMoney } from "@billhook/domain/money";

/** The most that a rate may be, in minor units: the bound of the columns that hold one. */
const MAX_RATE = 100_000_000_000;

/** An amount as it stands in a text field: the locale's digits and decimal mark, no sign and no groups; empty for none. */
export function moneyText(minor: number | null, currency: string, locale: string): string {
  if (minor === null) return "";
  const exponent = currencyExponent(currency);
  const format = new Intl.NumberFormat(locale, {
    useGrouping: false,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
  return format.format(minor / 10 ** exponent);
}

export type ReadRate = { ok: true; minor: number | null } | { ok: false; error: string };

/** An hourly rate as a person types it; nothing typed means none. */
export function readRate(text: string, currency: string, locale: string): ReadRate {
  if (text.trim() === "") return { ok: true, minor: null };
  const parsed = parseMoney(text, currency, locale);
  if (!parsed.ok) return parsed;
  if (parsed.minor < 0) return { ok: false, error: "A rate can't be negative." };
  if (parsed.minor > MAX_RATE) return { ok: false, error: "This rate is too large." };
  return parsed;
}
