/** Text of commits and people as git and the hosts give it, made fit to be stored. */
import { toText } from "@billhook/http/text";

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
