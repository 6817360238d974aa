import { z } from "../../lib/zod.ts";
import type { Workspace } from "../../data/workspace.tsx";
import {
  checkRate,
  currencyCode,
  optionalEmail,
  optionalText,
  rateOrNull,
  requiredText,
  textOrNull,
  wholeNumber,
} from "../../lib/fields.ts";
import { moneyText } from "../../lib/money-text.ts";

export const workspaceSchema = (locale: string) =>
  z
    .object({
      name: requiredText("Give the workspace a name.", 120),
      legal_name: optionalText(200),
      address: optionalText(1000),
      email: optionalEmail,
      tax_id: optionalText(64),
      currency: currencyCode,
      rate: z.string(),
      timezone: z.string().min(1, "Choose a time zone."),
      locale: z.string().min(1, "Choose a language."),
      time_display: z.enum(["hm", "decimal"]),
      invoice_number_pattern: z
        .string()
        .trim()
        .max(60, "At most 60 characters.")
        .refine((pattern) => pattern.includes("{number}"), "The pattern must contain {number}."),
      credit_note_number_pattern: z
        .string()
        .trim()
        .max(60, "At most 60 characters.")
        .refine((pattern) => pattern.includes("{number}"), "The pattern must contain {number}."),
      test_mode: z.boolean(),
      payment_terms_days: wholeNumber(0, 365, "days"),
      tax_rate_id: z.string(),
      prices_include_tax: z.enum(["yes", "no"]),
      tax_rounding: z.enum(["total", "line"]),
    })
    .superRefine((values, context) => checkRate(context, "rate", values.rate, values.currency, locale));

export type WorkspaceValues = z.infer<ReturnType<typeof workspaceSchema>>;

export const workspaceValues = (workspace: Workspace, locale: string): WorkspaceValues => ({
  name: workspace.name,
  legal_name: workspace.legal_name ?? "",
  address: workspace.address ?? "",
  email: workspace.email ?? "",
  tax_id: workspace.tax_id ?? "",
  currency: workspace.currency,
  rate: moneyText(workspace.hourly_rate_minor, workspace.currency, locale),
  timezone: workspace.timezone,
  locale: workspace.locale,
  time_display: workspace.time_display === "decimal" ? "decimal" : "hm",
  invoice_number_pattern: workspace.invoice_number_pattern,
  credit_note_number_pattern: workspace.credit_note_number_pattern,
  test_mode: workspace.test_mode,
  payment_terms_days: String(workspace.payment_terms_days),
  tax_rate_id: workspace.tax_rate_id ?? "",
  prices_include_tax: workspace.prices_include_tax ? "yes" : "no",
  tax_rounding: workspace.tax_rounding === "line" ? "line" : "total",
});

export const workspaceColumns = (values: WorkspaceValues, locale: string) => ({
  name: values.name.trim(),
  legal_name: textOrNull(values.legal_name),
  address: textOrNull(values.address),
  email: textOrNull(values.email),
  tax_id: textOrNull(values.tax_id),
  currency: values.currency,
  hourly_rate_minor: rateOrNull(values.rate, values.currency, locale),
  timezone: values.timezone,
  locale: values.locale,
  time_display: values.time_display,
  invoice_number_pattern: values.invoice_number_pattern.trim(),
  credit_note_number_pattern: values.credit_note_number_pattern.trim(),
  test_mode: values.test_mode,
  payment_terms_days: Number(values.payment_terms_days),
  tax_rate_id: textOrNull(values.tax_rate_id),
  prices_include_tax: values.prices_include_tax === "yes",
  tax_rounding: values.tax_rounding,
});

/** Names of the server's fields and where the form shows them. */
export const workspaceFields = {
  name: "name",
  legal_name: "legal_name",
  address: "address",
  email: "email",
  tax_id: "tax_id",
  currency: "currency",
  hourly_rate_minor: "rate",
  timezone: "timezone",
  locale: "locale",
  time_display: "time_display",
  invoice_number_pattern: "invoice_number_pattern",
  credit_note_number_pattern: "credit_note_number_pattern",
  test_mode: "test_mode",
  payment_terms_days: "payment_terms_days",
  tax_rate_id: "tax_rate_id",
  prices_include_tax: "prices_include_tax",
  tax_rounding: "tax_rounding",
} as const;
