import { formatDuration } from "@billhook/domain/duration";
import { formatMoney } from "@billhook/domain/money";
import type { Column, Content, CustomTableLayout, TableCell, TDocumentDefinitions } from "pdfmake/interfaces";
import type { InvoiceDocument, InvoiceDocumentLine, InvoiceParty } from "./invoice-document.ts";

/** All measures are points; the page is A4, 595 × 842. */
const MARGIN = { left: 56, top: 56, right: 56, bottom: 60 };
const ACCENT = "#1f5f5b";
const INK = "#1c2124";
const QUIET = "#646d72";
const HAIRLINE = "#dde1e3";
/** Figures of one width, so that columns of amounts line up. */
const FIGURES = { fontFeatures: ["tnum" as const] };

export const FONT_FAMILY = "Inter";

/** Above this many lines they are set closer: sixty then fit two pages. */
const DENSE_FROM = 16;
const LINES_LAYOUT = "billhook-lines";
const DENSE_LAYOUT = "billhook-dense-lines";
const TOTALS_LAYOUT = "billhook-totals";
export const tableLayouts: Record<string, CustomTableLayout> = {
  [LINES_LAYOUT]: ruledRows(6.5),
  [DENSE_LAYOUT]: ruledRows(2.2),
  [TOTALS_LAYOUT]: {
    hLineWidth: (index, node) => (index === node.table.body.length - 1 ? 0.9 : 0),
    hLineColor: () => ACCENT,
    vLineWidth: () => 0,
    paddingLeft: () => 0,
    paddingRight: () => 0,
    paddingTop: (index, node) => (index === node.table.body.length - 1 ? 8 : 4),
    paddingBottom: () => 4,
  },
};

/** Rules between rows only, darker under the heading; the last row has its own rule as well. */
function ruledRows(padding: number): CustomTableLayout {
  return {
    hLineWidth: (index) => (index === 0 ? 0 : index === 1 ? 0.9 : 0.5),
    hLineColor: (index) => (index === 1 ? INK : HAIRLINE),
    vLineWidth: () => 0,
    paddingLeft: (index) => (index === 0 ? 0 : 14),
    paddingRight: () => 0,
    paddingTop: (index) => (index === 0 ? 0 : padding),
    paddingBottom: (index) => (index === 0 ? 5 : padding),
  };
}

/** The invoice as pdfmake sets it. The same document gives the same definition, dates of the file included. */
export function layOutInvoice(given: InvoiceDocument): TDocumentDefinitions {
  const invoice = { ...given, locale: settableLocale(given.locale) };
  const title = invoice.number === null ? "Draft invoice" : `${kindName(invoice)} ${invoice.number}`;
  return {
    pageSize: "A4",
    pageMargins: [MARGIN.left, MARGIN.top, MARGIN.right, MARGIN.bottom],
    language: "en",
    displayTitle: true,
    version: "1.7",
    info: {
      title: printable(`${title}, ${invoice.biller.name}`),
      author: printable(invoice.biller.name),
      creator: "Billhook",
      producer: "Billhook",
      creationDate: new Date(`${invoice.issueDate}T12:00:00Z`),
    },
    defaultStyle: { font: FONT_FAMILY, fontSize: 9.5, lineHeight: 1.25, color: INK },
    ...(invoice.number === null
      ? { watermark: { text: "Draft", color: ACCENT, opacity: 0.07, bold: true, angle: -52, fontSize: 190 } }
      : {}),
    content: [
      layOutHead(invoice),
      layOutParties(invoice),
      layOutLines(invoice),
      layOutTotals(invoice),
      ...layOutClosing(invoice),
    ],
    footer: (page, pages) => ({
      margin: [MARGIN.left, 22, MARGIN.right, 0],
      fontSize: 8,
      color: QUIET,
      columns: [
        { text: printable(`${invoice.biller.name} · ${title}`), width: "*" },
        { text: `Page ${page} of ${pages}`, alignment: "right", width: "auto", ...FIGURES },
      ],
    }),
  };
}

const kindName = (invoice: InvoiceDocument): string => (invoice.kind === "credit_note" ? "Credit note" : "Invoice");

/** Text in runs: a word too long for its column may be broken anywhere, all others only where words are. */
function setText(text: string): Content[] {
  return printable(text)
    .split(/(\S{25,})/u)
    .filter((run) => run !== "")
    .map((run) => (/\S{25}/u.test(run) ? { text: run, wordBreak: "break-all" } : { text: run }));
}

function layOutHead(invoice: InvoiceDocument): Content {
  const { biller } = invoice;
  return {
    columns: [
      {
        width: "*",
        stack: [
          { text: setText(biller.name), fontSize: 15, bold: true, lineHeight: 1.2, margin: [0, 0, 0, 4] },
          ...quietLines([...partyLines(biller), ...(biller.taxId === null ? [] : [`Tax ID ${biller.taxId}`])]),
        ],
      },
      {
        width: 220,
        stack: [
          { text: kindName(invoice), fontSize: 15, lineHeight: 1.2, alignment: "right", color: ACCENT },
          {
            text: setText(invoice.number ?? "Draft"),
            fontSize: 15,
            bold: true,
            lineHeight: 1.2,
            alignment: "right",
          },
        ],
      },
    ],
    columnGap: 24,
    margin: [0, 0, 0, 34],
  };
}

function layOutParties(invoice: InvoiceDocument): Content {
  const { client } = invoice;
  const fact = (label: string, value: string, emphasis: object = {}): Column => ({
    width: "auto",
    stack: [caption(label), { text: value, noWrap: true, ...FIGURES }],
    ...emphasis,
  });
  return {
    columns: [
      {
        width: "*",
        stack: [
          caption("Billed to"),
          { text: setText(client.name), bold: true },
          ...quietLines([
            ...(client.contactName === null ? [] : [client.contactName]),
            ...partyLines(client),
            ...(client.taxId === null ? [] : [`Tax ID ${client.taxId}`]),
          ]),
        ],
      },
      fact("Issued", formatDate(invoice.issueDate, invoice)),
      ...(invoice.dueDate === null || invoice.kind === "credit_note"
        ? []
        : [fact("Due", formatDate(invoice.dueDate, invoice))]),
      ...(invoice.corrects === null ? [] : [fact("Corrects", invoice.corrects)]),
      fact(invoice.kind === "credit_note" ? "Amount credited" : "Amount due", money(invoice.totalMinor, invoice), {
        alignment: "right",
        bold: true,
        color: ACCENT,
      }),
    ],
    columnGap: 28,
    margin: [0, 0, 0, 30],
  };
}

function layOutLines(invoice: InvoiceDocument): Content {
  const dense = invoice.lines.length > DENSE_FROM;
  const fits = invoice.lines.every((line) => countLines(`${line.description}\n${line.detail ?? ""}`) < 35);
  const days = new Intl.DateTimeFormat(invoice.locale, { dateStyle: "medium", timeZone: "UTC" });
  const dated = invoice.lines.some((line) => line.startDate !== null);
  const heading = (text: string, alignment: "left" | "right"): TableCell => ({
    text,
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
          ...(dated ? [heading("Date", "left")] : []),
          heading("Description", "left"),
          heading("Time", "right"),
          heading("Rate", "right"),
          heading("Amount", "right"),
        ],
        ...invoice.lines.map((line) => layOutLine(line, invoice, dated ? days : null)),
      ],
    },
  };
}

function layOutLine(
  line: InvoiceDocumentLine,
  invoice: InvoiceDocument,
  days: Intl.DateTimeFormat | null,
): TableCell[] {
  const figure = (text: string): TableCell => ({ text, alignment: "right", noWrap: true, ...FIGURES });
  const { seconds, hourlyRateMinor } = line;
  const description: Content = {
    text: [
      ...setText(line.description),
      ...(line.ticket === null || line.ticket === "" ? [] : [{ text: `  ${printable(line.ticket)}`, color: QUIET }]),
    ],
  };
  return [
    ...(days !== null ? [{ text: formatDays(line.startDate, line.endDate, days), color: QUIET, noWrap: true }] : []),
    line.detail === null || line.detail === "" ? description : { stack: [description, ...quietLines([line.detail])] },
    figure(seconds === null ? "" : formatDuration(seconds / 60, invoice.timeDisplay, invoice.locale)),
    figure(hourlyRateMinor === null ? "" : money(hourlyRateMinor, invoice)),
    figure(money(line.totalMinor, invoice)),
  ];
}

function layOutTotals(invoice: InvoiceDocument): Content {
  const row = (label: string, minor: number): TableCell[] => [
    { text: setText(label), color: QUIET },
    { text: money(minor, invoice), alignment: "right", noWrap: true, ...FIGURES },
  ];
  const total = { fontSize: 14, bold: true, color: ACCENT, lineHeight: 1.15 };
  return {
    unbreakable: true,
    margin: [0, 16, 0, 0],
    columns: [
      { text: "", width: "*" },
      {
        width: 232,
        layout: TOTALS_LAYOUT,
        table: {
          widths: ["*", "auto"],
          body: [
            ...(invoice.discountMinor === 0
              ? []
              : [row("Lines", invoice.linesMinor), row("Discount", -invoice.discountMinor)]),
            ...(invoice.taxes.length === 0 ? [] : [row("Subtotal", invoice.subtotalMinor)]),
            ...invoice.taxes.map((tax) =>
              row(
                invoice.taxes.length === 1 ? tax.label : `${tax.label} on ${money(tax.taxableMinor, invoice)}`,
                tax.taxMinor,
              ),
            ),
            [
              { text: `Total (${invoice.currency})`, ...total },
              { text: money(invoice.totalMinor, invoice), alignment: "right", noWrap: true, ...FIGURES, ...total },
            ],
          ],
        },
      },
    ],
  };
}

function layOutClosing(invoice: InvoiceDocument): Content[] {
  const block = (label: string, text: string | null): Column[] =>
    text === null || text.trim() === ""
      ? []
      : [{ width: "*", stack: [caption(label), { text: setText(text.trim()) }] }];
  const blocks = [...block("Payment", invoice.biller.bankDetails), ...block("Notes", invoice.notes)];
  const legal = invoice.taxes.flatMap(({ note }) => (note === null ? [] : [note]));
  const fits = countLines(invoice.biller.bankDetails ?? "") < 35 && countLines(invoice.notes ?? "") < 35;
  return [
    ...(legal.length === 0
      ? []
      : [
          {
            stack: legal.map((note) => ({ text: setText(note) })),
            margin: [0, 20, 0, 0] as [number, number, number, number],
          },
        ]),
    ...(blocks.length === 0
      ? []
      : [
          {
            columns: blocks,
            columnGap: 32,
            margin: [0, 26, 0, 0] as [number, number, number, number],
            unbreakable: fits,
          },
        ]),
  ];
}

/** How many lines a text may take in a column, on the high side. */
function countLines(text: string): number {
  return text.split("\n").reduce((lines, paragraph) => lines + 1 + Math.floor(paragraph.length / 35), 0);
}

function caption(text: string): Content {
  return { text, fontSize: 8, bold: false, color: QUIET, margin: [0, 0, 0, 3] };
}

function quietLines(lines: string[]): Content[] {
  return lines.map((text) => ({ text: setText(text), fontSize: 8.5, color: QUIET }));
}

function partyLines(party: InvoiceParty): string[] {
  const address = (party.address ?? "").split("\n").map((line) => line.trim());
  return [...address, party.email ?? ""].filter((line) => line !== "");
}

function money(minor: number, invoice: InvoiceDocument): string {
  return formatMoney(minor, invoice.currency, invoice.locale);
}

function formatDate(date: string, invoice: InvoiceDocument): string {
  const format = new Intl.DateTimeFormat(invoice.locale, { dateStyle: "long", timeZone: "UTC" });
  return format.format(noon(date));
}

/** `2 Mar 2026`, `2–4 Mar 2026`. */
function formatDays(start: string | null, end: string | null, format: Intl.DateTimeFormat): string {
  if (start === null) return "";
  // Runtimes differ in the spaces they put around the dash.
  return format.formatRange(noon(start), noon(end ?? start)).replaceAll(/\s*–\s*/g, "–");
}

function noon(date: string): Date {
  return new Date(`${date}T12:00:00Z`);
}

/** The locale, or English where it writes dates or digits in a script that the font does not have. */
function settableLocale(locale: string): string {
  const sample = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" }).format(0);
  return /^[\u0020-\u052f\u1e00-\u22ff]*$/u.test(sample) ? locale : "en";
}

/** Without what has no glyph and no meaning on paper: soft hyphens, zero-width and direction marks, control characters. */
function printable(text: string): string {
  return text.replaceAll(/[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|(?!\n)\p{Cc}/gu, "");
}
