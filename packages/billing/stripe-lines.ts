import { formatDuration } from "@billhook/domain/duration";
import { formatMoney } from "@billhook/domain/money";
import type Stripe from "stripe";
import { type StripeInvoiceInput, type StripeLineInput, noonOf } from "./stripe-invoice.ts";
import { toStripeAmount } from "./stripe-money.ts";
import { digestParams, postOnce } from "./stripe-post.ts";

const LINE_ID = "billhook_line_id";
/** What Stripe takes as a line's description. */
const MOST_CHARACTERS = 500;
const LINES_A_REQUEST = 100;

/**
 * Adds those of our lines that the draft doesn't have yet, in order, many in one request, which takes effect as a whole.
 * Returns the draft as it is then.
 */
export async function addMissingLines(
  client: Stripe,
  invoice: StripeInvoiceInput,
  draft: Stripe.Invoice,
): Promise<Stripe.Invoice> {
  const missing = async (): Promise<StripeLineInput[]> => {
    const present = new Set<string>();
    for await (const line of client.invoices.listLineItems(draft.id, { limit: 100 })) {
      present.add(line.metadata[LINE_ID] ?? "");
    }
    return invoice.lines.filter((line) => !present.has(line.id));
  };
  let current = draft;
  const todo = await missing();
  // The draft was read before its lines were: another attempt may have added them in between.
  if (todo.length === 0) return await client.invoices.retrieve(draft.id);
  for (let start = 0; start < todo.length; start += LINES_A_REQUEST) {
    const chunk = todo.slice(start, start + LINES_A_REQUEST);
    const params = { lines: chunk.map((line) => toStripeLine(line, invoice)) };
    current = await postOnce<Stripe.Invoice>(
      `invoice:${invoice.id}:lines:${await digestParams(params)}`,
      (options) => client.invoices.addLines(draft.id, params, options),
      async () => {
        const left = new Set((await missing()).map((line) => line.id));
        return chunk.some((line) => left.has(line.id)) ? null : await client.invoices.retrieve(draft.id);
      },
    );
  }
  return current;
}

function toStripeLine(line: StripeLineInput, invoice: StripeInvoiceInput): Stripe.InvoiceAddLinesParams.Line {
  const amount = toStripeAmount(line.totalMinor, invoice.currency);
  if (!amount.ok) throw new RangeError(amount.reason);
  const { startDate, endDate } = line;
  return {
    amount: amount.amount,
    description: describeLine(line, invoice),
    metadata: { [LINE_ID]: line.id },
    ...(startDate === null || endDate === null ? {} : { period: { start: noonOf(startDate), end: noonOf(endDate) } }),
  };
}

/** `Fixed sign-in (2 h 15 m × €80.00)`: the words give way where both don't fit. */
function describeLine(line: StripeLineInput, invoice: StripeInvoiceInput): string {
  const { minutes, hourlyRateMinor } = line;
  const basis =
    minutes === null || hourlyRateMinor === null
      ? ""
      : ` (${formatDuration(minutes, "hm", invoice.locale)} × ${formatMoney(hourlyRateMinor, invoice.currency, invoice.locale)})`;
  const words = Array.from(line.description.trim() || invoice.number);
  const room = MOST_CHARACTERS - Array.from(basis).length;
  const shown = words.length <= room ? words : [...words.slice(0, room - 1), "…"];
  return shown.join("") + basis;
}
