/**
 * Money is an integer number of minor units with an ISO 4217 code. `currencyExponent` and `lineTotalMinor` have twins in
 * SQL (`public.currency_exponent`, `public.line_total_minor`), which compute what is billed; these show it while a person
 * types, and must agree with them to the last minor unit.
 */

/**
 * Decimals of the currencies that do not have two, by ISO 4217 (List One). `Intl` is not asked for them: its data follows
 * CLDR, which counts the decimals in everyday use (none for IQD, for instance).
 */
export const currencyExponents: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

/** Decimals of the currency's minor unit: 0, 2 or 3. */
export function currencyExponent(code: string): number {
  return Object.hasOwn(currencyExponents, code) ? (currencyExponents[code] ?? 2) : 2;
}

function toSafeInteger(value: number, name: string): bigint {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${name} is not a safe integer: ${value}`);
  return BigInt(value);
}

/**
 * The total of a line in minor units: seconds × hourly rate ÷ 3600, rounded half away from zero. Exact: the product may
 * pass 2^53. Throws a RangeError where an argument or the result is not a safe integer.
 */
export function lineTotalMinor(seconds: number, hourlyRateMinor: number): number {
  const product = toSafeInteger(seconds, "seconds") * toSafeInteger(hourlyRateMinor, "hourlyRateMinor");
  const magnitude = ((product < 0n ? -product : product) * 2n + 3600n) / 7200n;
  if (magnitude > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError("the line total is not a safe integer");
  return Number(product < 0n ? -magnitude : magnitude);
}

/** `123456` minor units with 2 decimals as the exact decimal text `1234.56`. */
function toDecimal(minor: number, exponent: number): string {
  const value = toSafeInteger(minor, "minor");
  const digits = (value < 0n ? -value : value).toString().padStart(exponent + 1, "0");
  const point = digits.length - exponent;
  const decimal = exponent === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return value < 0n ? `-${decimal}` : decimal;
}

const FORMAT_ENTRIES = 50;
const FORMAT_MILLISECONDS = 60 * 60 * 1000;

/** Formatters of this isolate: making one costs fifty times using it. An entry depends on nothing but its key. */
const isolateFormatCache = new Map<string, { format: Intl.NumberFormat; until: number }>();

function readFormat(currency: string, locale: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  const hit = isolateFormatCache.get(key);
  if (hit !== undefined && hit.until > Date.now()) return hit.format;
  const exponent = currencyExponent(currency);
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
  if (isolateFormatCache.size >= FORMAT_ENTRIES) isolateFormatCache.clear();
  isolateFormatCache.set(key, { format, until: Date.now() + FORMAT_MILLISECONDS });
  return format;
}

/**
 * The amount as the locale writes it, always with the currency's own number of decimals. Throws a RangeError where the
 * code is not three letters, the locale is malformed or the amount is not a safe integer.
 */
export function formatMoney(minor: number, currency: string, locale: string): string {
  // Text, not a number: amounts past 2^53 / 100 have no exact float.
  const decimal = toDecimal(minor, currencyExponent(currency)) as Intl.StringNumericLiteral;
  return readFormat(currency, locale).format(decimal);
}

export type ParsedMoney = { ok: true; minor: number } | { ok: false; error: string };

interface Marks {
  /** Of the locale; null where no locale is known. */
  decimal: string | null;
  /** Lower-case signs of the currency that may stand around the number. */
  symbols: string[];
}

function readMarks(currency: string, locale: string | undefined): Marks {
  const symbols = new Set([currency.toLowerCase()]);
  let decimal: string | null = null;
  for (const currencyDisplay of ["symbol", "narrowSymbol"] as const) {
    const options = {
      style: "currency",
      currency,
      currencyDisplay,
      minimumFractionDigits: 1,
    } as const;
    for (const part of new Intl.NumberFormat(locale ?? "en", options).formatToParts(1.5)) {
      if (part.type === "currency") symbols.add(plain(part.value));
      if (part.type === "decimal" && locale !== undefined) decimal = plain(part.value);
    }
  }
  return { decimal, symbols: [...symbols] };
}

/** Without direction marks and spaces, in lower case, with ASCII digits, separators and minus. */
function plain(text: string): string {
  return text
    .replace(/[\s\u00a0\u202f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    .replace(/[\u2212\ufe63\uff0d]/gu, "-")
    .replace(/['\u2019]/gu, "'")
    .replace(/[٠-٩]/gu, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/gu, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .toLowerCase();
}

const grouped = /^\d{1,3}(?:([.,'٬])\d{2,3})(?:\1\d{2,3})*$/u;

/** Whether the separators can only be, or may be, those of thousands (or of lakhs): the last group has three digits. */
function isGrouped(digits: string): boolean {
  return grouped.test(digits) && /\D\d{3}$/u.test(digits);
}

/** Splits `1.234,56` into whole and fraction digits; null where the separators make no number, or could make two. */
function splitNumber(core: string, decimal: string | null, exponent: number): [whole: string, fraction: string] | null {
  const separators = core.replace(/\d/gu, "");
  if (separators === "") return [core, ""];
  const last = separators.at(-1) ?? "";
  const at = core.lastIndexOf(last);
  const head = core.slice(0, at);
  const tail = core.slice(at + 1);
  const headIsWhole = /^\d*$/u.test(head) || (isGrouped(head) && !head.includes(last));
  const asFraction = headIsWhole && tail !== "" && last !== "'" && last !== "٬";
  const asGroups = isGrouped(core);
  if (asFraction && asGroups) {
    // "1.234" and "1,234": thousands, unless the locale's decimal mark, or three decimals, say otherwise.
    if (decimal === null) return exponent === 3 ? null : [core.replace(/\D/gu, ""), ""];
    return last === decimal ? [head.replace(/\D/gu, ""), tail] : [core.replace(/\D/gu, ""), ""];
  }
  if (asFraction) return [head.replace(/\D/gu, "") || "0", tail];
  return asGroups ? [core.replace(/\D/gu, ""), ""] : null;
}

/**
 * Reads an amount as people type it: `1234.5`, `1.234,50 €`, `CHF 1'234.50`, `-12`. The locale decides where a mark could
 * be both; without one, a mark before exactly three digits separates thousands. Never rounds: too many decimals are an
 * error. Throws a RangeError only where the currency code or the locale is malformed.
 */
export function parseMoney(text: string, currency: string, locale?: string): ParsedMoney {
  const exponent = currencyExponent(currency);
  const example = toDecimal(exponent === 0 ? 1500 : 15 * 10 ** exponent + (exponent === 3 ? 500 : 50), exponent);
  const unreadable: ParsedMoney = {
    ok: false,
    error: `Write an amount in ${currency}, such as ${example}.`,
  };
  if (text.length > 100) return unreadable;
  const match = /^(?<before>[^\d]*?)(?<core>[.,٫]?\d(?:[\d.,'٬٫]*\d)?)(?<after>[^\d]*)$/u.exec(plain(text));
  if (match?.groups === undefined) return unreadable;
  const marks = readMarks(currency, locale);
  let { before = "", core = "" } = match.groups;
  const { after = "" } = match.groups;
  const isSymbol = (sign: string): boolean => marks.symbols.includes(sign);
  if (/^\D/u.test(core) && isSymbol(before.replace("-", "") + core.charAt(0))) {
    // "Rs.12": the mark belongs to the currency sign, not to the number.
    before += core.charAt(0);
    core = core.slice(1);
  }
  const negative = before.includes("-");
  const sign = before.replace("-", "") + after;
  if (sign !== "" && !isSymbol(sign)) return unreadable;
  const parts = splitNumber(core, marks.decimal, exponent);
  if (parts === null) return unreadable;
  const [whole, fraction] = parts;
  if (fraction.length > exponent && /[1-9]/u.test(fraction.slice(exponent))) {
    const error =
      exponent === 0 ? `${currency} has no decimals: write a whole amount.` : `${currency} has ${exponent} decimals.`;
    return { ok: false, error };
  }
  const minor = Number(whole + fraction.slice(0, exponent).padEnd(exponent, "0"));
  if (!Number.isSafeInteger(minor)) return { ok: false, error: "This amount is too large." };
  return { ok: true, minor: negative && minor !== 0 ? -minor : minor };
}
