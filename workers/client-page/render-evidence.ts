import type { InvoiceDocument, InvoiceDocumentLine } from "@billhook/billing/invoice-document";
import { invoiceLanguage, invoiceWords } from "@billhook/billing/invoice-words";
import { html } from "hono/html";
import type { Formats } from "./formats.ts";
import type { EvidenceEntry, LineEvidence } from "./invoice-page.ts";
import type { Markup } from "./page-shell.ts";
import { pageWords } from "./page-words.ts";

/** What a line stands on, folded: each entry with its ticket and commits. */
export function renderEvidence(
  line: InvoiceDocumentLine,
  { entries, roundedFrom }: LineEvidence,
  invoice: InvoiceDocument,
  formats: Formats,
): Markup {
  const words = invoiceWords(invoice.locale);
  const { rounded } = pageWords(invoiceLanguage(invoice.locale));
  return html`<details>
    <summary>${words.evidence} (${entries.length})</summary>
    <ul class="entries">
      ${entries.map(
        (entry) =>
          html`<li>
            <p>
              <span class="when"
                ><bdi>${formats.days(entry.date, null)}</bdi> · <bdi>${formats.time(entry.seconds)}</bdi></span
              >
              <span dir="auto">${entry.description}</span>
              ${entry.ticket_key === null ? "" : html`<bdi class="ticket">${linked(entry.ticket_key, entry.ticket_url)}</bdi>`}
            </p>
            ${
              entry.commits.length + entry.commits_left_out === 0
                ? ""
                : html`<ul class="commits">
                    ${entry.commits.map(renderCommit)}
                    ${entry.commits_left_out === 0 ? "" : html`<li>${words.andMore(String(entry.commits_left_out))}</li>`}
                  </ul>`
            }
          </li>`,
      )}
      ${
        line.seconds === null || roundedFrom === null
          ? ""
          : html`<li>${rounded(formats.time(roundedFrom), formats.time(line.seconds))}</li>`
      }
    </ul>
  </details>`;
}

const renderCommit = ({ hash, subject, url }: EvidenceEntry["commits"][number]): Markup =>
  html`<li><code>${linked(hash, url)}</code> <span dir="auto">${subject}</span></li>`;

const linked = (label: string, url: string | null): Markup | string =>
  url === null ? label : html`<a href="${url}" rel="noreferrer nofollow">${label}</a>`;
