import { formatDuration } from "@billhook/domain/duration";
import type { Content, TableCell } from "pdfmake/interfaces";
import type { InvoiceDocument, InvoiceDocumentLine } from "./invoice-document.ts";
import {
  countLines,
  DENSE_LAYOUT,
  FIGURES,
  formatDays,
  LINES_LAYOUT,
  money,
  QUIET,
  quietLines,
  type Setting,
} from "./layout-style.ts";
import { setText } from "./layout-text.ts";

/** Above this many lines they are set closer: sixty then fit two pages. */
const DENSE_FROM = 16;

/** The table of lines, its heading on every page. */
export function layOutLines(setting: Setting): Content {
  const { invoice, words } = setting;
  const dense = invoice.lines.length > DENSE_FROM;
  const fits = invoice.lines.every((line) => countLines(`${line.description}\n${line.detail ?? ""}`) < 35);
  const days = new Intl.DateTimeFormat(invoice.locale, { dateStyle: "medium", timeZone: "UTC" });
  const dated = invoice.lines.some((line) => line.startDate !== null);
  const timed = invoice.lines.every((line) => line.quantityThousandths === null);
  const heading = (text: string, alignment: "left" | "right"): TableCell => ({
    text: setText(text),
    alignment,
    fontSize: 8,
    color: QUIET,
  });
  return {
    layout: dense ? DENSE_LAYOUT : LINES_LAYOUT,
    ...(dense ? { fontSize: 8.5, lineHeight: 1.1 } : {}),
    table: {
      headerRows: 1,
      // Rows are not torn apart, nor the heading from the first: except where one might not fit a page, as pdfmake
      // leaves out what it may not break and can't place.
      keepWithHeaderRows: fits ? 1 : 0,
      dontBreakRows: fits,
      widths: [...(dated ? ["auto"] : []), "*", "auto", "auto", "auto"],
      body: [
        [
          ...(dated ? [heading(words.date, "left")] : []),
          heading(words.description, "left"),
          heading(timed ? words.time : words.quantity, "right"),
          heading(timed ? words.rate : words.price, "right"),
          heading(words.amount, "right"),
        ],
        ...invoice.lines.map((line) => layOutLine(line, setting, dated ? days : null)),
      ],
    },
  };
}

function layOutLine(
  line: InvoiceDocumentLine,
  { invoice, words }: Setting,
  days: Intl.DateTimeFormat | null,
): TableCell[] {
  const figure = (text: string): TableCell => ({ text: setText(text), alignment: "right", noWrap: true, ...FIGURES });
  const price = line.hourlyRateMinor ?? line.unitPriceMinor;
  const beneath = [
    ...(line.detail === null || line.detail === "" ? [] : [line.detail]),
    ...(line.discountMinor === 0 ? [] : [`${words.discount} ${money(-line.discountMinor, invoice)}`]),
  ];
  const description: Content = {
    text: [
      setText(line.description),
      ...(line.ticket === null || line.ticket === "" ? [] : [{ text: setText(`  ${line.ticket}`), color: QUIET }]),
    ],
  };
  return [
    ...(days !== null
      ? [{ text: setText(formatDays(line.startDate, line.endDate, days)), color: QUIET, noWrap: true, ...FIGURES }]
      : []),
    beneath.length === 0 ? description : { stack: [description, ...quietLines(beneath)] },
    figure(quantityOf(line, invoice)),
    figure(price === null ? "" : money(price, invoice)),
    figure(money(line.totalMinor, invoice)),
  ];
}

/** How much of what a line bills there is: time, or pieces. */
export function quantityOf({ seconds, quantityThousandths }: InvoiceDocumentLine, invoice: InvoiceDocument): string {
  if (seconds !== null) return formatDuration(seconds / 60, invoice.timeDisplay, invoice.locale);
  if (quantityThousandths === null) return "";
  return new Intl.NumberFormat(invoice.locale, { maximumFractionDigits: 3 }).format(quantityThousandths / 1000);
}
