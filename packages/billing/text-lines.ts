/** Builds lines for pdfmake: breaks them, and puts each in the order of the eye where some of it reads from the right. */
import pdfmakeBuilder from "pdfmake/js/LayoutBuilder.js";
import pdfmakeLine, { type Line } from "pdfmake/js/Line.js";
import type { StyleContextStack } from "pdfmake/js/StyleContextStack.js";
import type { InvoiceFile } from "./invoice-file.ts";
import { buildInlines, type Inline } from "./text-inlines.ts";

const LayoutBuilder = "default" in pdfmakeBuilder ? pdfmakeBuilder.default : pdfmakeBuilder;
const TextLine = "default" in pdfmakeLine ? pdfmakeLine.default : pdfmakeLine;

/** A text of the document: what pdfmake has measured of it, and what of that has been set. */
interface TextNode {
  _inlines?: Inline[];
  _set?: number;
  /** Whether the paragraph being set reads from the right and has several lines: those start at the right. */
  _startsRight?: boolean;
}

export class TextLayout extends LayoutBuilder {
  readonly #file: InvoiceFile;

  constructor(file: InvoiceFile, ...page: ConstructorParameters<typeof LayoutBuilder>) {
    super(...page);
    this.#file = file;
  }

  override tryLayoutDocument(...definition: unknown[]): object {
    this.docMeasure.textInlines.buildInlines = (text: unknown, styles: StyleContextStack) =>
      buildInlines(text, styles, this.#file);
    return super.tryLayoutDocument(...definition);
  }

  override buildNextLine(node: TextNode): Line<Inline> | null {
    const inlines = node._inlines ?? [];
    let at = node._set ?? 0;
    if (at >= inlines.length) return null;
    const line = new TextLine<Inline>(this.writer.context().availableWidth);
    const isFirst = at === 0 || inlines[at - 1]?.lineEnd === true;
    while (at < inlines.length && line.newLineForced !== true) {
      const end = findWordEnd(inlines, at);
      const word = inlines.slice(at, end);
      const fits = hasRoom(line, word);
      if (!fits && line.inlines.length > 0) break;
      const taken = fits ? word : fitPart(line, word);
      for (const inline of taken) line.addInline(inline);
      at += taken.length;
      if (taken.length < word.length) break;
    }
    node._set = at;
    if (at >= inlines.length) node._inlines = [];
    line.lastLineInParagraph = at >= inlines.length;
    if (isFirst) node._startsRight = isRightToLeft(line) && line.newLineForced !== true && !line.lastLineInParagraph;
    orderLine(line);
    const [start] = line.inlines;
    if (start !== undefined && start.alignment === "left" && node._startsRight === true) start.alignment = "right";
    return line;
  }
}

/** Where the word that begins there ends: behind it a line may end. */
function findWordEnd(inlines: readonly Inline[], start: number): number {
  let end = start + 1;
  while (end < inlines.length && ["join", "emergency"].includes(inlines[end - 1]?.run.end ?? "")) end += 1;
  return end;
}

function hasRoom(line: Line<Inline>, word: readonly Inline[]): boolean {
  const leadingCut = line.inlines.length === 0 ? (word[0]?.leadingCut ?? 0) : line.leadingCut;
  const width = word.reduce((sum, inline) => sum + inline.width, line.inlineWidths - leadingCut);
  return width - (word.at(-1)?.trailingCut ?? 0) <= line.maxWidth;
}

/** As much of a word as a line of its own has room for, up to where it may be broken; all of it where it may not be. */
function fitPart(line: Line<Inline>, word: readonly Inline[]): readonly Inline[] {
  let fitting = 0;
  for (const [index, { run }] of word.entries()) {
    if (run.end !== "emergency") continue;
    if (fitting > 0 && !hasRoom(line, word.slice(0, index + 1))) break;
    fitting = index + 1;
  }
  return fitting === 0 ? word : word.slice(0, fitting);
}

const isRightToLeft = (line: Line<Inline>): boolean => (line.inlines[0]?.run.baseLevel ?? 0) % 2 === 1;

/** Puts a line in the order of the eye (UAX #9, L1 and L2), and makes one of neighbours that are drawn alike. */
function orderLine(line: Line<Inline>): void {
  if (line.inlines.every(({ run }) => run.level === 0 && run.baseLevel === 0)) {
    line.inlines = joinInlines(line.inlines);
    return;
  }
  const inlines = line.inlines.map((inline) => ({ ...inline }));
  trimLine(inlines);
  let x = 0;
  const ordered = reorder(inlines);
  for (const inline of ordered) {
    inline.x = x;
    x += inline.width;
  }
  line.inlineWidths = x;
  line.leadingCut = 0;
  line.trailingCut = 0;
  // They are drawn in the order in which they are read, for whoever copies the text of the file.
  const places = new Map(inlines.map(({ run }, index) => [run, index]));
  line.inlines = joinInlines(ordered).toSorted(
    (one, other) => (places.get(one.run) ?? 0) - (places.get(other.run) ?? 0),
  );
}

/** `inlines` stand beside each other, from left to right. */
function joinInlines(inlines: readonly Inline[]): Inline[] {
  const joined: Inline[] = [];
  for (const inline of inlines) {
    const last = joined.at(-1);
    if (last === undefined || !isAlike(last, inline)) {
      joined.push({ ...inline });
    } else {
      last.text = inline.run.level % 2 === 1 ? inline.text + last.text : last.text + inline.text;
      last.width += inline.width;
    }
  }
  return joined;
}

/** Spaces at the ends of a line stand at no end of the text any more once it is put in order. */
function trimLine(inlines: Inline[]): void {
  const first = inlines[0];
  const last = inlines.at(-1);
  if (first === undefined || last === undefined) return;
  first.text = first.text.trimStart();
  first.width -= first.leadingCut;
  if (last.text === "") return;
  last.text = last.text.trimEnd();
  last.width -= last.trailingCut;
}

function reorder(inlines: readonly Inline[]): Inline[] {
  const ordered = [...inlines];
  const highest = Math.max(...ordered.map(({ run }) => run.level));
  for (let level = highest; level > 0; level -= 1) {
    for (let start = 0; start < ordered.length; start += 1) {
      let end = start;
      while ((ordered[end]?.run.level ?? -1) >= level) end += 1;
      if (end > start) ordered.splice(start, end - start, ...ordered.slice(start, end).toReversed());
      start = Math.max(start, end);
    }
  }
  return ordered;
}

function isAlike(one: Inline, other: Inline): boolean {
  return (
    one.run.part === other.run.part &&
    one.font === other.font &&
    one.run.level === other.run.level &&
    one.characterSpacing === 0
  );
}
