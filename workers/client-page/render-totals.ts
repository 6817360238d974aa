import { invoiceLanguage, invoiceWords } from "@billhook/billing/invoice-words";
import { formatDate, money } from "@billhook/billing/layout-style";
import { html } from "hono/html";
import type { InvoicePage } from "./invoice-page.ts";
import type { Markup } from "./page-shell.ts";
import { pageWords } from "./page-words.ts";

/** What the lines come to, what was paid and credited of it, and what is left. */
export function renderTotals({ invoice, creditNotes, balanceMinor, state }: InvoicePage): Markup {
  const words = invoiceWords(invoice.locale);
  const row = (label: string, minor: number, name = ""): Markup =>
    html`<tr class="${name}">
      <th scope="row" dir="auto">${label}</th>
      <td><bdi>${money(minor, invoice)}</bdi></td>
    </tr>`;
  const reduced = invoice.payments.length > 0 || creditNotes.length > 0;
  const { balance } = pageWords(invoiceLanguage(invoice.locale));
  return html`<table class="totals">
    ${
      invoice.discountMinor === 0
        ? ""
        : [row(words.lines, invoice.linesMinor), row(words.discount, -invoice.discountMinor)]
    }
    ${invoice.taxes.length === 0 ? "" : row(words.subtotal, invoice.subtotalMinor)}
    ${invoice.taxes.map((tax) =>
      row(
        invoice.taxes.length === 1 ? tax.label : words.taxOn(tax.label, money(tax.taxableMinor, invoice)),
        tax.taxMinor,
      ),
    )}
    ${row(`${words.total} (${invoice.currency})`, invoice.totalMinor, "total")}
    ${creditNotes.map((note) =>
      row(`${words.creditNote} ${note.number}, ${formatDate(note.issueDate, invoice)}`, -note.totalMinor),
    )}
    ${invoice.payments.map(({ amountMinor, date }) => {
      const day = formatDate(date, invoice);
      return row(amountMinor > 0 ? words.paidOn(day) : words.refundedOn(day), -amountMinor);
    })}
    ${reduced && state !== "void" && state !== "issued" ? row(balance, balanceMinor, "balance") : ""}
  </table>`;
}
