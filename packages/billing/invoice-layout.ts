import { legibleShade } from "@billhook/domain/accent-color";
import type { Content, TDocumentDefinitions } from "pdfmake/interfaces";
import type { InvoiceDocument } from "./invoice-document.ts";
import { invoiceWords } from "./invoice-words.ts";
import { layOutClosing } from "./layout-closing.ts";
import { layOutEvidence } from "./layout-evidence.ts";
import { kindName, layOutHead, layOutParties, LOGO } from "./layout-head.ts";
import { layOutLines } from "./layout-lines.ts";
import { FIGURES, INK, MARGIN, QUIET, type Setting } from "./layout-style.ts";
import { layOutSwissBill, SWISS_FOOTER_SHIFT } from "./layout-swiss.ts";
import { setText, settableLocale } from "./layout-text.ts";
import { layOutTotals } from "./layout-totals.ts";
import { choosePaymentCode } from "./payment-code.ts";
import { printable } from "./printable.ts";

/** The invoice as pdfmake sets it. The same document gives the same definition, dates of the file included. */
export function layOutInvoice(given: InvoiceDocument): TDocumentDefinitions {
  const invoice = { ...given, locale: settableLocale(given.locale) };
  const words = invoiceWords(invoice.locale);
  const setting: Setting = { invoice, words, accent: legibleShade(invoice.biller.accentColor) };
  const title = invoice.number === null ? words.draftInvoice : `${kindName(setting)} ${invoice.number}`;
  const code = choosePaymentCode(invoice);
  const swiss = code?.kind === "swiss" ? layOutSwissBill(code.bill, invoice.locale) : null;
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
    ...markOf(setting),
    ...(invoice.biller.logo === null ? {} : { images: { [LOGO]: invoice.biller.logo.dataUrl } }),
    content: [
      layOutHead(setting),
      layOutParties(setting),
      layOutLines(setting),
      layOutTotals(setting),
      ...layOutClosing(setting, code),
      ...(swiss ?? []),
      ...layOutEvidence(setting),
    ],
    footer: (page, pages) => ({
      margin: [MARGIN.left, 22, MARGIN.right, 0],
      stack: [
        {
          fontSize: 8,
          color: QUIET,
          columns: [
            { text: setText(`${invoice.biller.name} · ${title}`), width: "*" },
            { text: setText(words.page(page, pages)), alignment: "right", width: "auto", noWrap: true, ...FIGURES },
          ],
          columnGap: 24,
          // Above a Swiss bill, which takes the foot of its page.
          ...(swiss !== null && pageOf(swiss[0]) === page
            ? { relativePosition: { x: 0, y: -SWISS_FOOTER_SHIFT } }
            : {}),
        },
      ],
    }),
  };
}

/** What is written across every page. */
function markOf({ invoice, words, accent }: Setting): Pick<TDocumentDefinitions, "watermark"> {
  const { mark } = invoice;
  if (mark === null) return {};
  const text = { draft: words.draft, void: words.void, test: words.test }[mark];
  // Longer words are set smaller, so that they stay on the page.
  const fontSize = Math.min(190, 1000 / Array.from(text).length);
  return {
    watermark: { text, color: mark === "void" ? "#b3261e" : accent, opacity: 0.09, bold: true, angle: -52, fontSize },
  };
}

/** Footers are made once everything else is set: pdfmake has noted by then where that is. */
function pageOf(node: Content): number | undefined {
  return typeof node === "object" && "positions" in node
    ? (node.positions as { pageNumber: number }[])[0]?.pageNumber
    : undefined;
}
