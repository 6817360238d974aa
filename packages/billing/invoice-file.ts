/** The PDF that is being written, and the fonts in it. */
import pdfmakeDocument, { type EmbeddedFont } from "pdfmake/js/PDFDocument.js";
import { type Face, setGlyphs } from "./font-face.ts";
import type { TextFonts } from "./text-fonts.ts";

const PdfDocument = "default" in pdfmakeDocument ? pdfmakeDocument.default : pdfmakeDocument;

/** The OpenType feature of text from right to left: what is drawn with it is set in that direction. */
export const RIGHT_TO_LEFT_FEATURE = "rtla";

export class InvoiceFile extends PdfDocument {
  readonly fonts: TextFonts;
  readonly #embedded = new Map<Face, EmbeddedFont>();

  constructor(fonts: TextFonts, images: object, options: object) {
    super({}, images, {}, {}, { ...options, autoFirstPage: false, font: null }, null, () => false);
    this.fonts = fonts;
  }

  /** What pdfmake asks for where it sets a text by itself, as it does watermarks: the family is a piece of that text. */
  override provideFont(sample: string, bold: boolean): EmbeddedFont {
    return this.embed(this.fonts.faceFor(sample, bold, this.fonts.hanOf(sample)) ?? this.fonts.latin(bold));
  }

  /** The face in this file. All have the line height of the Latin one, so that lines of all scripts stand evenly. */
  embed(face: Face): EmbeddedFont {
    const known = this.#embedded.get(face);
    if (known !== undefined) return known;
    this._fontCount += 1;
    const id = `F${this._fontCount}`;
    const font = new face.embedded.constructor(this, face.font, id);
    const { ascender, descender, lineGap } = this.fonts.latin(false).embedded;
    Object.assign(font, { ascender, descender, lineGap });
    font.layout = (text, features) =>
      setGlyphs(face, text, features ?? [], features?.includes(RIGHT_TO_LEFT_FEATURE) === true);
    this._fontFamilies[id] = font;
    this.#embedded.set(face, font);
    return font;
  }
}
