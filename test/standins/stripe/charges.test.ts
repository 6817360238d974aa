import { pushInvoice, settleStripeInvoice } from "@billhook/billing/stripe";
import { findSavedMethod, paymentStateOf, retrieveWithPayment } from "@billhook/billing/stripe-charge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { creditOf, KeptProgress, makeInvoice, makeTaxedInvoice } from "./fixtures.ts";
import { type Bench, openBench } from "./testing.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** A client of ours at Stripe, with a method on file. */
async function prepare(method: string, invoice = makeTaxedInvoice()) {
  const kept = new KeptProgress();
  const { client } = bench;
  const customer = await client.customers.create({
    email: invoice.client.email ?? "",
    metadata: { billhook_client_id: invoice.client.id },
  });
  const putOnFile = async (id: string): Promise<void> => {
    const own = await client.paymentMethods.attach(id, { customer: customer.id });
    await client.customers.update(customer.id, { invoice_settings: { default_payment_method: own.id } });
  };
  await putOnFile(method);
  const charge = () => pushInvoice(client, kept.resume(invoice), "card", kept);
  const stand = () => retrieveWithPayment(client, kept.progress.stripeInvoiceId ?? "");
  return { invoice, kept, putOnFile, charge, stand, customerId: customer.id };
}

describe("charging what is on file", () => {
  test("says what that is", async () => {
    const { customerId } = await prepare("pm_card_visa");
    expect(await findSavedMethod(bench.client, customerId)).toMatchObject({
      type: "card",
      brand: "visa",
      last4: "4242",
    });
    const { id } = await bench.client.customers.create({});
    expect(await findSavedMethod(bench.client, id)).toBeNull();
  });

  test("leaves an invoice whose card was declined, which another card pays, or which is sent after all", async () => {
    const { putOnFile, charge, stand } = await prepare("pm_card_chargeDeclined");
    expect(await charge()).toMatchObject({ ok: false, code: "card_declined", reached: { status: "open" } });
    expect(paymentStateOf(await stand())).toBe("declined");
    expect(await charge()).toMatchObject({ ok: false, code: "card_declined" });
    await putOnFile("pm_card_visa");
    expect(await charge()).toMatchObject({ ok: true, status: "paid", payment: null });
    expect((await stand()).invoice.amount_paid).toBe(27_422);
    expect(await charge()).toMatchObject({ ok: true, status: "paid" });

    const other = await prepare("pm_card_chargeDeclined");
    await other.charge();
    const sent = await pushInvoice(bench.client, other.kept.resume(other.invoice), "email", other.kept);
    expect(sent).toMatchObject({ ok: true, status: "open" });
    expect(other.kept.progress.sentAt).not.toBeNull();
  });

  test("that the bank wants confirmed is left to the client, however often it is asked for", async () => {
    const { charge, stand } = await prepare("pm_card_authenticationRequired");
    for (const _ of [1, 2]) {
      expect(await charge()).toMatchObject({
        ok: false,
        code: "payment_action_required",
        reached: { payment: "action_required", hostedUrl: expect.stringContaining("/i/") },
      });
    }
    expect(paymentStateOf(await stand())).toBe("action_required");
  });

  test("by a debit takes days, in which nothing is charged again", async () => {
    const { charge, stand } = await prepare("pm_sepaDebit");
    expect(await charge()).toMatchObject({ ok: true, status: "open", payment: "processing" });
    const { intent } = await stand();
    expect(await charge()).toMatchObject({ ok: true, status: "open", payment: "processing" });
    expect((await stand()).intent).toEqual(intent);
    const hosted = (await stand()).invoice.hosted_invoice_url ?? "";
    await fetch(hosted, { method: "POST", body: new URLSearchParams({ bank: "accepted" }) });
    expect((await stand()).invoice).toMatchObject({ status: "paid", amount_paid: 27_422 });
  });

  test("is refused in words where nothing is on file", async () => {
    const kept = new KeptProgress();
    expect(await pushInvoice(bench.client, makeInvoice(), "card", kept)).toMatchObject({
      ok: false,
      code: "card_missing",
      reached: { status: "open" },
    });
  });
});

describe("what happened outside of Stripe", () => {
  const transfer = (id: string, amountMinor: number) => ({
    id,
    amountMinor,
    paidOn: "2026-03-20",
    method: "Bank transfer",
    recordId: null,
  });

  test("counts there as far as something remains to be paid, and what Stripe received stays apart from it", async () => {
    const { invoice, kept, charge, stand } = await prepare("pm_card_visa");
    const payments = [transfer("first", 20_000), transfer("second", 9000), transfer("third", 100)];
    await pushInvoice(bench.client, invoice, "email", kept);
    await settleStripeInvoice(bench.client, { ...invoice, payments }, kept.progress.stripeInvoiceId ?? "", kept);
    expect([...kept.payments.values()].map(({ toldMinor, done }) => [toldMinor, done])).toEqual([
      [20_000, true],
      [7422, true],
      [0, true],
    ]);
    expect((await stand()).invoice).toMatchObject({ status: "paid", amount_paid: 27_422 });
    expect(await charge()).toMatchObject({ ok: true, status: "paid" });
    expect((await stand()).intent?.amount_received).toBe(0);
  });

  test("as a credit, gives back by card what came by card, and the rest is left to people", async () => {
    const { invoice, kept, charge, stand } = await prepare("pm_card_visa");
    const paid = { ...invoice, payments: [transfer("part", 20_000)] };
    await pushInvoice(bench.client, paid, "card", kept);
    await charge();
    const credit = creditOf(invoice, invoice.lines.length, true);
    await settleStripeInvoice(
      bench.client,
      { ...invoice, credits: [credit] },
      kept.progress.stripeInvoiceId ?? "",
      kept,
    );
    const note = await bench.client.creditNotes.retrieve(kept.credits.get(credit.id) ?? "");
    expect(note).toMatchObject({ total: 27_422, pre_payment_amount: 0, out_of_band_amount: 20_000 });
    expect(note.refunds.map(({ amount_refunded }) => amount_refunded)).toEqual([7422]);
    expect((await stand()).invoice.status).toBe("paid");
  });
});
