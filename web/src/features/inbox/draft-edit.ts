import { type ParsedDuration, parseDuration, readDuration } from "@billhook/domain/duration";
import { currencyExponent, parseMoney } from "@billhook/domain/money";
import type { EditChanges } from "./inbox-actions.ts";
import type { InboxRow } from "./inbox-row.ts";

export type EditField = "description" | "project" | "date" | "billable" | "hours" | "rate";

/** A row being edited in place: what is in its fields. */
export interface DraftEdit {
  id: string;
  /** The version the person saw when the editing began. */
  version: number;
  /** The field that has the focus at first. */
  field: EditField;
  /** A project is its id, a date `YYYY-MM-DD`; billable is "yes" or "no". */
  texts: Record<EditField, string>;
  /** What the fields held at first: those that still do were not touched. */
  began: Record<EditField, string>;
}

export interface ReadEdit {
  errors: Partial<Record<EditField, string>>;
  /** What differs from the row, where it can be read. */
  changes: EditChanges;
}

/** What a merged line can hold, in minutes: 10,000 hours. */
const MOST_MINUTES = 600_000;

/** A line that was merged or split holds more than a day. */
function readHours(text: string, row: Pick<InboxRow, "made_by">): ParsedDuration {
  const minutes = row.made_by === null ? null : readDuration(text);
  return minutes !== null && minutes <= MOST_MINUTES ? { ok: true, minutes: Math.round(minutes) } : parseDuration(text);
}

/** Minutes as they are typed: `1:30`. */
const minutesText = (minutes: number): string => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;

/** An amount as it is typed in the locale, without currency or thousands. */
function amountText(minor: number | null, currency: string, locale: string): string {
  if (minor === null) return "";
  const digits = currencyExponent(currency);
  const format = new Intl.NumberFormat(locale, {
    useGrouping: false,
    minimumFractionDigits: minor % 10 ** digits === 0 ? 0 : digits,
    maximumFractionDigits: digits,
  });
  return format.format(minor / 10 ** digits);
}

export function beginEdit(row: InboxRow, field: EditField, locale: string): DraftEdit {
  const texts = {
    description: row.description,
    project: row.project_id,
    date: row.start_date,
    billable: row.billable ? "yes" : "no",
    hours: minutesText(row.minutes),
    rate: amountText(row.hourly_rate_minor, row.currency, locale),
  };
  return { id: row.id, version: row.version, field, texts, began: texts };
}

/** Reads the fields. A field that was not touched is no change, whatever its row has become meanwhile. */
export function readEdit(edit: DraftEdit, row: InboxRow, locale: string): ReadEdit {
  const read: ReadEdit = { errors: {}, changes: {} };
  const untouched = edit.began;
  const { description, project, date, billable, hours, rate } = edit.texts;
  if (description !== untouched.description) {
    const words = description.trim();
    if (words === "") read.errors.description = "Write what was done: the client reads it.";
    else if (words.length > 2000) read.errors.description = "At most 2,000 characters.";
    else if (words !== row.description) read.changes.description = words;
  }
  if (hours !== untouched.hours) {
    const parsed = readHours(hours, row);
    if (!parsed.ok) read.errors.hours = parsed.error;
    else if (parsed.minutes !== row.minutes) read.changes.minutes = parsed.minutes;
  }
  if (project !== untouched.project && project !== row.project_id) read.changes.project_id = project;
  if (billable !== untouched.billable && (billable === "yes") !== row.billable) {
    read.changes.billable = billable === "yes";
  }
  if (date !== untouched.date) {
    const year = Number(date.slice(0, 4));
    if (!/^\d{4}-\d{2}-\d{2}$/u.test(date) || year < 1970 || year > 2199)
      read.errors.date = "Enter the day of the work.";
    else if (date !== row.start_date) read.changes.start_date = date;
  }
  if (rate !== untouched.rate) {
    if (rate.trim() === "") {
      if (row.hourly_rate_minor !== null) read.changes.hourly_rate_minor = null;
      return read;
    }
    const parsed = parseMoney(rate, row.currency, locale);
    if (!parsed.ok) read.errors.rate = parsed.error;
    else if (parsed.minor < 0) read.errors.rate = "A rate can't be negative.";
    else if (parsed.minor > 100_000_000_000) read.errors.rate = "This rate is too large.";
    else if (parsed.minor !== row.hourly_rate_minor) read.changes.hourly_rate_minor = parsed.minor;
  }
  return read;
}
