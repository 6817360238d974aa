import { useMemo, useRef } from "react";
import { type DraftGroup, type ListItem, createFilter, flattenGroups, groupDrafts } from "./group-drafts.ts";
import { type InboxRow, type InboxTab, tabOf } from "./inbox-row.ts";
import type { InboxSearch } from "./inbox-search.ts";
import type { InboxSnapshot } from "./inbox-store.ts";
import { type Totals, sumRows } from "./totals.ts";

export interface InboxView {
  groups: DraftGroup[];
  items: ListItem[];
  /** Ids of the rows shown, in order. */
  order: string[];
  totals: Totals;
  counts: Record<InboxTab, number | null>;
  /** Rows that came in and wait until the person lets them in. */
  waiting: number;
  /** Lets them in. */
  admit: () => void;
}

function byTab(rows: Iterable<InboxRow>, today: string): Record<InboxTab, InboxRow[]> {
  const tabs: Record<InboxTab, InboxRow[]> = { open: [], deferred: [], approved: [], ignored: [] };
  for (const row of rows) {
    const tab = tabOf(row, today);
    if (tab !== null) tabs[tab].push(row);
  }
  return tabs;
}

/**
 * What of the drafts is shown, by the address. While `hold` is set (somebody edits, selects or reads further down), rows
 * that come in wait, so that nothing moves under the person's hands.
 */
export function useInboxView(
  snapshot: InboxSnapshot,
  search: InboxSearch,
  today: string,
  collapsed: ReadonlySet<string>,
  hold: boolean,
): InboxView {
  const known = useRef<Set<string>>(new Set());
  const tab = search.tab ?? "open";
  const tabs = useMemo(() => byTab(snapshot.rows.values(), today), [snapshot.rows, today]);

  // Rows are filtered anew only where the filter itself has changed, and not at every word of the address.
  const { tab: _tab, group = "project", within, by, sort = "desc", ...filter } = search;
  const wanted = JSON.stringify(filter);
  const matching = useMemo(
    () => tabs[tab].filter(createFilter(JSON.parse(wanted) as typeof filter)),
    [tabs, tab, wanted],
  );

  const held = hold && snapshot.phase === "ready";
  if (!held) for (const id of snapshot.rows.keys()) known.current.add(id);
  const waiting = held ? matching.filter((row) => !known.current.has(row.id)).length : 0;
  const shown = useMemo(
    () => (waiting === 0 ? matching : matching.filter((row) => known.current.has(row.id))),
    [matching, waiting],
  );

  const groups = useMemo(() => groupDrafts(shown, { group, within, by, sort }), [shown, group, within, by, sort]);
  const items = useMemo(() => flattenGroups(groups, collapsed), [groups, collapsed]);
  const order = useMemo(() => items.flatMap((item) => (item.type === "row" ? [item.row.id] : [])), [items]);
  const totals = useMemo(() => sumRows(shown), [shown]);
  const ignoredLoaded = snapshot.ignored.phase === "ready";
  return {
    groups,
    items,
    order,
    totals,
    counts: {
      // Nothing is not the same as not known.
      ...(snapshot.rows.size === 0 && snapshot.phase !== "ready"
        ? { open: null, deferred: null, approved: null }
        : { open: tabs.open.length, deferred: tabs.deferred.length, approved: tabs.approved.length }),
      ignored: ignoredLoaded ? tabs.ignored.length : snapshot.ignored.count,
    },
    waiting,
    admit: () => {
      for (const id of snapshot.rows.keys()) known.current.add(id);
    },
  };
}
