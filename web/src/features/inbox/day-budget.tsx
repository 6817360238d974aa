import { readDayBudget } from "@billhook/database/estimates";
import { localClock } from "@billhook/domain/timezone";
import { useQuery } from "@tanstack/react-query";
import { useApp } from "../../data/app.tsx";
import type { Formatters } from "../../data/format.ts";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import type { InboxRow } from "./inbox-row.ts";

/** The person's day as a budget: what this line, other drafts, approvals and entries claim of the hours that passed. */
export function DayBudget({ row, format }: { row: InboxRow; format: Formatters }) {
  const { db } = useApp();
  const { id } = useWorkspace().workspace;
  const { data } = useQuery({
    queryKey: [...keys.evidence(id, row.id), "day", row.version, row.minutes],
    queryFn: () => unwrap(readDayBudget(db, row.id)),
  });
  if (data === undefined || data === null || row.status === "rejected") return null;
  const parts = [
    { label: "this line", minutes: row.minutes, tone: "bg-accent" },
    { label: "other drafts", minutes: data.other_drafts, tone: "bg-faint" },
    { label: "approved", minutes: data.approved, tone: "bg-ok" },
    { label: "timers and manual", minutes: data.entries, tone: "bg-warn" },
  ].filter(({ minutes }) => minutes > 0);
  const total = parts.reduce((sum, { minutes }) => sum + minutes, 0);
  const passed = data.passed ?? 1440;
  const end = Math.max(total, passed, 1);
  const at = (minutes: number): string => `${(minutes / end) * 100}%`;
  return (
    <section className="mt-5">
      <h3 className="mb-1.5 text-xs font-medium text-faint">{row.author_name ?? "The person"}’s day</h3>
      <div aria-hidden className="relative h-3">
        <span className="absolute inset-y-0.5 left-0 rounded bg-sunken" style={{ width: at(passed) }} />
        <span className="absolute inset-y-0.5 left-0 flex w-full overflow-hidden rounded">
          {parts.map(({ label, minutes, tone }) => (
            <span
              key={label}
              className={classNames("h-full border-r border-surface", tone)}
              style={{ width: at(minutes) }}
            />
          ))}
        </span>
        <span className="absolute inset-y-0 w-0.5 -translate-x-px bg-ink" style={{ left: at(passed) }} />
      </div>
      <p className="mt-1 flex flex-wrap gap-x-3 text-sm text-muted">
        {parts.map(({ label, minutes, tone }) => (
          <span key={label} className="inline-flex items-center gap-1.5 whitespace-nowrap">
            <span aria-hidden className={classNames("size-2 rounded-sm", tone)} />
            {format.hours(minutes)} {label}
          </span>
        ))}
      </p>
      <p className={classNames("mt-0.5 text-sm", total > passed ? "text-warn" : "text-muted")}>
        {format.hours(total)} together
        {data.passed === null || data.last_at === null
          ? ", of 24 h."
          : `, of the ${format.hours(passed)} between ${localClock(data.begins_at, format.timeZone)} and ${localClock(data.last_at, format.timeZone)}.`}
        {total > passed && ` That is ${format.hours(total - passed)} more than passed.`}
      </p>
    </section>
  );
}
