/** The words around an invoice's facts, in the client's language: on paper and on the client's page. */
import { english } from "./words/english.ts";
import { french } from "./words/french.ts";
import { german } from "./words/german.ts";
import { japanese } from "./words/japanese.ts";
import { polish } from "./words/polish.ts";
import { spanish } from "./words/spanish.ts";
import type { InvoiceWords } from "./words/words.ts";

const languages = { en: english, de: german, fr: french, es: spanish, pl: polish, ja: japanese };
export type InvoiceLanguage = keyof typeof languages;
export const invoiceLanguages = Object.keys(languages) as InvoiceLanguage[];

/** The language of a locale's invoices: English for languages without words of their own. */
export function invoiceLanguage(locale: string): InvoiceLanguage {
  const [own = ""] = locale.toLowerCase().split("-");
  return invoiceLanguages.find((language) => language === own) ?? "en";
}

/** The words for a locale (BCP 47). */
export const invoiceWords = (locale: string): InvoiceWords => languages[invoiceLanguage(locale)];
