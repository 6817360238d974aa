import { settle } from "@billhook/database/client";
import { retryWorklogs } from "@billhook/database/worklogs";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, CircleDashed, ExternalLink } from "lucide-react";
import { useApp } from "../../data/app.tsx";
import type { Formatters } from "../../data/format.ts";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import type { InboxRow } from "../inbox/inbox-row.ts";
import { systemName } from "./systems.ts";

/** The tickets of a line, as their systems show them, and what became of its time there. */
export function TicketPanel({ row, format, canWork }: { row: InboxRow; format: Formatters; canWork: boolean }) {
  const facts = useTickets(row);
  if (facts === undefined || (facts.tickets.length === 0 && facts.worklogs.length === 0)) return null;
  return (
    <section className="mt-5" aria-label="Tickets">
      <h3 className="mb-1.5 text-xs font-medium text-faint">{facts.tickets.length > 1 ? "Tickets" : "Ticket"}</h3>
      {facts.tickets.map((ticket) => (
        <TicketFacts key={ticket.id} ticket={ticket} format={format} />
      ))}
      {facts.worklogs.map((worklog) => (
        <Worklog key={worklog.id} worklog={worklog} row={row} format={format} canWork={canWork} />
      ))}
    </section>
  );
}

type Facts = NonNullable<ReturnType<typeof useTickets>>;

function useTickets(row: InboxRow) {
  const { db } = useApp();
  const { id } = useWorkspace().workspace;
  const query = useQuery({
    queryKey: [...keys.evidence(id, row.id), "tickets", row.updated_at],
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const commitIds = row.commits.map((commit) => commit.id).slice(0, 100);
      const [named, worklogs] = await Promise.all([
        unwrap(
          settle(
            db
              .from("commit_tickets")
              .select("position, tickets (*, tracker_connections (kind, name))")
              .in("commit_id", commitIds)
              .not("ticket_id", "is", null)
              .order("position"),
          ),
        ),
        unwrap(
          settle(
            db
              .from("worklogs")
              .select("id, seconds, status, reason, is_withdrawn, updated_at")
              .eq("draft_line_item_id", row.id)
              .order("created_at"),
          ),
        ),
      ]);
      const tickets = new Map(named.flatMap(({ tickets: ticket }) => (ticket === null ? [] : [[ticket.id, ticket]])));
      return {
        draftId: row.id,
        tickets: [...tickets.values()].toSorted(
          (a, b) => Number(b.id === row.ticket_id) - Number(a.id === row.ticket_id),
        ),
        // What was never sent, or is gone again, says nothing.
        worklogs: worklogs.filter(({ status }) => status !== "withdrawn"),
      };
    },
  });
  return query.data?.draftId === row.id ? query.data : undefined;
}

function TicketFacts({ ticket, format }: { ticket: Facts["tickets"][number]; format: Formatters }) {
  const system = ticket.tracker_connections?.name ?? systemName(ticket.tracker_connections?.kind ?? "");
  const key = ticket.current_key ?? ticket.key;
  return (
    <article className="mb-2 rounded-md border border-line px-3 py-2">
      <p className="flex flex-wrap items-baseline gap-x-2">
        {ticket.url === null ? (
          <span className="font-medium">{key}</span>
        ) : (
          <a
            href={ticket.url}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1 font-medium text-accent-strong hover:underline"
          >
            {key} <ExternalLink size={11} aria-hidden />
          </a>
        )}
        {ticket.current_key !== null && ticket.current_key !== ticket.key && (
          <span className="text-sm text-muted">moved from {ticket.key}</span>
        )}
        <span className="ml-auto text-sm text-faint">{system}</span>
      </p>
      {ticket.title !== null && <p className="mt-0.5 break-words">{ticket.title}</p>}
      {ticket.state === "waiting" && (
        <p className="mt-1 flex gap-1.5 text-sm text-warn">
          <CircleDashed size={13} aria-hidden className="mt-0.5 shrink-0" />
          Waiting for {system}. {ticket.reason}
        </p>
      )}
      {ticket.state !== "waiting" && ticket.reason !== null && (
        <p className="mt-1 text-sm text-warn">{ticket.reason}</p>
      )}
      {ticket.fetched_at !== null && (
        <p className="mt-1 flex flex-wrap items-center gap-1.5">
          {ticket.status !== null && (
            <Badge tone={ticket.is_done === true ? "ok" : "neutral"}>
              {ticket.is_done === true && <Check size={11} aria-hidden />}
              {ticket.status}
              {ticket.is_done === true && <span className="sr-only"> (done)</span>}
            </Badge>
          )}
          {ticket.type !== null && <Badge>{ticket.type}</Badge>}
          {ticket.labels.slice(0, 8).map((label) => (
            <Badge key={label} tone="accent">
              {label.length > 40 ? `${label.slice(0, 39)}…` : label}
            </Badge>
          ))}
        </p>
      )}
      <Details ticket={ticket} format={format} />
    </article>
  );
}

function Details({ ticket, format }: { ticket: Facts["tickets"][number]; format: Formatters }) {
  const details: [string, string | null][] = [
    ["Epic", ticket.epic_title],
    ["Part of", ticket.parent_title === ticket.epic_title ? null : ticket.parent_title],
    ["Project", ticket.project_title],
    ["Assigned to", ticket.assignee],
    ["Estimate", ticket.estimate_minutes === null ? null : format.hours(ticket.estimate_minutes)],
    ["Logged", ticket.logged_minutes === null ? null : format.hours(ticket.logged_minutes)],
    ["Read", ticket.fetched_at === null ? null : format.instant(ticket.fetched_at)],
  ];
  const shown = details.filter(([, value]) => value !== null);
  if (shown.length === 0) return null;
  return (
    <dl className="mt-1.5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-sm">
      {shown.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-faint">{name}</dt>
          <dd className="break-words text-muted">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Worklog(props: { worklog: Facts["worklogs"][number]; row: InboxRow; format: Formatters; canWork: boolean }) {
  const { worklog, row, format, canWork } = props;
  const { db } = useApp();
  const queryClient = useQueryClient();
  const { id } = useWorkspace().workspace;
  const time = format.hours(Math.round(worklog.seconds / 60));
  const retry = async (): Promise<void> => {
    const retried = await retryWorklogs(db, [row.id]);
    await queryClient.invalidateQueries({ queryKey: keys.evidence(id, row.id) });
    if (retried.ok) void notify("It is tried again within a minute");
    else void notifyError(retried.error.message);
  };
  switch (worklog.status) {
    case "queued":
      return (
        <p className="text-sm text-muted">
          {time} are on their way to the ticket.{reasonOf(worklog.reason)}
        </p>
      );
    case "sent":
      return (
        <p className="text-sm text-muted">
          {time} were written to the ticket {format.instant(worklog.updated_at)}.
        </p>
      );
    case "withdrawing":
      return (
        <p className="text-sm text-muted">
          {time} are being taken back from the ticket.{reasonOf(worklog.reason)}
        </p>
      );
    default:
      return (
        <p className="flex flex-wrap items-center gap-2 rounded-md bg-warn-soft px-3 py-2 text-warn">
          <span className="min-w-0 flex-1">{worklog.reason ?? "The time could not be written to the ticket."}</span>
          {canWork && (
            <Button size="sm" onClick={() => void retry()}>
              Try again
            </Button>
          )}
        </p>
      );
  }
}

const reasonOf = (reason: string | null): string => (reason === null ? "" : ` ${reason}`);
