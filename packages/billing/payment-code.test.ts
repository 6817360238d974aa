import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import fc from "fast-check";
import jsQR from "jsqr";
import { getDocumentProxy, getResolvedPDFJS } from "unpdf";
import { describe, expect, test } from "vitest";
import type { InvoiceDocument } from "./invoice-document.ts";
import { choosePaymentCode } from "./payment-code.ts";
import { renderInvoicePdf } from "./pdf.ts";
import { sampleInvoice } from "./sample-invoice.ts";
import { swissPayload } from "./swiss-bill.ts";

const { resolve } = createRequire(import.meta.url);
const FONTS = {
  regular: readFileSync(resolve("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf")),
  bold: readFileSync(resolve("@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf")),
  load: (name: string) => Promise.reject(new Error(`${name} was asked for`)),
};

const SAMPLE = sampleInvoice({ locale: "en-GB", currency: "EUR", today: "2026-03-31" });
// The registry's example, and those of the Swiss guidelines: of a QR-IBAN and of another.
const GERMAN = "DE89370400440532013000";
const QR_IBAN = "CH4431999123000889012";
const SWISS = "CH5800791123000889012";

function invoiceOf(
  account: Partial<InvoiceDocument["biller"]["account"]>,
  change: Partial<InvoiceDocument> = {},
  biller: Partial<InvoiceDocument["biller"]> = {},
): InvoiceDocument {
  return {
    ...SAMPLE,
    number: "INV-2026-0042",
    mark: null,
    dueMinor: 194_975,
    ...change,
    biller: {
      ...SAMPLE.biller,
      name: "Northlight Söftware",
      address: "Musterweg 7\n8001 Zürich",
      country: "CH",
      account: { holder: null, iban: null, bic: null, bankName: null, ...account },
      ...biller,
    },
    client: { ...SAMPLE.client, name: "Demo Client", address: "Hafenweg 2\n80331 München", country: "DE" },
  };
}

const epcOf = (invoice: InvoiceDocument): string | null => {
  const code = choosePaymentCode(invoice);
  return code?.kind === "epc" ? code.payload : null;
};
const swissOf = (invoice: InvoiceDocument): string[] | null => {
  const code = choosePaymentCode(invoice);
  return code?.kind === "swiss" ? swissPayload(code.bill).split("\n") : null;
};

/** What a reader finds on a page: its filled areas are painted, four dots to a point. */
async function scan(pdf: Uint8Array, pageNumber: number): Promise<string | null> {
  const { OPS } = await getResolvedPDFJS();
  const page = await (await getDocumentProxy(new Uint8Array(pdf))).getPage(pageNumber);
  const [width, height] = [595 * 4, 842 * 4];
  const dots = new Uint8ClampedArray(width * height * 4).fill(255);
  const { fnArray, argsArray } = await page.getOperatorList();
  let shade = 0;
  for (const [nth, operation] of fnArray.entries()) {
    const parts = argsArray[nth] as unknown[];
    if (operation === OPS.setFillRGBColor) shade = Number.parseInt(String(parts[0]).slice(1, 3), 16);
    if (operation !== OPS.constructPath || parts[0] !== OPS.fill || parts[2] === null) continue;
    const [left = 0, top = 0, right = 0, bottom = 0] = Object.values(parts[2] as Record<string, number>).map((at) =>
      Math.round(at * 4),
    );
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) dots.fill(shade, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return jsQR(dots, width, height)?.data ?? null;
}

describe("the code for a SEPA transfer", () => {
  test("says to whom, where, how much and for what, and is read from the page again", async () => {
    const invoice = invoiceOf({ iban: GERMAN, bic: "COBADEFFXXX" });
    expect(epcOf(invoice)?.split("\n")).toEqual([
      "BCD",
      "002",
      "1",
      "SCT",
      "COBADEFFXXX",
      "Northlight Söftware",
      GERMAN,
      "EUR1949.75",
      "",
      "",
      "INV-2026-0042",
    ]);
    expect(await scan(await renderInvoicePdf(invoice, FONTS), 1)).toBe(epcOf(invoice));
  });

  test("is at most 331 bytes of lines in their place, whatever the names are", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 70 }),
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 99_999_999_999 }),
        (holder, number, dueMinor) => {
          const payload = epcOf(invoiceOf({ iban: GERMAN, holder }, { number, dueMinor }));
          if (payload === null) return holder.trim() === "";
          const lines = payload.split("\n");
          return (
            new TextEncoder().encode(payload).length <= 331 &&
            lines[6] === GERMAN &&
            Math.round(Number(lines[7]?.slice(3)) * 100) === dueMinor &&
            lines.length <= 11
          );
        },
      ),
    );
  });

  test.each<[string, InvoiceDocument]>([
    ["other money", invoiceOf({ iban: GERMAN }, { currency: "USD" })],
    ["no account", invoiceOf({})],
    ["an account outside SEPA", invoiceOf({ iban: "TR330006100519786457841326" })],
    ["more than the transfer can carry", invoiceOf({ iban: GERMAN }, { dueMinor: 100_000_000_000 })],
    ["nothing to pay", invoiceOf({ iban: GERMAN }, { dueMinor: 0 })],
    ["a void invoice", invoiceOf({ iban: GERMAN }, { mark: "void" })],
    ["a test", invoiceOf({ iban: GERMAN }, { mark: "test" })],
    ["a credit note", invoiceOf({ iban: GERMAN }, { kind: "credit_note" })],
    ["a workspace that wants none", invoiceOf({ iban: GERMAN }, {}, { paymentCode: "none" })],
  ])("is not there for %s", (_, invoice) => {
    expect(choosePaymentCode(invoice)).toBeNull();
  });
});

describe("the Swiss QR-bill", () => {
  test("has every element in its line, with a creditor reference for an IBAN", async () => {
    const invoice = invoiceOf({ iban: SWISS }, { currency: "CHF", locale: "de-CH" });
    const lines = swissOf(invoice);
    expect(lines).toEqual([
      "SPC",
      "0200",
      "1",
      SWISS,
      "S",
      "Northlight Söftware",
      "Musterweg 7",
      "",
      "8001",
      "Zürich",
      "CH",
      "",
      "",
      "",
      "",
      "",
      "",
      "",
      "1949.75",
      "CHF",
      "S",
      "Demo Client",
      "Hafenweg 2",
      "",
      "80331",
      "München",
      "DE",
      "SCOR",
      expect.stringMatching(/^RF\d\dINV20260042$/u),
      "INV-2026-0042",
      "EPD",
    ]);
    const pdf = await renderInvoicePdf(invoice, FONTS);
    const pages = (await getDocumentProxy(new Uint8Array(pdf))).numPages;
    expect(await scan(pdf, pages)).toBe(lines?.join("\n"));
  });

  test("has a QR reference for a QR-IBAN, and leaves the payer to be written in where the address is not clear", () => {
    const invoice = invoiceOf({ iban: QR_IBAN }, { currency: "CHF" });
    const lines = swissOf({ ...invoice, client: { ...invoice.client, address: "Somewhere" } });
    expect(lines?.slice(20, 30)).toEqual<unknown>([
      "",
      "",
      "",
      "",
      "",
      "",
      "",
      "QRR",
      expect.stringMatching(/^0{18}20260042\d$/u),
      "INV-2026-0042",
    ]);
  });

  test("is chosen for francs and for clients in Switzerland, where there is an account for it", () => {
    expect(choosePaymentCode(invoiceOf({ iban: SWISS }, { currency: "CHF" }))?.kind).toBe("swiss");
    expect(choosePaymentCode(invoiceOf({ iban: SWISS }))?.kind).toBe("epc");
    expect(choosePaymentCode(invoiceOf({ iban: SWISS }, {}, { paymentCode: "swiss" }))?.kind).toBe("swiss");
    expect(choosePaymentCode(invoiceOf({ iban: GERMAN }, { currency: "CHF" }))).toBeNull();
    expect(choosePaymentCode(invoiceOf({ iban: SWISS }, { currency: "CHF" }, { address: "Zürich" }))).toBeNull();
  });

  test("writes with the letters that it knows", () => {
    const lines = swissOf(invoiceOf({ iban: SWISS, holder: "Ώmega Ștefan → Łódź 株" }, { currency: "CHF" }));
    expect(lines?.[5]).toBe("mega Ștefan  Łódź");
  });
});
