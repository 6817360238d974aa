/** What a project makes of a ticket for the lines under it: whether they are billed, wait, and how they are grouped. */
import type { EstimateFlag } from "./estimate/types.ts";
import { makeFlag } from "./flags.ts";
import type { GitConfig } from "./git-config.ts";

export interface TicketState {
  key: string;
  /** Only what was found has labels and a status; of the rest no rule says anything. */
  isFound: boolean;
  labels: readonly string[];
  isDone: boolean | null;
  epic: string | null;
  parent: string | null;
}

export interface TicketOutcome {
  isBilled: boolean;
  /** Put off until the ticket is done. */
  awaitsTicket: boolean;
  /** The group its lines belong to. */
  epic: string | null;
  /** In place of the category guessed from the paths; undefined leaves that. */
  category: string | undefined;
  /** Why it is not billed. */
  flags: EstimateFlag[];
}

export type TicketRules = Pick<GitConfig, "billable_labels" | "nonbillable_labels" | "done_tickets_only" | "epic_rule">;

const longestGroup = 300;

/** Never throws. A ticket that is not known yet is billed and waits for nothing: a person sees that it is not known. */
export function applyTicketRules(ticket: TicketState, rules: TicketRules): TicketOutcome {
  if (!ticket.isFound) return { isBilled: true, awaitsTicket: false, epic: null, category: undefined, flags: [] };
  const own = new Set(ticket.labels.map(normalise));
  const excluded = rules.nonbillable_labels.find((label) => own.has(normalise(label)));
  const isMissing =
    rules.billable_labels.length > 0 && !rules.billable_labels.some((label) => own.has(normalise(label)));
  const flags =
    excluded !== undefined
      ? [makeFlag("ticket_not_billed", ticket.key, excluded)]
      : isMissing
        ? [makeFlag("ticket_not_billed", ticket.key, null)]
        : [];
  const group = ticket.epic ?? ticket.parent;
  const epic = rules.epic_rule === "none" || group === null ? null : group.slice(0, longestGroup).toWellFormed();
  return {
    isBilled: flags.length === 0,
    awaitsTicket: rules.done_tickets_only && ticket.isDone === false,
    epic,
    category: rules.epic_rule === "group_and_category" && epic !== null ? epic : undefined,
    flags,
  };
}

const normalise = (label: string): string => label.trim().toLowerCase();
