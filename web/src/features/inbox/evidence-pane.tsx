import { severityOf } from "@billhook/domain/flag-severity";
import { Check, Clock, EyeOff, ExternalLink, Flag, Info, RotateCcw, Scissors, X } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Formatters } from "../../data/format.ts";
import { messageOf } from "../../data/query.ts";
import { classNames } from "../../lib/class-names.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { TicketPanel } from "../tickets/ticket-panel.tsx";
import { WordsNote } from "../words/words-note.tsx";
import { ClientView } from "./client-view.tsx";
import { CommitEvidence } from "./commit-evidence.tsx";
import { DayBudget } from "./day-budget.tsx";
import { DraftForm } from "./draft-form.tsx";
import type { RowHandlers } from "./draft-row.tsx";
import { EstimateEvidence } from "./estimate-evidence.tsx";
import { useEvidence } from "./evidence-data.ts";
import { Part } from "./evidence-part.tsx";
import { type InboxRow, tabOf, totalOf } from "./inbox-row.ts";
import type { InboxStore } from "./inbox-store.ts";
import { LineHistory } from "./line-history.tsx";

/** Beside the list, or over it on a phone: everything a line stands on. */
export function EvidencePane(props: {
  row: InboxRow;
  store: InboxStore;
  format: Formatters;
  canWork: boolean;
  phone: boolean;
  handlers: RowHandlers;
  onClose: () => void;
}) {
  const { row, format } = props;
  const evidence = useEvidence(row);
  const data = evidence.data?.draftId === row.id ? evidence.data : undefined;
  const closer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a phone the pane covers the list, so the focus goes with it.
    if (props.phone) closer.current?.querySelector("button")?.focus();
  }, [props.phone]);
  return (
    <aside
      aria-label="Evidence"
      className="flex min-h-0 flex-col border-line bg-surface max-md:fixed max-md:inset-0 max-md:z-40 md:w-[min(25rem,44%)] md:shrink-0 md:border-l"
    >
      <header className="flex h-11 shrink-0 items-center gap-2 border-b border-line pr-2 pl-4">
        <h2 className="min-w-0 flex-1 truncate font-semibold">
          {row.client_name} <span className="font-normal text-muted">/ {row.project_name}</span>
        </h2>
        <div ref={closer}>
          <IconButton label="Close" shortcut="escape" onClick={props.onClose}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pt-3 pb-6">
        <Summary {...props} />
        <WordsNote row={row} />
        <ClientView row={row} endDate={data?.detail.end_date ?? null} format={format} />
        <TicketPanel row={row} format={format} canWork={props.canWork} />
        <EstimateEvidence row={row} format={format} detail={data?.detail ?? null} />
        <DayBudget row={row} format={format} />
        {evidence.isError ? (
          <ErrorState message={messageOf(evidence.error)} onRetry={() => void evidence.refetch()} />
        ) : data === undefined ? (
          <div role="status" aria-label="Loading the evidence" className="mt-6 flex flex-col gap-3">
            <Skeleton className="w-24" />
            <Skeleton className="w-full" />
            <Skeleton className="w-2/3" />
          </div>
        ) : (
          <>
            <Part title={data.commits.length === 1 ? "Commit" : `Commits (${row.commits.length})`}>
              {data.commits.length === 0 && <p className="text-muted">No commit: this line was made by hand.</p>}
              {data.commits.map((commit) => (
                <CommitEvidence
                  key={commit.id}
                  commit={commit}
                  format={format}
                  rewrittenFrom={row.commits.find(({ id }) => id === commit.id)?.rewritten_from ?? null}
                  canSeparate={props.canWork}
                />
              ))}
            </Part>
            {data.suspected.length > 0 && (
              <Part title="What it may be a rewrite of">
                {data.suspected.map((commit) => (
                  <CommitEvidence key={commit.id} commit={commit} format={format} />
                ))}
              </Part>
            )}
            <LineHistory data={data} row={row} format={format} handlers={props.handlers} />
          </>
        )}
      </div>
      <Actions {...props} />
    </aside>
  );
}

function Summary(props: Parameters<typeof EvidencePane>[0]) {
  const { row, format } = props;
  const editable = props.canWork && row.status === "draft";
  const total = totalOf(row);
  return (
    <>
      {editable ? (
        <DraftForm key={row.id} row={row} store={props.store} format={format} />
      ) : (
        <>
          <p className="text-lg">{row.description}</p>
          <p className="mt-1 text-muted">
            {format.hours(row.minutes)}
            {row.hourly_rate_minor !== null && (
              <> × {format.money(row.hourly_rate_minor, row.currency, row.client_id)} an hour</>
            )}
            {total !== null && (
              <span className="font-semibold text-ink"> = {format.money(total, row.currency, row.client_id)}</span>
            )}
          </p>
        </>
      )}
      <p className="mt-2 flex flex-wrap items-center gap-x-2 gap-y-1 text-muted">
        <span>{format.day(row.start_date)}</span>
        {row.ticket_key !== null &&
          (row.ticket_url === null ? (
            <span>{row.ticket_key}</span>
          ) : (
            <a
              href={row.ticket_url}
              target="_blank"
              rel="noreferrer"
              className="inline-flex items-center gap-1 text-accent-strong hover:underline"
            >
              {row.ticket_key} <ExternalLink size={11} aria-hidden />
            </a>
          ))}
        {row.epic !== null && <span>{row.epic}</span>}
        {!row.billable && <Badge>Not billed</Badge>}
      </p>
      {row.status === "rejected" && (
        <p className="mt-2 rounded-md bg-sunken px-3 py-2">
          Ignored{row.rejected_reason === null ? "." : `: ${row.rejected_reason}`}
        </p>
      )}
      {row.flags.map((flag) => (
        <p
          key={`${flag.code} ${flag.message}`}
          className={classNames(
            "mt-2 flex gap-2 rounded-md px-3 py-2",
            severityOf(flag.code) === "note" || flag.accepted_at !== undefined
              ? "bg-sunken text-muted"
              : "bg-warn-soft text-warn",
          )}
        >
          {severityOf(flag.code) === "note" ? (
            <Info size={14} aria-label="Note" className="mt-0.5 shrink-0" />
          ) : (
            <Flag size={14} aria-label="Check" className="mt-0.5 shrink-0" />
          )}
          <span className="min-w-0 flex-1">
            {flag.message}
            {flag.accepted_at !== undefined && <span className="text-faint"> Accepted.</span>}
          </span>
          {editable && flag.accepted_at === undefined && (
            <button
              type="button"
              className="shrink-0 self-start font-medium hover:underline"
              onClick={() => props.handlers.accept(row.id, flag.code)}
            >
              Accept
            </button>
          )}
        </p>
      ))}
    </>
  );
}

function Actions(props: Parameters<typeof EvidencePane>[0]) {
  const { row, handlers } = props;
  const tab = tabOf(row, props.format.today());
  if (!props.canWork || tab === null) return null;
  return (
    <footer
      className={classNames(
        "flex shrink-0 flex-wrap gap-2 border-t border-line p-3 max-md:flex-nowrap max-md:gap-1.5 max-md:*:flex-1 max-md:*:px-1.5",
        "pb-[max(12px,env(safe-area-inset-bottom))]",
      )}
    >
      {(tab === "open" || tab === "deferred") && (
        <>
          <Button variant="primary" onClick={() => handlers.approve(row.id)}>
            <Check size={14} aria-hidden /> Approve
          </Button>
          <Button onClick={(event) => handlers.defer(row.id, event.currentTarget)}>
            <Clock size={14} aria-hidden /> Defer
          </Button>
          <Button onClick={() => handlers.split(row.id)}>
            <Scissors size={14} aria-hidden /> Split
          </Button>
          <Button onClick={() => handlers.ignore(row.id)}>
            <EyeOff size={14} aria-hidden /> Ignore
          </Button>
        </>
      )}
      {tab !== "open" && (
        <Button onClick={() => handlers.bringBack(row.id)}>
          <RotateCcw size={14} aria-hidden /> Bring back
        </Button>
      )}
    </footer>
  );
}
