import { useFormat } from "../../data/format.ts";
import { useMembers } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { Button } from "../../ui/button.tsx";
import { Skeleton } from "../../ui/states.tsx";
import { useInvoiceEvents } from "./invoice-data.ts";
import type { InvoiceRow } from "./invoice-state.ts";
import { type TimelineEntry, timelineOf } from "./invoice-timeline.ts";
import { useInvoiceLinks } from "./share-data.ts";

const dots: Readonly<Record<TimelineEntry["tone"], string>> = {
  neutral: "bg-line-strong",
  ok: "bg-ok",
  danger: "bg-danger",
};

/** Who did what to the invoice, and when, in the workspace's zone. */
export function Timeline({ invoice }: { invoice: InvoiceRow }) {
  const format = useFormat();
  const events = useInvoiceEvents(invoice.id);
  const links = useInvoiceLinks(invoice);
  const members = useMembers();
  if (events.isPending) return <Skeleton className="w-40" />;
  const partial = events.isError || links.isError;
  // Who it was stands in the audit: where that could not be read, nobody is named.
  const nameOf = ({ by, actorId }: TimelineEntry): string | null => {
    if (by === "stripe") return "Stripe";
    if (by === "client") return invoice.client_name;
    if (actorId === null) return events.isError ? null : "Billhook";
    return members.data?.find((member) => member.user_id === actorId)?.display_name ?? null;
  };
  return (
    <>
      <ol className="flex flex-col">
        {timelineOf(invoice, events.data ?? [], links.data ?? []).map((entry) => (
          <li key={entry.key} className="relative flex gap-2.5 pb-3 last:pb-0">
            <span aria-hidden className="absolute top-3 bottom-0 left-[3.5px] w-px bg-line [li:last-child>&]:hidden" />
            <span aria-hidden className={classNames("mt-1.5 size-2 shrink-0 rounded-full", dots[entry.tone])} />
            <span className="min-w-0">
              <span className="block font-medium">{entry.label}</span>
              <span className="block text-sm text-muted">
                <time dateTime={entry.at}>{format.instant(entry.at)}</time>
                {nameOf(entry) !== null && ` · ${nameOf(entry)}`}
              </span>
              {entry.detail !== null && <span className="block text-sm text-danger">{entry.detail}</span>}
            </span>
          </li>
        ))}
      </ol>
      {partial && (
        <p role="alert" className="mt-2 flex flex-wrap items-center gap-2 text-danger">
          Part of the history could not be loaded.
          <Button
            size="sm"
            onClick={() => {
              void events.refetch();
              void links.refetch();
            }}
          >
            Try again
          </Button>
        </p>
      )}
      <p className="mt-2 text-xs text-faint">Times in {format.timeZone.replaceAll("_", " ")}</p>
    </>
  );
}
