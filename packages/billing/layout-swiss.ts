/** The payment part and the receipt at the foot of a page, as the Swiss Implementation Guidelines QR-bill, 3, measure them. */
import { formatIban } from "@billhook/domain/iban";
import type { CanvasElement, Content } from "pdfmake/interfaces";
import { MARGIN, millimetres as mm } from "./layout-style.ts";
import { setText } from "./layout-text.ts";
import { drawQr } from "./qr-modules.ts";
import { type SwissBill, swissPayload } from "./swiss-bill.ts";
import { type SwissWords, swissWords } from "./swiss-words.ts";

const PAGE = { width: 595.28, height: 841.89 };
const HEIGHT = mm(105);
const TOP = PAGE.height - HEIGHT;
/** Between the invoice and the part: for the line of words and the page's number. */
const GAP = 50;
/** How much higher the footer of the part's page stands. */
export const SWISS_FOOTER_SHIFT = HEIGHT - MARGIN.bottom + 50;

/** In millimetres. */
interface Box {
  width: number;
  height: number;
}

/** In points. */
interface Sizes {
  heading: number;
  value: number;
}
/** As wanted, and as small as allowed (3.4) where names are long. */
const RECEIPT: readonly Sizes[] = [
  { heading: 6, value: 8 },
  { heading: 6, value: 7 },
  { heading: 6, value: 6 },
];
const PART: readonly Sizes[] = [
  { heading: 8, value: 10 },
  { heading: 7, value: 9 },
  { heading: 6, value: 8 },
];

/**
 * The room that the part takes, by which it goes to another page where there is none, and then the part itself. The first of
 * them tells, once it is set, on which page that is.
 */
export function layOutSwissBill(bill: SwissBill, locale: string): [room: Content, ...part: Content[]] {
  const words = swissWords(locale);
  return [
    { canvas: [{ type: "rect", x: 0, y: 0, w: 0.1, h: HEIGHT - MARGIN.bottom + GAP, lineWidth: 0, color: "#ffffff" }] },
    drawn(drawLines()),
    // Above the line, as guidelines have it for bills that are sent as a file.
    place(0, -4.5, 210, [{ text: setText(words.separate), fontSize: 7, alignment: "center" }]),
    ...layOutReceipt(bill, words),
    ...layOutPart(bill, words),
  ];
}

function layOutReceipt(bill: SwissBill, words: SwissWords): Content[] {
  const sizes = fittingSizes(bill, RECEIPT, { width: 52, height: 55 });
  const amount = RECEIPT[0] ?? sizes;
  return [
    place(5, 5, 52, [title(words.receipt)]),
    place(5, 12, 52, [
      ...information(words.account, [formatIban(bill.iban), ...partyOf(bill.creditor)], sizes),
      ...referenceOf(bill, words, sizes),
      ...debtorOf(bill, words, sizes, { width: 52, height: 20 }),
    ]),
    place(5, 68, 12, amountColumn(words.currency, bill.currency, amount)),
    place(17, 68, 40, amountColumn(words.amount, formatAmount(bill.amount), amount)),
    // Where the page's own margin begins, pdfmake would go on to the next: a millimetre above.
    place(5, 80.5, 52, [
      { text: setText(words.acceptancePoint), fontSize: 6, lineHeight: 1, bold: true, alignment: "right" },
    ]),
  ];
}

function layOutPart(bill: SwissBill, words: SwissWords): Content[] {
  const sizes = fittingSizes(bill, PART, { width: 87, height: 76 });
  const amount = PART[0] ?? sizes;
  return [
    place(67, 5, 51, [title(words.paymentPart)]),
    drawn([...drawQr(swissPayload(bill), mm(46), { x: mm(67), y: TOP + mm(17) }), ...drawCross()]),
    place(67, 68, 14, amountColumn(words.currency, bill.currency, amount)),
    place(81, 68, 37, amountColumn(words.amount, formatAmount(bill.amount), amount)),
    place(118, 5, 87, [
      ...information(words.account, [formatIban(bill.iban), ...partyOf(bill.creditor)], sizes),
      ...referenceOf(bill, words, sizes),
      ...(bill.message === "" ? [] : information(words.additionalInformation, [bill.message], sizes)),
      ...debtorOf(bill, words, sizes, { width: 65, height: 25 }),
    ]),
  ];
}

/** The largest at which everything has room, on the high side: a letter is taken for 0.58 of its height wide. */
function fittingSizes(bill: SwissBill, sizes: readonly Sizes[], box: Box): Sizes {
  const values = [
    [formatIban(bill.iban), ...partyOf(bill.creditor)],
    [bill.reference.value],
    [bill.message],
    bill.debtor === null ? ["", "", "", "", "", ""] : partyOf(bill.debtor),
  ];
  const heightAt = ({ heading, value }: Sizes): number => {
    const letters = mm(box.width) / (value * 0.58);
    const lines = values.flat().reduce((all, text) => all + Math.max(1, Math.ceil(text.length / letters)), 0);
    return lines * value * 1.32 + values.length * (heading * 1.4 + value * 0.85);
  };
  const smallest = sizes.at(-1) ?? { heading: 6, value: 8 };
  return sizes.find((each) => heightAt(each) <= mm(box.height)) ?? smallest;
}

const title = (text: string): Content => ({ text: setText(text), fontSize: 11, bold: true, lineHeight: 1.1 });

function information(heading: string, lines: string[], { heading: small, value }: Sizes): Content[] {
  const last = lines.length - 1;
  return [
    { text: setText(heading), fontSize: small, bold: true, lineHeight: 1.15 },
    ...lines.map((line, nth): Content => ({
      text: setText(line),
      fontSize: value,
      lineHeight: 1.08,
      margin: [0, 0, 0, nth === last ? value * 0.85 : 0],
    })),
  ];
}

const amountColumn = (heading: string, value: string, sizes: Sizes): Content[] => [
  { text: setText(heading), fontSize: sizes.heading, bold: true, lineHeight: 1.15 },
  { text: setText(value), fontSize: sizes.value, lineHeight: 1.08, noWrap: true },
];

const partyOf = ({ name, street, postalCode, town, country }: SwissBill["creditor"]): string[] => [
  name,
  ...(street === "" ? [] : [street]),
  `${country === "CH" ? "" : `${country} `}${postalCode} ${town}`,
];

function referenceOf({ reference }: SwissBill, words: SwissWords, sizes: Sizes): Content[] {
  if (reference.type === "NON") return [];
  const shown =
    reference.type === "QRR"
      ? `${reference.value.slice(0, 2)} ${reference.value.slice(2).replaceAll(/(.{5})(?=.)/g, "$1 ")}`
      : formatIban(reference.value);
  return information(words.reference, [shown], sizes);
}

/** Who pays, or a box to write that in, with its corners drawn (3.5.4, 3.6.2). */
function debtorOf({ debtor }: SwissBill, words: SwissWords, sizes: Sizes, box: Box): Content[] {
  if (debtor !== null) return information(words.payableBy, partyOf(debtor), sizes);
  const [width, height] = [mm(box.width), mm(box.height)];
  const corner = mm(3);
  const line = (x1: number, y1: number, x2: number, y2: number): CanvasElement => ({
    type: "line",
    x1,
    y1,
    x2,
    y2,
    lineWidth: 0.75,
    lineColor: "#000000",
  });
  return [
    {
      text: setText(words.payableByBlank),
      fontSize: sizes.heading,
      bold: true,
      lineHeight: 1.15,
      margin: [0, 0, 0, 2],
    },
    {
      canvas: [0, width].flatMap((x) =>
        [0, height].flatMap((y) => [
          line(x, y, x === 0 ? corner : width - corner, y),
          line(x, y, x, y === 0 ? corner : height - corner),
        ]),
      ),
    },
  ];
}

/** `1 949.75` */
const formatAmount = (amount: string): string => amount.replaceAll(/\d(?=(?:\d{3})+\.)/g, "$& ");

/** Where to tear: above the part, and between receipt and part. */
function drawLines(): CanvasElement[] {
  const line = (x1: number, y1: number, x2: number, y2: number): CanvasElement => ({
    type: "line",
    x1,
    y1,
    x2,
    y2,
    lineWidth: 0.5,
    lineColor: "#000000",
    dash: { length: 3, space: 2 },
  });
  return [line(0, TOP, PAGE.width, TOP), line(mm(62), TOP, mm(62), PAGE.height)];
}

/** The Swiss cross over the middle of the code, 7 millimetres wide with its white edge (6.4.2). */
function drawCross(): CanvasElement[] {
  const middle = { x: mm(67 + 23), y: TOP + mm(17 + 23) };
  const rect = (width: number, height: number, color: string): CanvasElement => ({
    type: "rect",
    x: middle.x - mm(width) / 2,
    y: middle.y - mm(height) / 2,
    w: mm(width),
    h: mm(height),
    lineWidth: 0,
    color,
  });
  return [rect(7, 7, "#ffffff"), rect(6, 6, "#000000"), rect(1.17, 3.89, "#ffffff"), rect(3.89, 1.17, "#ffffff")];
}

const drawn = (canvas: CanvasElement[]): Content => ({ canvas, absolutePosition: { x: 0, y: 0 } });

/** Measures are millimetres from the part's upper left corner. */
const place = (x: number, y: number, width: number, stack: Content[]): Content => ({
  absolutePosition: { x: mm(x), y: TOP + mm(y) },
  columns: [{ width: mm(width), stack, color: "#000000" }],
});
