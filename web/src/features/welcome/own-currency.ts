/** Countries by the currency people bill in there; others are left to be chosen. Source: ISO 4217, list one. */
const countries: Readonly<Record<string, string>> = {
  EUR: "AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK",
  USD: "US EC SV PR",
  GBP: "GB",
  CHF: "CH LI",
  SEK: "SE",
  NOK: "NO",
  DKK: "DK",
  PLN: "PL",
  CZK: "CZ",
  HUF: "HU",
  RON: "RO",
  UAH: "UA",
  TRY: "TR",
  CAD: "CA",
  AUD: "AU",
  NZD: "NZ",
  JPY: "JP",
  KRW: "KR",
  INR: "IN",
  BRL: "BR",
  MXN: "MX",
  SGD: "SG",
  ZAR: "ZA",
};

/** The currency of the country that a browser's language names or implies; EUR where it is not known. */
export function ownCurrency(language: string): string {
  const region = regionOf(language);
  if (region === undefined) return "EUR";
  return Object.entries(countries).find(([, codes]) => codes.split(" ").includes(region))?.[0] ?? "EUR";
}

function regionOf(language: string): string | undefined {
  try {
    return new Intl.Locale(language).maximize().region;
  } catch {
    return undefined;
  }
}
