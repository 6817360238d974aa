import type { Content } from "pdfmake/interfaces";

/** Text in runs: a word too long for its column may be broken anywhere, all others only where words are. */
export function setText(text: string): Content[] {
  return printable(text)
    .split(/(\S{25,})/u)
    .filter((run) => run !== "")
    .map((run) => (/\S{25}/u.test(run) ? { text: run, wordBreak: "break-all" } : { text: run }));
}

/** The locale, or English where it writes dates or digits in a script that the font does not have. */
export function settableLocale(locale: string): string {
  const sample = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" }).format(0);
  return /^[\u0020-\u052f\u1e00-\u22ff]*$/u.test(sample) ? locale : "en";
}

/** Without what has no glyph and no meaning on paper: soft hyphens, zero-width and direction marks, control characters. */
export function printable(text: string): string {
  return text.replaceAll(/[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|(?!\n)\p{Cc}/gu, "");
}
