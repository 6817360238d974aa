/** Dates in every form the hosts write them, made into one: ISO 8601 with seconds and the offset the host gave. */

// A date, a time, and an offset in any of the forms seen: `Z`, `UTC`, `+02:00`, `+0200` (Bitbucket Data Center), `+02`.
const form =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)? ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;

// Postgres refuses a larger displacement from UTC, while git stores any.
const largestOffset = 15 * 60 + 59;

/**
 * An ISO 8601 date-time with an offset, or null for what is not a date.
 *
 * A number is epoch milliseconds (Bitbucket Data Center before version 10); one too small for that is no date. No
 * offset means UTC. Years before 1970 are how .NET and Go write "no date" (`0001-01-01T00:00:00`), and are none.
 */
export function toIsoDate(value: unknown): string | null {
  if (typeof value === "number") return fromEpoch(value);
  if (typeof value !== "string") return null;
  const text = value.trim();
  if (/^\d{12,14}$/.test(text)) return fromEpoch(Number(text));

  const parts = form.exec(text);
  if (!parts) return null;
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "00", fraction = "", zone = "Z"] = parts;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const clock = Date.parse(`${local}Z`);
  // Date.parse carries 30 February over into March: a date that does not come back as itself is not one.
  if (Number.isNaN(clock) || clock < 0 || !new Date(clock).toISOString().startsWith(local)) return null;

  const milliseconds = fraction === "" || /^0+$/.test(fraction) ? "" : `.${fraction.slice(0, 3).padEnd(3, "0")}`;
  const offset = minutesOf(zone);
  if (offset === null) return null;
  if (Math.abs(offset) > largestOffset) return fromEpoch(clock - offset * 60_000);
  return local + milliseconds + offsetText(offset);
}

function fromEpoch(milliseconds: number): string | null {
  if (!Number.isFinite(milliseconds) || milliseconds < 1e11 || milliseconds >= Date.UTC(10_000, 0)) return null;
  return new Date(milliseconds).toISOString().replace(".000Z", "Z");
}

/** Minutes east of UTC; null where the minutes are none. */
function minutesOf(zone: string): number | null {
  const parts = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (!parts) return 0;
  const minutes = Number(parts[3] ?? "0");
  return minutes > 59 ? null : (parts[1] === "-" ? -1 : 1) * (Number(parts[2]) * 60 + minutes);
}

function offsetText(minutes: number): string {
  if (minutes === 0) return "Z";
  const size = Math.abs(minutes);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
