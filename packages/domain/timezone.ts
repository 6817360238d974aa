/**
 * Calendar days. An instant has a day only in a time zone; once it has one, days are `YYYY-MM-DD` text and their
 * arithmetic is that of the calendar, which no daylight saving time can shift.
 */

const FORMAT_ENTRIES = 100;
const FORMAT_MILLISECONDS = 60 * 60 * 1000;

/** Formatters of this isolate: making one costs a hundred times using it. An entry depends on nothing but its key. */
const isolateFormatCache = new Map<string, Formats & { until: number }>();

interface Formats {
  format: Intl.DateTimeFormat;
  hour: Intl.DateTimeFormat;
  clock: Intl.DateTimeFormat;
}

function readFormats(timeZone: string): Formats {
  const now = Date.now();
  const hit = isolateFormatCache.get(timeZone);
  if (hit !== undefined && hit.until > now) return hit;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    era: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const hour = new Intl.DateTimeFormat("en-US", { timeZone, hour: "2-digit", hourCycle: "h23" });
  if (isolateFormatCache.size >= FORMAT_ENTRIES) isolateFormatCache.clear();
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const entry = { format, hour, clock, until: now + FORMAT_MILLISECONDS };
  isolateFormatCache.set(timeZone, entry);
  return entry;
}

const readFormat = (timeZone: string): Intl.DateTimeFormat => readFormats(timeZone).format;
const readHourFormat = (timeZone: string): Intl.DateTimeFormat => readFormats(timeZone).hour;

/** Whether the runtime knows the IANA time zone (or offset, `+02:00`). */
export function isTimeZone(timeZone: string): boolean {
  try {
    readFormat(timeZone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The calendar day of an instant (ISO 8601 with an offset) in an IANA time zone. Throws a RangeError where the instant or
 * the zone is not valid, or the year is not one of 1 to 9999.
 */
export function localDay(instantIso: string, timeZone: string): string {
  const instant = new Date(instantIso);
  if (Number.isNaN(instant.getTime())) throw new RangeError(`not an instant: ${instantIso}`);
  const parts = new Map(
    readFormat(timeZone)
      .formatToParts(instant)
      .map((part) => [part.type, part.value]),
  );
  const year = parts.get("year") ?? "";
  if (parts.get("era") !== "AD" || year.length > 4) throw new RangeError(`not in the years 1 to 9999: ${instantIso}`);
  return `${year.padStart(4, "0")}-${parts.get("month")}-${parts.get("day")}`;
}

/** Whoever works past midnight still works on the day before. */
const NIGHT_HOURS = 4;

/**
 * The working day of an instant in an IANA time zone: its calendar day, or the day before where it is before four in the
 * morning. Throws a RangeError as `localDay` does.
 */
export function workingDay(instantIso: string, timeZone: string): string {
  const instant = new Date(instantIso);
  if (Number.isNaN(instant.getTime())) throw new RangeError(`not an instant: ${instantIso}`);
  const hour = Number(readHourFormat(timeZone).format(instant));
  const day = localDay(instantIso, timeZone);
  return hour < NIGHT_HOURS && day > "0001-01-01" ? addDays(day, -1) : day;
}

/**
 * The instant at which clocks in the zone show the hour of the day (whole or not; 26 is two o'clock the next morning). An
 * hour that the clocks skip is that much later; one they show twice is the first. Throws a RangeError as `localDay` does.
 */
export function instantAt(day: string, hour: number, timeZone: string): Date {
  const wall = toDayNumber(day) * DAY_MILLISECONDS + hour * HOUR_MILLISECONDS;
  const offsetAt = (at: number): number => wallClock(at, timeZone) - at;
  // The offset is that of the instant, which is not known yet: those of a day before and after are the two it can be.
  const [before, after] = [offsetAt(wall - DAY_MILLISECONDS), offsetAt(wall + DAY_MILLISECONDS)];
  const found = [before, after].map((offset) => wall - offset).filter((at) => wallClock(at, timeZone) === wall);
  return new Date(found.length === 0 ? wall - before : Math.min(...found));
}

/** What clocks in the zone show at an instant, as if it were UTC; whole seconds. */
function wallClock(at: number, timeZone: string): number {
  const day = localDay(new Date(at).toISOString(), timeZone);
  const [hour = 0, minute = 0, second = 0] = readFormats(timeZone).clock.format(at).split(":").map(Number);
  return toDayNumber(day) * DAY_MILLISECONDS + (hour * 3600 + minute * 60 + second) * 1000;
}

/** `14:05` in the zone. */
export function localClock(instantIso: string, timeZone: string): string {
  return readFormats(timeZone).clock.format(new Date(instantIso)).slice(0, 5);
}

/**
 * An instant as clocks in the zone show it, with their offset: `2026-03-02T09:00:00+02:00`. Whole seconds, and whole minutes
 * of the offset, as RFC 3339 has it. Throws a RangeError as `localDay` does.
 */
export function localInstant(instantIso: string, timeZone: string): string {
  const at = Math.floor(new Date(instantIso).getTime() / 1000) * 1000;
  const minutes = Math.round((wallClock(at, timeZone) - at) / 60_000);
  const wall = new Date(at + minutes * 60_000).toISOString().slice(0, 19);
  const two = (value: number): string => String(value).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${wall}${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

const DAY_MILLISECONDS = 86_400_000;
const HOUR_MILLISECONDS = 3_600_000;

/** Days since 1970-01-01. */
function toDayNumber(day: string): number {
  const milliseconds = /^\d{4}-\d{2}-\d{2}$/u.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // V8 reads February 30 as March 2.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString().slice(0, 10) !== day) {
    throw new RangeError(`not a day: ${day}`);
  }
  return milliseconds / DAY_MILLISECONDS;
}

function fromDayNumber(number: number): string {
  const iso = new Date(number * DAY_MILLISECONDS).toISOString();
  if (!/^\d{4}-/u.test(iso)) throw new RangeError("not in the years 0 to 9999");
  return iso.slice(0, 10);
}

/** The day `count` days later, or earlier where negative. Throws a RangeError where `day` is not a day. */
export function addDays(day: string, count: number): string {
  return fromDayNumber(toDayNumber(day) + count);
}

/** The Monday of the day's week (ISO 8601 weeks begin on Monday). Throws a RangeError where `day` is not a day. */
export function weekStart(day: string): string {
  const number = toDayNumber(day);
  // 1970-01-01 was a Thursday.
  return fromDayNumber(number - ((((number + 3) % 7) + 7) % 7));
}

/**
 * The day's week by ISO 8601: `2026-W01` holds the year's first Thursday, so 2025-12-29 is in it. Sorts as text. Throws a
 * RangeError where `day` is not a day.
 */
export function isoWeek(day: string): string {
  const thursday = addDays(weekStart(day), 3);
  const year = thursday.slice(0, 4);
  const week = Math.floor((toDayNumber(thursday) - toDayNumber(`${year}-01-01`)) / 7) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}
