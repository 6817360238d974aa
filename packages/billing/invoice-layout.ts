import type { TDocumentDefinitions } from "pdfmake/interfaces";
import type { InvoiceDocument } from "./invoice-document.ts";
import { invoiceWords } from "./invoice-words.ts";
import { layOutClosing } from "./layout-closing.ts";
import { kindName, layOutHead, layOutParties } from "./layout-head.ts";
import { layOutLines } from "./layout-lines.ts";
import { ACCENT, FIGURES, INK, MARGIN, QUIET, type Setting } from "./layout-style.ts";
import { setText, settableLocale } from "./layout-text.ts";
import { layOutTotals } from "./layout-totals.ts";
import { printable } from "./printable.ts";

/** The invoice as pdfmake sets it. The same document gives the same definition, dates of the file included. */
export function layOutInvoice(given: InvoiceDocument): TDocumentDefinitions {
  const invoice = { ...given, locale: settableLocale(given.locale) };
  const words = invoiceWords(invoice.locale);
  const setting: Setting = { invoice, words };
  const title = invoice.number === null ? words.draftInvoice : `${kindName(setting)} ${invoice.number}`;
  return {
    pageSize: "A4",
    pageMargins: [MARGIN.left, MARGIN.top, MARGIN.right, MARGIN.bottom],
    language: words.language,
    displayTitle: true,
    version: "1.7",
    info: {
      title: printable(`${title}, ${invoice.biller.name}`),
      author: printable(invoice.biller.name),
      creator: "Billhook",
      producer: "Billhook",
      creationDate: new Date(`${invoice.issueDate}T12:00:00Z`),
    },
    defaultStyle: { fontSize: 9.5, lineHeight: 1.25, color: INK },
    ...(invoice.number === null
      ? { watermark: { text: words.draft, color: ACCENT, opacity: 0.07, bold: true, angle: -52, fontSize: 190 } }
      : {}),
    content: [
      layOutHead(setting),
      layOutParties(setting),
      layOutLines(setting),
      layOutTotals(setting),
      ...layOutClosing(setting),
    ],
    footer: (page, pages) => ({
      margin: [MARGIN.left, 22, MARGIN.right, 0],
      fontSize: 8,
      color: QUIET,
      columns: [
        { text: setText(`${invoice.biller.name} · ${title}`), width: "*" },
        { text: setText(words.page(page, pages)), alignment: "right", width: "auto", ...FIGURES },
      ],
    }),
  };
}
