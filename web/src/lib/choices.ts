/** What people choose from in forms. The browser knows the names; only what is common is listed here. */

export interface Choice {
  value: string;
  label: string;
}

// prettier-ignore
const commonCurrencies = [
  "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "CAD", "AUD", "NZD", "JPY", "INR", "BRL", "SGD", "ZAR",
];

/** The common currencies first, then all the others that the browser knows. */
export function listCurrencies(): Choice[] {
  const names = new Intl.DisplayNames("en", { type: "currency" });
  const others = Intl.supportedValuesOf("currency").filter((code) => !commonCurrencies.includes(code));
  return [...commonCurrencies, ...others].map((code) => ({
    value: code,
    label: `${code} · ${names.of(code) ?? code}`,
  }));
}

/** `own` is listed whether the browser knows it or not. */
export function listTimeZones(own: string): Choice[] {
  const zones = Intl.supportedValuesOf("timeZone");
  const all = own === "" || zones.includes(own) ? zones : [own, ...zones];
  return all.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }));
}

/** Codes that CLDR names and that are not countries one sends an invoice to. */
const notCountries = new Set(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"]);

/** Countries and territories by name, with their ISO 3166 code. */
export function listCountries(): Choice[] {
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCodePoint(65 + at));
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  return codes
    .flatMap((code) => {
      // A withdrawn code (DD, SU) is rewritten to its successor; only the successor is listed.
      if (notCountries.has(code) || new Intl.Locale(`und-${code}`).region !== code) return [];
      const label = names.of(code);
      return label === undefined ? [] : [{ value: code, label }];
    })
    .sort((a, b) => a.label.localeCompare(b.label, "en"));
}

// prettier-ignore
const commonLocales = [
  "en", "en-GB", "en-US", "en-IE", "en-AU", "en-CA", "en-IN", "de-DE", "de-AT", "de-CH", "fr-FR", "fr-BE", "fr-CH", "fr-CA",
  "nl-NL", "nl-BE", "es-ES", "es-MX", "it-IT", "it-CH", "pt-PT", "pt-BR", "sv-SE", "da-DK", "nb-NO", "fi-FI", "pl-PL", "cs-CZ",
  "hu-HU", "ro-RO", "el-GR", "bg-BG", "uk-UA", "tr-TR", "ja-JP", "ko-KR", "zh-CN",
];

/** Languages with the country whose numbers and dates they follow, each shown by an example. */
export function listLocales(own: string): Choice[] {
  const names = new Intl.DisplayNames("en", { type: "language" });
  const all = own === "" || commonLocales.includes(own) ? commonLocales : [own, ...commonLocales];
  return all.map((locale) => ({ value: locale, label: `${names.of(locale) ?? locale} · ${exampleOf(locale)}` }));
}

const exampleOf = (locale: string): string =>
  `${new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(1234.5)}, ${new Intl.DateTimeFormat(locale, {
    dateStyle: "short",
    timeZone: "UTC",
  }).format(Date.UTC(2026, 10, 27))}`;
