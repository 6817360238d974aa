import type { InvoiceDocument, InvoiceDocumentLine } from "@billhook/billing/invoice-document";
import { invoiceLanguage, invoiceWords } from "@billhook/billing/invoice-words";
import { formatDays, money } from "@billhook/billing/layout-style";
import type { EvidenceCommit, EvidenceEntry } from "@billhook/database/invoice-links";
import { formatDuration } from "@billhook/domain/duration";
import { html } from "hono/html";
import type { InvoicePage } from "./invoice-page.ts";
import type { Markup } from "./page-shell.ts";
import { pageWords } from "./page-words.ts";

interface Formats {
  days: (start: string | null, end: string | null) => string;
  time: (seconds: number) => string;
  money: (minor: number) => string;
}

function formatsOf(invoice: InvoiceDocument): Formats {
  const days = new Intl.DateTimeFormat(invoice.locale, { dateStyle: "medium", timeZone: "UTC" });
  return {
    days: (start, end) => formatDays(start, end, days),
    time: (seconds) => formatDuration(seconds / 60, invoice.timeDisplay, invoice.locale),
    money: (minor) => money(minor, invoice),
  };
}

/**
 * The table of lines; on a phone its cells stand below each other. The roles say what it is where a style that takes a row
 * apart would hide it from screen readers.
 */
export function renderLines({ invoice, evidence }: InvoicePage): Markup {
  const words = invoiceWords(invoice.locale);
  const formats = formatsOf(invoice);
  const dated = invoice.lines.some((line) => line.startDate !== null);
  const heading = (name: string, label: string): Markup =>
    html`<th class="${name}" role="columnheader" scope="col">${label}</th>`;
  return html`<table class="lines" role="table">
    <thead role="rowgroup">
      <tr role="row">
        ${dated ? heading("date", words.date) : ""} ${heading("text", words.description)} ${heading("time", words.time)}
        ${heading("rate", words.rate)} ${heading("amount", words.amount)}
      </tr>
    </thead>
    ${invoice.lines.map((line, index) => {
      const entries = evidence?.[index] ?? [];
      return html`<tbody role="rowgroup">
        ${renderLine(line, dated, formats)}
        ${
          entries.length === 0
            ? ""
            : html`<tr class="under" role="row">
                ${dated ? html`<td class="date" role="cell"></td>` : ""}
                <td class="behind" role="cell" colspan="4">${renderEvidence(line, entries, invoice, formats)}</td>
              </tr>`
        }
      </tbody>`;
    })}
  </table>`;
}

function renderLine(line: InvoiceDocumentLine, dated: boolean, formats: Formats): Markup {
  const { seconds, hourlyRateMinor, ticket, detail } = line;
  const figure = (name: string, value: string): Markup =>
    html`<td class="figure ${name}" role="cell"><bdi>${value}</bdi></td>`;
  return html`<tr role="row">
    ${dated ? html`<td class="date" role="cell"><bdi>${formats.days(line.startDate, line.endDate)}</bdi></td>` : ""}
    <td class="text" role="cell">
      <p>
        <span dir="auto">${line.description}</span>${
          ticket === null || ticket === "" ? "" : html` <bdi class="ticket">${ticket}</bdi>`
        }
      </p>
      ${detail === null || detail === "" ? "" : html`<p class="quiet" dir="auto">${detail}</p>`}
    </td>
    ${figure("time", seconds === null ? "" : formats.time(seconds))}
    ${figure("rate", hourlyRateMinor === null ? "" : formats.money(hourlyRateMinor))}
    ${figure("amount", formats.money(line.totalMinor))}
  </tr>`;
}

/** What a line stands on, folded: each entry with its ticket and commits. */
function renderEvidence(
  line: InvoiceDocumentLine,
  entries: EvidenceEntry[],
  invoice: InvoiceDocument,
  formats: Formats,
): Markup {
  const all = entries.reduce((sum, { seconds }) => sum + seconds, 0);
  const { rounded } = pageWords(invoiceLanguage(invoice.locale));
  return html`<details>
    <summary>${invoiceWords(invoice.locale).evidence} (${entries.length})</summary>
    <ul class="entries">
      ${entries.map(
        (entry) =>
          html`<li>
            <p>
              <span class="when"
                ><bdi>${formats.days(entry.date, null)}</bdi> · <bdi>${formats.time(entry.seconds)}</bdi></span
              >
              <span dir="auto">${entry.description}</span>
              ${entry.ticket === null ? "" : html`<bdi class="ticket">${linked(entry.ticket, entry.ticket_url)}</bdi>`}
            </p>
            ${
              entry.commits.length === 0
                ? ""
                : html`<ul class="commits">
                    ${entry.commits.map(renderCommit)}
                  </ul>`
            }
          </li>`,
      )}
      ${
        line.seconds === null || line.seconds === all
          ? ""
          : html`<li>${rounded(formats.time(all), formats.time(line.seconds))}</li>`
      }
    </ul>
  </details>`;
}

const renderCommit = ({ hash, subject, url }: EvidenceCommit): Markup =>
  html`<li><code>${linked(hash, url)}</code> <span dir="auto">${subject}</span></li>`;

const linked = (label: string, url: string | null): Markup | string =>
  url === null ? label : html`<a href="${url}" rel="noreferrer nofollow">${label}</a>`;
