/**
 * Text from outside, made fit to be stored.
 *
 * Postgres' `text` and `jsonb` hold neither NUL nor half of a surrogate pair (PostgreSQL manual, "JSON Types"), while
 * JSON can carry both as escapes. One such character must not make a whole delivery unstorable.
 */

/** Well-formed Unicode without NUL; what cannot be stored becomes U+FFFD, the replacement character. */
export function toText(value: string): string {
  const wellFormed = value.isWellFormed() ? value : value.toWellFormed();
  return wellFormed.includes("\0") ? wellFormed.replaceAll("\0", "\uFFFD") : wellFormed;
}

/** A link people may follow, without credentials; null for anything but http and https. */
export function toWebUrl(value: string): string | null {
  if (!/^https?:\/\//i.test(value) || value.length > 2048 || !URL.canParse(value)) return null;
  const url = new URL(value);
  if (url.username === "" && url.password === "") return toText(value);
  url.username = "";
  url.password = "";
  return url.href;
}
