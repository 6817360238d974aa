import { formatDuration } from "@billhook/domain/duration";
import { lineTotalMinor } from "@billhook/domain/money";
import { roundSeconds, roundingDirections } from "@billhook/domain/rounding";
import type { Client, Project, Workspace } from "../../data/workspace.tsx";
import type { InboxRow } from "./inbox-row.ts";

/** A line as it would stand on an invoice now. */
export interface ClientLine {
  description: string;
  /** In the client's language: `2.–4. März 2026`. */
  days: string;
  /** After rounding, in the client's language. */
  hours: string;
  /** Minor units; null where there is no rate. */
  totalMinor: number | null;
  /** Minutes that rounding adds (or takes, below 0). */
  roundedBy: number;
  /** The step it rounds to. */
  step: number;
}

type Rounding = Pick<Client | Project, "rounding_minutes" | "rounding_direction">;

const directionOf = (rounding: Rounding) =>
  roundingDirections.find((direction) => direction === rounding.rounding_direction) ?? "nearest";

/**
 * What the client reads once the line is put on an invoice as it is: a project's rounding comes before its client's, as
 * `private.put_drafts_on_invoice` has it. `locale` is the client's.
 */
export function clientLineOf(
  row: Pick<InboxRow, "description" | "minutes" | "hourly_rate_minor" | "start_date"> & { end_date?: string | null },
  project: Rounding | undefined,
  client: Rounding | undefined,
  workspace: Pick<Workspace, "time_display">,
  locale: string,
): ClientLine {
  const rounding = typeof project?.rounding_minutes === "number" ? project : client;
  const step = rounding?.rounding_minutes ?? 0;
  const seconds =
    rounding === undefined ? row.minutes * 60 : roundSeconds(row.minutes * 60, step, directionOf(rounding));
  const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);
  return {
    description: row.description,
    days: days.formatRange(noon(row.start_date), noon(row.end_date ?? row.start_date)).replaceAll(/\s*–\s*/gu, "–"),
    hours: formatDuration(seconds / 60, workspace.time_display === "decimal" ? "decimal" : "hm", locale),
    totalMinor: row.hourly_rate_minor === null ? null : lineTotalMinor(seconds, row.hourly_rate_minor),
    roundedBy: seconds / 60 - row.minutes,
    step,
  };
}
