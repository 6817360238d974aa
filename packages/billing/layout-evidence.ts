import { formatDuration } from "@billhook/domain/duration";
import type { Content, CustomTableLayout, TableCell } from "pdfmake/interfaces";
import type { InvoiceEvidenceEntry, InvoiceEvidenceLine } from "./invoice-document.ts";
import { FIGURES, formatDays, HAIRLINE, INK, QUIET, type Setting } from "./layout-style.ts";
import { setText } from "./layout-text.ts";

/** A new one each time: pdfmake writes into what it sets. */
const empty = (): TableCell => ({ text: "" });

/** The appendix, on pages of its own: what was done for each line, by entry, with its commits. */
export function layOutEvidence(setting: Setting): Content[] {
  const { invoice, words, accent } = setting;
  if (invoice.evidence === null || invoice.evidence.lines.length === 0) return [];
  const days = new Intl.DateTimeFormat(invoice.locale, { dateStyle: "medium", timeZone: "UTC" });
  const { lines, entriesLeftOut } = invoice.evidence;
  return [
    {
      text: setText(invoice.number === null ? words.evidence : `${words.evidence} · ${invoice.number}`),
      fontSize: 15,
      lineHeight: 1.2,
      color: accent,
      pageBreak: "before",
      margin: [0, 0, 0, 16],
    },
    ...lines.map((line) => layOutEntries(line, setting, days)),
    ...(entriesLeftOut === 0 ? [] : [{ text: setText(leftOut(entriesLeftOut, setting)), color: QUIET }]),
  ];
}

/** A table for each line of the invoice, under its words and its time, which every page repeats. */
function layOutEntries(line: InvoiceEvidenceLine, setting: Setting, days: Intl.DateTimeFormat): Content {
  const worked = line.entries.reduce((all, { seconds }) => all + seconds, 0);
  return {
    fontSize: 8.5,
    lineHeight: 1.15,
    layout: evidenceLayout,
    margin: [0, 0, 0, 14],
    table: {
      headerRows: 1,
      keepWithHeaderRows: 1,
      widths: [66, "*", "auto"],
      body: [
        [
          { text: setText(line.description), bold: true, colSpan: 2 },
          empty(),
          { ...duration(line.seconds ?? worked, setting), bold: true },
        ],
        ...line.entries.flatMap((entry) => layOutEntry(entry, setting, days)),
        ...(line.seconds === null || line.seconds === worked
          ? []
          : [
              [
                empty(),
                { text: setText(setting.words.rounded), color: QUIET },
                difference(line.seconds - worked, setting),
              ],
            ]),
      ],
    },
  };
}

/** The entry's own row, and one for each commit: a page may end after any of them. */
function layOutEntry(entry: InvoiceEvidenceEntry, setting: Setting, days: Intl.DateTimeFormat): TableCell[][] {
  const beneath = (text: Content[]): TableCell[] => [
    empty(),
    { text, fontSize: 7.5, color: QUIET, margin: [8, 0, 0, 0] },
    empty(),
  ];
  return [
    [
      { text: setText(formatDays(entry.date, entry.date, days)), color: QUIET, noWrap: true, ...FIGURES },
      {
        text: [
          setText(entry.description),
          ...(entry.ticket === null ? [] : [{ text: setText(`  ${entry.ticket}`), color: QUIET }]),
        ],
      },
      duration(entry.seconds, setting),
    ],
    ...entry.commits.map(({ hash, subject, repository }) =>
      beneath([
        { text: setText(`${hash}  `), ...FIGURES },
        { text: setText(subject), color: INK },
        ...(repository === null ? [] : [{ text: setText(`  ${repository}`) }]),
      ]),
    ),
    ...(entry.commitsLeftOut === 0 ? [] : [beneath([setText(leftOut(entry.commitsLeftOut, setting))])]),
  ];
}

const leftOut = (count: number, { invoice, words }: Setting): string =>
  words.andMore(new Intl.NumberFormat(invoice.locale).format(count));

function duration(seconds: number, { invoice }: Setting) {
  const text = formatDuration(seconds / 60, invoice.timeDisplay, invoice.locale);
  return { text: setText(text), alignment: "right", noWrap: true, ...FIGURES } satisfies TableCell;
}

function difference(seconds: number, { invoice }: Setting): TableCell {
  const text = formatDuration(Math.abs(seconds) / 60, invoice.timeDisplay, invoice.locale);
  return {
    text: setText(`${seconds < 0 ? "−" : "+"}${text}`),
    alignment: "right",
    noWrap: true,
    color: QUIET,
    ...FIGURES,
  };
}

/** A rule under the heading, and nothing between a commit and what it belongs to. */
const evidenceLayout: CustomTableLayout = {
  hLineWidth: (index, node) => (index === 1 || index === node.table.body.length ? 0.6 : 0),
  hLineColor: (index) => (index === 1 ? INK : HAIRLINE),
  vLineWidth: () => 0,
  paddingLeft: (index) => (index === 0 ? 0 : 10),
  paddingRight: () => 0,
  paddingTop: (index) => (index === 0 ? 0 : 2.5),
  paddingBottom: (index) => (index === 0 ? 4 : 0.5),
};
