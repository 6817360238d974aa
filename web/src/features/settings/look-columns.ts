import { formatIban, isQrIban, isSepaIban, isSwissIban, readBic, readIban } from "@billhook/domain/iban";
import { readPostalAddress } from "@billhook/domain/postal-address";
import type { Workspace } from "../../data/workspace.tsx";
import { optionalText, textOrNull } from "../../lib/fields.ts";
import { z } from "../../lib/zod.ts";

const paymentCodes = ["automatic", "epc", "swiss", "none"] as const;

export const lookSchema = z.object({
  accent_color: z.string().regex(/^#[0-9a-fA-F]{6}$/u, "Write a colour as #1f5f5b."),
  payment_code: z.enum(paymentCodes),
  country: z.string(),
  account_holder: optionalText(70),
  iban: z
    .string()
    .refine((text) => text.trim() === "" || readIban(text) !== null, "This is no IBAN: its check digits do not fit."),
  bic: z
    .string()
    .refine((text) => text.trim() === "" || readBic(text) !== null, "A BIC has 8 or 11 letters and digits."),
  bank_name: optionalText(100),
  bank_details: optionalText(1000),
});

export type LookValues = z.infer<typeof lookSchema>;

export const lookValues = (workspace: Workspace): LookValues => ({
  accent_color: workspace.accent_color,
  payment_code: paymentCodes.find((code) => code === workspace.payment_code) ?? "automatic",
  country: workspace.country ?? "",
  account_holder: workspace.account_holder ?? "",
  iban: workspace.iban === null ? "" : formatIban(workspace.iban),
  bic: workspace.bic ?? "",
  bank_name: workspace.bank_name ?? "",
  bank_details: workspace.bank_details ?? "",
});

/** What is not valid yet is left out, so that the example can be shown while somebody types. */
export const lookColumns = (values: LookValues) => ({
  accent_color: values.accent_color.toLowerCase(),
  payment_code: values.payment_code,
  country: textOrNull(values.country),
  account_holder: textOrNull(values.account_holder),
  iban: readIban(values.iban),
  bic: readBic(values.bic),
  bank_name: textOrNull(values.bank_name),
  bank_details: textOrNull(values.bank_details),
});

/** Names of the server's fields and where the form shows them. */
export const lookFields = {
  accent_color: "accent_color",
  payment_code: "payment_code",
  country: "country",
  account_holder: "account_holder",
  iban: "iban",
  bic: "bic",
  bank_name: "bank_name",
  bank_details: "bank_details",
} as const;

/** Why an invoice has no code although one was chosen, or null. */
export function missingForCode(values: LookValues, address: string | null): string | null {
  const iban = readIban(values.iban);
  if (values.payment_code === "none") return null;
  if (iban === null) return values.payment_code === "automatic" ? null : "A code needs an IBAN.";
  if (values.payment_code === "epc") return isSepaIban(iban) ? null : "The IBAN is of a country outside SEPA.";
  if (!isSwissIban(iban))
    return values.payment_code === "swiss" ? "A QR-bill needs a Swiss or Liechtenstein IBAN." : null;
  return readPostalAddress(address, textOrNull(values.country) ?? iban.slice(0, 2)) === null
    ? "A QR-bill needs your address, with postal code and town on its last line: 8001 Zürich."
    : null;
}

/** What the chosen code will be, in words. */
export function codeHint(values: LookValues): string {
  const iban = readIban(values.iban);
  if (values.payment_code === "epc") return "On invoices in euros.";
  if (values.payment_code === "none") return "Invoices show the account only.";
  const reference = iban !== null && isQrIban(iban) ? "a QR reference" : "a creditor reference";
  if (values.payment_code === "swiss")
    return `On invoices in francs and euros, with ${reference}, at the foot of the last page.`;
  return iban !== null && isSwissIban(iban)
    ? "The Swiss QR-bill for francs and for clients in Switzerland, else the SEPA code for euros."
    : "The SEPA code, on invoices in euros.";
}
