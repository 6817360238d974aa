/** Which commits of a batch are work that is known already: decided over what is recorded and over the batch itself. */
import type { BillhookClient } from "@billhook/database/client";
import type { DatabaseResult } from "@billhook/database/errors";
import {
  readWorkContext,
  type RecordedIdentity,
  type RecordedWork,
  type WorkContext,
  type WorkRequest,
} from "@billhook/database/work";
import type { KnownPerson } from "@billhook/database/person-days";
import { type ChangeCounts, countChanges } from "@billhook/domain/change-counts";
import {
  claimedKeys,
  findKeys,
  hashKey,
  type Identity,
  identify,
  type KnownWork,
  namedHashes,
  subjectOf,
  subtractKnown,
  type WorkKeys,
} from "@billhook/domain/identity";
import { makeFlag } from "@billhook/domain/flags";
import type { Estimate, EstimateFlag } from "@billhook/domain/estimate/types";
import type { FileChange, PushedCommit } from "@billhook/domain/push";
import { findReverted } from "@billhook/domain/trailers";
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

export interface Evidence {
  keysOf: ReadonlyMap<PushedCommit, WorkKeys>;
  context: WorkContext;
}

/** What is recorded that these commits may be: one round trip, whatever the size of the batch. */
export async function readEvidence(
  db: BillhookClient,
  commits: readonly PreparedCommit[],
): Promise<DatabaseResult<Evidence>> {
  const keysOf = new Map(
    await Promise.all(commits.map(async ({ commit }) => [commit, await findKeys(commit)] as const)),
  );
  const context = await readWorkContext(db, requestsFor(commits, keysOf));
  return context.ok ? { ok: true, value: { keysOf, context: context.value } } : context;
}

/** Ids are given here, so that commits of a batch can be linked. */
export function identifyCommits(commits: readonly PreparedCommit[], { keysOf, context }: Evidence): IdentifiedCommit[] {
  const known = new Known(context);
  const ancestry = findAncestry(commits);
  return commits.flatMap((prepared) => {
    const keys = keysOf.get(prepared.commit);
    return keys === undefined ? [] : [identifyOne(prepared, keys, known, ancestry)];
  });
}

function requestsFor(commits: readonly PreparedCommit[], keysOf: ReadonlyMap<PushedCommit, WorkKeys>): WorkRequest[] {
  const requests = new Map<string, { keys: Set<string>; hints: Set<string>; held: Set<string> }>();
  for (const prepared of commits) {
    const keys = keysOf.get(prepared.commit);
    if (keys === undefined) continue;
    const { id } = prepared.delivery.workspace;
    const request = requests.get(id) ?? { keys: new Set(), hints: new Set(), held: new Set() };
    requests.set(id, request);
    const named = namedHashes(prepared.commit);
    for (const key of [...claimedKeys({ commit: prepared.commit, keys }), ...named.map(hashKey)]) request.keys.add(key);
    for (const hint of [keys.moment, keys.message]) if (hint !== null) request.hints.add(hint);
    for (const hash of named) request.held.add(hash);
  }
  return [...requests].map(([workspaceId, { keys, hints, held }]) => ({
    workspace_id: workspaceId,
    keys: [...keys],
    hints: [...hints],
    held: [...held],
  }));
}

/** What is recorded, and what the batch adds to it as it is decided. Keys are of a workspace. */
class Known {
  readonly #claims = new Map<string, KnownWork>();
  readonly #hints = new Map<string, KnownWork>();

  constructor({ claims, hints, works }: WorkContext) {
    const byId = new Map(works.map((work) => [work.id, toKnown(work)]));
    for (const { workspace_id: workspace, key, commit_id: id } of claims)
      this.#set(this.#claims, workspace, key, byId.get(id));
    for (const { workspace_id: workspace, hint, commit_id: id } of hints)
      this.#set(this.#hints, workspace, hint, byId.get(id));
  }

  #set(map: Map<string, KnownWork>, workspace: string, key: string, work: KnownWork | undefined): void {
    if (work !== undefined) map.set(`${workspace} ${key}`, work);
  }

  find = (workspace: string, key: string): KnownWork | null => this.#claims.get(`${workspace} ${key}`) ?? null;

  suggest = (workspace: string, key: string): KnownWork | null => this.#hints.get(`${workspace} ${key}`) ?? null;

  claim(workspace: string, key: string, work: KnownWork): void {
    this.#claims.set(`${workspace} ${key}`, work);
  }

  hint(workspace: string, key: string, work: KnownWork): void {
    this.#hints.set(`${workspace} ${key}`, work);
  }
}

const toKnown = (work: RecordedWork): KnownWork => ({
  id: work.id,
  hash: work.hash,
  root: work.root_id,
  rootHash: work.root_hash,
  repository: work.repository_id,
  branch: work.branch,
  author: { name: work.author_name, email: work.author_email, username: work.author_username },
  authoredAt: work.authored_at,
  subject: subjectOf(work.message),
  patchId: work.patch_id,
  parents: work.parents,
  ignoredRule: work.ignored_rule,
  reverted: work.reverted,
  files: readFiles(work.files),
  minutes: work.minutes,
});

/** Files as prepare.ts recorded them. */
const readFiles = (files: unknown): FileChange[] | null => (Array.isArray(files) ? (files as FileChange[]) : null);

function identifyOne(pushed: PreparedCommit, keys: WorkKeys, known: Known, isAncestorOf: Ancestry): IdentifiedCommit {
  const { commit, delivery, branch } = pushed;
  const workspace = delivery.workspace.id;
  const id = crypto.randomUUID();
  const find = (key: string): KnownWork | null => known.find(workspace, key);
  let identity = identify(
    {
      commit,
      keys,
      repository: delivery.repository.id,
      branch,
      forced: pushed.forced,
      ignored: pushed.ignored !== null,
      isAncestor: (hash) => isAncestorOf(pushed, hash),
    },
    find,
    (key) => known.suggest(workspace, key),
  );
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
  return { prepared, pushed, id, keys, identity, record: { claims, links: linksOf(identity, reverted) } };
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

/** Rewritten with another change, a commit counts in its day as what it became: as person_days tells it from then on. */
export function countRewritten(identified: readonly IdentifiedCommit[], people: Iterable<KnownPerson>): void {
  const rewritten = new Map<string, ChangeCounts>();
  for (const { identity, pushed } of identified) {
    const [work] = identity.kind === "same" && identity.evidence === "author_date" ? identity.works : [];
    if (work !== undefined && pushed.counts !== null) rewritten.set(work.rootHash, pushed.counts);
  }
  if (rewritten.size === 0) return;
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

type Ancestry = (commit: PreparedCommit, hash: string) => boolean;

/** Answers from the parents of a push's commits; where they are not known, all that were pushed together lie in one history. */
function findAncestry(commits: readonly PreparedCommit[]): Ancestry {
  const pushes = Map.groupBy(commits, ({ delivery, branch }) => `${delivery.id} ${branch}`);
  const parentsOf = new Map(
    [...pushes].map(([push, listed]) => [push, new Map(listed.map(({ commit }) => [commit.hash, commit.parents]))]),
  );
  return ({ delivery, branch, commit }, hash) => {
    const parents = parentsOf.get(`${delivery.id} ${branch}`);
    if (commit.parents === null) return parents?.has(hash) ?? false;
    const waiting = [...commit.parents];
    const seen = new Set<string>();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next === hash) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...(parents?.get(next) ?? []));
    }
    return false;
  };
}
