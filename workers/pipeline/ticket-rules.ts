/** What the tickets of a commit make of it, before it is estimated. */
import { applyTicketRules } from "@billhook/domain/ticket-rules";
import type { TicketFacts as FlaggedTicket } from "@billhook/domain/commit-flags";
import type { PreparedCommit } from "./prepare.ts";
import type { BatchTickets } from "./tickets.ts";

export function underTickets(prepared: PreparedCommit, batch: BatchTickets): PreparedCommit {
  const found = batch.get(prepared.commit);
  if (found === undefined) return prepared;
  const { tickets, ignored, config } = prepared;
  const own = found.tickets.map(({ named }) => named);
  const keys = [...new Set([...own, ...tickets.keys])];
  const [first] = found.tickets;
  if (first === undefined && found.named.length === 0 && found.told.length === 0) return prepared;
  const others = tickets.keys
    .filter((key) => !own.includes(key))
    .map((key) => ({ key, connection_id: null, ticket_key: null }));
  return {
    ...prepared,
    tickets: { primary: keys[0] ?? null, keys },
    // A form that only a connected system knows, and no other reader of the message.
    ignored: ignored?.rule === "tickets_only" && own.length > 0 ? null : ignored,
    namedTickets: { ...found, named: [...found.named, ...others] },
    ...(first === undefined
      ? {}
      : {
          ruledTicket: applyTicketRules(
            {
              key: first.named,
              isFound: first.facts.state === "found",
              labels: first.facts.labels ?? [],
              isDone: first.facts.is_done ?? null,
              epic: first.facts.epic_title ?? null,
              parent: first.facts.parent_title ?? null,
            },
            config,
          ),
        }),
  };
}

/** What the ticket's flags are judged by; `minutes` is what this batch adds to what its drafts come to already. */
export function flaggedTicket({ namedTickets, commit }: PreparedCommit, minutes: number): FlaggedTicket | undefined {
  const ticket = namedTickets?.tickets[0];
  if (ticket === undefined || ticket.facts.state !== "found") return undefined;
  const { logged_minutes: logged, status, is_done: isDone } = ticket.facts;
  // Read again, a commit is among what is known of its ticket.
  const others = ticket.committed.filter(({ hashes }) => hashes?.includes(commit.hash) !== true);
  return {
    key: ticket.named,
    loggedMinutes: logged ?? null,
    committedMinutes: others.reduce((sum, draft) => sum + draft.minutes, 0) + minutes,
    status: status ?? null,
    done: isDone ?? null,
  };
}
