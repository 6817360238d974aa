import { currencyExponent } from "@billhook/domain/money";
import { weekStart } from "@billhook/domain/timezone";
import { type InboxRow, totalOf } from "./inbox-row.ts";
import type { Grouping, InboxSearch, Order } from "./inbox-search.ts";
import { type Totals, sumRows } from "./totals.ts";

export interface DraftGroup {
  key: string;
  grouping: Grouping;
  /** 1: within another group. */
  level: 0 | 1;
  /** The words of the heading; for dates and weeks the (first) day, `YYYY-MM-DD`. Null: drafts without a ticket, an epic, … */
  label: string | null;
  rows: InboxRow[];
  totals: Totals;
  /** Empty where the rows are not grouped further. */
  groups: DraftGroup[];
}

/** What stands for "none" among the values of a filter. */
export const NONE = "-";

type Filter = Omit<InboxSearch, "tab" | "group" | "then" | "by" | "sort">;

/** Whether the draft is in the filter: each word occurs somewhere in what is shown of it, and every field agrees. */
export function createFilter(search: Filter): (row: InboxRow) => boolean {
  const words = (search.q ?? "").toLowerCase().split(/\s+/u).filter(Boolean);
  const text = (row: InboxRow): string =>
    [
      row.description,
      row.ticket_key,
      row.epic,
      row.author_name,
      row.project_name,
      row.client_name,
      row.repository_name,
      row.start_date,
      ...row.commits.flatMap((commit) => [commit.short_hash, commit.branch]),
    ]
      .join("\n")
      .toLowerCase();
  const differs = (wanted: string | undefined, value: string | null): boolean =>
    wanted !== undefined && wanted !== (value ?? NONE);
  const outside = (value: number, least: number | undefined, most: number | undefined): boolean =>
    (least !== undefined && value < least) || (most !== undefined && value > most);
  return (row) => {
    if (
      differs(search.client, row.client_id) ||
      differs(search.project, row.project_id) ||
      differs(search.repository, row.repository_id) ||
      differs(search.person, row.author_name) ||
      differs(search.ticket, row.ticket_key) ||
      differs(search.epic, row.epic) ||
      differs(search.category, row.category)
    ) {
      return false;
    }
    if (search.flagged === "yes" && row.flags.every((flag) => flag.accepted_at !== undefined)) return false;
    if (search.from !== undefined && row.start_date < search.from) return false;
    if (search.until !== undefined && row.start_date > search.until) return false;
    if (outside(row.minutes / 60, search.minHours, search.maxHours)) return false;
    if (outside((totalOf(row) ?? 0) / 10 ** currencyExponent(row.currency), search.minAmount, search.maxAmount)) {
      return false;
    }
    if (words.length === 0) return true;
    const haystack = text(row);
    return words.every((word) => haystack.includes(word));
  };
}

const named = (name: string | null): { key: string; label: string | null } => ({ key: name ?? "", label: name });

const groupOf: Record<Grouping, (row: InboxRow) => { key: string; label: string | null }> = {
  ticket: (row) => named(row.ticket_key),
  epic: (row) => named(row.epic),
  date: (row) => named(row.start_date),
  week: (row) => named(weekStart(row.start_date)),
  repository: (row) => ({ key: row.repository_id ?? "", label: row.repository_name }),
  project: (row) => ({ key: row.project_id, label: `${row.client_name} / ${row.project_name}` }),
  person: (row) => named(row.author_name),
  category: (row) => named(row.category),
};

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** By day, then by when they came in; the id decides the rest, so that the order never wavers. */
function compareDays(a: InboxRow, b: InboxRow): number {
  if (a.start_date !== b.start_date) return a.start_date < b.start_date ? -1 : 1;
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

const comparisons: Record<Order, (a: InboxRow, b: InboxRow) => number> = {
  date: compareDays,
  hours: (a, b) => a.minutes - b.minutes,
  amount: (a, b) => (totalOf(a) ?? 0) - (totalOf(b) ?? 0),
  ticket: (a, b) => collator.compare(a.ticket_key ?? "", b.ticket_key ?? ""),
  person: (a, b) => collator.compare(a.author_name ?? "", b.author_name ?? ""),
};

export interface Arrangement {
  group: Grouping;
  within?: Grouping | undefined;
  by?: Order | undefined;
  sort: "asc" | "desc";
}

/** Sorted and grouped. Groups stand by name (dates in the order asked for), those without one last. */
export function groupDrafts(rows: readonly InboxRow[], arrangement: Arrangement): DraftGroup[] {
  const direction = arrangement.sort === "asc" ? 1 : -1;
  const compare = comparisons[arrangement.by ?? "date"];
  const sorted = rows.toSorted((a, b) => direction * (compare(a, b) || compareDays(a, b)));
  return groupSorted(sorted, arrangement, 0, "");
}

function groupSorted(rows: readonly InboxRow[], arrangement: Arrangement, level: 0 | 1, path: string): DraftGroup[] {
  const grouping = level === 0 ? arrangement.group : (arrangement.within ?? arrangement.group);
  const direction = arrangement.sort === "asc" || (arrangement.by ?? "date") !== "date" ? 1 : -1;
  const groups = new Map<string, { label: string | null; rows: InboxRow[] }>();
  for (const row of rows) {
    const { key, label } = groupOf[grouping](row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { label, rows: [row] });
    else group.rows.push(row);
  }
  const deeper = level === 0 && arrangement.within !== undefined && arrangement.within !== arrangement.group;
  const listed = [...groups].map(([part, group]): DraftGroup => {
    const key = `${path}${part}`;
    const within = deeper ? groupSorted(group.rows, arrangement, 1, `${key}\n`) : [];
    return { key, grouping, level, ...group, totals: sumRows(group.rows), groups: within };
  });
  return listed.toSorted((a, b) => {
    if (a.label === null || b.label === null) return a.label === null ? 1 : -1;
    if (grouping === "date" || grouping === "week") return direction * (a.label < b.label ? -1 : 1);
    return collator.compare(a.label, b.label);
  });
}

export type ListItem = { type: "group"; group: DraftGroup } | { type: "row"; row: InboxRow; group: DraftGroup };

/** Headings and rows in the order they are shown; a collapsed group shows its heading only. */
export function flattenGroups(groups: readonly DraftGroup[], collapsed: ReadonlySet<string>): ListItem[] {
  return groups.flatMap((group): ListItem[] => {
    if (collapsed.has(group.key)) return [{ type: "group", group }];
    const within =
      group.groups.length > 0
        ? flattenGroups(group.groups, collapsed)
        : group.rows.map((row): ListItem => ({ type: "row", row, group }));
    return [{ type: "group", group }, ...within];
  });
}
