/** One stored invoice as the document that the PDF prints. */
import type { InvoiceDocument, InvoiceLogo } from "@billhook/billing/invoice-document";
import {
  type Biller,
  billerOf,
  type InvoiceWithParties,
  type Recipient,
  recipientOf,
  taxesOf,
} from "@billhook/database/invoices";
import { taxInWords } from "@billhook/domain/tax-words";
import { addDays, localDay } from "@billhook/domain/timezone";

/** A draft says what it would say if it were finalised now; a finalised invoice what was fixed then. */
export function documentOf(read: InvoiceWithParties, now: Date, logo: InvoiceLogo | null = null): InvoiceDocument {
  const { invoice, client, workspace, lines, corrects, payments } = read;
  const biller = billerNow(read);
  const recipient: Recipient = invoice.recipient === null ? client : recipientOf(invoice.recipient);
  const issueDate = invoice.issue_date ?? localDay(now.toISOString(), workspace.timezone);
  const isInvoice = invoice.kind === "invoice";
  const settled = isInvoice ? invoice.amount_paid_minor + invoice.credited_minor : 0;
  return {
    biller: {
      name: biller.name,
      address: biller.address,
      country: biller.country ?? null,
      email: biller.email,
      taxId: biller.tax_id,
      account: {
        holder: biller.account_holder ?? null,
        iban: biller.iban ?? null,
        bic: biller.bic ?? null,
        bankName: biller.bank_name ?? null,
      },
      bankDetails: biller.bank_details,
      // A draft is not to be paid: what is scanned from it would have no number to be told by.
      paymentCode: invoice.status === "draft" ? "none" : paymentCodeOf(biller.payment_code),
      accentColor: biller.accent_color ?? "#1f5f5b",
      logo,
    },
    client: {
      name: recipient.name,
      contactName: recipient.contact_name,
      address: recipient.address,
      country: recipient.country,
      email: recipient.email,
      taxId: recipient.tax_id,
    },
    kind: isInvoice ? "invoice" : "credit_note",
    mark: invoice.status === "void" ? "void" : invoice.status === "draft" ? "draft" : invoice.is_test ? "test" : null,
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
      quantityThousandths: line.quantity_thousandths,
      unitPriceMinor: line.unit_price_minor,
      discountMinor: line.amount_minor - line.total_minor,
      totalMinor: line.total_minor,
    })),
    subtotalMinor: invoice.subtotal_minor,
    taxMinor: invoice.tax_minor,
    linesMinor: invoice.lines_minor,
    discountMinor: invoice.discount_total_minor,
    taxes: taxesOf(invoice.taxes).map((tax) => ({
      ...taxInWords(tax, recipient.locale),
      taxableMinor: tax.taxable_minor,
      taxMinor: tax.tax_minor,
    })),
    totalMinor: invoice.total_minor,
    payments: isInvoice
      ? payments.map((payment) => ({ date: payment.paid_on, amountMinor: payment.amount_minor }))
      : [],
    creditedMinor: isInvoice ? invoice.credited_minor : 0,
    dueMinor: invoice.status === "void" ? 0 : Math.max(0, invoice.total_minor - settled),
    notes: invoice.notes,
    evidence: evidenceOf(read),
  };
}

/** As it was fixed at finalisation; of a draft as it is now. */
export const billerNow = ({ invoice, workspace }: InvoiceWithParties): Biller =>
  invoice.biller === null
    ? {
        ...workspace,
        name: workspace.legal_name ?? workspace.name,
        time_display: workspace.time_display === "decimal" ? "decimal" : "hm",
      }
    : billerOf(invoice.biller);

const paymentCodeOf = (code: string | undefined): InvoiceDocument["biller"]["paymentCode"] =>
  code === "epc" || code === "swiss" || code === "none" ? code : "automatic";

function evidenceOf({ evidence, lines }: InvoiceWithParties): InvoiceDocument["evidence"] {
  if (evidence === null) return null;
  const shown = evidence.lines.flatMap(({ line_id: id, entries }) => {
    const line = lines.find((each) => each.id === id);
    return line === undefined ? [] : [{ description: line.description, seconds: line.seconds, entries }];
  });
  return {
    lines: shown.map((line) => ({
      ...line,
      entries: line.entries.map((entry) => ({
        date: entry.date,
        description: entry.description,
        seconds: entry.seconds,
        // Most lines are worded with their ticket already.
        ticket:
          entry.ticket_key === null || entry.description.includes(entry.ticket_key)
            ? null
            : [entry.ticket_key, entry.ticket_title ?? ""].join(" ").trim(),
        commits: entry.commits,
        commitsLeftOut: entry.commits_left_out,
      })),
    })),
    entriesLeftOut: evidence.entries - shown.reduce((all, { entries }) => all + entries.length, 0),
  };
}
