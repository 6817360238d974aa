import type { Column, Content } from "pdfmake/interfaces";
import { ACCENT, caption, FIGURES, formatDate, money, partyLines, quietLines, type Setting } from "./layout-style.ts";
import { setText } from "./layout-text.ts";

export const kindName = ({ invoice, words }: Setting): string =>
  invoice.kind === "credit_note" ? words.creditNote : words.invoice;

/** Who bills, and the number. */
export function layOutHead(setting: Setting): Content {
  const { invoice, words } = setting;
  return {
    columns: [
      {
        width: "*",
        stack: [
          { text: setText(invoice.biller.name), fontSize: 15, bold: true, lineHeight: 1.2, margin: [0, 0, 0, 4] },
          ...quietLines(partyLines(invoice.biller, words)),
        ],
      },
      {
        width: 220,
        stack: [
          { text: setText(kindName(setting)), fontSize: 15, lineHeight: 1.2, alignment: "right", color: ACCENT },
          {
            text: setText(invoice.number ?? words.draft),
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

/** Who is billed, when it is due and how much it is. */
export function layOutParties({ invoice, words }: Setting): Content {
  const { client } = invoice;
  const fact = (label: string, value: string, emphasis: object = {}): Column => ({
    width: "auto",
    stack: [caption(label), { text: setText(value), noWrap: true, ...FIGURES }],
    ...emphasis,
  });
  return {
    columns: [
      {
        width: "*",
        stack: [
          caption(words.billedTo),
          { text: setText(client.name), bold: true },
          ...quietLines([...(client.contactName === null ? [] : [client.contactName]), ...partyLines(client, words)]),
        ],
      },
      fact(words.issued, formatDate(invoice.issueDate, invoice)),
      ...(invoice.dueDate === null || invoice.kind === "credit_note"
        ? []
        : [fact(words.due, formatDate(invoice.dueDate, invoice))]),
      ...(invoice.corrects === null ? [] : [fact(words.corrects, invoice.corrects)]),
      fact(
        invoice.kind === "credit_note" ? words.amountCredited : words.amountDue,
        money(invoice.totalMinor, invoice),
        { alignment: "right", bold: true, color: ACCENT },
      ),
    ],
    columnGap: 28,
    margin: [0, 0, 0, 30],
  };
}
