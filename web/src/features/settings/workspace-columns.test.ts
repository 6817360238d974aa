import { expect, test } from "vitest";
import { type WorkspaceValues, workspaceColumns, workspaceSchema } from "./workspace-columns.ts";

const values: WorkspaceValues = {
  name: "Example Works",
  legal_name: "",
  address: "",
  email: "",
  tax_id: "",
  currency: "JPY",
  rate: "14000",
  timezone: "Europe/Berlin",
  locale: "en",
  time_display: "hm",
  invoice_number_pattern: "INV-{year}-{number}",
  credit_note_number_pattern: "CN-{year}-{number}",
  test_mode: false,
  payment_terms_days: "14",
  tax_rate_id: "",
  prices_include_tax: "no",
  tax_rounding: "total",
};

test("what is left empty is stored as nothing, and the rate in the currency's minor units", () => {
  expect(workspaceSchema("en").safeParse(values).success).toBe(true);
  expect(workspaceColumns(values, "en")).toMatchObject({ legal_name: null, hourly_rate_minor: 14_000 });
});

test("a pattern of invoice numbers without the number is refused at its field", () => {
  const checked = workspaceSchema("en").safeParse({ ...values, invoice_number_pattern: "INV-{year}" });
  expect(checked.error?.issues.map((issue) => issue.path)).toEqual([["invoice_number_pattern"]]);
});
