import { printable } from "./printable.ts";
import { isSettable } from "./text-scripts.ts";

/** Text as a person wrote it, without what has no form on paper. */
export function setText(text: string): string {
  return printable(text);
}

/** The locale, or English where it writes dates or figures in a script that no font here has. */
export function settableLocale(locale: string): string {
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" }).format(0);
  const amount = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" }).format(12_345.67);
  return isSettable(printable(date + amount)) ? locale : "en";
}
