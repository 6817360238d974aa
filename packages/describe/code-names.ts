/** A workspace's own code names: what they are called where they are not to be known. */

const MAX_CODE_NAMES = 200;
const MAX_CODE_NAME_LENGTH = 80;

export interface CodeNames {
  hide: (text: string) => { text: string; found: number };
  /** Puts the names back into an answer. */
  show: (text: string) => string;
}

/** FNV-1a of 32 bits: the same name is called the same, whichever other names are on the list. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** `ProjectQxfab`: letters only, so that nothing in it reads as a number. */
function standIn(name: string): string {
  let rest = hashName(name.toLowerCase());
  let letters = "";
  for (let index = 0; index < 5; index += 1) {
    letters += String.fromCodePoint(65 + (rest % 26));
    rest = Math.floor(rest / 26);
  }
  return `Project${letters.charAt(0)}${letters.slice(1).toLowerCase()}`;
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/gu, String.raw`\$&`);
const isLetter = (character: string): boolean => /\p{L}/u.test(character);
const isLower = (character: string): boolean => /\p{Ll}/u.test(character);
const isUpper = (character: string): boolean => /\p{Lu}/u.test(character);

/** Is it a word of its own, or one of an identifier (`bluebirdImport`, `BLUEBIRD_URL`, `bluebird2`)? */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.charAt(start - 1);
  const after = text.charAt(end);
  const opens = !isLetter(before) || (isLower(before) && isUpper(text.charAt(start)));
  const closes = !isLetter(after) || (isLower(text.charAt(end - 1)) && isUpper(after));
  return opens && closes;
}

/** Names are found whatever their case, longer ones first; blanks in a name match a hyphen, an underscore or nothing too. */
export function createCodeNames(names: readonly string[]): CodeNames {
  const cleaned = names.map((name) => name.trim().slice(0, MAX_CODE_NAME_LENGTH)).filter((name) => name.length > 1);
  const listed = [...new Set(cleaned)]
    .toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .slice(0, MAX_CODE_NAMES);
  if (listed.length === 0) return { hide: (text) => ({ text, found: 0 }), show: (text) => text };
  const called = new Map(listed.map((name) => [standIn(name), name]));
  const patterns = listed.map((name) => ({
    standIn: standIn(name),
    pattern: new RegExp(
      name
        .split(/\s+/u)
        .map(escapePattern)
        .join(String.raw`[\s_-]?`),
      "giu",
    ),
  }));
  return {
    hide(text) {
      let found = 0;
      let hidden = text;
      for (const { pattern, standIn: kept } of patterns) {
        hidden = hidden.replace(pattern, (match: string, ...rest: unknown[]) => {
          const start = rest.findLast((value) => typeof value === "number") as number;
          const whole = rest.findLast((value) => typeof value === "string") as string;
          if (!standsAlone(whole, start, start + match.length)) return match;
          found += 1;
          return kept;
        });
      }
      return { text: hidden, found };
    },
    show: (text) => text.replace(/\bProject[A-Z][a-z]{4}\b/gu, (kept) => called.get(kept) ?? kept),
  };
}
