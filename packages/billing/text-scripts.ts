/** Which font family writes which character: by the Unicode script of it, and for Han by the language around it. */

/** The fonts beside the Latin one (SIL Open Font License), by the names of their packages and of their files. */
const SCRIPT_FONTS = {
  hebrew: ["noto-sans-hebrew", "NotoSansHebrew"],
  arabic: ["ibm-plex-sans-arabic", "IBMPlexSansArabic"],
  japanese: ["noto-sans-jp", "NotoSansJP"],
  simplified: ["noto-sans-sc", "NotoSansSC"],
  traditional: ["noto-sans-tc", "NotoSansTC"],
  korean: ["noto-sans-kr", "NotoSansKR"],
  emoji: ["noto-emoji", "NotoEmoji"],
} as const;

export type ScriptFont = keyof typeof SCRIPT_FONTS;
export const scriptFonts = Object.keys(SCRIPT_FONTS) as ScriptFont[];

export interface FontFile {
  /** As a text asks for it: `NotoSansJP_400Regular.ttf`. */
  name: string;
  /** Where it is among the installed packages. */
  module: string;
}

export function fontFile(font: ScriptFont, bold: boolean): FontFile {
  const [folder, family] = SCRIPT_FONTS[font];
  const weight = bold ? "600SemiBold" : "400Regular";
  const name = `${family}_${weight}.ttf`;
  return { name, module: `@expo-google-fonts/${folder}/${weight}/${name}` };
}

/** One ideograph has several national forms: these are the fonts to choose from. */
export type Han = "japanese" | "simplified" | "traditional" | "korean";

const EUROPEAN = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const HANGUL = /\p{Script=Hangul}/u;
const BOPOMOFO = /\p{Script=Bopomofo}/u;
const HEBREW = /\p{Script=Hebrew}/u;
const ARABIC = /\p{Script_Extensions=Arabic}/u;
const PICTURE = /[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\u200d]/u;
/** Ideographs, and the signs that East Asian fonts bring: punctuation, enclosed and wide forms, arrows, boxes. */
const EAST_ASIAN =
  /[\p{Script=Han}\u2010-\u2bff\u2e80-\u33ff\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uffef\u{1f100}-\u{1f2ff}\u{20000}-\u{3ffff}]/u;

/** Whether there is a font for the script of every character. */
export function isSettable(text: string): boolean {
  return Array.from(text).every((character) => EUROPEAN.test(character) || fontsFor(character, "japanese").length > 0);
}

/** The national form that a locale reads. */
export function hanOfLocale(locale: string): Han | null {
  const { language, script } = new Intl.Locale(locale).maximize();
  if (language === "ja") return "japanese";
  if (language === "ko") return "korean";
  if (language === "zh" || language === "yue") return script === "Hant" ? "traditional" : "simplified";
  return null;
}

/** The national form that a text shows itself to be written in: by kana, by Hangul, by bopomofo. */
export function hanOfText(text: string): Han | null {
  if (KANA.test(text)) return "japanese";
  if (HANGUL.test(text)) return "korean";
  return BOPOMOFO.test(text) ? "traditional" : null;
}

/** The fonts that may have a character, the likeliest first; none for what no font here has. */
export function fontsFor(character: string, han: Han): ScriptFont[] {
  if (HEBREW.test(character)) return ["hebrew"];
  if (ARABIC.test(character)) return ["arabic"];
  if (KANA.test(character)) return ["japanese"];
  if (HANGUL.test(character)) return ["korean"];
  if (BOPOMOFO.test(character)) return ["traditional"];
  if (PICTURE.test(character)) return ["emoji", han];
  // What one nation's font lacks is looked for in those with the most ideographs.
  return EAST_ASIAN.test(character) ? [...new Set<ScriptFont>([han, "simplified", "japanese"])] : [];
}
