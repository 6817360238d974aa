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

/** A commit message with its lines ended as git ends them; editors on Windows leave CRLF. */
export function toMessage(value: string): string {
  const text = toText(value);
  return text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
}

/** A name or login, or null where nothing is left of it. */
export function toName(value: string): string | null {
  return toText(value).trim() || null;
}

/**
 * An e-mail address as the host gave it, or null. Git does not check addresses (`dev@host.(none)` is common), so
 * neither does this. When GitLab sends a logged delivery again, it puts `[REDACTED]` in place of each
 * (WebHookLog#redact_user_emails), and also where a pusher keeps the address private.
 */
export function toEmail(value: string): string | null {
  const email = toText(value).trim();
  return email === "" || email === "[REDACTED]" ? null : email;
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

/** Splits git's `Name <mail>` at its last `<`; either part may be missing. */
export function splitIdentity(raw: string): { name: string | null; email: string | null } {
  const open = raw.lastIndexOf("<");
  if (open < 0) {
    const bare = raw.trim();
    return /^[^\s@]+@[^\s@]+$/.test(bare) ? { name: null, email: toEmail(bare) } : { name: toName(bare), email: null };
  }
  const close = raw.indexOf(">", open);
  return {
    name: toName(raw.slice(0, open)),
    email: toEmail(raw.slice(open + 1, close < 0 ? raw.length : close)),
  };
}
