import type { InboxRow } from "./inbox-row.ts";
import type { Grouping, InboxSearch } from "./inbox-search.ts";
import { type Totals, sumRows } from "./totals.ts";

export interface DraftGroup {
  key: string;
  /** The words of the heading; for dates the day itself, `YYYY-MM-DD`. Null: drafts without a ticket, an epic, … */
  label: string | null;
  rows: InboxRow[];
  totals: Totals;
}

/** Whether the draft is in the filter: each word occurs somewhere in what is shown of it. */
export function createFilter(search: InboxSearch): (row: InboxRow) => boolean {
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
  return (row) => {
    if (search.client !== undefined && row.client_id !== search.client) return false;
    if (search.project !== undefined && row.project_id !== search.project) return false;
    if (search.repository !== undefined && row.repository_id !== search.repository) return false;
    if (words.length === 0) return true;
    const haystack = text(row);
    return words.every((word) => haystack.includes(word));
  };
}

const groupOf: Record<Grouping, (row: InboxRow) => { key: string; label: string | null }> = {
  ticket: (row) => ({ key: row.ticket_key ?? "", label: row.ticket_key }),
  epic: (row) => ({ key: row.epic ?? "", label: row.epic }),
  date: (row) => ({ key: row.start_date, label: row.start_date }),
  repository: (row) => ({ key: row.repository_id ?? "", label: row.repository_name }),
  project: (row) => ({ key: row.project_id, label: `${row.client_name} / ${row.project_name}` }),
};

/** By day, then by when they came in; the id decides the rest, so that the order never wavers. */
function compareRows(a: InboxRow, b: InboxRow): number {
  if (a.start_date !== b.start_date) return a.start_date < b.start_date ? -1 : 1;
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Sorted and grouped. Groups stand by name (dates in the order asked for), those without one last. */
export function groupDrafts(rows: readonly InboxRow[], grouping: Grouping, sort: "asc" | "desc"): DraftGroup[] {
  const direction = sort === "asc" ? 1 : -1;
  const sorted = rows.toSorted((a, b) => direction * compareRows(a, b));
  const groups = new Map<string, { label: string | null; rows: InboxRow[] }>();
  for (const row of sorted) {
    const { key, label } = groupOf[grouping](row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { label, rows: [row] });
    else group.rows.push(row);
  }
  const listed = [...groups].map(([key, group]) => ({ key, ...group, totals: sumRows(group.rows) }));
  return listed.toSorted((a, b) => {
    if (a.label === null || b.label === null) return a.label === null ? 1 : -1;
    return grouping === "date" ? direction * (a.label < b.label ? -1 : 1) : collator.compare(a.label, b.label);
  });
}

export type ListItem = { type: "group"; group: DraftGroup } | { type: "row"; row: InboxRow; group: DraftGroup };

/** Headings and rows in the order they are shown; a collapsed group shows its heading only. */
export function flattenGroups(groups: readonly DraftGroup[], collapsed: ReadonlySet<string>): ListItem[] {
  return groups.flatMap((group): ListItem[] => [
    { type: "group", group },
    ...(collapsed.has(group.key) ? [] : group.rows.map((row): ListItem => ({ type: "row", row, group }))),
  ]);
}
