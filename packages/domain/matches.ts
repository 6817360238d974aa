/**
 * Works that were taken for two and turn out to be one: a commit has the name of each, or what it is was found out only
 * after it was recorded.
 */
import {
  doubtPatch,
  type Evidence,
  type FindWork,
  hashKey,
  type Identity,
  type KnownWork,
  type NewWork,
} from "./identity.ts";
import { findCherryPicked } from "./trailers.ts";

export interface Match {
  work: KnownWork;
  /** What it is; several where it holds them all. */
  others: KnownWork[];
  /**
   * `same`: either is the other. `within`: it is in the other, which holds more. `holds`: it is all of the others together.
   * `suspected`: nothing proves it.
   */
  relation: "same" | "within" | "holds" | "suspected";
  evidence: Evidence | null;
  /** A sentence for the person who looks at the draft. */
  reason: string;
}

const short = (work: KnownWork): string => work.hash.slice(0, 7);

/** What else the names of a commit say that it is, besides what it was linked to. */
export function findOtherNames(work: NewWork, identity: Identity, find: FindWork): Match[] {
  if (identity.kind !== "same" || identity.works.length !== 1) return [];
  const [first] = identity.works;
  if (first === undefined) return [];
  const { commit, keys } = work;
  const named = find(keys.hash);
  // Whoever claimed the hash of a commit without being it was picked from it, or holds it among others.
  const isNamed = named !== null && named.hash !== commit.hash && named.root === first.root;
  const byPatch = keys.patch === null ? null : find(keys.patch);
  const byDate = keys.authored === null ? null : find(keys.authored);
  const found: [KnownWork | null, Evidence][] = [
    [byPatch !== null && doubtPatch(work, byPatch) === null ? byPatch : null, "patch_id"],
    ...findCherryPicked(commit.message).map((hash): [KnownWork | null, Evidence] => [
      find(hashKey(hash)),
      "cherry_pick",
    ]),
    [byDate !== null && !work.isAncestor(byDate.hash) ? byDate : null, "author_date"],
  ];
  const matches = new Map<string, Match>();
  for (const [other, evidence] of found) {
    if (other === null || other.root === first.root || other.ignoredRule !== null || matches.has(other.root)) continue;
    const reason = `Its work is in ${short(first)} too, as ${commit.hash.slice(0, 7)} shows.`;
    matches.set(other.root, {
      work: other,
      others: [first],
      relation: isNamed ? "within" : "same",
      evidence,
      reason,
    });
  }
  return [...matches.values()];
}

/** `identity` was found for a commit that is recorded as work of its own already: what it says of that work. */
export function matchRecorded(own: KnownWork, identity: Identity): Match[] {
  switch (identity.kind) {
    case "same": {
      const others = identity.works;
      const [first] = others;
      if (first === undefined) return [];
      const holds = others.length > 1 || identity.evidence === "squash";
      const reason = `It turned out to be the work of ${others.map(short).join(", ")}.`;
      return [{ work: own, others, relation: holds ? "holds" : "same", evidence: identity.evidence, reason }];
    }
    case "part": {
      const reason = `It holds the work of ${identity.works.map(short).join(", ")}, as was found out later.`;
      return [{ work: own, others: identity.works, relation: "suspected", evidence: null, reason }];
    }
    case "new":
      if (identity.suspicion === null) return [];
      return [
        {
          work: own,
          others: [identity.suspicion.work],
          relation: "suspected",
          evidence: null,
          reason: identity.suspicion.reason,
        },
      ];
  }
}
