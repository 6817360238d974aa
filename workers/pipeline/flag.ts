/** Flags that need the person and the day: habits, other records of the day, and whether the day holds what is claimed. */
import type { KnownPerson, MovedEstimate } from "@billhook/database/person-days";
import { type DayEntry, findFlags } from "@billhook/domain/commit-flags";
import { type Claim, findOverclaims, measureSpan } from "@billhook/domain/day-budget";
import type { EstimateFlag } from "@billhook/domain/estimate/types";
import { type DayClaim, makeFlag } from "@billhook/domain/flags";
import type { PreparedCommit } from "./prepare.ts";
import type { Move, Proposal } from "./propose.ts";
import { flaggedTicket } from "./ticket-rules.ts";

/** Adds the flags to the proposals, and answers the moves that change anything. */
export function flagDrafts(proposals: readonly Proposal[], moves: readonly Move[]): MovedEstimate[] {
  const ofTickets = sumByTicket(proposals);
  for (const proposal of proposals) {
    if (proposal.prepared.ignored === null) proposal.estimate.flags.push(...flagProposal(proposal, ofTickets));
  }
  const over = new Map<Proposal | Move, DayClaim>();
  const budgeted = new Set<Move>();
  for (const day of openDays(proposals, moves)) {
    for (const move of day.moves) budgeted.add(move);
    for (const [id, claim] of claimDay(day)) over.set(id, claim);
  }
  for (const proposal of proposals) proposal.estimate.flags.push(...flagOver(over.get(proposal)));
  return moves.flatMap((move): MovedEstimate[] => {
    const flags = budgeted.has(move) ? flagOver(over.get(move)) : null;
    const same = move.minutes === move.before.minutes && (flags === null || flags.length > 0 === move.before.overDay);
    if (same) return [];
    return [
      { draft_id: move.draftId, minutes: move.minutes, low: move.low, high: move.high, reason: move.reason, flags },
    ];
  });
}

const flagOver = (claim: DayClaim | undefined): EstimateFlag[] =>
  claim === undefined ? [] : [makeFlag("over_day", claim)];

const ticketOf = ({ namedTickets }: PreparedCommit): string | null => {
  const ticket = namedTickets?.tickets[0];
  return ticket === undefined ? null : `${ticket.connectionId} ${ticket.key}`;
};

/** Minutes that the batch proposes under each ticket. */
function sumByTicket(proposals: readonly Proposal[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { prepared, estimate } of proposals) {
    const ticket = prepared.ignored === null ? ticketOf(prepared) : null;
    if (ticket !== null) sums.set(ticket, (sums.get(ticket) ?? 0) + estimate.minutes);
  }
  return sums;
}

function flagProposal(
  { prepared, person, estimate }: Proposal,
  ofTickets: ReadonlyMap<string, number>,
): EstimateFlag[] {
  const { delivery, config, authorKey, day } = prepared;
  const { workspace, project } = delivery;
  const entries = (person?.entries ?? [])
    .filter((entry) => entry.day === day)
    .map((entry): DayEntry => ({
      source: entry.source,
      minutes: entry.minutes,
      startedAt: entry.started_at,
      endedAt: entry.ended_at,
      sameProject: entry.project_id === project.id,
    }));
  const ticket = flaggedTicket(prepared, ofTickets.get(ticketOf(prepared) ?? "") ?? 0);
  return [
    ...(authorKey === "unknown" ? [makeFlag("no_author")] : []),
    ...(prepared.ruledTicket?.flags ?? []),
    ...findFlags({
      minutes: estimate.minutes,
      timeZone: workspace.timezone,
      authoredAt: prepared.authoredAt ?? prepared.committedAt,
      offsetMinutes: prepared.offsetMinutes,
      receivedAt: delivery.received_at,
      oldCommitDays: config.old_commit_days,
      workingHours: {
        from: workspace.working_from,
        until: workspace.working_until,
        weekends: workspace.working_weekends,
      },
      usual: person?.usual ?? null,
      entries,
      ...(ticket === undefined ? {} : { ticket }),
    }),
  ];
}

interface BudgetDay {
  person: KnownPerson;
  day: string;
  prepared: PreparedCommit;
  proposals: Proposal[];
  moves: Move[];
}

/** The days of people that the batch claims a part of. Of somebody who is not in the batch, nothing is known. */
function openDays(proposals: readonly Proposal[], moves: readonly Move[]): BudgetDay[] {
  const days = new Map<string, BudgetDay>();
  for (const proposal of proposals) {
    const { person, prepared } = proposal;
    if (person === null || prepared.ignored !== null) continue;
    const key = `${person.person_id} ${prepared.day}`;
    const day = days.get(key) ?? { person, day: prepared.day, prepared, proposals: [], moves: [] };
    day.proposals.push(proposal);
    days.set(key, day);
  }
  const byDraft = new Map(
    [...days.values()].flatMap((day) =>
      day.person.claims.filter((claim) => claim.day === day.day).map((claim) => [claim.draft_id, day]),
    ),
  );
  for (const move of moves) byDraft.get(move.draftId)?.moves.push(move);
  return [...days.values()];
}

function claimDay({ person, day, prepared, proposals, moves }: BudgetDay): Map<Proposal | Move, DayClaim> {
  const { workspace } = prepared.delivery;
  const entries = person.entries.filter((entry) => entry.day === day);
  const moving = new Set(moves.map(({ draftId }) => draftId));
  const claimed = person.claims.filter((claim) => claim.day === day && !moving.has(claim.draft_id));
  const fixed = [...claimed, ...entries].reduce((sum, { minutes }) => sum + minutes, 0);
  const known = person.commits.filter((commit) => commit.day === day).map((commit) => commit.authored_at);
  const activity = [
    ...known,
    ...moves.map(({ authoredAt }) => authoredAt),
    ...proposals.map((proposal) => activeAt(proposal.prepared)),
    ...entries.flatMap((entry) => [entry.started_at, entry.ended_at]),
  ].filter((at) => at !== null);
  const span = measureSpan(day, activity, workspace.working_from, workspace.timezone);
  if (span === null) return new Map();
  const claims: (Claim<Proposal | Move> & { at: number })[] = [
    ...moves.map((move) => ({ id: move, minutes: move.minutes, at: Date.parse(move.authoredAt ?? "") || 0 })),
    ...proposals.map((proposal) => ({
      id: proposal,
      minutes: proposal.estimate.minutes,
      at: Date.parse(activeAt(proposal.prepared)),
    })),
  ];
  return findOverclaims(
    fixed,
    claims.toSorted((one, other) => one.at - other.at),
    span,
  );
}

/** A commit without a date is work of the day it arrived, up to then. */
const activeAt = ({ authoredAt, committedAt, delivery }: PreparedCommit): string =>
  authoredAt ?? committedAt ?? delivery.received_at;
