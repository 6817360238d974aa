/** Which lines are rolled up into one: those of a ticket, an epic, a span of days, or the selected ones. */
import type { InboxRow } from "../inbox/inbox-row.ts";

export type RollUpKind = "ticket" | "epic" | "dates" | "selection";

export interface RollUpChoice {
  projectId: string;
  kind: RollUpKind;
  /** A ticket's key or an epic. */
  value: string;
  /** `YYYY-MM-DD`, both included; empty for no bound. */
  from: string;
  until: string;
}

export interface RolledLines {
  rows: InboxRow[];
  /** Lines that were asked for and cannot stand on the line: not billed, or at another rate. */
  leftOut: { notBilled: number; otherRate: number };
  rateMinor: number | null;
}

/** Open lines, and approved ones that are on no invoice. */
export const listRollable = (rows: Iterable<InboxRow>): InboxRow[] =>
  [...rows].filter(
    (row) =>
      row.replaced_by === null && (row.status === "draft" || (row.status === "approved" && row.invoice_id === null)),
  );

const inSpan = (row: InboxRow, { from, until }: RollUpChoice): boolean =>
  (from === "" || row.start_date >= from) && (until === "" || row.start_date <= until);

function isChosen(row: InboxRow, choice: RollUpChoice, selected: ReadonlySet<string>): boolean {
  switch (choice.kind) {
    case "ticket":
      return row.ticket_key === choice.value;
    case "epic":
      return row.epic === choice.value;
    case "dates":
      return inSpan(row, choice);
    case "selection":
      return selected.has(row.id);
  }
}

/** Oldest first. One line has one rate: that of most of the time; lines at another are left out and counted. */
export function chooseLines(
  rows: readonly InboxRow[],
  choice: RollUpChoice,
  selected: ReadonlySet<string>,
): RolledLines {
  const chosen = rows.filter((row) => row.project_id === choice.projectId && isChosen(row, choice, selected));
  const billed = chosen.filter((row) => row.billable);
  const minutesAt = new Map<number | null, number>();
  for (const { hourly_rate_minor: rate, minutes } of billed) minutesAt.set(rate, (minutesAt.get(rate) ?? 0) + minutes);
  const [most] = [...minutesAt].toSorted(([, a], [, b]) => b - a);
  const rateMinor = most?.[0] ?? null;
  const same = billed.filter((row) => row.hourly_rate_minor === rateMinor);
  return {
    rows: same.toSorted((a, b) =>
      a.start_date === b.start_date ? (a.id < b.id ? -1 : 1) : a.start_date < b.start_date ? -1 : 1,
    ),
    leftOut: { notBilled: chosen.length - billed.length, otherRate: billed.length - same.length },
    rateMinor,
  };
}

/** Tickets or epics of a project with how many lines each has, most first. */
export function listChoices(
  rows: readonly InboxRow[],
  projectId: string,
  field: "ticket_key" | "epic",
): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const value = row[field];
    if (row.project_id === projectId && value !== null) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
