/** What one pushed commit says by itself: its rule, its tickets, its counts, its author and its day. */
import type { BegunDelivery } from "@billhook/database/deliveries";
import { type ChangeCounts, countChanges } from "@billhook/domain/change-counts";
import { type Filtered, filterCommit } from "@billhook/domain/filters";
import { defaultGitConfig, type GitConfig, gitConfigSchema } from "@billhook/domain/git-config";
import { authorKey, findCoAuthors } from "@billhook/domain/people";
import type { Person, PushedCommit, RefChange } from "@billhook/domain/push";
import type { TicketOutcome } from "@billhook/domain/ticket-rules";
import { findTickets, type TicketRefs } from "@billhook/domain/tickets";
import { workingDay } from "@billhook/domain/timezone";
import type { CommitTickets } from "./tickets.ts";

export interface PreparedCommit {
  delivery: BegunDelivery;
  config: GitConfig;
  branch: string;
  /** The moved branch it was pushed with. */
  change: RefChange;
  commit: PushedCommit;
  ignored: Filtered | null;
  tickets: TicketRefs;
  /** Those of connected ticket systems, with what is known of them. */
  namedTickets?: CommitTickets;
  /** What the project makes of the first of them. */
  ruledTicket?: TicketOutcome;
  /** Null where the host listed no files. */
  counts: ChangeCounts | null;
  authorKey: string;
  /** Named in `Co-authored-by`. */
  coAuthors: { key: string; person: Person }[];
  /** When the work was done, as far as the host said: ISO 8601 in UTC, or null. */
  authoredAt: string | null;
  committedAt: string | null;
  /** The author's offset from UTC in minutes, which says what time of day it was for them. */
  offsetMinutes: number | null;
  /** The working day in the workspace's zone, `YYYY-MM-DD`. */
  day: string;
}

export function prepareDelivery(delivery: BegunDelivery): PreparedCommit[] {
  const parsed = gitConfigSchema.safeParse(delivery.config);
  const config = parsed.success ? parsed.data : defaultGitConfig;
  return delivery.event.changes.flatMap((change) =>
    change.commits.map((commit) => {
      const authoredAt = storableInstant(commit.authoredAt);
      const committedAt = storableInstant(commit.committedAt);
      return {
        delivery,
        config,
        branch: change.branch,
        change,
        commit,
        ignored: filterCommit(commit, change.branch, config),
        tickets: findTickets(commit.message, change.branch),
        counts: countChanges(commit.files),
        authorKey: authorKey(commit.author),
        coAuthors: findCoAuthors(commit.message, commit.author).map((person) => ({ key: authorKey(person), person })),
        authoredAt,
        committedAt,
        offsetMinutes: offsetMinutes(commit.authoredAt ?? commit.committedAt),
        // The day it arrived, where the commit's own date is no date.
        day: workingDay(authoredAt ?? committedAt ?? delivery.received_at, delivery.workspace.timezone),
      };
    }),
  );
}

/** The instant, where Postgres and the calendar can hold it: git allows dates of any year. */
function storableInstant(iso: string | null): string | null {
  if (iso === null) return null;
  const instant = new Date(iso);
  const year = instant.getUTCFullYear();
  return Number.isNaN(instant.getTime()) || year < 1 || year > 9998 ? null : instant.toISOString();
}

function offsetMinutes(iso: string | null): number | null {
  const match = /([+-])(\d{2}):?(\d{2})$/.exec(iso ?? "");
  if (match === null) return iso?.endsWith("Z") === true ? 0 : null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return minutes > 1080 ? null : match[1] === "-" ? -minutes : minutes;
}
