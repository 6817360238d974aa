import type { InvoiceDocument, InvoiceParty } from "@billhook/billing/invoice-document";
import { invoiceLanguage, invoiceWords } from "@billhook/billing/invoice-words";
import { formatDate, money, partyLines } from "@billhook/billing/layout-style";
import { html } from "hono/html";
import type { InvoicePage, PageState } from "./invoice-page.ts";
import type { Markup, PageContent } from "./page-shell.ts";
import { pageWords } from "./page-words.ts";
import { renderClosing } from "./render-closing.ts";
import { renderLines } from "./render-lines.ts";
import { renderTotals } from "./render-totals.ts";

/** What people wrote, in whichever direction it reads. */
const quiet = (written: string): Markup => html`<p class="quiet" dir="auto">${written}</p>`;

/** The page of an invoice; `path` is its own address, without a slash at the end. */
export function renderInvoice(page: InvoicePage, path: string): PageContent {
  const { invoice } = page;
  const words = invoiceWords(invoice.locale);
  const kind = invoice.kind === "credit_note" ? words.creditNote : words.invoice;
  return {
    language: words.language,
    accentColor: invoice.biller.accentColor,
    title: `${kind} ${invoice.number ?? ""}, ${invoice.biller.name}`,
    body: html`<main>
      <header class="head">
        <div>
          ${
            invoice.biller.logo === null
              ? ""
              : html`<img
                  src="${invoice.biller.logo.dataUrl}"
                  width="${invoice.biller.logo.width}"
                  height="${invoice.biller.logo.height}"
                  alt=""
                />`
          }
          <p class="name" dir="auto">${invoice.biller.name}</p>
          ${partyLines(invoice.biller, words).map(quiet)}
        </div>
        <h1>${kind} <b dir="auto">${invoice.number}</b></h1>
      </header>
      ${renderBar(page, path)} ${renderFacts(invoice)} ${renderLines(page)} ${renderTotals(page)} ${renderClosing(page)}
    </main>`,
  };
}

/** How it stands, and what can be done. */
function renderBar(page: InvoicePage, path: string): Markup {
  const { invoice, state, payUrl } = page;
  const words = invoiceWords(invoice.locale);
  const more = pageWords(invoiceLanguage(invoice.locale));
  const amount = (minor: number): string => money(minor, invoice);
  const owed = state === "open" || state === "overdue";
  const lastPayment = invoice.payments.findLast(({ amountMinor }) => amountMinor > 0);
  const names: Record<PageState, string> = {
    open: more.open,
    overdue: more.overdue,
    paid: lastPayment === undefined ? more.paid : words.paidOn(formatDate(lastPayment.date, invoice)),
    settled: more.settled,
    void: words.void,
    issued: words.amountCredited,
  };
  return html`<section class="bar ${state}">
    <div>
      <p class="sum"><bdi>${amount(owed ? page.balanceMinor : invoice.totalMinor)}</bdi></p>
      <p>
        <span class="state ${state}">${names[state]}</span>${
          owed && invoice.dueDate !== null
            ? html`<span class="quiet">${words.due} <bdi>${formatDate(invoice.dueDate, invoice)}</bdi></span>`
            : ""
        }
      </p>
      ${state === "void" ? html`<p class="quiet">${more.voidNote}</p>` : ""}
      ${page.isTest ? html`<p class="quiet">${more.testNote}</p>` : ""}
    </div>
    <div>
      <p class="actions">
        ${
          payUrl === null
            ? ""
            : html`<a class="button pay" href="${payUrl}" rel="noreferrer">${more.pay(amount(page.balanceMinor))}</a>`
        }
        <a class="button" href="${path}/pdf" rel="noreferrer">${more.downloadPdf}</a>
      </p>
      ${payUrl === null ? "" : html`<p class="quiet">${more.payWhere}</p>`}
    </div>
  </section>`;
}

function renderFacts(invoice: InvoiceDocument): Markup {
  const words = invoiceWords(invoice.locale);
  const { client } = invoice;
  const fact = (label: string, value: string): Markup =>
    html`<div>
      <dt>${label}</dt>
      <dd><bdi>${value}</bdi></dd>
    </div>`;
  return html`<dl class="facts">
    <div class="to">
      <dt>${words.billedTo}</dt>
      <dd>
        <b dir="auto">${client.name}</b>
        ${clientLines(client).map(quiet)} ${partyLines(client, words).map(quiet)}
      </dd>
    </div>
    ${fact(words.issued, formatDate(invoice.issueDate, invoice))}
    ${
      invoice.dueDate === null || invoice.kind === "credit_note"
        ? ""
        : fact(words.due, formatDate(invoice.dueDate, invoice))
    }
    ${invoice.corrects === null ? "" : fact(words.corrects, invoice.corrects)}
  </dl>`;
}

const clientLines = ({ contactName }: InvoiceParty & { contactName: string | null }): string[] =>
  contactName === null ? [] : [contactName];
