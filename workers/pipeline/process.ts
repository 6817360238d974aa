/** From a batch of accepted deliveries to what is recorded of it. */
import type { BillhookClient } from "@billhook/database/client";
import type { BegunDelivery, DeliveriesToRecord, RecordedCommit, RecordedDraft } from "@billhook/database/deliveries";
import type { DatabaseResult } from "@billhook/database/errors";
import { type KnownPerson, type PersonDaysRequest, readPersonDays } from "@billhook/database/person-days";
import { describeCommit, type DescribedTicket } from "@billhook/describe/template";
import { authorKey, isCodingAgent } from "@billhook/domain/people";
import type { FileChange, Person } from "@billhook/domain/push";
import { estimateBatch, measureOf } from "./estimate.ts";
import { flagDrafts } from "./flag.ts";
import { readEvidence } from "./evidence.ts";
import { countRewritten, flagIdentity, type IdentifiedCommit, identifyCommits, withoutProposed } from "./identify.ts";
import { type PreparedCommit, prepareDelivery } from "./prepare.ts";
import { moveDrafts, type Proposal, proposeDrafts } from "./propose.ts";
import { underTickets } from "./ticket-rules.ts";
import type { BatchTickets, TicketFacts } from "./tickets.ts";
import { assignWork, leaveOutBots, personKey } from "./work.ts";

/** The largest integer column. */
const maximumInteger = 2_147_483_647;
/** A message is kept whole up to what git hosts show; beyond it, it is no longer evidence but a file. */
const maximumMessageLength = 65_536;
/** Files kept as evidence of one commit; files_changed has their number. */
const maximumFiles = 500;

/**
 * Two round trips at once, whatever the size of the batch, while the tickets are read. Throws on a bug only; the same batch
 * gives the same, but for ids.
 */
export async function processDeliveries(
  db: BillhookClient,
  deliveries: BegunDelivery[],
  reading: Promise<DatabaseResult<BatchTickets>>,
): Promise<DatabaseResult<DeliveriesToRecord>> {
  const listed = deliveries.flatMap(prepareDelivery);
  const people = new Map<string, KnownPerson>();
  let identified: IdentifiedCommit[] = [];
  if (listed.length > 0) {
    const [known, evidence, tickets] = await Promise.all([
      readPersonDays(db, requestsFor(listed)),
      readEvidence(db, listed),
      reading,
    ]);
    if (!known.ok) return known;
    if (!evidence.ok) return evidence;
    if (!tickets.ok) return tickets;
    for (const person of known.value) people.set(personKey(person.workspace_id, person.key), person);
    const commits = listed.map((prepared) => leaveOutBots(underTickets(prepared, tickets.value), people));
    identified = identifyCommits(commits, evidence.value);
    countRewritten(identified, people.values());
  }
  const works = new Map(identified.map(({ prepared }) => [prepared, assignWork(prepared, people)]));
  const batch = estimateBatch(works);
  for (const each of identified) {
    const estimate = batch.estimates.get(each.prepared);
    if (estimate === undefined) continue;
    const flags = [...estimate.flags, ...flagIdentity(each)];
    batch.estimates.set(each.prepared, { ...withoutProposed(estimate, each), flags });
  }
  const proposals = proposeDrafts(batch, works);
  const arrived = new Set(batch.days.flatMap((day) => day.arrived));
  const claiming = [...proposals].flatMap(([prepared, drafts]) => (arrived.has(prepared) ? drafts : []));
  const moved = flagDrafts(claiming, batch.days.flatMap(moveDrafts));
  const byDelivery = Map.groupBy(identified, ({ prepared }) => prepared.delivery);
  return {
    ok: true,
    value: {
      results: deliveries.map((delivery) => ({
        delivery_id: delivery.id,
        commits: (byDelivery.get(delivery) ?? []).flatMap((each) =>
          recordCommit(each, proposals.get(each.prepared) ?? []),
        ),
      })),
      days: batch.days.map(measureOf),
      moved,
    },
  };
}

function requestsFor(commits: readonly PreparedCommit[]): PersonDaysRequest[] {
  const requests = new Map<string, Map<string, PersonDaysRequest["people"][number]>>();
  for (const { delivery, commit, coAuthors, config, day, ignored } of commits) {
    const people = requests.get(delivery.workspace.id) ?? new Map<string, PersonDaysRequest["people"][number]>();
    requests.set(delivery.workspace.id, people);
    const ask = (asked: Person, namedOnly: boolean): void => {
      const key = authorKey(asked);
      const isBot = asked === commit.author && ignored?.rule === "bot";
      const kind = isBot ? "bot" : isCodingAgent(asked) ? "agent" : "human";
      const person = people.get(key) ?? {
        key,
        name: asked.name,
        email: asked.email,
        kind,
        named_only: namedOnly,
        days: [],
      };
      person.named_only &&= namedOnly;
      if (!person.days.includes(day)) person.days.push(day);
      people.set(key, person);
    };
    ask(commit.author, false);
    // What an assistant wrote for a person is that person's work, known before or not.
    const forPerson = isCodingAgent(commit.author) && config.agent_rule === "as_person";
    const first = coAuthors.find(({ person }) => !isCodingAgent(person));
    for (const named of coAuthors) ask(named.person, !(forPerson && named === first));
  }
  return [...requests].map(([workspaceId, people]) => ({ workspace_id: workspaceId, people: [...people.values()] }));
}

function recordCommit(
  { id, pushed, keys, identity, record }: IdentifiedCommit,
  [own, ...others]: Proposal[],
): RecordedCommit[] {
  if (own === undefined) return [];
  const { commit, counts, ignored, tickets, namedTickets } = pushed;
  const prepared = pushed;
  const draft = recordDraft(own);
  const facts = {
    id,
    hash: commit.hash,
    message: commit.message.slice(0, maximumMessageLength).toWellFormed(),
    person_id: own.person?.person_id ?? null,
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
    patch_id: commit.patchId ?? null,
    moment_key: keys.moment,
    message_key: keys.message,
    work: record,
    ...(namedTickets === undefined ? {} : { tickets: namedTickets.named, told: namedTickets.told }),
  };
  if (identity.kind === "same")
    return [{ ...facts, ignored_rule: null, ignored_reason: null, draft: null, proposal: draft }];
  const recorded = {
    ...facts,
    ignored_rule: ignored?.rule ?? null,
    ignored_reason: ignored?.reason ?? null,
    draft,
    co_drafts: others.flatMap((other) =>
      other.person === null
        ? []
        : [{ ...recordDraft(other), co_person_id: other.person.person_id, co_author_name: other.person.display_name }],
    ),
  };
  return [recorded];
}

function recordDraft({ prepared, estimate, share, rateMinor, notBilled }: Proposal): RecordedDraft {
  const { commit, config, tickets, ruledTicket } = prepared;
  const ticket = prepared.namedTickets?.tickets[0];
  const words = describeCommit(commit, {
    explicitPattern: config.explicit_pattern,
    tickets: describeTickets(prepared.namedTickets?.tickets ?? []),
    ...(ruledTicket?.category === undefined ? {} : { category: ruledTicket.category }),
  });
  return {
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
    share,
    rate_minor: rateMinor,
    not_billed: notBilled || ruledTicket?.isBilled === false,
    ...(ticket === undefined || ruledTicket === undefined
      ? {}
      : {
          ticket: { connection_id: ticket.connectionId, key: ticket.key },
          ticket_url: ticket.facts.url ?? null,
          epic: ruledTicket.epic,
          awaits_ticket: ruledTicket.awaitsTicket ? true : null,
        }),
  };
}

/** As far as they were found: what is not known is not told of. */
const describeTickets = (tickets: readonly TicketFacts[]): DescribedTicket[] =>
  tickets.flatMap(({ named, facts }) =>
    facts.state === "found" && facts.title != null
      ? [{ key: named, title: facts.title, type: facts.type ?? null, labels: facts.labels ?? [] }]
      : [],
  );

const storableCount = (count: number | null | undefined): number | null =>
  count == null ? null : Math.min(count, maximumInteger);

const storableFile = (file: FileChange): Record<string, string | number | boolean | null> => ({ ...file });
