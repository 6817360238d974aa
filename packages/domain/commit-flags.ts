/** The flags that need more than the commit: when it arrived, its author's habits, the day's other records, its ticket. */
import type { EstimateFlag } from "./estimate/types.ts";
import { makeFlag } from "./flags.ts";
import { addDays, localClock, localDay } from "./timezone.ts";

/** The hours a workspace works, of the working day: 8 to 20, or to 26 where they last until two in the morning. */
export interface WorkingHours {
  from: number;
  until: number;
  weekends: boolean;
}

/** A timer or a manual entry of the same person and day. The times are null where it has none. */
export interface DayEntry {
  source: "timer" | "manual";
  minutes: number;
  startedAt: string | null;
  endedAt: string | null;
  /** For the project of the commit. */
  sameProject: boolean;
}

export interface TicketFacts {
  key: string;
  /** What its tracker says was worked on it. */
  loggedMinutes: number | null;
  /** All that its commits come to, this one included. */
  committedMinutes: number;
  status: string | null;
  done: boolean | null;
}

/** What is known; what is not raises no flag. */
export interface FlagFacts {
  minutes: number;
  timeZone: string;
  authoredAt: string | null;
  /** Of the author's clock; null or 0 where the host tells UTC only, and the workspace's zone is the better guess. */
  offsetMinutes: number | null;
  receivedAt: string;
  oldCommitDays: number;
  workingHours: WorkingHours;
  /** Minutes that eight in ten of this person's approved commits lie between. */
  usual: { low: number; high: number } | null;
  entries: readonly DayEntry[];
  ticket?: TicketFacts;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const firstYear = Date.UTC(2000, 0, 1);
/** Beyond it dates have no four-digit year. */
const lastInstant = Date.UTC(9998, 11, 31);
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Never throws, whatever the facts. */
export function findFlags(facts: FlagFacts): EstimateFlag[] {
  return [
    ...flagAge(facts),
    ...flagHours(facts),
    ...flagUsual(facts),
    ...flagEntries(facts),
    ...flagTicket(facts.ticket),
  ];
}

function flagAge({ authoredAt, receivedAt, oldCommitDays, timeZone }: FlagFacts): EstimateFlag[] {
  const authored = Date.parse(authoredAt ?? "");
  const age = Math.floor((Date.parse(receivedAt) - authored) / DAY);
  // Before 2000 it is no age but a wrong date, which has a flag of its own.
  if (authoredAt === null || authored < firstYear || !(age > oldCommitDays)) return [];
  return [makeFlag("commit_old", localDay(new Date(authored).toISOString(), timeZone), age, oldCommitDays)];
}

/** The working day lasts until four in the morning, as in `workingDay`. */
const NIGHT_HOURS = 4;

function flagHours({ authoredAt, offsetMinutes, workingHours, timeZone }: FlagFacts): EstimateFlag[] {
  const authored = Date.parse(authoredAt ?? "");
  if (!(authored >= firstYear) || authored > lastInstant) return [];
  const [date, words] = readWall(authored, offsetMinutes, timeZone);
  const [hours = 0, minutes = 0] = words.split(":").map(Number);
  const clock = hours + minutes / 60;
  const ofDay = clock < NIGHT_HOURS ? clock + 24 : clock;
  const weekday = new Date(`${clock < NIGHT_HOURS ? addDays(date, -1) : date}T00:00:00Z`).getUTCDay();
  const within = ofDay >= workingHours.from && ofDay <= workingHours.until;
  if (within && (workingHours.weekends || (weekday >= 1 && weekday <= 5))) return [];
  return [makeFlag("outside_hours", words, weekdays[weekday] ?? "", describeHours(workingHours))];
}

/** Date and clock (`14:05`) where the author sat. */
function readWall(at: number, offsetMinutes: number | null, timeZone: string): [date: string, clock: string] {
  const iso = new Date(at).toISOString();
  if (offsetMinutes === null || offsetMinutes === 0) return [localDay(iso, timeZone), localClock(iso, timeZone)];
  const wall = new Date(at + offsetMinutes * MINUTE).toISOString();
  return [wall.slice(0, 10), wall.slice(11, 16)];
}

function describeHours({ from, until, weekends }: WorkingHours): string {
  const clock = (hour: number): string => `${String(hour % 24).padStart(2, "0")}:00`;
  return `${clock(from)} to ${clock(until)}${weekends ? "" : ", Monday to Friday"}`;
}

/** Half as short or twice as long as eight in ten, and by more than half an hour. */
function flagUsual({ minutes, usual }: FlagFacts): EstimateFlag[] {
  if (usual === null) return [];
  const { low, high } = usual;
  const far = minutes > Math.max(high * 2, high + 30) || minutes < Math.min(low / 2, low - 30);
  return far ? [makeFlag("far_from_usual", minutes, Math.round(low), Math.round(high))] : [];
}

function flagEntries({ entries, authoredAt, minutes, timeZone }: FlagFacts): EstimateFlag[] {
  const until = Date.parse(authoredAt ?? "");
  const overlapping = entries.find(({ startedAt, endedAt, sameProject }) => {
    if (startedAt === null || endedAt === null || Number.isNaN(until)) return sameProject;
    return Date.parse(startedAt) < until && Date.parse(endedAt) > until - minutes * MINUTE;
  });
  if (overlapping === undefined) return [];
  const clock = (at: string | null): string | null => (at === null ? null : localClock(at, timeZone));
  const { source, minutes: counted, startedAt, endedAt } = overlapping;
  return [makeFlag("overlaps_entry", { source, minutes: counted, from: clock(startedAt), until: clock(endedAt) })];
}

/** Also asked when only the ticket changed: what its flags say now. */
export function flagTicket(ticket: TicketFacts | undefined): EstimateFlag[] {
  if (ticket === undefined) return [];
  const { key, loggedMinutes, committedMinutes, status, done } = ticket;
  const flags: EstimateFlag[] = [];
  if (loggedMinutes !== null && loggedMinutes > 0 && Math.abs(committedMinutes - loggedMinutes) > loggedMinutes / 2) {
    flags.push(makeFlag("ticket_time_disagrees", key, loggedMinutes, committedMinutes));
  }
  if (done === false) flags.push(makeFlag("ticket_not_done", key, status ?? "open"));
  return flags;
}
