/** A ticket as a stand-in keeps it, before the system puts it into words. */

export interface StandinWorklog {
  id: string;
  startedAt: string;
  seconds: number;
  comment: string;
  author: string;
}

export interface StandinTicket {
  /** Counted up from the stand-in's first where it is not given. */
  id: string;
  /** As people write it: `SHOP-12`, `owner/name#12`, `12`. */
  key: string;
  /** Keys it had before it was moved. */
  formerKeys: string[];
  title: string;
  type: string;
  status: string;
  isDone: boolean;
  labels: string[];
  epic: { key: string; title: string } | null;
  parent: { key: string; title: string } | null;
  project: { key: string; title: string };
  estimateMinutes: number | null;
  /** Besides what its worklogs add up to. */
  loggedMinutes: number;
  assignee: { name: string; email: string } | null;
  updatedAt: string;
  worklogs: StandinWorklog[];
}

export type NewTicket = Pick<StandinTicket, "key" | "title"> & Partial<StandinTicket>;

export const secondsLogged = (ticket: StandinTicket): number =>
  ticket.loggedMinutes * 60 + ticket.worklogs.reduce((sum, { seconds }) => sum + seconds, 0);

/** `SHOP` of `SHOP-12`, `owner/name` of `owner/name#12`. */
export const projectOf = (key: string): string => key.replace(/[-#]?\d+$/, "");
export const numberOf = (key: string): number => Number(/\d+$/.exec(key)?.[0] ?? 0);
