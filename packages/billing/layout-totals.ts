import type { Content, CustomTableLayout, TableCell } from "pdfmake/interfaces";
import { FIGURES, formatDate, money, QUIET, type Setting } from "./layout-style.ts";
import { setText } from "./layout-text.ts";

/** What the lines come to, step by step, and what is left of it to pay. */
export function layOutTotals({ invoice, words, accent }: Setting): Content {
  const row = (label: string, minor: number): TableCell[] => [
    { text: setText(label), color: QUIET },
    { text: setText(money(minor, invoice)), alignment: "right", noWrap: true, ...FIGURES },
  ];
  const strong = (label: string, minor: number): TableCell[] => {
    const emphasis = { fontSize: 14, bold: true, color: accent, lineHeight: 1.15 };
    return [
      { text: setText(label), ...emphasis },
      { text: setText(money(minor, invoice)), alignment: "right", noWrap: true, ...FIGURES, ...emphasis },
    ];
  };
  const sums = [
    ...(invoice.discountMinor === 0
      ? []
      : [row(words.lines, invoice.linesMinor), row(words.discount, -invoice.discountMinor)]),
    ...(invoice.taxes.length === 0 ? [] : [row(words.subtotal, invoice.subtotalMinor)]),
    ...invoice.taxes.map((tax) =>
      row(
        invoice.taxes.length === 1 ? tax.label : words.taxOn(tax.label, money(tax.taxableMinor, invoice)),
        tax.taxMinor,
      ),
    ),
  ];
  const total = strong(`${words.total} (${invoice.currency})`, invoice.totalMinor);
  const settled = [
    ...invoice.payments.map(({ date, amountMinor }) => {
      const day = formatDate(date, invoice);
      return row(amountMinor < 0 ? words.refundedOn(day) : words.paidOn(day), -amountMinor);
    }),
    ...(invoice.creditedMinor === 0 ? [] : [row(words.credited, -invoice.creditedMinor)]),
  ];
  const rest = settled.length === 0 ? [] : [...settled, strong(words.amountDue, invoice.dueMinor)];
  const body = [...sums, total, ...rest];
  const ruled = new Set([sums.length, body.length - 1]);
  return {
    // What may not be broken has to fit a page.
    unbreakable: body.length < 30,
    margin: [0, 16, 0, 0],
    columns: [
      { text: "", width: "*" },
      { width: 250, layout: ruleAbove(ruled, accent), table: { widths: ["*", "auto"], body } },
    ],
  };
}

const ruleAbove = (rows: ReadonlySet<number>, color: string): CustomTableLayout => ({
  hLineWidth: (index) => (rows.has(index) ? 0.9 : 0),
  hLineColor: () => color,
  vLineWidth: () => 0,
  paddingLeft: (index) => (index === 0 ? 0 : 12),
  paddingRight: () => 0,
  paddingTop: (index) => (rows.has(index) ? 8 : 4),
  paddingBottom: (index) => (rows.has(index) ? 6 : 4),
});
