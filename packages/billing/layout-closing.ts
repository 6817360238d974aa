import { formatIban } from "@billhook/domain/iban";
import type { Column, Content } from "pdfmake/interfaces";
import type { InvoiceDocument } from "./invoice-document.ts";
import { caption, countLines, millimetres, QUIET, type Setting } from "./layout-style.ts";
import { setText } from "./layout-text.ts";
import type { PaymentCode } from "./payment-code.ts";
import { drawQr } from "./qr-modules.ts";
import type { InvoiceWords } from "./words/words.ts";

type Margins = [number, number, number, number];
const ABOVE: Margins = [0, 20, 0, 0];

/** What the law wants said, where to pay, and what the biller adds. */
export function layOutClosing(setting: Setting, code: PaymentCode | null): Content[] {
  const { invoice, words } = setting;
  const legal = invoice.taxes.flatMap(({ note }) => (note === null ? [] : [note]));
  const notes = (invoice.notes ?? "").trim();
  return [
    ...(legal.length === 0 ? [] : [{ stack: legal.map((note) => ({ text: setText(note) })), margin: ABOVE }]),
    ...layOutPayment(setting, code),
    ...(notes === ""
      ? []
      : [
          {
            stack: [caption(words.notes), { text: setText(notes) }],
            margin: ABOVE,
            unbreakable: countLines(notes) < 35,
          },
        ]),
  ];
}

/** The account and its code beside it. A Swiss bill has both in a part of its own. */
function layOutPayment({ invoice, words }: Setting, code: PaymentCode | null): Content[] {
  if (!isPayable(invoice)) return [];
  const account = code?.kind === "swiss" ? [] : accountLines(invoice, words);
  const bank = (invoice.biller.bankDetails ?? "").trim();
  if (account.length === 0 && bank === "" && code?.kind !== "epc") return [];
  const said: Column = {
    width: "*",
    stack: [
      caption(words.payment),
      ...(account.length === 0 ? [] : [layOutAccount(account)]),
      ...(bank === ""
        ? []
        : [{ text: setText(bank), margin: [0, account.length === 0 ? 0 : 5, 0, 0] satisfies Margins }]),
    ],
  };
  const columns = [said, ...(code?.kind === "epc" ? [layOutCode(code.payload, words.scanToPay)] : [])];
  return [{ columns, columnGap: 32, margin: [0, 24, 0, 0], unbreakable: countLines(bank) < 30 }];
}

/** Drafts as well: they show what the client will get. */
const isPayable = ({ kind, mark, dueMinor }: InvoiceDocument): boolean =>
  kind === "invoice" && mark !== "void" && dueMinor > 0;

/** What a payer types, each with what it is. */
export function accountLines(
  { biller, number }: InvoiceDocument,
  words: InvoiceWords,
): [label: string, value: string][] {
  const { iban, bic, bankName, holder } = biller.account;
  if (iban === null && bic === null && bankName === null && holder === null) return [];
  const lines: [string, string | null][] = [
    [words.accountHolder, holder ?? biller.name],
    ["IBAN", iban === null ? null : formatIban(iban)],
    ["BIC", bic],
    [words.bank, bankName],
    [words.reference, number],
  ];
  return lines.flatMap(([label, value]) => (value === null || value === "" ? [] : [[label, value]]));
}

const layOutAccount = (lines: [label: string, value: string][]): Content => ({
  layout: {
    hLineWidth: () => 0,
    vLineWidth: () => 0,
    paddingLeft: (column) => (column === 0 ? 0 : 12),
    paddingRight: () => 0,
    paddingTop: () => 0,
    paddingBottom: () => 0,
  },
  table: {
    widths: ["auto", "*"],
    body: lines.map(([label, value]) => [
      { text: setText(label), noWrap: true, color: QUIET, fontSize: 8.5, margin: [0, 0.8, 0, 0] },
      { text: setText(value) },
    ]),
  },
});

/** 26 millimetres, and enough white around it for the margin of four modules that readers want (ISO/IEC 18004, 9.1). */
function layOutCode(payload: string, label: string): Column {
  return {
    width: "auto",
    stack: [
      { text: setText(label), noWrap: true, fontSize: 8, color: QUIET, margin: [0, 0, 0, 6] },
      { canvas: drawQr(payload, millimetres(26), { x: 0, y: 0 }) },
    ],
  };
}
