/** From a batch of accepted deliveries to what is recorded of it. */
import type { BillhookClient } from "@billhook/database/client";
import type { BegunDelivery, DeliveriesToRecord, RecordedCommit } from "@billhook/database/deliveries";
import type { DatabaseResult } from "@billhook/database/errors";
import { type KnownPerson, type PersonDaysRequest, readPersonDays } from "@billhook/database/person-days";
import { describeCommit } from "@billhook/describe/template";
import type { Estimate } from "@billhook/domain/estimate/types";
import { isCodingAgent } from "@billhook/domain/people";
import type { FileChange } from "@billhook/domain/push";
import { estimateBatch, personKey } from "./estimate.ts";
import { type PreparedCommit, prepareDelivery } from "./prepare.ts";

/** The largest integer column. */
const maximumInteger = 2_147_483_647;
/** A message is kept whole up to what git hosts show; beyond it, it is no longer evidence but a file. */
const maximumMessageLength = 65_536;
/** Files kept as evidence of one commit; files_changed has their number. */
const maximumFiles = 500;

/** One round trip, whatever the size of the batch. Throws on a bug only; the same batch gives the same, but for ids. */
export async function processDeliveries(db: BillhookClient, deliveries: BegunDelivery[]): Promise<DatabaseResult<DeliveriesToRecord>> {
  const commits = deliveries.flatMap(prepareDelivery);
  const people = new Map<string, KnownPerson>();
  if (commits.length > 0) {
    const known = await readPersonDays(db, requestsFor(commits));
    if (!known.ok) return known;
    for (const person of known.value) people.set(personKey(person.workspace_id, person.key), person);
  }
  const batch = estimateBatch(commits, people);
  return {
    ok: true,
    value: {
      results: deliveries.map((delivery) => ({
        delivery_id: delivery.id,
        commits: commits.flatMap((prepared) => {
          const estimate = batch.estimates.get(prepared);
          if (prepared.delivery !== delivery || estimate === undefined) return [];
          const person = people.get(personKey(delivery.workspace.id, prepared.authorKey));
          return [recordCommit(prepared, estimate, person?.person_id ?? null)];
        }),
      })),
      days: batch.days,
      moved: batch.moved,
    },
  };
}

function requestsFor(commits: readonly PreparedCommit[]): PersonDaysRequest[] {
  const requests = new Map<string, Map<string, PersonDaysRequest["people"][number]>>();
  for (const { delivery, authorKey, commit, day } of commits) {
    const people = requests.get(delivery.workspace.id) ?? new Map<string, PersonDaysRequest["people"][number]>();
    requests.set(delivery.workspace.id, people);
    const { name, email } = commit.author;
    const person = people.get(authorKey) ?? { key: authorKey, name, email, kind: isCodingAgent(commit.author) ? "agent" : "human", days: [] };
    if (!person.days.includes(day)) person.days.push(day);
    people.set(authorKey, person);
  }
  return [...requests].map(([workspaceId, people]) => ({ workspace_id: workspaceId, people: [...people.values()] }));
}

function recordCommit(prepared: PreparedCommit, estimate: Estimate, personId: string | null): RecordedCommit {
  const { commit, config, counts, ignored, tickets } = prepared;
  const words = describeCommit(commit, { explicitPattern: config.explicit_pattern });
  return {
    id: crypto.randomUUID(),
    hash: commit.hash,
    message: commit.message.slice(0, maximumMessageLength).toWellFormed(),
    person_id: personId,
    author_name: commit.author.name,
    author_email: commit.author.email,
    author_username: commit.author.username,
    committer_name: commit.committer?.name ?? null,
    committer_email: commit.committer?.email ?? null,
    committed_at: prepared.committedAt,
    authored_at: prepared.authoredAt,
    authored_offset_minutes: prepared.offsetMinutes,
    work_day: prepared.day,
    branch: prepared.branch,
    url: commit.url,
    parents: commit.parents,
    files: commit.files?.slice(0, maximumFiles).map(storableFile) ?? null,
    files_changed: storableCount(counts?.files),
    additions: storableCount(counts?.additions),
    deletions: storableCount(counts?.deletions),
    source_files: storableCount(counts?.sourceFiles),
    source_additions: storableCount(counts?.sourceAdditions),
    source_deletions: storableCount(counts?.sourceDeletions),
    binary_files: storableCount(counts?.binaryFiles),
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
      work_date: prepared.day,
      ticket_key: tickets.primary,
    },
  };
}

const storableCount = (count: number | null | undefined): number | null => (count == null ? null : Math.min(count, maximumInteger));

const storableFile = (file: FileChange): Record<string, string | number | boolean | null> => ({ ...file });
