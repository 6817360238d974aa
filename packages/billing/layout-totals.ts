import type { Content, TableCell } from "pdfmake/interfaces";
import { ACCENT, FIGURES, money, QUIET, type Setting, TOTALS_LAYOUT } from "./layout-style.ts";
import { setText } from "./layout-text.ts";

/** What the lines come to, step by step. */
export function layOutTotals({ invoice, words }: Setting): Content {
  const row = (label: string, minor: number): TableCell[] => [
    { text: setText(label), color: QUIET },
    { text: setText(money(minor, invoice)), alignment: "right", noWrap: true, ...FIGURES },
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
              : [row(words.lines, invoice.linesMinor), row(words.discount, -invoice.discountMinor)]),
            ...(invoice.taxes.length === 0 ? [] : [row(words.subtotal, invoice.subtotalMinor)]),
            ...invoice.taxes.map((tax) =>
              row(
                invoice.taxes.length === 1 ? tax.label : words.taxOn(tax.label, money(tax.taxableMinor, invoice)),
                tax.taxMinor,
              ),
            ),
            [
              { text: setText(`${words.total} (${invoice.currency})`), ...total },
              {
                text: setText(money(invoice.totalMinor, invoice)),
                alignment: "right",
                noWrap: true,
                ...FIGURES,
                ...total,
              },
            ],
          ],
        },
      },
    ],
  };
}
