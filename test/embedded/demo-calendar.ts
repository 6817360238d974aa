/** Working days before a day, and times of day in a time zone. */
import { addDays } from "@billhook/domain/timezone";

/** The `count` days from Monday to Friday before `today` (`YYYY-MM-DD`), oldest first. */
export function workingDaysBefore(today: string, count: number): string[] {
  const days: string[] = [];
  for (let day = addDays(today, -1); days.length < count; day = addDays(day, -1)) {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    if (weekday >= 1 && weekday <= 5) days.unshift(day);
  }
  return days;
}

/** The instant at a local time (`2026-03-02`, `09:40`), with the zone's offset: `2026-03-02T09:40:00+01:00`. */
export function atLocalTime(day: string, time: string, timeZone: string): string {
  const clock = Date.parse(`${day}T${time}:00Z`);
  // Twice, because the first guess may lie on the other side of a change of the clocks.
  const offset = offsetMinutes(clock - offsetMinutes(clock, timeZone) * 60_000, timeZone);
  const two = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  return `${day}T${time}:00${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}

function offsetMinutes(instant: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const name = format.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const match = /GMT(?<sign>[+-])(?<hours>\d{2}):(?<minutes>\d{2})/u.exec(name)?.groups;
  if (match === undefined) return 0;
  return (match["sign"] === "-" ? -1 : 1) * (Number(match["hours"]) * 60 + Number(match["minutes"]));
}
