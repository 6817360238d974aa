import { severityOf } from "@billhook/domain/flag-severity";
import { Flag, Info } from "lucide-react";
import type { Formatters } from "../../data/format.ts";
import { classNames } from "../../lib/class-names.ts";
import { Badge } from "../../ui/badge.tsx";
import { Tooltip } from "../../ui/tooltip.tsx";
import type { InboxRow } from "./inbox-row.ts";

/** The small parts of a row: what is to be known about a line, at a glance. */

export function Flags({ row }: { row: InboxRow }) {
  const flags = row.flags.filter((flag) => flag.accepted_at === undefined);
  if (flags.length === 0) return null;
  const words = flags.map((flag) => flag.message).join(" ");
  const checks = flags.some((flag) => severityOf(flag.code) === "check");
  return (
    <Tooltip label={words}>
      <span className={classNames("inline-flex shrink-0 items-center", checks ? "text-warn" : "text-faint")}>
        {checks ? (
          <Flag size={13} aria-hidden fill="currentColor" fillOpacity={0.25} />
        ) : (
          <Info size={13} aria-hidden />
        )}
        <span className="sr-only">{`${checks ? "Flagged" : "Noted"}: ${words}`}</span>
      </span>
    </Tooltip>
  );
}

export function State({ row, format }: { row: InboxRow; format: Formatters }) {
  if (row.status === "rejected" && row.rejected_reason !== null) {
    return (
      <Tooltip label={row.rejected_reason}>
        <span className="max-w-1/2 shrink-0 truncate text-sm text-faint">{row.rejected_reason}</span>
      </Tooltip>
    );
  }
  if (row.status === "draft" && (row.deferred_for_ticket || row.awaits_ticket === true)) {
    return <Badge>{`until ${row.ticket_key ?? "its ticket"} is done`}</Badge>;
  }
  if (row.status === "draft" && row.deferred_until !== null) {
    return <Badge>{`until ${format.day(row.deferred_until)}`}</Badge>;
  }
  return null;
}

const linkClass = "rounded hover:text-accent-strong hover:underline";

/** Its key, with the title in the tooltip; what is not known of it yet ends in dots, with the reason there. */
export function Ticket({ row }: { row: InboxRow }) {
  const { ticket_key: key, ticket_url: url, ticket_state: state } = row;
  if (key === null) return null;
  const words = [row.ticket_title, row.ticket_reason].filter((part) => part !== null).join(". ");
  const shown = state === "waiting" ? `${key}…` : key;
  return (
    <Tooltip label={words}>
      {url === null ? (
        <span className={state === "gone" ? "line-through" : ""}>{shown}</span>
      ) : (
        <a href={url} target="_blank" rel="noreferrer" tabIndex={-1} className={linkClass}>
          {shown}
        </a>
      )}
    </Tooltip>
  );
}

/** Initials; the name in the tooltip. */
export function Author({ name }: { name: string | null }) {
  if (name === null) return null;
  const words = name.trim().split(/\s+/u);
  const initials =
    `${words[0]?.charAt(0) ?? ""}${words.length > 1 ? (words.at(-1)?.charAt(0) ?? "") : ""}`.toUpperCase();
  return (
    <Tooltip label={name}>
      <span className="flex size-5.5 items-center justify-center rounded-full bg-sunken text-[10px] font-medium text-muted">
        <span aria-hidden>{initials}</span>
        <span className="sr-only">{name}</span>
      </span>
    </Tooltip>
  );
}

export function Hashes({ row }: { row: InboxRow }) {
  const first = row.commits[0];
  if (first === undefined) return null;
  const more = row.commits.length - 1;
  return (
    <span className="shrink-0">
      {first.url === null ? (
        first.short_hash
      ) : (
        <a href={first.url} target="_blank" rel="noreferrer" tabIndex={-1} className={linkClass}>
          {first.short_hash}
        </a>
      )}
      {first.rewritten_from !== null && first.rewritten_from !== undefined ? (
        <span className="text-faint"> from {first.rewritten_from}</span>
      ) : (
        more > 0 && <span className="text-faint"> +{more}</span>
      )}
    </span>
  );
}
