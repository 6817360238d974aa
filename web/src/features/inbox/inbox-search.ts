/** What of the inbox lives in its address. Values that are not known are dropped, so an old link still opens. */

export const groupings = ["project", "ticket", "epic", "date", "week", "repository", "person", "category"] as const;
export type Grouping = (typeof groupings)[number];

export const inboxTabs = ["open", "deferred", "approved", "ignored"] as const;
export type InboxTab = (typeof inboxTabs)[number];

export const orders = ["date", "hours", "amount", "ticket", "person"] as const;
export type Order = (typeof orders)[number];

export interface InboxSearch {
  tab?: InboxTab;
  group?: Grouping;
  /** Groups within the groups. */
  within?: Grouping;
  /** Words that must all occur. */
  q?: string;
  client?: string;
  project?: string;
  repository?: string;
  /** Names as the lines show them; `-` is none. */
  person?: string;
  ticket?: string;
  epic?: string;
  category?: string;
  /** Only lines with a flag that nobody has accepted. */
  flagged?: "yes";
  /** Days, `YYYY-MM-DD`. */
  from?: string;
  until?: string;
  /** Hours, and amounts in whole units of each line's currency. */
  minHours?: number;
  maxHours?: number;
  minAmount?: number;
  maxAmount?: number;
  /** By date where nothing is said. */
  by?: Order;
  /** Oldest or smallest first is `asc`. */
  sort?: "asc" | "desc";
}

/** What narrows the list down: all that "Show all" takes out of the address. */
export const filterKeys = [
  "q",
  "client",
  "project",
  "repository",
  "person",
  "ticket",
  "epic",
  "category",
  "flagged",
  "from",
  "until",
  "minHours",
  "maxHours",
  "minAmount",
  "maxAmount",
] as const satisfies readonly (keyof InboxSearch)[];

const oneOf = <Value extends string>(value: unknown, values: readonly Value[]): Value | undefined =>
  values.find((candidate) => candidate === value);

const word = (value: unknown): string | undefined => {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? text.slice(0, 300) : undefined;
};

const day = (value: unknown): string | undefined =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/u.test(value) ? value : undefined;

const amount = (value: unknown): number | undefined => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
};

const readers: { [Key in keyof Required<InboxSearch>]: (value: unknown) => InboxSearch[Key] | undefined } = {
  tab: (value) => oneOf(value, inboxTabs),
  group: (value) => oneOf(value, groupings),
  within: (value) => oneOf(value, groupings),
  q: word,
  client: word,
  project: word,
  repository: word,
  person: word,
  ticket: word,
  epic: word,
  category: word,
  flagged: (value) => oneOf(value, ["yes"] as const),
  from: day,
  until: day,
  minHours: amount,
  maxHours: amount,
  minAmount: amount,
  maxAmount: amount,
  by: (value) => oneOf(value, orders),
  sort: (value) => oneOf(value, ["asc", "desc"] as const),
};

export function readInboxSearch(search: Record<string, unknown>): InboxSearch {
  const read = Object.entries(readers).map(([key, reader]) => [key, reader(search[key])] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}
