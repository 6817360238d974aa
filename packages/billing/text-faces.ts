/** Which font sets which character of a text: that of its script, with what belongs to it. */
import { type Face, hasGlyph } from "./font-face.ts";
import type { TextFonts } from "./text-fonts.ts";

/** A part of a text with one style. */
export interface TextPart {
  text: string;
  bold: boolean;
  noWrap: boolean;
}

const ATTACHED = /[\p{M}\p{Emoji_Modifier}\u200c\u200d]/u;
/** What is not drawn. */
const INVISIBLE = /[\s\u061c\u200c-\u200f]/u;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
/** Spaces and signs that Latin and East Asian fonts have, of different widths: they are set as the text beside them. */
const SHARED_SIGN = /[\s\u00a1-\u00bf\u00d7\u00f7\u2010-\u2bff]/u;
const OPENING_QUOTE = /[\u2018\u201c]/u;
/** For what no font has. */
const UNKNOWN = "?";
const LATIN_ONLY = /^[\n\u0020-\u02ff]*$/u;

/** For each UTF-16 unit of the joined text, the part it is of and its face. `levels` are those of UAX #9. */
export function findFaces(
  parts: readonly TextPart[],
  text: string,
  fonts: TextFonts,
  levels: Uint8Array | null,
): { partAt: (at: number) => number; faceAt: (at: number) => Face } {
  const ends: number[] = [];
  for (const part of parts) ends.push((ends.at(-1) ?? 0) + part.text.length);
  const partAt = (at: number): number => {
    const found = ends.findIndex((end) => end > at);
    return found < 0 ? Math.max(0, parts.length - 1) : found;
  };
  const latinAt = (at: number): Face => fonts.latin(parts[partAt(at)]?.bold === true);
  if (LATIN_ONLY.test(text)) return { partAt, faceAt: latinAt };

  const han = fonts.hanOf(text);
  const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}]/u.exec(text)?.[0] ?? "";
  const faces: Face[] = [];
  let before: { face: Face; bold: boolean } | null = null;
  for (const character of text) {
    const at = faces.length;
    const bold = parts[partAt(at)]?.bold === true;
    const preferred = (): Face | null => {
      const last = before?.bold === bold ? before.face : null;
      if (ATTACHED.test(character)) return last;
      if ((levels?.[at] ?? 0) % 2 === 1 && !LETTER_OR_DIGIT.test(character))
        return fonts.faceFor(rightToLeft, bold, han);
      if (!SHARED_SIGN.test(character)) return null;
      const following = String.fromCodePoint(text.codePointAt(at + character.length) ?? 32);
      const beside = OPENING_QUOTE.test(character) ? fonts.faceFor(following, bold, han) : last;
      return beside?.eastAsian === true ? beside : null;
    };
    const preference = preferred();
    const face =
      preference !== null && hasGlyph(preference, character)
        ? preference
        : (fonts.faceFor(character, bold, han) ?? fonts.latin(bold));
    for (let unit = 0; unit < character.length; unit += 1) faces.push(face);
    before = { face, bold };
  }
  return { partAt, faceAt: (index) => faces[index] ?? latinAt(index) };
}

/**
 * A text with each character that no font has replaced: by its plain form where it has one (letters of mathematics), or
 * else by a question mark.
 */
export function substitute(text: string, bold: boolean, fonts: TextFonts): string {
  if (LATIN_ONLY.test(text)) return text;
  // Letters and their marks become one, which more fonts have; ideographs of compatibility would become others.
  const composed = /\p{M}/u.test(text) ? text.replaceAll(/\P{M}\p{M}+/gu, (cluster) => cluster.normalize("NFC")) : text;
  const han = fonts.hanOf(composed);
  const has = (character: string): boolean => INVISIBLE.test(character) || fonts.faceFor(character, bold, han) !== null;
  return Array.from(composed, (character) => {
    if (has(character)) return character;
    const plain = character.normalize("NFKC");
    return plain !== character && Array.from(plain).every(has) ? plain : UNKNOWN;
  }).join("");
}
