import { printable } from "./printable.ts";

/** Text as a person wrote it, without what has no form on paper. */
export function setText(text: string): string {
  return printable(text);
}

/** The locale, or English where it writes dates or digits in a script that the font does not have. */
export function settableLocale(locale: string): string {
  const sample = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" }).format(0);
  return /^[\u0020-\u052f\u1e00-\u22ff]*$/u.test(sample) ? locale : "en";
}
