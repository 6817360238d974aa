/** Forms hold text; these say what text a field accepts, and turn it into what a column holds. */
import { z } from "./zod.ts";
import { readRate } from "./money-text.ts";

export const optionalText = (most: number) => z.string().max(most, `At most ${most.toLocaleString("en")} characters.`);

export const requiredText = (missing: string, most: number) =>
  z.string().trim().min(1, missing).max(most, `At most ${most} characters.`);

export const optionalEmail = z.union([
  z.literal(""),
  z.email("Enter an email address, such as billing@example.com.").max(320),
]);

export const currencyCode = z.string().regex(/^[A-Z]{3}$/u, "A currency is three capital letters, such as EUR.");

/** A whole number between two bounds, as text. */
export const wholeNumber = (low: number, high: number, unit: string) =>
  z.string().refine((text) => {
    const number = Number(text);
    return text.trim() !== "" && Number.isInteger(number) && number >= low && number <= high;
  }, `Enter ${low} to ${high} ${unit}.`);

/** As `wholeNumber`; may be empty. */
export const optionalWholeNumber = (low: number, high: number, unit: string) =>
  z.union([z.literal(""), wholeNumber(low, high, unit)]);

/** For `superRefine`: says at `field` what is wrong with an hourly rate in the form's currency. */
export function checkRate(
  context: { addIssue: (issue: { code: "custom"; path: string[]; message: string }) => void },
  field: string,
  text: string,
  currency: string,
  locale: string,
): void {
  // Without a currency there is an error at that field already.
  if (!/^[A-Z]{3}$/u.test(currency)) return;
  const read = readRate(text, currency, locale);
  if (!read.ok) context.addIssue({ code: "custom", path: [field], message: read.error });
}

/** Empty text is no value. */
export const textOrNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());

export const numberOrNull = (text: string): number | null => (text.trim() === "" ? null : Number(text));

/** Minor units of a rate that has been checked; null for none. */
export function rateOrNull(text: string, currency: string, locale: string): number | null {
  const read = readRate(text, currency, locale);
  return read.ok ? read.minor : null;
}
