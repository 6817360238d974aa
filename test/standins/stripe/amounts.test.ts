import { createStripeClient, pushInvoice, settleStripeInvoice } from "@billhook/billing/stripe";
import type { StripeInvoiceInput, StripeTaxInput } from "@billhook/billing/stripe-invoice";
import fc from "fast-check";
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { creditOf, type FixtureLine, KeptProgress, makeInvoice, REDUCED, VAT } from "./fixtures.ts";
import { type Bench, openBench, SECRET_KEY } from "./testing.ts";

let bench: Bench;
let client: Stripe;
beforeAll(async () => {
  bench = await openBench();
  client = createStripeClient({
    secretKey: SECRET_KEY,
    apiBase: bench.standin.url,
    maxNetworkRetries: 0,
    fetch: (input, init) => bench.standin.fetch(new Request(input, init)),
  });
});
afterAll(() => bench.close());

async function send(invoice: StripeInvoiceInput) {
  const kept = new KeptProgress();
  const sent = await pushInvoice(client, invoice, "email", kept);
  if (!sent.ok) throw new Error(sent.detail);
  return { kept, made: await client.invoices.retrieve(sent.stripeInvoiceId) };
}

const exempt = (category: string, name: string): StripeTaxInput => ({ name, category, percent: 0 });
const tax = fc.constantFrom<StripeTaxInput | null>(
  VAT,
  REDUCED,
  { name: "GST and QST", category: "standard", percent: 14.975 },
  exempt("zero", "VAT"),
  exempt("exempt", "VAT"),
  null,
);
const line: fc.Arbitrary<FixtureLine> = fc.oneof(
  fc.record({
    seconds: fc.integer({ min: 60, max: 400_000 }),
    hourlyRateMinor: fc.integer({ min: 1, max: 30_000 }),
    tax,
  }),
  fc.record({
    quantityThousandths: fc.integer({ min: 1, max: 9000 }),
    unitPriceMinor: fc.integer({ min: 0, max: 500_000 }),
    discountMinor: fc.integer({ min: 0, max: 9000 }),
    tax,
  }),
);
const terms = fc.record({
  pricesIncludeTax: fc.boolean(),
  rounding: fc.constantFrom<"total" | "line">("total", "line"),
  discountPercent: fc.constantFrom(null, 3.333, 10, 100),
});

describe("an invoice at Stripe", () => {
  test("has our total, tax by rate and total without tax, and so has what is credited of it, to the cent", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        terms,
        fc.constantFrom("EUR", "USD", "JPY", "HUF", "ISK"),
        async (lines, given, currency) => {
          const invoice = makeInvoice({ currency }, lines, given);
          const { kept, made } = await send(invoice);
          const scale = currency === "ISK" ? 100 : 1;
          expect([made.total_excluding_tax, made.total]).toEqual([
            invoice.subtotalMinor * scale,
            invoice.totalMinor * scale,
          ]);
          const taxes = (made.total_taxes ?? []).map((each) => [each.taxable_amount, each.amount]);
          const groups = Map.groupBy(
            invoice.lines.filter((each) => each.tax !== null),
            (each) => `${each.tax?.category} ${each.tax?.percent}`,
          );
          const sum = (amounts: number[]): number => amounts.reduce((all, amount) => all + amount, 0) * scale;
          const ours = [...groups.values()].map((group) => [
            sum(group.map((each) => each.taxableMinor)),
            sum(group.map((each) => each.taxMinor)),
          ]);
          expect(taxes.toSorted().join()).toBe(ours.toSorted().join());

          const credit = creditOf(invoice, 1);
          if (credit.totalMinor === 0) return;
          const settled = await settleStripeInvoice(client, { ...invoice, credits: [credit] }, made.id, kept);
          expect(settled).toMatchObject({ ok: true });
          const note = await client.creditNotes.retrieve(kept.credits.get(credit.id) ?? "");
          expect([note.total_excluding_tax, note.total]).toEqual([
            credit.subtotalMinor * scale,
            credit.totalMinor * scale,
          ]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("shows lines, discount and taxes in words that the client knows", async () => {
    const { made } = await send(
      makeInvoice(
        { locale: "de-DE", footer: "USt-IdNr. DE 123", client: { ...makeInvoice().client, taxId: "DE 999" } },
        [
          { description: "Anmeldung", seconds: 8400, hourlyRateMinor: 8000, tax: VAT },
          { description: "Buch", quantityThousandths: 3000, unitPriceMinor: 1333, discountMinor: 99, tax: REDUCED },
        ],
        { discountPercent: 10 },
      ),
    );
    expect(made.lines.data.map(({ description, amount }) => [description?.replaceAll(/\s/gu, " "), amount])).toEqual([
      ["Anmeldung (2 h 20 m × 80,00 €)", 18_667],
      ["Buch (3 × 13,33 € − 0,99 €)", 3900],
      ["Rabatt (10 %)", -2257],
    ]);
    expect(made.custom_fields?.map(({ value }) => value)).toEqual(["DE 999"]);
    expect(made.footer).toBe("USt-IdNr. DE 123");
  });

  test("under reverse charge has no tax, and a customer who owes it", async () => {
    const reverse = { name: "Reverse charge", category: "reverse_charge", percent: 0 };
    const { made } = await send(makeInvoice({}, [{ unitPriceMinor: 10_000, tax: reverse }]));
    expect(made).toMatchObject({ total: 10_000, customer_tax_exempt: "reverse" });
    expect(made.total_taxes).toMatchObject([
      { amount: 0, taxable_amount: 10_000, taxability_reason: "reverse_charge" },
    ]);
  });

  test("takes the ways to pay that its currency has, or what the account is set up for", async () => {
    const types = async (change: Partial<StripeInvoiceInput>) =>
      (await send(makeInvoice(change))).made.payment_settings.payment_method_types;
    const all = ["card", "sepa_debit", "us_bank_account"];
    expect(await types({ paymentMethods: all })).toEqual(["card", "sepa_debit"]);
    expect(await types({ paymentMethods: all, currency: "USD" })).toEqual(["card", "us_bank_account"]);
    expect(await types({ paymentMethods: ["customer_balance"] })).toEqual(["customer_balance"]);
    expect(await types({ paymentMethods: ["sepa_debit"], currency: "USD" })).toBeNull();
    expect(await types({})).toBeNull();
  });
});
