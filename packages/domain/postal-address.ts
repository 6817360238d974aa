export interface PostalAddress {
  /** Street and number, or a post-office box; empty where there is none. */
  street: string;
  postalCode: string;
  town: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
}

/**
 * The parts of an address written in lines, where it ends as on the continent: `8001 Zürich`, `CH-8001 Zürich`, `75008 Paris`,
 * with the country's name below or not. Null where it can't be told apart.
 */
export function readPostalAddress(text: string | null, country: string | null): PostalAddress | null {
  if (text === null || country === null) return null;
  const written = linesOf(text, "\n");
  // On one line, what is before the postal code is the street.
  const [town = "", ...before] = linesOf(text, ",").toReversed();
  const lines = written.length === 1 ? [before.toReversed().join(", "), town] : written;
  for (const at of [lines.length - 1, lines.length - 2]) {
    const found = /^(?:[A-Z]{1,2}[- ])?(?<code>\d{4,5}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2})\s+(?<town>\D.*)$/u.exec(
      lines[at] ?? "",
    )?.groups;
    if (found !== undefined) {
      return { street: lines[at - 1] ?? "", postalCode: found["code"] ?? "", town: found["town"] ?? "", country };
    }
  }
  return null;
}

const linesOf = (text: string, between: string): string[] =>
  text
    .split(between)
    .map((line) => line.trim())
    .filter((line) => line !== "");
