import type { Column, Content } from "pdfmake/interfaces";
import type { InvoiceLogo } from "./invoice-document.ts";
import { caption, FIGURES, formatDate, money, partyLines, quietLines, type Setting } from "./layout-style.ts";
import { setText } from "./layout-text.ts";

/** What the picture is called among the images of the document. */
export const LOGO = "logo";

export const kindName = ({ invoice, words }: Setting): string =>
  invoice.kind === "credit_note" ? words.creditNote : words.invoice;

/** Who bills, and the number. */
export function layOutHead(setting: Setting): Content {
  const { invoice, words, accent } = setting;
  return {
    columns: [
      {
        width: "*",
        stack: [
          ...layOutLogo(invoice.biller.logo),
          { text: setText(invoice.biller.name), fontSize: 15, bold: true, lineHeight: 1.2, margin: [0, 0, 0, 4] },
          ...quietLines(partyLines(invoice.biller, words)),
        ],
      },
      {
        width: 220,
        stack: [
          { text: setText(kindName(setting)), fontSize: 15, lineHeight: 1.2, alignment: "right", color: accent },
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

/** Once, at its own proportions: at most a third of the page wide. */
function layOutLogo(logo: InvoiceLogo | null): Content[] {
  if (logo === null) return [];
  const scale = Math.min(170 / logo.width, 56 / logo.height, 0.75);
  return [{ image: LOGO, width: logo.width * scale, height: logo.height * scale, margin: [0, 0, 0, 12] }];
}

/** Who is billed, when it is due and how much it is. */
export function layOutParties({ invoice, words, accent }: Setting): Content {
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
      fact(invoice.kind === "credit_note" ? words.amountCredited : words.amountDue, money(invoice.dueMinor, invoice), {
        alignment: "right",
        bold: true,
        color: accent,
      }),
    ],
    columnGap: 28,
    margin: [0, 0, 0, 30],
  };
}
