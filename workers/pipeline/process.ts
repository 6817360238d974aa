/** From a normalised push to what is recorded of it. Pure: the same delivery gives the same commits and drafts, but for ids. */
import type { BegunDelivery, DeliveryResult, RecordedCommit } from "@billhook/database/deliveries";
import { describeCommit } from "@billhook/describe/template";
import { countChanges } from "@billhook/domain/change-counts";
import { estimateCommit } from "@billhook/domain/estimate/strategy";
import { filterCommit } from "@billhook/domain/filters";
import { defaultGitConfig, type GitConfig, gitConfigSchema } from "@billhook/domain/git-config";
import type { FileChange, PushedCommit, RefChange } from "@billhook/domain/push";
import { findTickets } from "@billhook/domain/tickets";
import { localDay } from "@billhook/domain/timezone";

/** The largest integer column. */
const maximumInteger = 2_147_483_647;
/** A message is kept whole up to what git hosts show; beyond it, it is no longer evidence but a file. */
const maximumMessageLength = 65_536;

export function processDelivery(delivery: BegunDelivery): DeliveryResult {
  const parsed = gitConfigSchema.safeParse(delivery.config);
  const config = parsed.success ? parsed.data : defaultGitConfig;
  return {
    delivery_id: delivery.id,
    commits: delivery.event.changes.flatMap((change) => change.commits.map((commit) => recordCommit(commit, change, config, delivery))),
  };
}

function recordCommit(commit: PushedCommit, change: RefChange, config: GitConfig, delivery: BegunDelivery): RecordedCommit {
  const ignored = filterCommit(commit, change.branch, config);
  const tickets = findTickets(commit.message, change.branch);
  const counts = countChanges(commit.files);
  const estimate = estimateCommit(commit, config, new Date(delivery.received_at));
  const words = describeCommit(commit, { explicitPattern: config.explicit_pattern });
  return {
    id: crypto.randomUUID(),
    hash: commit.hash,
    message: commit.message.slice(0, maximumMessageLength).toWellFormed(),
    author_name: commit.author.name,
    author_email: commit.author.email,
    author_username: commit.author.username,
    committer_name: commit.committer?.name ?? null,
    committer_email: commit.committer?.email ?? null,
    committed_at: storableInstant(commit.committedAt),
    authored_at: storableInstant(commit.authoredAt),
    authored_offset_minutes: offsetMinutes(commit.authoredAt ?? commit.committedAt),
    branch: change.branch,
    url: commit.url,
    parents: commit.parents,
    files: storableFiles(commit.files),
    files_changed: counts?.files ?? null,
    additions: counts?.additions == null ? null : Math.min(counts.additions, maximumInteger),
    deletions: counts?.deletions == null ? null : Math.min(counts.deletions, maximumInteger),
    ticket_ref: tickets.primary,
    ticket_refs: tickets.keys,
    ignored_rule: ignored?.rule ?? null,
    ignored_reason: ignored?.reason ?? null,
    draft: {
      draft_id: crypto.randomUUID(),
      description: words.description,
      detailed_description: words.detailed_description,
      category: words.category,
      minutes: estimate.minutes,
      estimate_low: estimate.low,
      estimate_high: estimate.high,
      estimate_method: estimate.method,
      estimate_reason: estimate.reason,
      flags: estimate.flags,
      work_date: workDate(commit, delivery),
      ticket_key: tickets.primary,
    },
  };
}

/** Files as evidence: path, status and counts. Of a commit with very many only the first are kept; files_changed has the number. */
function storableFiles(files: FileChange[] | null): { path: string; status: string; additions: number | null; deletions: number | null; binary: boolean | null }[] | null {
  return files === null ? null : files.slice(0, 500).map((file) => ({ ...file }));
}

/** The day the work was done on, in the workspace's zone; the day it arrived where the commit's own date is no date. */
function workDate(commit: PushedCommit, delivery: BegunDelivery): string {
  const instant = storableInstant(commit.authoredAt) ?? storableInstant(commit.committedAt) ?? delivery.received_at;
  return localDay(instant, delivery.workspace.timezone);
}

/** The instant, where Postgres and the calendar can hold it: git allows dates of any year. */
function storableInstant(iso: string | null): string | null {
  if (iso === null) return null;
  const instant = new Date(iso);
  const year = instant.getUTCFullYear();
  return Number.isNaN(instant.getTime()) || year < 1 || year > 9998 ? null : instant.toISOString();
}

/** The author's offset from UTC in minutes, which says what time of day it was for them. */
function offsetMinutes(iso: string | null): number | null {
  const match = /([+-])(\d{2}):?(\d{2})$/.exec(iso ?? "");
  if (match === null) return iso?.endsWith("Z") === true ? 0 : null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return minutes > 1080 ? null : match[1] === "-" ? -minutes : minutes;
}
