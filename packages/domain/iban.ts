/** International bank account numbers (ISO 13616-1). */

/** In capitals, without spaces; null where the form or the check digits are wrong. The twin of `private.is_iban`. */
export function readIban(text: string): string | null {
  const iban = text.replaceAll(/[\s-]/g, "").toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/u.test(iban)) return null;
  return remainder(`${iban.slice(4)}${iban.slice(0, 4)}`) === 1 ? iban : null;
}

/** In groups of four, as on paper (ISO 13616-1, 6.2). */
export const formatIban = (iban: string): string => iban.replaceAll(/(.{4})(?=.)/g, "$1 ");

/** An account of a Swiss or Liechtenstein bank. */
export const isSwissIban = (iban: string): boolean => /^(?:CH|LI)/u.test(iban);

/** A Swiss account that wants a QR reference: its bank is known by 30000 to 31999 (Swiss QR-bill, 4.2.2 and Annex). */
export const isQrIban = (iban: string): boolean => isSwissIban(iban) && /^3[01]/u.test(iban.slice(4));

/** Countries and territories whose banks take SEPA credit transfers, as their IBANs begin (EPC409-09). */
const sepa = new Set(
  (
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK " +
    "SM VA"
  ).split(" "),
);
export const isSepaIban = (iban: string): boolean => sepa.has(iban.slice(0, 2));

/** ISO 9362: four characters of the bank, two of its country, two of the place, and three of a branch. */
export function readBic(text: string): string | null {
  const bic = text.replaceAll(/\s/g, "").toUpperCase();
  return /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/u.test(bic) ? bic : null;
}

/** The check characters that make an invoice's number a creditor reference (ISO 11649); null where it has no room for it. */
export function creditorReference(number: string): string | null {
  const own = number.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
  if (own === "" || own.length > 21) return null;
  return `RF${String(98 - remainder(`${own}RF00`)).padStart(2, "0")}${own}`;
}

/** The 27 digits of a QR reference (Swiss QR-bill, Annex B), from an invoice's number; null where it has no digits for it. */
export function qrReference(number: string): string | null {
  const own = number.replaceAll(/\D/g, "");
  if (/^0*$/u.test(own) || own.length > 26) return null;
  const digits = own.padStart(26, "0");
  return `${digits}${checkDigit(digits)}`;
}

/** Modulo 10, recursive. */
function checkDigit(digits: string): number {
  const table = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
  let carry = 0;
  for (const digit of digits) carry = table[(carry + Number(digit)) % 10] ?? 0;
  return (10 - carry) % 10;
}

/** Modulo 97 (ISO/IEC 7064), letters counting from A = 10. */
function remainder(characters: string): number {
  let rest = 0;
  for (const character of characters) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}
