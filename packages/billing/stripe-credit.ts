import type Stripe from "stripe";
import { StripeDifference } from "./stripe-failure.ts";
import type { StripeCreditInput, StripeInvoiceInput } from "./stripe-invoice.ts";
import { lineIdOf, listLines } from "./stripe-lines.ts";
import { amountFor } from "./stripe-money.ts";
import { digestParams, postOnce } from "./stripe-post.ts";
import { isSameTax } from "./stripe-tax.ts";

const CREDIT_ID = "billhook_credit_note_id";

type Params = Stripe.CreditNoteCreateParams;

/**
 * Issues one of our credit notes at Stripe, once, and returns its id there. Its lines carry our amounts and taxes, under
 * the rates of the invoice it corrects. It first takes off what remains to be paid; the rest goes back by the card or debit
 * that paid, where that is wanted and as far as Stripe received it, or by another way than Stripe. Throws a
 * StripeDifference where Stripe would show another total than we do, before anything is made.
 */
export async function issueCredit(
  client: Stripe,
  invoice: StripeInvoiceInput,
  credit: StripeCreditInput,
  stripeInvoiceId: string,
): Promise<string> {
  const find = async (): Promise<string | null> => {
    for await (const note of client.creditNotes.list({ invoice: stripeInvoiceId, limit: 100 })) {
      if (note.metadata?.[CREDIT_ID] === credit.id && note.status === "issued") return note.id;
    }
    return null;
  };
  const found = await find();
  if (found !== null) return found;
  const amount = (minor: number): number => amountFor(minor, invoice.currency);
  const rates = await findRates(client, invoice, stripeInvoiceId);
  const current = await client.invoices.retrieve(stripeInvoiceId, { expand: ["amount_paid_off_stripe"] });
  const lines = credit.lines.map((line): NonNullable<Params["lines"]>[number] => {
    const rate = line.tax === null ? undefined : rates.find(({ tax }) => isSameTax(tax, line.tax))?.id;
    const listed = invoice.pricesIncludeTax ? line.taxableMinor + line.taxMinor : line.taxableMinor;
    return {
      type: "custom_line_item",
      description: line.description,
      quantity: 1,
      unit_amount: amount(listed),
      metadata: { billhook_line_id: line.id },
      ...(rate === undefined
        ? {}
        : {
            tax_amounts: [{ tax_rate: rate, amount: amount(line.taxMinor), taxable_amount: amount(line.taxableMinor) }],
          }),
    };
  });
  const total = amount(credit.totalMinor);
  const back = total - Math.min(total, current.status === "paid" ? 0 : current.amount_remaining);
  const received = current.amount_paid - (current.amount_paid_off_stripe ?? 0);
  const refunded = credit.refund ? Math.min(back, await leftToRefund(client, stripeInvoiceId, received)) : 0;
  const params: Params = {
    invoice: stripeInvoiceId,
    lines,
    memo: [credit.number, credit.reason].filter((part) => part !== null && part !== "").join("\n"),
    metadata: { [CREDIT_ID]: credit.id },
    ...(refunded === 0 ? {} : { refund_amount: refunded }),
    ...(back - refunded === 0 ? {} : { out_of_band_amount: back - refunded }),
  };
  const preview = await client.creditNotes.preview(params);
  if (preview.total !== total || preview.total_excluding_tax !== amount(credit.subtotalMinor)) {
    throw new StripeDifference(
      `credit note ${credit.number}: Stripe ${preview.total_excluding_tax} and ${preview.total}, ours ${amount(credit.subtotalMinor)} and ${total}`,
    );
  }
  return await postOnce<string>(
    `credit:${credit.id}:${await digestParams(params)}`,
    async (options) => (await client.creditNotes.create(params, options)).id,
    find,
  );
}

/** The rates that Stripe made of the invoice's taxes. */
async function findRates(client: Stripe, invoice: StripeInvoiceInput, stripeInvoiceId: string) {
  const byLine = new Map(invoice.lines.map((line) => [line.id, line.tax]));
  return (await listLines(client, stripeInvoiceId)).flatMap((line) => {
    const id = line.taxes?.[0]?.tax_rate_details?.tax_rate;
    const tax = byLine.get(lineIdOf(line)) ?? null;
    return id === undefined || tax === null ? [] : [{ id, tax }];
  });
}

/** What of the money that came by Stripe has not gone back yet. */
async function leftToRefund(client: Stripe, stripeInvoiceId: string, received: number): Promise<number> {
  let left = received;
  for await (const payment of client.invoicePayments.list({ invoice: stripeInvoiceId, status: "paid", limit: 100 })) {
    const { payment_intent: intent } = payment.payment;
    if (intent === undefined) continue;
    const id = typeof intent === "string" ? intent : intent.id;
    for await (const refund of client.refunds.list({ payment_intent: id, limit: 100 })) {
      if (refund.status !== "failed" && refund.status !== "canceled") left -= refund.amount;
    }
  }
  return Math.max(0, left);
}
