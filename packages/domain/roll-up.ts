/** The words of one line that stands for several, without a model: what was done, as a list, and a line that sums it up. */

/** UTF-16 units: the columns' bounds, and what a reader takes in. */
const mostOfLine = 300;
const mostOfList = 20_000;
/** So many things are named on the line itself. */
const named = 3;

export interface RolledUp {
  /** What was done, each thing once, in the order given. */
  bullets: string[];
  /** The line itself. */
  description: string;
  /** The bullets as the detailed description has them; null where the line says it all. */
  detail: string | null;
}

const categoryPrefix =
  /^(?:Backend Development|Frontend Development|Database Development|Mobile Development|Infrastructure|Testing|Documentation|Development): /u;
const sizeSuffix = / \(\d+ files? changed(?:, \+\d+\/-\d+ lines)?\)$/u;
/** As a model's words have it, `(ABC-12)`, and as the template does, ` – ABC-12 Its title`. */
const ticketSuffix =
  /(?: \([A-Z][A-Z0-9_]{1,19}-\d{1,7}\)| – (?:[A-Z][A-Z0-9_]{1,19}-\w{1,20}|[\w./-]{0,200}#\d{1,7})(?: .*)?)$/u;

/** Words of a line without what is said once for all of them: its category, its size and its ticket. */
const stripLine = (description: string): string =>
  description.replace(categoryPrefix, "").replace(sizeSuffix, "").replace(ticketSuffix, "").trim();

const lowerFirst = (text: string): string =>
  /^\p{Lu}\p{Ll}/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

/** `about` leads the line: a ticket's title, an epic. Never empty, unless no description is given. */
export function rollUp(descriptions: readonly string[], about: string | null = null): RolledUp {
  const bullets = [...new Set(descriptions.map(stripLine).filter((text) => text !== ""))];
  const shown = bullets.slice(0, named).map((text, index) => (index === 0 && about === null ? text : lowerFirst(text)));
  const more = bullets.length - shown.length;
  const list = shown.join("; ") + (more === 0 ? "" : `; and ${more} more`);
  const line = about === null ? list : `${about}: ${list}`;
  const description = line.length <= mostOfLine ? line : `${line.slice(0, mostOfLine - 1).trimEnd()}…`;
  const detail = bullets.map((text) => `• ${text}`).join("\n");
  return { bullets, description, detail: bullets.length < 2 ? null : detail.slice(0, mostOfList) };
}
