import { severityOf } from "@billhook/domain/flag-severity";
import { Check, Clock, EyeOff, ExternalLink, Flag, Info, RotateCcw, Scissors, X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import type { Formatters } from "../../data/format.ts";
import { messageOf } from "../../data/query.ts";
import { useMembers } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { TicketPanel } from "../tickets/ticket-panel.tsx";
import { WordsNote } from "../words/words-note.tsx";
import { describeAudit } from "./audit-words.ts";
import { CommitEvidence } from "./commit-evidence.tsx";
import { DayBudget } from "./day-budget.tsx";
import { DraftForm } from "./draft-form.tsx";
import type { RowHandlers } from "./draft-row.tsx";
import { type Evidence, useEvidence } from "./evidence-data.ts";
import { sourceOf } from "./hours-source.tsx";
import { type InboxRow, tabOf, totalOf } from "./inbox-row.ts";
import type { InboxStore } from "./inbox-store.ts";

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
        <TicketPanel row={row} format={format} canWork={props.canWork} />
        <Estimate row={row} format={format} reason={data?.detail.estimate_reason ?? null} />
        <RateSource source={data?.detail.rate_source ?? null} />
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
            <History data={data} row={row} format={format} handlers={props.handlers} />
          </>
        )}
      </div>
      <Actions {...props} />
    </aside>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-5">
      <h3 className="mb-1.5 text-xs font-medium text-faint">{title}</h3>
      {children}
    </section>
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

function Estimate({ row, format, reason }: { row: InboxRow; format: Formatters; reason: string | null }) {
  const { icon: Icon, words } = sourceOf(row, format.hours);
  const { estimated_minutes: proposed, estimate_low: low, estimate_high: high } = row;
  return (
    <Part title="Where the hours come from">
      <p className="flex items-start gap-2">
        <Icon size={14} aria-hidden className="mt-0.5 shrink-0 text-faint" />
        <span>
          {words}.{reason !== null && <span className="block text-muted">{reason}</span>}
        </span>
      </p>
      {proposed !== null && low !== null && high !== null && low < high && (
        <RangeBar low={low} high={high} proposed={proposed} billed={row.minutes} format={format} />
      )}
    </Part>
  );
}

/** The range as a bar, the proposal as a tick, what will be billed as a dot. */
function RangeBar(props: { low: number; high: number; proposed: number; billed: number; format: Formatters }) {
  const { low, high, proposed, billed, format } = props;
  const end = Math.max(high, billed, proposed) * 1.08;
  const at = (minutes: number): string => `${(minutes / end) * 100}%`;
  return (
    <figure className="mt-2">
      <div aria-hidden className="relative h-4">
        <span className="absolute inset-x-0 top-1.5 h-1 rounded bg-sunken" />
        <span
          className="absolute top-1.5 h-1 rounded bg-line-strong"
          style={{ left: at(low), right: `calc(100% - ${at(high)})` }}
        />
        <span className="absolute top-0.5 h-3 w-0.5 bg-muted" style={{ left: at(proposed) }} />
        <span
          className="absolute top-0.5 -ml-1.5 size-3 rounded-full border-2 border-surface bg-accent"
          style={{ left: at(billed) }}
        />
      </div>
      <figcaption className="text-sm text-muted">
        Proposed {format.hours(proposed)}, between {format.hours(low)} and {format.hours(high)}
      </figcaption>
    </figure>
  );
}

function History({
  data,
  row,
  format,
  handlers,
}: {
  data: Evidence;
  row: InboxRow;
  format: Formatters;
  handlers: RowHandlers;
}) {
  const members = useMembers().data ?? [];
  const nameOf = (actor: string | null): string =>
    actor === null ? "Billhook" : (members.find((member) => member.user_id === actor)?.display_name ?? "Somebody");
  return (
    <Part title="History">
      <ol className="flex flex-col gap-1.5">
        {data.history.map((event) => (
          <li key={event.id} className="flex gap-2">
            <span className="min-w-0 flex-1">
              <span className="font-medium">{nameOf(event.actor_id)}</span> {describeAudit(event, row.currency, format)}
            </span>
            <time dateTime={event.created_at} className="shrink-0 text-sm text-faint">
              {format.instant(event.created_at)}
            </time>
          </li>
        ))}
        <li className="flex gap-2">
          <span className="min-w-0 flex-1">
            {data.origin === null ? (
              <>
                <span className="font-medium">Billhook</span> made this line
              </>
            ) : (
              <>
                <span className="font-medium">{nameOf(data.origin.created_by)}</span>{" "}
                {data.origin.kind === "split"
                  ? `split a line of ${format.hours(data.origin.minutes)}`
                  : `merged ${data.origin.draft_ids.length} lines`}
                {row.status === "draft" && (
                  <button
                    type="button"
                    className="ml-2 text-accent-strong hover:underline"
                    onClick={() => handlers.join(row.id)}
                  >
                    {data.origin.kind === "split" ? "Join again" : "Take apart"}
                  </button>
                )}
              </>
            )}
          </span>
          <time dateTime={data.detail.created_at} className="shrink-0 text-sm text-faint">
            {format.instant(data.detail.created_at)}
          </time>
        </li>
      </ol>
      <p className="mt-2 text-xs text-faint">Times are in {format.timeZone.replaceAll("_", " ")}.</p>
    </Part>
  );
}

function Actions(props: Parameters<typeof EvidencePane>[0]) {
  const { row, handlers } = props;
  const tab = tabOf(row, props.format.today());
  if (!props.canWork || tab === null) return null;
  return (
    <footer
      className={classNames(
        "flex shrink-0 flex-wrap gap-2 border-t border-line p-3",
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

/** Which rate the line has, by the values of `draft_line_items.rate_source`. */
const rateSources: Readonly<Record<string, string>> = {
  client_special: "The client's special rate.",
  project_person: "The person's rate on this project.",
  project: "The project's rate.",
  person: "The person's default rate.",
  client: "The client's rate.",
  workspace: "The workspace's rate.",
  manual: "A rate that somebody wrote.",
  given: "The rate of the project's rule.",
};

function RateSource({ source }: { source: string | null }) {
  const words = rateSources[source ?? ""];
  return words === undefined ? null : <p className="mt-2 text-muted">{words}</p>;
}
