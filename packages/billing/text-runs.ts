/** Texts in runs: each of one font and one direction, and cut where a line may end. */
import bidiFactory from "bidi-js";
import pdfmakeBreaker from "pdfmake/js/TextBreaker.js";
import type { Face } from "./font-face.ts";
import { DIRECTION_MARKS } from "./printable.ts";
import { findFaces, type TextPart } from "./text-faces.ts";
import type { TextFonts } from "./text-fonts.ts";

const TextBreaker = "default" in pdfmakeBreaker ? pdfmakeBreaker.default : pdfmakeBreaker;
const breaker = new TextBreaker();
const bidi = bidiFactory();

export interface TextRun {
  text: string;
  /** Which of the parts it belongs to. */
  part: number;
  face: Face;
  /** By the bidirectional algorithm (UAX #9): set from right to left where it is odd. */
  level: number;
  /** The level of the paragraph: odd where it reads from right to left. */
  baseLevel: number;
  /** Behind it the line ends, may end, may end where the word has no room in a line of its own, or goes on. */
  end: "line" | "break" | "emergency" | "join";
}

const RIGHT_TO_LEFT = /[\u200f\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const HANGUL = /\p{Script=Hangul}/u;
const IDEOGRAPHIC = /[\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uff60]/u;
/** A word longer than twice this may be broken after each so many characters where a line has no room for it. */
const GROUP = 8;

/** The runs of a text's printable parts, in the order in which they are read; line feeds end a line. */
export function cutRuns(parts: readonly TextPart[], fonts: TextFonts): TextRun[] {
  const text = parts.map((part) => part.text).join("");
  const directions = RIGHT_TO_LEFT.test(text) ? bidi.getEmbeddingLevels(text) : null;
  const levelAt = (at: number): number => directions?.levels[at] ?? 0;
  const paragraphAt = (at: number) => directions?.paragraphs.find(({ end }) => end >= at);
  const { partAt, faceAt } = findFaces(parts, text, fonts, directions?.levels ?? null);
  const isNoWrap = (at: number): boolean => parts[partAt(at)]?.noWrap === true;
  const isSame = (one: number, other: number): boolean =>
    partAt(one) === partAt(other) && levelAt(one) === levelAt(other) && faceAt(one) === faceAt(other);

  const runs: TextRun[] = [];
  for (const { start, end, after } of findSegments(text, (at) => isNoWrap(at - 1) && isNoWrap(at))) {
    const groups = isNoWrap(start) ? [] : groupsOf(text.slice(start, end), start);
    let from = start;
    do {
      let to = Math.min(from + 1, end);
      while (to < end && isSame(from, to) && to !== groups[0]) to += 1;
      runs.push({
        text: text.slice(from, to).replaceAll(DIRECTION_MARKS, ""),
        part: partAt(from),
        face: faceAt(from),
        level: levelAt(from),
        baseLevel: paragraphAt(from)?.level ?? 0,
        end: to === end ? after : to === groups[0] ? "emergency" : "join",
      });
      if (to === groups[0]) groups.shift();
      from = to;
    } while (from < end);
  }
  return runs;
}

interface Segment {
  start: number;
  end: number;
  after: "line" | "break";
}

/** Where lines may end and where they have to (UAX #14); in Korean, which has spaces between words, only at those. */
function findSegments(text: string, isBound: (at: number) => boolean): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const { text: word, lineEnd = false } of breaker.getBreaks(text, null)) {
    const last = segments.at(-1);
    const end = at + word.length;
    const after = lineEnd ? "line" : "break";
    if (last?.after === "break" && (isBound(at) || isInsideKoreanWord(text.slice(at - 1, at + 1)))) {
      last.end = end;
      last.after = after;
    } else {
      segments.push({ start: at, end, after });
    }
    at = text[end] === "\n" ? end + 1 : end;
  }
  return segments;
}

function isInsideKoreanWord(around: string): boolean {
  return HANGUL.test(around) && !IDEOGRAPHIC.test(around);
}

/** Where a word too long for a line may be broken. */
function groupsOf(word: string, start: number): number[] {
  if (word.length <= 2 * GROUP) return [];
  const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" }).segment(word);
  return Array.from(graphemes, ({ index }) => start + index).filter((_, index) => index > 0 && index % GROUP === 0);
}
