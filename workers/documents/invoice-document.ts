/** One stored invoice, in the two forms it leaves in: the document that the PDF prints, and what Stripe is told. */
import type { InvoiceDocument } from "@billhook/billing/invoice-document";
import type { StripeInvoiceInput } from "@billhook/billing/stripe-invoice";
import {
  type Biller,
  billerOf,
  type InvoiceWithParties,
  type Recipient,
  recipientOf,
  taxesOf,
} from "@billhook/database/invoices";
import { addDays, localDay } from "@billhook/domain/timezone";

/** A draft says what it would say if it were finalised now; a finalised invoice what was fixed then. */
export function documentOf(
  { invoice, client, workspace, lines, corrects }: InvoiceWithParties,
  now: Date,
): InvoiceDocument {
  const biller: Biller =
    invoice.biller === null
      ? {
          ...workspace,
          name: workspace.legal_name ?? workspace.name,
          time_display: workspace.time_display === "decimal" ? "decimal" : "hm",
        }
      : billerOf(invoice.biller);
  const recipient: Recipient = invoice.recipient === null ? client : recipientOf(invoice.recipient);
  const issueDate = invoice.issue_date ?? localDay(now.toISOString(), workspace.timezone);
  return {
    biller: {
      name: biller.name,
      address: biller.address,
      email: biller.email,
      taxId: biller.tax_id,
      bankDetails: biller.bank_details,
    },
    client: {
      name: recipient.name,
      contactName: recipient.contact_name,
      address: recipient.address,
      email: recipient.email,
      taxId: recipient.tax_id,
    },
    kind: invoice.kind === "credit_note" ? "credit_note" : "invoice",
    corrects,
    number: invoice.number,
    issueDate,
    dueDate: invoice.due_date ?? addDays(issueDate, invoice.payment_terms_days),
    currency: invoice.currency,
    locale: recipient.locale,
    timeDisplay: biller.time_display,
    lines: lines.map((line) => ({
      description: line.description,
      detail: line.detail,
      ticket: line.ticket_key,
      startDate: line.start_date,
      endDate: line.end_date,
      seconds: line.seconds,
      hourlyRateMinor: line.hourly_rate_minor,
      totalMinor: line.total_minor,
    })),
    subtotalMinor: invoice.subtotal_minor,
    taxMinor: invoice.tax_minor,
    linesMinor: invoice.lines_minor,
    discountMinor: invoice.discount_total_minor,
    taxes: taxesOf(invoice.taxes).map((tax) => ({
      label: tax.category === "standard" && !tax.name.includes("%") ? `${tax.name} ${tax.percent}%` : tax.name,
      taxableMinor: tax.taxable_minor,
      taxMinor: tax.tax_minor,
      note: tax.note,
    })),
    totalMinor: invoice.total_minor,
    notes: invoice.notes,
  };
}

/** `customerId`: the client's in the account it goes to. Throws where the invoice is not finalised: the caller has checked. */
export function stripeInputOf(
  { invoice, client, lines }: InvoiceWithParties,
  customerId: string | null,
): StripeInvoiceInput {
  if (
    invoice.number === null ||
    invoice.finalised_at === null ||
    invoice.due_date === null ||
    invoice.recipient === null
  ) {
    throw new Error(`invoice ${invoice.id} is not finalised`);
  }
  const recipient = recipientOf(invoice.recipient);
  return {
    id: invoice.id,
    number: invoice.number,
    currency: invoice.currency,
    locale: recipient.locale,
    finalizedAt: invoice.finalised_at,
    dueDate: invoice.due_date,
    memo: invoice.notes,
    // An address that was missing at finalisation may be there by now.
    client: { id: client.id, name: recipient.name, email: recipient.email ?? client.email },
    lines: lines.map((line) => ({
      id: line.id,
      description: line.description,
      minutes: line.seconds === null ? null : Math.round(line.seconds / 60),
      hourlyRateMinor: line.hourly_rate_minor,
      totalMinor: line.total_minor,
      startDate: line.start_date,
      endDate: line.end_date,
    })),
    totalMinor: invoice.total_minor,
    progress: {
      customerId: invoice.stripe_customer_id ?? customerId,
      stripeInvoiceId: invoice.stripe_invoice_id,
      sentAt: invoice.sent_at,
    },
  };
}
