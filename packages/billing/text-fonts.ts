/** The fonts of one document: the one for Latin, Greek and Cyrillic, and those that its other scripts need. */
import { type Face, hasGlyph, openFace } from "./font-face.ts";
import { fontsFor, type Han, hanOfLocale, hanOfText, fontFile, type ScriptFont, scriptFonts } from "./text-scripts.ts";

/** TrueType files, kept outside the code and given by the caller. */
export interface InvoiceFonts {
  /** Latin, Greek and Cyrillic. */
  regular: Uint8Array | ArrayBuffer;
  bold: Uint8Array | ArrayBuffer;
  /** The file of that name, of another script: asked for only where a text needs it. Rejects where it can't be had. */
  load: (name: string) => Promise<Uint8Array | ArrayBuffer>;
}

/** A text of the document and the weight it is set in. */
export interface WeighedText {
  text: string;
  bold: boolean;
}

export interface TextFonts {
  /** The national form of the ideographs in a text. */
  hanOf(text: string): Han;
  /** The face for a character; null where no font has it. */
  faceFor(character: string, bold: boolean, han: Han): Face | null;
  latin(bold: boolean): Face;
}

/** Beyond so many bytes of fonts, bold text is set in the regular weight: a Worker has 128 MB for everything. */
const BYTES_OF_FONTS = 32_000_000;
const isLatin = (text: string): boolean => /^[\n\u0020-\u02ff]*$/u.test(text);

/**
 * Opens what the texts need. A font that should be there and can't be had is an error: an invoice in which a name is
 * missing must not be made, for it would be kept and sent.
 */
export async function openTextFonts(
  source: InvoiceFonts,
  texts: readonly WeighedText[],
  locale: string,
): Promise<TextFonts> {
  const latin = { regular: openFace(source.regular), bold: openFace(source.bold) };
  const foreign = texts.filter(({ text }) => !isLatin(text));
  const written = foreign.map(({ text }) => hanOfText(text)).find((han) => han !== null);
  const otherwise = hanOfLocale(locale) ?? written ?? "simplified";
  const fonts: TextFonts = {
    hanOf: (text) => hanOfText(text) ?? otherwise,
    latin: (bold) => (bold ? latin.bold : latin.regular),
    faceFor(character, bold, han) {
      for (const face of [fonts.latin(bold), ...fontsFor(character, han).map((font) => opened.get(font, bold))]) {
        if (face !== undefined && hasGlyph(face, character)) return face;
      }
      return null;
    },
  };
  const opened = new OpenedFonts(source);
  const characters = charactersOf(foreign, fonts);
  // Each round opens, for what no font so far has, the next that may have it; then come the missing weights.
  for (let round = 0; round < 3; round += 1) {
    for (const { character, bold, han } of characters) {
      const font = fontsFor(character, han)[round];
      if (font !== undefined && fonts.faceFor(character, bold, han) === null) await opened.open(font, bold);
    }
  }
  for (const { character, bold, han } of characters) {
    const font = opened.fontOf(fonts.faceFor(character, bold, han));
    if (font !== null) await opened.open(font, bold);
  }
  return fonts;
}

interface WrittenCharacter {
  character: string;
  bold: boolean;
  han: Han;
}

function charactersOf(texts: readonly WeighedText[], fonts: TextFonts): WrittenCharacter[] {
  const characters = new Map<string, WrittenCharacter>();
  for (const { text, bold } of texts) {
    const han = fonts.hanOf(text);
    for (const character of new Set(text)) characters.set(`${bold} ${han} ${character}`, { character, bold, han });
  }
  return [...characters.values()];
}

class OpenedFonts {
  readonly #source: InvoiceFonts;
  readonly #faces = new Map<string, Face>();

  constructor(source: InvoiceFonts) {
    this.#source = source;
  }

  /** That weight, or else the other. */
  get(font: ScriptFont, bold: boolean): Face | undefined {
    return this.#faces.get(fontFile(font, bold).name) ?? this.#faces.get(fontFile(font, !bold).name);
  }

  async open(font: ScriptFont, bold: boolean): Promise<void> {
    const name = fontFile(font, bold && this.#countBytes() < BYTES_OF_FONTS).name;
    if (!this.#faces.has(name)) this.#faces.set(name, openFace(await this.#source.load(name)));
  }

  fontOf(face: Face | null): ScriptFont | null {
    if (face === null) return null;
    return scriptFonts.find((font) => this.get(font, true) === face || this.get(font, false) === face) ?? null;
  }

  #countBytes(): number {
    return [...this.#faces.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}
