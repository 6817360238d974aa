import { formatDuration } from "@billhook/domain/duration";
import { formatMoney } from "@billhook/domain/money";
import type Stripe from "stripe";
import { invoiceWords } from "./invoice-words.ts";
import { type StripeInvoiceInput, type StripeLineInput, noonOf } from "./stripe-invoice.ts";
import { amountFor } from "./stripe-money.ts";
import { digestParams, postOnce } from "./stripe-post.ts";
import { giveTax } from "./stripe-tax.ts";

const LINE_ID = "billhook_line_id";
/** The line that takes the discount on the whole invoice off it. */
const DISCOUNT_ID = "discount";
/** What Stripe takes as a line's description. */
const MOST_CHARACTERS = 500;
const LINES_A_REQUEST = 100;

type Line = Stripe.InvoiceAddLinesParams.Line;

/** The id of ours that a line at Stripe carries. */
export const lineIdOf = (line: { metadata: Stripe.Metadata | null }): string => line.metadata?.[LINE_ID] ?? "";

/**
 * Adds those of our lines that the draft doesn't have yet, in order, many in one request, which takes effect as a whole.
 * Returns the draft as it is then.
 */
export async function addMissingLines(
  client: Stripe,
  invoice: StripeInvoiceInput,
  draft: Stripe.Invoice,
): Promise<Stripe.Invoice> {
  const wanted = linesOf(invoice);
  const missing = async (): Promise<Line[]> => {
    const present = new Set((await listLines(client, draft.id)).map(lineIdOf));
    return wanted.filter((line) => !present.has(idOf(line)));
  };
  let current = draft;
  const todo = await missing();
  // The draft was read before its lines were: another attempt may have added them in between.
  if (todo.length === 0) return await client.invoices.retrieve(draft.id);
  for (let start = 0; start < todo.length; start += LINES_A_REQUEST) {
    const chunk = todo.slice(start, start + LINES_A_REQUEST);
    const params = { lines: chunk };
    current = await postOnce<Stripe.Invoice>(
      `invoice:${invoice.id}:lines:${await digestParams(params)}`,
      (options) => client.invoices.addLines(draft.id, params, options),
      async () => {
        const left = new Set((await missing()).map(idOf));
        return chunk.some((line) => left.has(idOf(line))) ? null : await client.invoices.retrieve(draft.id);
      },
    );
  }
  return current;
}

export async function listLines(client: Stripe, stripeInvoiceId: string): Promise<Stripe.InvoiceLineItem[]> {
  const lines: Stripe.InvoiceLineItem[] = [];
  for await (const line of client.invoices.listLineItems(stripeInvoiceId, { limit: 100 })) lines.push(line);
  return lines;
}

/**
 * All that Stripe is to show as lines: ours with their exact totals and taxes, and the discount on the whole invoice as a
 * line below zero. The taxes of the lines are those after the discount, so that it has none of its own.
 */
export function linesOf(invoice: StripeInvoiceInput): Line[] {
  const lines = invoice.lines.map((line) => toStripeLine(line, invoice));
  if (invoice.discountMinor === 0) return lines;
  return [
    ...lines,
    {
      amount: -amountFor(invoice.discountMinor, invoice.currency),
      description: describeDiscount(invoice),
      discountable: false,
      metadata: { [LINE_ID]: DISCOUNT_ID },
    },
  ];
}

const idOf = (line: Line): string => String((line.metadata as Stripe.MetadataParam)[LINE_ID]);

function toStripeLine(line: StripeLineInput, invoice: StripeInvoiceInput): Line {
  const { startDate, endDate, tax } = line;
  const amount = (minor: number): number => amountFor(minor, invoice.currency);
  return {
    amount: amount(line.totalMinor),
    description: describeLine(line, invoice),
    metadata: { [LINE_ID]: line.id },
    ...(startDate === null || endDate === null ? {} : { period: { start: noonOf(startDate), end: noonOf(endDate) } }),
    ...(tax === null
      ? {}
      : {
          tax_amounts: [giveTax(tax, amount(line.taxMinor), amount(line.taxableMinor), invoice.pricesIncludeTax)],
        }),
  };
}

/** `Fixed sign-in (2 h 15 m × €80.00 − €18.00)`: the words give way where both don't fit. */
function describeLine(line: StripeLineInput, invoice: StripeInvoiceInput): string {
  const price = priceOf(line, invoice);
  const money = formatMoney(line.discountMinor, invoice.currency, invoice.locale);
  const basis = [price, line.discountMinor === 0 ? "" : `− ${money}`].filter((part) => part !== "").join(" ");
  const shown = basis === "" ? "" : ` (${basis})`;
  const words = Array.from(line.description.trim() || invoice.number);
  const room = MOST_CHARACTERS - Array.from(shown).length;
  return (words.length <= room ? words : [...words.slice(0, room - 1), "…"]).join("") + shown;
}

function priceOf(line: StripeLineInput, invoice: StripeInvoiceInput): string {
  const money = (minor: number): string => formatMoney(minor, invoice.currency, invoice.locale);
  if (line.minutes !== null && line.hourlyRateMinor !== null) {
    return `${formatDuration(line.minutes, "hm", invoice.locale)} × ${money(line.hourlyRateMinor)}`;
  }
  const { quantityThousandths: quantity, unitPriceMinor: price } = line;
  if (quantity === null || price === null || (quantity === 1000 && line.discountMinor === 0)) return "";
  if (quantity === 1000) return money(price);
  return `${new Intl.NumberFormat(invoice.locale, { maximumFractionDigits: 3 }).format(quantity / 1000)} × ${money(price)}`;
}

function describeDiscount(invoice: StripeInvoiceInput): string {
  const { discount } = invoiceWords(invoice.locale);
  if (invoice.discountPercent === null) return discount;
  const percent = new Intl.NumberFormat(invoice.locale, { style: "percent", maximumFractionDigits: 3 });
  return `${discount} (${percent.format(invoice.discountPercent / 100)})`;
}
