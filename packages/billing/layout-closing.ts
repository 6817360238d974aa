import type { Column, Content } from "pdfmake/interfaces";
import { caption, countLines, type Setting } from "./layout-style.ts";
import { setText } from "./layout-text.ts";

type Margins = [number, number, number, number];

/** What the law wants said, where to pay, and what the biller adds. */
export function layOutClosing({ invoice, words }: Setting): Content[] {
  const block = (label: string, text: string | null): Column[] =>
    text === null || text.trim() === ""
      ? []
      : [{ width: "*", stack: [caption(label), { text: setText(text.trim()) }] }];
  const blocks = [...block(words.payment, invoice.biller.bankDetails), ...block(words.notes, invoice.notes)];
  const legal = invoice.taxes.flatMap(({ note }) => (note === null ? [] : [note]));
  const fits = countLines(invoice.biller.bankDetails ?? "") < 35 && countLines(invoice.notes ?? "") < 35;
  return [
    ...(legal.length === 0
      ? []
      : [{ stack: legal.map((note) => ({ text: setText(note) })), margin: [0, 20, 0, 0] satisfies Margins }]),
    ...(blocks.length === 0
      ? []
      : [{ columns: blocks, columnGap: 32, margin: [0, 26, 0, 0] satisfies Margins, unbreakable: fits }]),
  ];
}
