/** One stored invoice as Stripe is told of it. */
import { invoiceWords } from "@billhook/billing/invoice-words";
import type { StripeInvoiceInput, StripeTaxInput } from "@billhook/billing/stripe-invoice";
import { billerOf, type InvoiceTax, recipientOf, taxesOf } from "@billhook/database/invoices";
import type { StripeDocument, StripeDocumentLine } from "@billhook/database/stripe-settling";
import { taxInWords } from "@billhook/domain/tax-words";

/** Throws where the invoice is not finalised: the caller has checked. */
export function stripeInputOf(document: StripeDocument, customerId: string | null): StripeInvoiceInput {
  const { invoice, client, workspace, lines, payments, credits } = document;
  if (
    invoice.number === null ||
    invoice.finalised_at === null ||
    invoice.due_date === null ||
    invoice.recipient === null ||
    invoice.biller === null
  ) {
    throw new Error(`invoice ${invoice.id} is not finalised`);
  }
  const recipient = recipientOf(invoice.recipient);
  const biller = billerOf(invoice.biller);
  const taxes = taxesOf(invoice.taxes);
  const { taxId } = invoiceWords(recipient.locale);
  const footer = [
    ...(biller.tax_id === null ? [] : [`${biller.name} · ${taxId} ${biller.tax_id}`]),
    ...new Set(taxes.map((tax) => taxInWords(tax, recipient.locale).note ?? "").filter((note) => note !== "")),
  ];
  return {
    id: invoice.id,
    number: invoice.number,
    currency: invoice.currency,
    locale: recipient.locale,
    finalizedAt: invoice.finalised_at,
    dueDate: invoice.due_date,
    memo: invoice.notes,
    footer: footer.length === 0 ? null : footer.join("\n"),
    client: {
      id: client.id,
      name: recipient.name,
      // An address that was missing at finalisation may be there by now.
      email: recipient.email ?? client.email,
      country: recipient.country,
      taxId: recipient.tax_id,
    },
    paymentMethods: client.payment_methods ?? workspace.payment_methods,
    pricesIncludeTax: invoice.prices_include_tax,
    lines: lines.map((line) => ({
      id: line.id,
      description: line.description,
      minutes: line.seconds === null ? null : Math.round(line.seconds / 60),
      hourlyRateMinor: line.hourly_rate_minor,
      quantityThousandths: line.quantity_thousandths,
      unitPriceMinor: line.unit_price_minor,
      discountMinor: line.amount_minor - line.total_minor,
      totalMinor: line.total_minor,
      startDate: line.start_date,
      endDate: line.end_date,
      ...amountsOf(line, taxes),
    })),
    discountMinor: invoice.discount_total_minor,
    discountPercent: invoice.discount_percent,
    subtotalMinor: invoice.subtotal_minor,
    taxMinor: invoice.tax_minor,
    totalMinor: invoice.total_minor,
    writtenOff: invoice.status === "uncollectible",
    payments: payments.map((payment) => ({
      id: payment.id,
      amountMinor: payment.amount_minor,
      paidOn: payment.paid_on,
      method: payment.method,
      recordId: payment.stripe_record_id,
    })),
    credits: credits.map((note) => ({
      id: note.id,
      number: note.number ?? "",
      reason: note.notes,
      lines: note.lines.map((line) => ({
        id: line.id,
        description: line.description,
        ...amountsOf(line, taxesOf(note.taxes)),
      })),
      subtotalMinor: note.subtotal_minor,
      totalMinor: note.total_minor,
      refund: note.refund_by_stripe,
    })),
    progress: {
      customerId: invoice.stripe_customer_id ?? customerId,
      stripeInvoiceId: invoice.stripe_invoice_id,
      sentAt: invoice.sent_at,
    },
  };
}

/** A tax is called what its group of the breakdown is called, so that Stripe's breakdown is ours. */
function amountsOf(line: StripeDocumentLine, taxes: readonly InvoiceTax[]) {
  const group = taxes.find(({ category, percent }) => category === line.tax?.category && percent === line.tax?.percent);
  const tax: StripeTaxInput | null =
    group === undefined ? null : { name: group.name, category: group.category, percent: group.percent };
  return { taxableMinor: line.taxable_minor, taxMinor: line.tax_minor, tax };
}
