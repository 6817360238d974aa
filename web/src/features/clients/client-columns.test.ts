import { expect, test } from "vitest";
import { type ClientValues, clientColumns, clientSchema } from "./client-columns.ts";

const values: ClientValues = {
  name: " Example Ltd ",
  contact_name: "",
  email: "billing@example.com",
  address: "1 Example Street\nExampletown",
  country: "",
  tax_id: "",
  currency: "EUR",
  rate: "110,50",
  locale: "de-DE",
  timezone: "",
  payment_terms_days: "",
  number_code: "",
  tax_rate_id: "",
  prices_include_tax: "",
  evidence_appendix: true,
  rounding_minutes: "15",
  rounding_direction: "up",
  rounding_scope: "day",
};

test("empty fields become null and the rate minor units of the client's currency", () => {
  expect(clientColumns(values, "de-DE")).toMatchObject({
    name: "Example Ltd",
    contact_name: null,
    hourly_rate_minor: 11_050,
    payment_terms_days: null,
    timezone: null,
  });
});

test("a rate with decimals is refused in a currency that has none", () => {
  const checked = clientSchema("de-DE").safeParse({ ...values, currency: "JPY" });
  expect(checked.success).toBe(false);
  expect(checked.error?.issues[0]?.path).toEqual(["rate"]);
});

test("an address without an @, no name and 400 days are each refused at their field", () => {
  const checked = clientSchema("en").safeParse({
    ...values,
    rate: "",
    name: " ",
    email: "billing",
    payment_terms_days: "400",
  });
  expect(checked.error?.issues.map((issue) => issue.path[0]).toSorted()).toEqual([
    "email",
    "name",
    "payment_terms_days",
  ]);
});
