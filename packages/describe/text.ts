/** Text from a commit made fit for an invoice: visible characters only, and no longer than asked. */

/**
 * Without terminal colours, control characters, line and paragraph separators, direction overrides (which make a line read differently from
 * what it says: Unicode TR 36, "Bidirectional Text Spoofing") and unpaired surrogates; spaces are collapsed.
 */
export function cleanLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}\[[0-9;]{0,20}m/gu, "")
    .replace(/[\p{Cc}\p{Zs}\u2028\u2029]+/gu, " ")
    .replace(/[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffd]/gu, "")
    .replace(/ {2,}/gu, " ")
    .trim();
}

/** As `cleanLine` for each line, keeping the line ends as `\n`, with at most one blank line in a row. */
export function cleanLines(text: string): string {
  return text
    .split(/\r\n|[\r\n\u2028\u2029]/u)
    .map(cleanLine)
    .join("\n")
    .replace(/\n{3,}/gu, "\n\n")
    .trim();
}

/**
 * At most `length` UTF-16 units, cut where a grapheme ends and marked with "…", so that no letter loses its accent and no
 * family a member. Prefers the end of a word where one is near.
 */
export function truncate(text: string, length: number): string {
  if (text.length <= length) return text;
  let end = 0;
  // Nothing past the limit can move a boundary before it, apart from what continues the last grapheme.
  const head = text.slice(0, length + 64);
  for (const { index, segment } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(head)) {
    if (index + segment.length > length - 1) break;
    end = index + segment.length;
  }
  const cut = text.slice(0, end);
  const space = cut.lastIndexOf(" ");
  return `${(space > length * 0.8 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
