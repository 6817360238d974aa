/** The parts of pdfmake that @types/pdfmake leaves out, as far as they are used here, and what pdfkit keeps of a font. */

/** CommonJS made from ES modules: Node gives their exports, some bundlers what those call their default. */
declare module "pdfmake/js/PDFDocument.js" {
  /** A glyph of a font. `codePoints` is what it was first asked for, until `_glyphs` is emptied. */
  export interface Glyph {
    id: number;
    codePoints: number[];
    advanceWidth: number;
  }

  export interface GlyphPosition {
    xAdvance: number;
    yAdvance: number;
    xOffset: number;
    yOffset: number;
    advanceWidth?: number;
  }

  /** A font as fontkit reads it; lengths are font units. */
  export interface ParsedFont {
    unitsPerEm: number;
    hasGlyphForCodePoint(codePoint: number): boolean;
    layout(
      text: string,
      features: Record<string, boolean>,
      script: string | undefined,
      language: string | undefined,
      direction: "ltr" | "rtl",
    ): { glyphs: Glyph[]; positions: GlyphPosition[] };
    _glyphs: Record<number, Glyph>;
  }

  /** A font in one document; lengths are thousandths of its size. */
  export interface EmbeddedFont {
    font: ParsedFont;
    constructor: new (document: PdfDocument, font: ParsedFont, id: string) => EmbeddedFont;
    ascender: number;
    descender: number;
    lineGap: number;
    layout(text: string, features: string[] | null | undefined): SetGlyphs;
    widthOfString(text: string, size: number, features?: string[] | null): number;
    lineHeight(size: number): number;
  }

  /** Positions are thousandths of the font's size, in the order of the line from left to right. */
  export interface SetGlyphs {
    glyphs: Glyph[];
    positions: GlyphPosition[];
    advanceWidth: number;
  }

  /** A pdfkit document: a readable stream of the file. */
  class PdfDocument {
    constructor(
      fonts: object,
      images: object,
      patterns: object,
      attachments: object,
      options: object,
      files: { existsSync(name: string): boolean; readFileSync(name: string): Uint8Array } | null,
      localAccessPolicy: (path: string) => boolean,
    );
    _font: EmbeddedFont;
    _fontCount: number;
    _fontFamilies: Record<string, EmbeddedFont>;
    font(bytes: Uint8Array): this;
    provideFont(family: string, bold: boolean, italics: boolean): EmbeddedFont;
    on(event: "data", listener: (chunk: Uint8Array) => void): this;
    on(event: "end", listener: () => void): this;
    on(event: "error", listener: (error: unknown) => void): this;
    end(): void;
  }
  const exported: typeof PdfDocument | { default: typeof PdfDocument };
  export default exported;
}

declare module "pdfmake/js/StyleContextStack.js" {
  /** What is said of style around a text, from the document inwards. */
  export interface StyleContextStack {
    getProperty(name: string): unknown;
  }
}

declare module "pdfmake/js/TextBreaker.js" {
  class TextBreaker {
    /** The pieces of a text between which a line may end (UAX #14); `lineEnd` where it has to, without the line feed. */
    getBreaks(text: string, styles: null): { text: string; lineEnd?: boolean }[];
  }
  const exported: typeof TextBreaker | { default: typeof TextBreaker };
  export default exported;
}

declare module "pdfmake/js/Line.js" {
  /** Inlines beside each other; lengths are points. */
  class Line<Inline extends object> {
    constructor(maxWidth: number);
    maxWidth: number;
    leadingCut: number;
    trailingCut: number;
    inlineWidths: number;
    inlines: Inline[];
    newLineForced?: boolean;
    lastLineInParagraph?: boolean;
    addInline(inline: Inline): void;
    getHeight(): number;
  }
  const exported: typeof Line | { default: typeof Line };
  export default exported;
  export type { Line };
}

declare module "pdfmake/js/LayoutBuilder.js" {
  import type { CustomTableLayout } from "pdfmake/interfaces";
  import type { StyleContextStack } from "pdfmake/js/StyleContextStack.js";

  class LayoutBuilder {
    constructor(
      pageSize: { width: number; height: number; orientation: "portrait" | "landscape" },
      pageMargins: { left: number; top: number; right: number; bottom: number },
      svgMeasure: object,
    );
    docMeasure: { textInlines: { buildInlines(text: unknown, styles: StyleContextStack): object } };
    writer: { context(): { availableWidth: number } };
    registerTableLayouts(layouts: Record<string, CustomTableLayout>): void;
    layoutDocument(...definition: unknown[]): object[];
    tryLayoutDocument(...definition: unknown[]): object;
    buildNextLine(node: object): object | null;
  }
  const exported: typeof LayoutBuilder | { default: typeof LayoutBuilder };
  export default exported;
}

declare module "pdfmake/js/Renderer.js" {
  class Renderer {
    constructor(document: object);
    renderPages(pages: object[]): void;
  }
  const exported: typeof Renderer | { default: typeof Renderer };
  export default exported;
}

declare module "pdfmake/js/SVGMeasure.js" {
  class SvgMeasure {}
  const exported: typeof SvgMeasure | { default: typeof SvgMeasure };
  export default exported;
}
