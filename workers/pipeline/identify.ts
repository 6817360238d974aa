/** Which commits of a batch are work that is known already: decided over what is recorded and over the batch itself. */
import type { RecordedIdentity, RecordedMatch } from "@billhook/database/work";
import type { KnownPerson } from "@billhook/database/person-days";
import { type ChangeCounts, countChanges } from "@billhook/domain/change-counts";
import { suspectDropped } from "@billhook/domain/dropped";
import {
  claimedKeys,
  hashKey,
  type Identity,
  identify,
  type KnownWork,
  type NewWork,
  subjectOf,
  subtractKnown,
  type WorkKeys,
} from "@billhook/domain/identity";
import { findOtherNames, type Match, matchRecorded } from "@billhook/domain/matches";
import { makeFlag } from "@billhook/domain/flags";
import type { Estimate, EstimateFlag } from "@billhook/domain/estimate/types";
import type { PushedCommit } from "@billhook/domain/push";
import { findReverted } from "@billhook/domain/trailers";
import { type Ancestry, type Evidence, findAncestry, Known } from "./evidence.ts";
import type { PreparedCommit } from "./prepare.ts";

export interface IdentifiedCommit {
  /**
   * As it is to be estimated and described. Known work is left out; of a commit that holds known work, only the rest is
   * there. The commit itself, to be recorded, is `pushed`.
   */
  prepared: PreparedCommit;
  pushed: PreparedCommit;
  id: string;
  keys: WorkKeys;
  identity: Identity;
  record: RecordedIdentity;
}

/** Ids are given here, so that commits of a batch can be linked. */
export function identifyCommits(commits: readonly PreparedCommit[], { keysOf, context }: Evidence): IdentifiedCommit[] {
  const known = new Known(context);
  const ancestry = findAncestry(commits);
  const identified = commits.flatMap((prepared) => {
    const keys = keysOf.get(prepared.commit);
    if (keys === undefined) return [];
    return [
      prepared.delivery.isLate === true
        ? identifyLate(prepared, keys, known, ancestry)
        : identifyOne(prepared, keys, known, ancestry),
    ];
  });
  return suspectRest(identified, known);
}

/** What nothing else says of new commits: that they are pieces of what their branch no longer holds. */
function suspectRest(identified: readonly IdentifiedCommit[], known: Known): IdentifiedCommit[] {
  for (const { identity, pushed } of identified) {
    const works = identity.kind === "new" ? [identity.suspicion?.work] : identity.works;
    const roots = new Set(works.map((work) => work?.root));
    for (const each of known.droppedOf(pushed)) if (roots.has(each.work.root)) each.take(pushed.commit.files);
  }
  return identified.map((each) => {
    const { identity, pushed } = each;
    const dropped = known.droppedOf(pushed);
    if (identity.kind !== "new" || identity.suspicion !== null || pushed.ignored !== null) return each;
    const suspicion = suspectDropped(pushed.commit, dropped);
    if (suspicion === null) return each;
    for (const one of dropped) if (one.work === suspicion.work) one.take(pushed.commit.files);
    const suspected: Identity = { kind: "new", suspicion };
    return {
      ...each,
      identity: suspected,
      record: { ...each.record, links: [...each.record.links, ...linksOf(suspected, [])] },
    };
  });
}

function identifyOne(pushed: PreparedCommit, keys: WorkKeys, known: Known, isAncestorOf: Ancestry): IdentifiedCommit {
  const { commit, delivery, branch } = pushed;
  const workspace = delivery.workspace.id;
  const id = crypto.randomUUID();
  const find = (key: string): KnownWork | null => known.find(workspace, key);
  const asked = asNew(pushed, keys, isAncestorOf);
  let identity = identify(asked, find, (key) => known.suggest(workspace, key));
  const matches = findOtherNames(asked, identity, find);
  let prepared = pushed;
  if (identity.kind === "part") {
    const rest = subtractKnown(commit, identity.works);
    // Nothing is left of it: the commits that were not known add nothing to the others.
    if (rest.files?.length === 0) identity = { kind: "same", works: identity.works, evidence: identity.evidence };
    else prepared = withoutKnown(pushed, rest);
  }
  if (identity.kind === "same") {
    const [first] = identity.works;
    const reason = `It is ${first?.hash.slice(0, 7) ?? "known work"} under a new hash.`;
    prepared = { ...pushed, ignored: { rule: "same_work", reason } };
  }

  const work: KnownWork = {
    id,
    hash: commit.hash,
    root: identity.kind === "same" ? (identity.works[0]?.root ?? id) : id,
    rootHash: identity.kind === "same" ? (identity.works[0]?.rootHash ?? commit.hash) : commit.hash,
    repository: delivery.repository.id,
    branch,
    author: commit.author,
    authoredAt: commit.authoredAt,
    subject: subjectOf(commit.message),
    patchId: commit.patchId ?? null,
    parents: commit.parents,
    ignoredRule: identity.kind === "same" ? (identity.works[0]?.ignoredRule ?? null) : (pushed.ignored?.rule ?? null),
    reverted: false,
    files: commit.files,
    minutes: 0,
  };
  const claims = claimedKeys({ commit, keys }).map((key) => {
    const owner = find(key);
    // What a rule left out gives its names to what the rules let through.
    const take =
      owner !== null &&
      identity.kind !== "same" &&
      pushed.ignored === null &&
      owner.ignoredRule !== null &&
      owner.ignoredRule !== "person";
    if (owner === null || take) known.claim(workspace, key, work);
    return { key, owner: owner?.id ?? null, take };
  });
  for (const hint of [keys.moment, keys.message]) if (hint !== null) known.hint(workspace, hint, work);
  const reverted = findReverted(commit.message).flatMap((hash) => find(hashKey(hash)) ?? []);
  for (const each of reverted) each.reverted = true;
  const record = { claims, links: linksOf(identity, reverted), matches: matches.map(recordMatch) };
  return { prepared, pushed, id, keys, identity, record };
}

const asNew = (pushed: PreparedCommit, keys: WorkKeys, isAncestorOf: Ancestry): NewWork => ({
  commit: pushed.commit,
  keys,
  repository: pushed.delivery.repository.id,
  branch: pushed.branch,
  forced: pushed.change.forced,
  ignored: pushed.ignored !== null,
  isAncestor: (hash) => isAncestorOf(pushed, hash),
});

/** A recorded commit of which more is known now. It is estimated as work of its own; what it turns out to be is joined to it. */
function identifyLate(pushed: PreparedCommit, keys: WorkKeys, known: Known, isAncestorOf: Ancestry): IdentifiedCommit {
  const workspace = pushed.delivery.workspace.id;
  const own = known.find(workspace, keys.hash);
  const others = (found: KnownWork | null): KnownWork | null => (found?.root === own?.root ? null : found);
  const find = (key: string): KnownWork | null => others(known.find(workspace, key));
  // Long ago a push of the same branch: what was made once more since is not told from what was rewritten.
  const asked = { ...asNew(pushed, keys, isAncestorOf), forced: false };
  const identity = identify(asked, find, (key) => others(known.suggest(workspace, key)));
  const claims = claimedKeys({ commit: pushed.commit, keys }).flatMap((key) =>
    known.find(workspace, key) === null ? [{ key, owner: null, take: false }] : [],
  );
  if (own !== null) for (const { key } of claims) known.claim(workspace, key, own);
  const matches = own === null ? [] : matchRecorded(own, identity);
  return {
    prepared: pushed,
    pushed,
    id: crypto.randomUUID(),
    keys,
    identity: { kind: "new", suspicion: null },
    record: { claims, links: [], matches: matches.map(recordMatch) },
  };
}

function recordMatch({ work, others, relation, evidence, reason }: Match): RecordedMatch {
  const [first = work] = others;
  const about = (other: KnownWork, said: string): RecordedMatch["flag"] => ({
    ...makeFlag("possible_rewrite", said),
    commit_id: other.root,
    short_hash: other.rootHash.slice(0, 7),
  });
  return {
    work_id: work.root,
    other_ids: others.map(({ root }) => root),
    relation,
    evidence,
    flag: about(first, reason),
    flag_back: about(work, `It may be ${work.hash.slice(0, 7)} under another hash.`),
  };
}

function linksOf(identity: Identity, reverted: readonly KnownWork[]): RecordedIdentity["links"] {
  const links: RecordedIdentity["links"] = reverted.map((work) => ({
    earlier_id: work.root,
    kind: "reverts",
    evidence: null,
  }));
  switch (identity.kind) {
    case "same": {
      // Whose state the commit takes: that of what is proposed or billed, before what somebody left out.
      const works = identity.works.toSorted(
        (one, other) => Number(one.ignoredRule !== null) - Number(other.ignoredRule !== null),
      );
      for (const { root } of works) links.push({ earlier_id: root, kind: "same", evidence: identity.evidence });
      break;
    }
    case "part":
      for (const { root } of identity.works)
        links.push({ earlier_id: root, kind: "part", evidence: identity.evidence });
      break;
    case "new":
      if (identity.suspicion !== null)
        links.push({ earlier_id: identity.suspicion.work.id, kind: "suspected", evidence: null });
  }
  return links;
}

/**
 * Rewritten with another change, a commit counts in its day as what it became: as person_days tells it from then on. It is
 * recorded, or came in the same batch.
 */
export function countRewritten(identified: readonly IdentifiedCommit[], people: Iterable<KnownPerson>): void {
  const rewritten = new Map<string, ChangeCounts>();
  for (const { identity, pushed } of identified) {
    const [work] = identity.kind === "same" && identity.evidence === "author_date" ? identity.works : [];
    if (work !== undefined && pushed.counts !== null) rewritten.set(work.rootHash, pushed.counts);
  }
  if (rewritten.size === 0) return;
  for (const each of identified) {
    const counts = each.identity.kind === "new" ? rewritten.get(each.pushed.commit.hash) : undefined;
    if (counts !== undefined) each.prepared = { ...each.prepared, counts };
  }
  for (const known of [...people].flatMap(({ commits }) => commits)) {
    const counts = rewritten.get(known.hash);
    if (counts === undefined) continue;
    known.files = counts.files;
    known.additions = counts.additions;
    known.deletions = counts.deletions;
    known.source_files = counts.sourceFiles;
    known.source_additions = counts.sourceAdditions;
    known.source_deletions = counts.sourceDeletions;
    known.binary_files = counts.binaryFiles;
  }
}

/** What the draft says of other commits. */
export function flagIdentity({ identity }: IdentifiedCommit): EstimateFlag[] {
  if (identity.kind === "part") {
    return [makeFlag("partly_proposed", identity.works.map(({ hash }) => hash.slice(0, 7)).join(", "))];
  }
  if (identity.kind !== "new" || identity.suspicion === null) return [];
  const { work, reason } = identity.suspicion;
  return [{ ...makeFlag("possible_rewrite", reason), commit_id: work.id, short_hash: work.hash.slice(0, 7) }];
}

/** A time that the message names is for all of the commit: what is proposed for the work it holds is taken off. */
export function withoutProposed(estimate: Estimate, { identity }: IdentifiedCommit): Estimate {
  if (identity.kind !== "part" || estimate.method !== "explicit") return estimate;
  const taken = identity.works.reduce((sum, { minutes }) => sum + minutes, 0);
  const less = (minutes: number): number => Math.max(0, minutes - taken);
  const { minutes, low, high, reason } = estimate;
  return {
    ...estimate,
    minutes: less(minutes),
    low: less(low),
    high: less(high),
    reason: `${reason}, less ${taken} min proposed already`,
  };
}

/** A day's estimate is for whole commits: what is left of one is estimated by itself. */
function withoutKnown(pushed: PreparedCommit, rest: PushedCommit): PreparedCommit {
  const { config } = pushed;
  return {
    ...pushed,
    commit: rest,
    counts: countChanges(rest.files),
    config: config.estimation_strategy === "calibrated" ? { ...config, estimation_strategy: "hybrid" } : config,
  };
}
