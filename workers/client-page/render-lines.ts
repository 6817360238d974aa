import type { InvoiceDocumentLine } from "@billhook/billing/invoice-document";
import { invoiceWords } from "@billhook/billing/invoice-words";
import { html } from "hono/html";
import { type Formats, formatsOf } from "./formats.ts";
import type { InvoicePage } from "./invoice-page.ts";
import type { Markup } from "./page-shell.ts";
import { renderEvidence } from "./render-evidence.ts";

/**
 * The table of lines; on a phone its cells stand below each other. The roles say what it is where a style that takes a row
 * apart would hide it from screen readers.
 */
export function renderLines({ invoice, evidence, entriesLeftOut }: InvoicePage): Markup {
  const words = invoiceWords(invoice.locale);
  const formats = formatsOf(invoice);
  const dated = invoice.lines.some((line) => line.startDate !== null);
  const timed = invoice.lines.every((line) => line.quantityThousandths === null);
  const heading = (name: string, label: string): Markup =>
    html`<th class="${name}" role="columnheader" scope="col">${label}</th>`;
  return html`<table class="lines" role="table">
      <thead role="rowgroup">
        <tr role="row">
          ${dated ? heading("date", words.date) : ""} ${heading("text", words.description)}
          ${heading("time", timed ? words.time : words.quantity)} ${heading("rate", timed ? words.rate : words.price)}
          ${heading("amount", words.amount)}
        </tr>
      </thead>
      ${invoice.lines.map((line, index) => {
        const behind = evidence?.[index];
        return html`<tbody role="rowgroup">
          ${renderLine(line, dated, words.discount, formats)}
          ${
            behind === undefined || behind.entries.length === 0
              ? ""
              : html`<tr class="under" role="row">
                  ${dated ? html`<td class="date" role="cell"></td>` : ""}
                  <td class="behind" role="cell" colspan="4">${renderEvidence(line, behind, invoice, formats)}</td>
                </tr>`
          }
        </tbody>`;
      })}
    </table>
    ${entriesLeftOut === 0 ? "" : html`<p class="quiet">${words.evidence}: ${words.andMore(String(entriesLeftOut))}</p>`}`;
}

function renderLine(line: InvoiceDocumentLine, dated: boolean, discount: string, formats: Formats): Markup {
  const { ticket, detail, discountMinor } = line;
  const price = line.hourlyRateMinor ?? line.unitPriceMinor;
  const figure = (name: string, value: string): Markup =>
    html`<td class="figure ${name}" role="cell"><bdi>${value}</bdi></td>`;
  return html`<tr role="row">
    ${dated ? html`<td class="date" role="cell">${line.startDate === null ? "" : html`<bdi>${formats.days(line.startDate, line.endDate)}</bdi>`}</td>` : ""}
    <td class="text" role="cell">
      <p>
        <span dir="auto">${line.description}</span>${
          ticket === null || ticket === "" ? "" : html` <bdi class="ticket">${ticket}</bdi>`
        }
      </p>
      ${detail === null || detail === "" ? "" : html`<p class="quiet" dir="auto">${detail}</p>`}
      ${discountMinor === 0 ? "" : html`<p class="quiet">${discount} <bdi>${formats.money(-discountMinor)}</bdi></p>`}
    </td>
    ${figure("time", formats.quantity(line))} ${figure("rate", price === null ? "" : formats.money(price))}
    ${figure("amount", formats.money(line.totalMinor))}
  </tr>`;
}
