/** From estimates to what is proposed: a draft for each person who made a commit, and how the day's open drafts move. */
import type { KnownPerson } from "@billhook/database/person-days";
import type { Estimate, EstimateFlag } from "@billhook/domain/estimate/types";
import { makeFlag } from "@billhook/domain/flags";
import { findShares, shareRange } from "@billhook/domain/pairs";
import type { EstimatedBatch, EstimatedDay } from "./estimate.ts";
import type { PreparedCommit } from "./prepare.ts";
import type { Work } from "./work.ts";

/** One person's line of one commit. */
export interface Proposal {
  prepared: PreparedCommit;
  person: KnownPerson | null;
  /** Another person is the author. */
  coAuthored: boolean;
  share: number;
  estimate: Estimate;
  /** Minor units an hour, instead of the project's rate. */
  rateMinor: number | null;
  notBilled: boolean;
}

/** A draft nobody touched, as it looks now that its day has more commits. Minutes. */
export interface Move {
  draftId: string;
  personId: string | null;
  authoredAt: string | null;
  minutes: number;
  low: number;
  high: number;
  reason: string;
  /** What the database has. */
  before: { minutes: number; overDay: boolean };
}

export function proposeDrafts(
  batch: EstimatedBatch,
  works: ReadonlyMap<PreparedCommit, Work>,
): Map<PreparedCommit, Proposal[]> {
  const proposals = new Map<PreparedCommit, Proposal[]>();
  for (const [prepared, work] of works) {
    const estimate = batch.estimates.get(prepared);
    if (estimate !== undefined) proposals.set(prepared, proposeCommit(prepared, work, estimate));
  }
  return proposals;
}

function proposeCommit(prepared: PreparedCommit, { person, others, agent }: Work, estimate: Estimate): Proposal[] {
  const { config } = prepared;
  const people = prepared.ignored === null ? [person, ...others] : [person];
  const shares = findShares(config.pair_rule, people.length);
  const ranges = shareRange(estimate, shares);
  const byAgent = agent === null ? [] : flagAgent(agent);
  return ranges.map((range, index) => ({
    prepared,
    person: people[index] ?? null,
    coAuthored: index > 0,
    share: shares[index] ?? 1,
    estimate: {
      ...estimate,
      ...range,
      flags: [...estimate.flags, ...flagPair(range.minutes, estimate.minutes, shares), ...byAgent],
    },
    rateMinor: agent?.rule === "at_rate" ? config.agent_hourly_rate_minor : null,
    notBilled: agent?.rule === "not_billed",
  }));
}

function flagPair(own: number, whole: number, shares: readonly number[]): EstimateFlag[] {
  if (shares.length <= 1) return [];
  return [
    shares.every((share) => share >= 1)
      ? makeFlag("pair_in_full", shares.length)
      : makeFlag("pair_share", own, whole, shares.length),
  ];
}

function flagAgent({ name, rule }: NonNullable<Work["agent"]>): EstimateFlag[] {
  if (rule === "at_rate") return [makeFlag("agent_at_rate", name)];
  return rule === "not_billed" ? [makeFlag("agent_not_billed", name)] : [];
}

/** How the untouched drafts of a day look with the commits that arrived, those that stay as they are included. */
export function moveDrafts({ known, personDay }: EstimatedDay): Move[] {
  return known.flatMap(({ hash, authored_at: authoredAt, drafts }) => {
    const estimate = personDay.estimates.get(hash);
    if (estimate === undefined) return [];
    const ranges = shareRange(
      estimate,
      drafts.map(({ share }) => share),
    );
    return drafts.flatMap(({ id, person_id: personId, movable, minutes, over_day: overDay }, index): Move[] => {
      const range = ranges[index];
      if (!movable || range === undefined) return [];
      return [{ draftId: id, personId, authoredAt, ...range, reason: estimate.reason, before: { minutes, overDay } }];
    });
  });
}
