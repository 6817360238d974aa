// oxlint-disable-next-line typescript/triple-slash-reference -- a folder that imports this file compiles only what it imports
/// <reference path="./pdfmake-parts.d.ts" />
import bidiFactory from "bidi-js";
import pdfmakeDocument, {
  type EmbeddedFont,
  type Glyph,
  type GlyphPosition,
  type ParsedFont,
  type SetGlyphs,
} from "pdfmake/js/PDFDocument.js";

const PdfDocument = "default" in pdfmakeDocument ? pdfmakeDocument.default : pdfmakeDocument;

const bidi = bidiFactory();

type LaidOut = ReturnType<ParsedFont["layout"]>;

/** One weight of one font, read once; what was set with it before is at hand for the next document. */
export interface Face {
  bytes: Uint8Array;
  font: ParsedFont;
  /** As pdfkit embeds it: in no document, to make others like it. */
  embedded: EmbeddedFont;
  eastAsian: boolean;
  /** Words and their glyphs, at most WORDS_KEPT. */
  words: Map<string, SetGlyphs>;
  /** One object for each glyph that these words have, with the characters it stands for and where it stands unmoved. */
  glyphs: Map<string, { glyph: Glyph; position: GlyphPosition }>;
}

const WORDS_KEPT = 4096;
const UNMOVED: GlyphPosition = { xAdvance: 0, yAdvance: 0, xOffset: 0, yOffset: 0 };

/** The isolate's faces: each is kept as long as its file is. */
const faces = new WeakMap<object, Face>();

export function openFace(file: Uint8Array | ArrayBuffer): Face {
  const known = faces.get(file);
  if (known !== undefined) return known;
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const scratch = new PdfDocument({}, {}, {}, {}, { font: null, autoFirstPage: false }, null, () => false);
  const embedded = scratch.font(bytes)._font;
  const { font } = embedded;
  const face: Face = {
    bytes,
    font,
    embedded,
    eastAsian: font.hasGlyphForCodePoint(0x3001),
    words: new Map(),
    glyphs: new Map(),
  };
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
  const { glyphs, positions } = rightToLeft
    ? layOutFromRight(font, word, features)
    : layOut(font, word, features, "ltr");
  const set: SetGlyphs = { glyphs: [], positions: [], advanceWidth: 0 };
  for (const [index, found] of glyphs.entries()) {
    const { glyph, position } = keepGlyph(face, found);
    const moved = scalePosition(positions[index] ?? UNMOVED, position.xAdvance, 1000 / font.unitsPerEm);
    set.glyphs.push(glyph);
    set.positions.push(moved.xAdvance === position.xAdvance && !isMoved(moved) ? position : moved);
    set.advanceWidth += moved.xAdvance;
  }
  if (face.words.size >= WORDS_KEPT) {
    face.words.clear();
    face.glyphs.clear();
  }
  face.words.set(key, set);
  return set;
}

/**
 * Left out is what would take most of the time and make an arrow of two signs: Inter's contextual alternates; and from
 * right to left the ligatures that need not be, which only blur what is copied from the file.
 */
function layOut(font: ParsedFont, word: string, features: readonly string[], direction: "ltr" | "rtl"): LaidOut {
  const wanted = Object.fromEntries(features.map((feature) => [feature, true]));
  const unwanted = direction === "ltr" ? { calt: false } : { liga: false };
  return font.layout(word, { ...wanted, ...unwanted }, undefined, undefined, direction);
}

/**
 * Brackets are drawn mirrored (UAX #9, L4) and stand for what was written. Readers of the file turn the order of its
 * characters around, those of a ligature too.
 */
function layOutFromRight(font: ParsedFont, word: string, features: readonly string[]): LaidOut {
  const { glyphs, positions } = layOut(font, mirror(word), features, "rtl");
  const written = glyphs.map(({ id, codePoints, advanceWidth }) => ({
    id,
    codePoints: codePoints.map((codePoint) => mirror(String.fromCodePoint(codePoint)).codePointAt(0) ?? 0).toReversed(),
    advanceWidth,
  }));
  return { glyphs: written, positions };
}

function mirror(text: string): string {
  return Array.from(text, (character) => bidi.getMirroredCharacter(character) ?? character).join("");
}

function keepGlyph(
  { font, glyphs }: Face,
  { id, codePoints, advanceWidth }: Glyph,
): { glyph: Glyph; position: GlyphPosition } {
  const key = `${id} ${codePoints.join()}`;
  const known = glyphs.get(key);
  if (known !== undefined) return known;
  const width = advanceWidth * (1000 / font.unitsPerEm);
  const kept = {
    glyph: { id, codePoints, advanceWidth },
    position: { xAdvance: width, yAdvance: 0, xOffset: 0, yOffset: 0, advanceWidth: width },
  };
  glyphs.set(key, kept);
  return kept;
}

const isMoved = ({ xOffset, yOffset, yAdvance }: GlyphPosition): boolean =>
  xOffset !== 0 || yOffset !== 0 || yAdvance !== 0;

function scalePosition(position: GlyphPosition, advanceWidth: number, scale: number): GlyphPosition {
  return {
    xAdvance: position.xAdvance * scale,
    yAdvance: position.yAdvance * scale,
    xOffset: position.xOffset * scale,
    yOffset: position.yOffset * scale,
    advanceWidth,
  };
}
