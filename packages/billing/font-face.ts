// oxlint-disable-next-line typescript/triple-slash-reference -- a folder that imports this file compiles only what it imports
/// <reference path="./pdfmake-parts.d.ts" />
import pdfmakeDocument, { type EmbeddedFont, type ParsedFont, type SetGlyphs } from "pdfmake/js/PDFDocument.js";

const PdfDocument = "default" in pdfmakeDocument ? pdfmakeDocument.default : pdfmakeDocument;

/** One weight of one font, read once; what was set with it before is at hand for the next document. */
export interface Face {
  bytes: Uint8Array;
  font: ParsedFont;
  /** As pdfkit embeds it: in no document, to make others like it. */
  embedded: EmbeddedFont;
  eastAsian: boolean;
  /** Words and their glyphs, at most WORDS_KEPT. */
  words: Map<string, SetGlyphs>;
}

const WORDS_KEPT = 4096;

/** The isolate's faces: each is kept as long as its file is. */
const faces = new WeakMap<object, Face>();

export function openFace(file: Uint8Array | ArrayBuffer): Face {
  const known = faces.get(file);
  if (known !== undefined) return known;
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const scratch = new PdfDocument({}, {}, {}, {}, { font: null, autoFirstPage: false }, null, () => false);
  const embedded = scratch.font(bytes)._font;
  const { font } = embedded;
  const face: Face = { bytes, font, embedded, eastAsian: font.hasGlyphForCodePoint(0x3001), words: new Map() };
  faces.set(file, face);
  return face;
}

export function hasGlyph({ font }: Face, character: string): boolean {
  return font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
}

/** East Asian characters stand alone, other text is set word by word with the space behind it. */
const WORDS =
  /[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]\p{M}*|[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]+\s?|\s/gu;

/** The glyphs of a text of one direction, from left to right. */
export function setGlyphs(face: Face, text: string, features: readonly string[], rightToLeft: boolean): SetGlyphs {
  if (rightToLeft) return setWord(face, text, features, true);
  const words = text.match(WORDS) ?? [];
  if (words.length === 1) return setWord(face, text, features, false);
  const set: SetGlyphs = { glyphs: [], positions: [], advanceWidth: 0 };
  for (const word of words) {
    const { glyphs, positions, advanceWidth } = setWord(face, word, features, false);
    set.glyphs.push(...glyphs);
    set.positions.push(...positions);
    set.advanceWidth += advanceWidth;
  }
  return set;
}

function setWord(face: Face, word: string, features: readonly string[], rightToLeft: boolean): SetGlyphs {
  const key = `${rightToLeft ? "<" : ">"}${features.join()} ${word}`;
  const known = face.words.get(key);
  if (known !== undefined) return known;
  const { font } = face;
  // A glyph remembers the characters it was first asked for; what a document says must not depend on those before it.
  font._glyphs = {};
  const direction = rightToLeft ? "rtl" : "ltr";
  const { glyphs, positions } = font.layout(word, [...features], undefined, undefined, direction);
  const scale = 1000 / font.unitsPerEm;
  const set: SetGlyphs = { glyphs, positions: [], advanceWidth: 0 };
  for (const [index, { xAdvance, yAdvance, xOffset, yOffset }] of positions.entries()) {
    set.positions.push({
      xAdvance: xAdvance * scale,
      yAdvance: yAdvance * scale,
      xOffset: xOffset * scale,
      yOffset: yOffset * scale,
      advanceWidth: (glyphs[index]?.advanceWidth ?? 0) * scale,
    });
    set.advanceWidth += xAdvance * scale;
  }
  if (face.words.size >= WORDS_KEPT) face.words.clear();
  face.words.set(key, set);
  return set;
}
