import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { creditorReference, formatIban, isQrIban, isSepaIban, qrReference, readBic, readIban } from "./iban.ts";

describe("an IBAN", () => {
  test.each([
    "DE89 3704 0044 0532 0130 00",
    "ch93 0076 2011 6238 5295 7",
    "GB29NWBK60161331926819",
    "MT84MALT011000012345MTLCAST001S",
  ])("is read with or without spaces: %s", (text) => {
    const iban = readIban(text);
    expect(iban).toBe(text.replaceAll(" ", "").toUpperCase());
    expect(readIban(formatIban(iban ?? ""))).toBe(iban);
  });

  test.each(["", "DE", "DE89 3704 0044 0532 0130 01", "12345678", "DE89370400440532013000 DE"])("is not %s", (text) => {
    expect(readIban(text)).toBeNull();
  });

  test("with one character changed, or two neighbours changed about, is none", () => {
    const iban = "DE89370400440532013000";
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 21 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digit = (Number(iban[at]) + by) % 10;
        return readIban(`${iban.slice(0, at)}${digit}${iban.slice(at + 1)}`) === null;
      }),
    );
    expect(readIban("DE98370400440532013000")).toBeNull();
  });

  test("says whose bank it is", () => {
    // The examples of the Swiss implementation guidelines.
    expect(isQrIban("CH4431999123000889012")).toBe(true);
    expect(isQrIban("CH5800791123000889012")).toBe(false);
    expect(isQrIban("DE89370400440532013000")).toBe(false);
    expect(isSepaIban("CH5800791123000889012")).toBe(true);
    expect(isSepaIban("TR330006100519786457841326")).toBe(false);
  });
});

test("a BIC has eight characters, or eleven", () => {
  expect(readBic("cobadeff xxx")).toBe("COBADEFFXXX");
  expect(readBic("COBADEFF")).toBe("COBADEFF");
  expect(readBic("COBADEF")).toBeNull();
});

describe("a payment's reference", () => {
  test("is a creditor reference as in ISO 11649", () => {
    expect(creditorReference("5390 0754 7034")).toBe("RF18539007547034");
    expect(creditorReference("INV-2026-0042")).toMatch(/^RF\d\dINV20260042$/u);
    expect(creditorReference("INV-2026-0042-AND-MUCH-MORE")).toBeNull();
    expect(creditorReference("№")).toBeNull();
  });

  test("is a QR reference as in the Swiss guidelines", () => {
    expect(qrReference("21000000000313947143000901")).toBe("210000000003139471430009017");
    expect(qrReference("INV-2026-0042")).toMatch(/^0{18}20260042\d$/u);
    expect(qrReference("INV")).toBeNull();
  });
});
