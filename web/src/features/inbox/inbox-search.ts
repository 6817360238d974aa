/** What of the inbox lives in its address. Values that are not known are dropped, so an old link still opens. */

export const groupings = ["ticket", "epic", "date", "repository", "project"] as const;
export type Grouping = (typeof groupings)[number];

export const inboxTabs = ["open", "deferred", "approved", "ignored"] as const;
export type InboxTab = (typeof inboxTabs)[number];

export interface InboxSearch {
  tab?: InboxTab;
  group?: Grouping;
  /** Words that must all occur. */
  q?: string;
  client?: string;
  project?: string;
  repository?: string;
  /** By date: oldest first is `asc`. */
  sort?: "asc" | "desc";
}

const oneOf = <Value extends string>(value: unknown, values: readonly Value[]): Value | undefined =>
  values.find((candidate) => candidate === value);

const word = (value: unknown): string | undefined => {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? text.slice(0, 200) : undefined;
};

export function readInboxSearch(search: Record<string, unknown>): InboxSearch {
  const read = {
    tab: oneOf(search["tab"], inboxTabs),
    group: oneOf(search["group"], groupings),
    q: word(search["q"]),
    client: word(search["client"]),
    project: word(search["project"]),
    repository: word(search["repository"]),
    sort: oneOf(search["sort"], ["asc", "desc"] as const),
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}
