import type Stripe from "stripe";
import { invoiceWords } from "./invoice-words.ts";
import { type StripeInvoiceInput, noonOf } from "./stripe-invoice.ts";
import { paymentSettings } from "./stripe-methods.ts";
import { digestParams, postOnce } from "./stripe-post.ts";

const HOUR_SECONDS = 3600;
/** What Stripe takes as a footer. */
const MOST_CHARACTERS = 5000;

/** The id of the invoice in Stripe that carries ours; one that was voided only where there is no other. */
export async function findInvoice(
  client: Stripe,
  invoice: StripeInvoiceInput,
  customerId: string,
): Promise<string | null> {
  // Nothing of this invoice was at Stripe before it was finalised here; an hour for clocks that differ.
  const since = Math.floor(Date.parse(invoice.finalizedAt) / 1000) - HOUR_SECONDS;
  let voided: string | null = null;
  for await (const found of client.invoices.list({
    customer: customerId,
    created: { gte: since },
    limit: 100,
  })) {
    if (found.metadata?.["billhook_invoice_id"] !== invoice.id) continue;
    if (found.status !== "void") return found.id;
    voided = found.id;
  }
  return voided;
}

/** An empty draft that Stripe will neither advance by itself nor fill with the customer's other pending items. */
export async function createDraft(client: Stripe, invoice: StripeInvoiceInput, customerId: string): Promise<string> {
  const due = noonOf(invoice.dueDate);
  const params: Stripe.InvoiceCreateParams = {
    customer: customerId,
    currency: invoice.currency.toLowerCase(),
    collection_method: "send_invoice",
    auto_advance: false,
    pending_invoice_items_behavior: "exclude",
    number: invoice.number,
    ...paymentSettings(invoice.paymentMethods, invoice.currency, invoice.client.country),
    ...(invoice.client.taxId === null
      ? {}
      : {
          custom_fields: [
            { name: invoiceWords(invoice.locale).taxId.slice(0, 40), value: invoice.client.taxId.slice(0, 140) },
          ],
        }),
    metadata: { billhook_invoice_id: invoice.id },
    // Stripe takes no due date that has passed; what was due before it could be sent is due at once.
    ...(due > Date.now() / 1000 ? { due_date: due } : { days_until_due: 0 }),
    ...(invoice.memo === null || invoice.memo === "" ? {} : { description: invoice.memo }),
    ...(invoice.footer === null || invoice.footer === "" ? {} : { footer: invoice.footer.slice(0, MOST_CHARACTERS) }),
  };
  return await postOnce(
    `invoice:${invoice.id}:create:${await digestParams(params)}`,
    async (options) => (await client.invoices.create(params, options)).id,
    () => findInvoice(client, invoice, customerId),
  );
}
