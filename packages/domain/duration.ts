/** Durations as people type and read them. Stored time is whole minutes. */

/** The most a day's line can hold. */
export const MAX_DAY_MINUTES = 1440;

export type ParsedDuration = { ok: true; minutes: number } | { ok: false; error: string };

/** Minutes per unit. A working day has 8 hours and a week 5 days, as in Jira's and GitLab's default settings. */
const unitMinutes = { w: 2400, d: 480, h: 60, m: 1 } as const;
type Unit = keyof typeof unitMinutes;

const unitPattern =
  /[ \t\u00a0]{0,3}(?<amount>\d{1,15}(?:[.,]\d{0,15})?)[ \t\u00a0]{0,3}(?<unit>w(?:eeks?)?|d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?)(?![\p{L}_])/iuy;

/**
 * Reads `1w 2d 4h 30m` from the beginning of the text: each unit once, largest first. Returns the minutes, not rounded,
 * and how many characters they took; null where the text does not begin with a duration.
 */
export function readUnits(text: string, units: readonly Unit[]): { minutes: number; length: number } | null {
  let minutes = 0;
  let length = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (;;) {
    unitPattern.lastIndex = length;
    const groups = unitPattern.exec(text)?.groups;
    const unit = units.find((letter) => letter === groups?.["unit"]?.charAt(0).toLowerCase());
    if (groups === undefined || unit === undefined || unitMinutes[unit] >= smallest) break;
    smallest = unitMinutes[unit];
    minutes += Number((groups["amount"] ?? "").replace(",", ".")) * smallest;
    length = unitPattern.lastIndex;
  }
  return length === 0 ? null : { minutes, length };
}

/**
 * Minutes, not rounded, of a text that is one duration and nothing else: `1:30`, `1.5`, `1,5`, `90m`, `1h 30m`, `1h30`,
 * `45 min`. A bare number is hours. Null where it is none, or negative; no upper bound.
 */
export function readDuration(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed.length === 0 || trimmed.length > 40) return null;
  if (/^(?:\d{1,15}(?:[.,]\d{0,15})?|[.,]\d{1,15})$/u.test(trimmed)) return Number(trimmed.replace(",", ".")) * 60;
  const clock = /^(\d{1,15}):([0-5]\d)$/u.exec(trimmed) ?? /^(\d{1,15})\s?h\s?([0-5]\d)$/iu.exec(trimmed);
  if (clock !== null) return Number(clock[1]) * 60 + Number(clock[2]);
  const read = readUnits(trimmed, ["h", "m"]);
  return read !== null && read.length === trimmed.length ? read.minutes : null;
}

/**
 * Reads what a person types into an hours field, rounded to whole minutes. Refuses what is negative, not a duration, or
 * more than 24 hours, with a sentence that says what to write instead.
 */
export function parseDuration(text: string): ParsedDuration {
  const trimmed = text.trim();
  if (trimmed === "") return { ok: false, error: "Enter a time, such as 1:30, 1.5 or 90m." };
  if (/^[-−]\s*[\d.,]/u.test(trimmed)) return { ok: false, error: "Time can't be negative. Enter 0 or more." };
  const minutes = readDuration(trimmed);
  if (minutes === null) return { ok: false, error: "This is not a time. Write it as 1:30, 1.5, 90m or 1h 30m." };
  if (minutes > MAX_DAY_MINUTES) {
    const bare = /^\d+$/u.test(trimmed) && Number(trimmed) <= MAX_DAY_MINUTES;
    const error = bare
      ? `A number alone means hours, and a day has 24. For minutes write ${Number(trimmed)}m.`
      : "A line holds at most 24 hours. Split longer work over several days.";
    return { ok: false, error };
  }
  return { ok: true, minutes: Math.round(minutes) };
}

/** Minutes as `2 h 15 m`, or as hours with two decimals in the locale's digits, `2.25 h`. */
export function formatDuration(minutes: number, style: "hm" | "decimal", locale = "en"): string {
  if (style === "decimal") {
    const format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    });
    return `${format.format(minutes / 60)} h`;
  }
  const whole = Math.round(Math.abs(minutes));
  const hours = Math.floor(whole / 60);
  const rest = whole % 60;
  const sign = minutes < 0 && whole > 0 ? "-" : "";
  if (hours === 0) return `${sign}${rest} m`;
  return rest === 0 ? `${sign}${hours} h` : `${sign}${hours} h ${rest} m`;
}
