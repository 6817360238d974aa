import { roundingDirections, roundingScopes } from "@billhook/domain/rounding";
import { z } from "../../lib/zod.ts";
import type { Client, Workspace } from "../../data/workspace.tsx";
import {
  checkRate,
  currencyCode,
  numberOrNull,
  optionalEmail,
  optionalText,
  optionalWholeNumber,
  rateOrNull,
  requiredText,
  textOrNull,
} from "../../lib/fields.ts";
import { moneyText } from "../../lib/money-text.ts";

/** What the form of a client accepts. `locale` is the one in which its amounts are written. */
export const clientSchema = (locale: string) =>
  z
    .object({
      name: requiredText("Give the client a name.", 200),
      contact_name: optionalText(200),
      email: optionalEmail,
      address: optionalText(1000),
      country: z.string(),
      tax_id: optionalText(64),
      currency: currencyCode,
      rate: z.string(),
      locale: z.string().min(1, "Choose a language."),
      timezone: z.string(),
      payment_terms_days: optionalWholeNumber(0, 365, "days"),
      number_code: z.string().regex(/^[A-Z0-9]{0,12}$/u, "Up to 12 capital letters and digits."),
      tax_rate_id: z.string(),
      prices_include_tax: z.enum(["", "yes", "no"]),
      evidence_appendix: z.boolean(),
      rounding_minutes: z.string(),
      rounding_direction: z.enum(roundingDirections),
      rounding_scope: z.enum(roundingScopes),
    })
    .superRefine((values, context) => checkRate(context, "rate", values.rate, values.currency, locale));

export type ClientValues = z.infer<ReturnType<typeof clientSchema>>;

export const clientValues = (client: Client, locale: string): ClientValues => ({
  name: client.name,
  contact_name: client.contact_name ?? "",
  email: client.email ?? "",
  address: client.address ?? "",
  country: client.country ?? "",
  tax_id: client.tax_id ?? "",
  currency: client.currency,
  rate: moneyText(client.hourly_rate_minor, client.currency, locale),
  locale: client.locale,
  timezone: client.timezone ?? "",
  payment_terms_days: client.payment_terms_days?.toString() ?? "",
  number_code: client.number_code ?? "",
  tax_rate_id: client.tax_rate_id ?? "",
  prices_include_tax: client.prices_include_tax === null ? "" : client.prices_include_tax ? "yes" : "no",
  evidence_appendix: client.evidence_appendix,
  rounding_minutes: String(client.rounding_minutes),
  rounding_direction: roundingDirections.find((direction) => direction === client.rounding_direction) ?? "nearest",
  rounding_scope: roundingScopes.find((scope) => scope === client.rounding_scope) ?? "entry",
});

/** A new client follows the workspace in everything that is not asked. */
export const newClientValues = (workspace: Workspace): ClientValues => ({
  name: "",
  contact_name: "",
  email: "",
  address: "",
  country: "",
  tax_id: "",
  currency: workspace.currency,
  rate: "",
  locale: workspace.locale,
  timezone: "",
  payment_terms_days: "",
  number_code: "",
  tax_rate_id: "",
  prices_include_tax: "",
  evidence_appendix: false,
  rounding_minutes: "0",
  rounding_direction: "nearest",
  rounding_scope: "entry",
});

export const clientColumns = (values: ClientValues, locale: string) => ({
  name: values.name.trim(),
  contact_name: textOrNull(values.contact_name),
  email: textOrNull(values.email),
  address: textOrNull(values.address),
  country: textOrNull(values.country),
  tax_id: textOrNull(values.tax_id),
  currency: values.currency,
  hourly_rate_minor: rateOrNull(values.rate, values.currency, locale),
  locale: values.locale,
  timezone: textOrNull(values.timezone),
  payment_terms_days: numberOrNull(values.payment_terms_days),
  number_code: textOrNull(values.number_code),
  tax_rate_id: textOrNull(values.tax_rate_id),
  prices_include_tax: values.prices_include_tax === "" ? null : values.prices_include_tax === "yes",
  evidence_appendix: values.evidence_appendix,
  rounding_minutes: Number(values.rounding_minutes),
  rounding_direction: values.rounding_direction,
  rounding_scope: values.rounding_scope,
});

/** Names of the server's fields and where the form shows them. */
export const clientFields = {
  name: "name",
  contact_name: "contact_name",
  email: "email",
  address: "address",
  country: "country",
  tax_id: "tax_id",
  currency: "currency",
  hourly_rate_minor: "rate",
  locale: "locale",
  timezone: "timezone",
  payment_terms_days: "payment_terms_days",
  number_code: "number_code",
  tax_rate_id: "tax_rate_id",
  prices_include_tax: "prices_include_tax",
  evidence_appendix: "evidence_appendix",
  rounding_minutes: "rounding_minutes",
  rounding_direction: "rounding_direction",
  rounding_scope: "rounding_scope",
} as const;
