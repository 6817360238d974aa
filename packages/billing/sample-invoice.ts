import type { InvoiceDocument, InvoiceDocumentLine } from "./invoice-document.ts";

const line = (change: Partial<InvoiceDocumentLine>): InvoiceDocumentLine => ({
  description: "",
  detail: null,
  ticket: null,
  startDate: null,
  endDate: null,
  seconds: null,
  hourlyRateMinor: null,
  quantityThousandths: null,
  unitPriceMinor: null,
  discountMinor: 0,
  totalMinor: 0,
  ...change,
});

/** An invoice that shows what invoices look like, before there is one. `today` is `YYYY-MM-DD`. */
export function sampleInvoice({
  locale,
  currency,
  today,
}: {
  locale: string;
  currency: string;
  today: string;
}): InvoiceDocument {
  const party = { address: null, country: null, email: null, taxId: null };
  return {
    biller: {
      ...party,
      name: "",
      account: { holder: null, iban: null, bic: null, bankName: null },
      bankDetails: null,
      paymentCode: "automatic",
      accentColor: "#1f5f5b",
      logo: null,
    },
    client: { ...party, name: "Example Client", contactName: null, address: "1 Example Street\n8001 Example" },
    kind: "invoice",
    mark: "draft",
    corrects: null,
    number: null,
    issueDate: today,
    dueDate: today,
    currency,
    locale,
    timeDisplay: "hm",
    lines: [
      line({
        description: "Web shop, week 12",
        detail: "Checkout works with the keyboard alone",
        startDate: today,
        endDate: today,
        seconds: 45_000,
        hourlyRateMinor: 9000,
        totalMinor: 112_500,
      }),
      line({
        description: "Reporting dashboard, week 12",
        ticket: "EX-118",
        startDate: today,
        endDate: today,
        seconds: 20_700,
        hourlyRateMinor: 9000,
        totalMinor: 51_750,
      }),
      line({ description: "Hosting", quantityThousandths: 1000, unitPriceMinor: 2500, totalMinor: 2500 }),
    ],
    subtotalMinor: 166_750,
    taxMinor: 0,
    linesMinor: 166_750,
    discountMinor: 0,
    taxes: [],
    totalMinor: 166_750,
    payments: [],
    creditedMinor: 0,
    dueMinor: 166_750,
    notes: null,
    evidence: null,
  };
}
