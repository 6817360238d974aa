/**
 * The author's date in the header of a patch as `git format-patch` writes it, which is a mail's (RFC 5322, section 3.3):
 * `Date: Tue, 1 Sep 2026 09:12:00 +0200`.
 */
import { toIsoDate } from "./dates.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const form = /^Date: (?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) ([+-]\d{4})\s*$/m;

/** ISO 8601 with the author's offset; null where the patch has no such header before its first file. */
export function readMailDate(patch: string): string | null {
  const [header = ""] = patch.split(/\r?\n\r?\n/, 1);
  const parts = form.exec(header);
  const month = months.indexOf(parts?.[2] ?? "") + 1;
  if (!parts || month === 0) return null;
  const [, day = "", , year = "", time = "", offset = ""] = parts;
  return toIsoDate(`${year}-${String(month).padStart(2, "0")}-${day.padStart(2, "0")}T${time}${offset}`);
}
