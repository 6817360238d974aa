import { expect, test } from "vitest";
import { codeHint, lookColumns, lookSchema, type LookValues, missingForCode } from "./look-columns.ts";

const values: LookValues = {
  accent_color: "#1F5F5B",
  payment_code: "automatic",
  country: "",
  account_holder: " ",
  iban: "CH58 0079 1123 0008 8901 2",
  bic: "cobadeff",
  bank_name: "",
  bank_details: "",
};

test("an account is stored as banks write it to each other", () => {
  expect(lookColumns(values)).toMatchObject({
    accent_color: "#1f5f5b",
    iban: "CH5800791123000889012",
    bic: "COBADEFF",
    account_holder: null,
    country: null,
  });
});

test("an IBAN with a slip of the finger is refused", () => {
  const read = lookSchema.safeParse({ ...values, iban: "CH58 0079 1123 0008 8901 3" });
  expect(read.error?.issues[0]?.path).toEqual(["iban"]);
  expect(lookSchema.safeParse({ ...values, iban: "", bic: "" }).success).toBe(true);
});

test("what a code lacks is said", () => {
  const of = (change: Partial<LookValues>, address: string | null = "Musterweg 7\n8001 Zürich") =>
    missingForCode({ ...values, ...change }, address);
  expect(of({})).toBeNull();
  expect(of({}, "Zürich")).toContain("postal code");
  expect(of({ payment_code: "swiss", iban: "DE89370400440532013000" })).toContain("Swiss");
  expect(of({ payment_code: "epc", iban: "" })).toContain("IBAN");
  expect(of({ iban: "" })).toBeNull();
  expect(codeHint(values)).toContain("QR-bill");
});
