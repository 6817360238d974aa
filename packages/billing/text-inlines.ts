/** Measures text for pdfmake, in place of its own measuring, which knows one font and one direction. */
import type { StyleContextStack } from "pdfmake/js/StyleContextStack.js";
import type { EmbeddedFont } from "pdfmake/js/PDFDocument.js";
import { type InvoiceFile, RIGHT_TO_LEFT_FEATURE } from "./invoice-file.ts";
import { printable } from "./printable.ts";
import { substitute } from "./text-faces.ts";
import { cutRuns, type TextRun } from "./text-runs.ts";

/** A word that may be broken where it has to asks for no more room than this. */
const WORD_WIDTH = 140;

/** What pdfmake draws a text by, with what is taken where nothing is said. */
const STYLE = {
  alignment: "left",
  fontSize: 12,
  fontFeatures: null as string[] | null,
  characterSpacing: 0,
  color: "black",
  decoration: null,
  decorationColor: null,
  decorationStyle: null,
  decorationThickness: null,
  background: null,
  link: null,
  noWrap: false,
  opacity: 1,
  lineHeight: 1,
  bold: false,
};

type Style = typeof STYLE;
const STYLE_NAMES = Object.keys(STYLE) as (keyof Style)[];

/** A run as pdfmake places it; lengths are points. */
export interface Inline extends Style {
  text: string;
  run: TextRun;
  font: EmbeddedFont;
  x?: number;
  width: number;
  height: number;
  /** The width of the spaces at either end, which do not count at the ends of a line. */
  leadingCut: number;
  trailingCut: number;
  lineEnd: boolean;
}

export interface MeasuredText {
  items: Inline[];
  minWidth: number;
  maxWidth: number;
}

/** `given` is the text of a node: a string, or parts with a style of their own. */
export function buildInlines(given: unknown, styles: StyleContextStack, file: InvoiceFile): MeasuredText {
  const leaves = flatten(given).map(({ text, item }) => {
    const style = readStyle(item, styles);
    return { style, text: substitute(printable(text), style.bold, file.fonts) };
  });
  const parts = leaves.map(({ text, style }) => ({ text, bold: style.bold, noWrap: style.noWrap }));
  const items = cutRuns(parts, file.fonts).map((run) => measureRun(run, leaves[run.part]?.style ?? STYLE, file));
  return { items, ...measureWidths(items) };
}

function flatten(given: unknown): { text: string; item: Partial<Style> }[] {
  if (Array.isArray(given)) return given.flatMap(flatten);
  if (typeof given === "object" && given !== null && "text" in given) {
    return flatten(given.text).map(({ text, item }) => ({ text, item: { ...given, ...item } }));
  }
  return [{ text: typeof given === "string" || typeof given === "number" ? String(given) : "", item: {} }];
}

/** What the part itself says, or else what is said around it. */
function readStyle(item: Partial<Style>, styles: StyleContextStack): Style {
  const style: Record<string, unknown> = { ...STYLE };
  for (const name of STYLE_NAMES) {
    const value = item[name] ?? styles.getProperty(name);
    if (value !== undefined && value !== null) style[name] = value;
  }
  return style as Style;
}

function measureRun(run: TextRun, style: Style, file: InvoiceFile): Inline {
  const font = file.embed(run.face);
  const fontFeatures =
    run.level % 2 === 1 ? [...(style.fontFeatures ?? []), RIGHT_TO_LEFT_FEATURE] : style.fontFeatures;
  const widthOf = (text: string): number =>
    text === ""
      ? 0
      : font.widthOfString(text, style.fontSize, fontFeatures) + style.characterSpacing * (text.length - 1);
  return {
    ...style,
    text: run.text,
    run,
    font,
    fontFeatures,
    width: widthOf(run.text),
    height: font.lineHeight(style.fontSize) * style.lineHeight,
    leadingCut: widthOf(/^\s*/u.exec(run.text)?.[0] ?? ""),
    trailingCut: widthOf(/\s*$/u.exec(run.text)?.[0] ?? ""),
    lineEnd: run.end === "line",
  };
}

/** The width without which a column breaks words, and the width without any break of a line. */
function measureWidths(items: readonly Inline[]): { minWidth: number; maxWidth: number } {
  let minWidth = 0;
  let maxWidth = 0;
  let word = { width: 0, mayBreak: false, cut: 0 };
  let line = { width: 0, cut: 0 };
  for (const { width, leadingCut, trailingCut, run, noWrap } of items) {
    if (word.width === 0) word.cut = leadingCut;
    if (line.width === 0) line.cut = leadingCut;
    word.width += width;
    line.width += width;
    maxWidth = Math.max(maxWidth, line.width - line.cut - trailingCut);
    if (run.end === "emergency") word.mayBreak = true;
    else if (run.end !== "join") {
      const needed = word.width - word.cut - trailingCut;
      minWidth = Math.max(minWidth, word.mayBreak ? Math.min(needed, WORD_WIDTH) : needed);
      word = { width: 0, mayBreak: false, cut: 0 };
    }
    if (run.end === "line") line = { width: 0, cut: 0 };
    if (noWrap) minWidth = maxWidth;
  }
  return { minWidth, maxWidth };
}
