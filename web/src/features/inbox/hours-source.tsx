import { CircleDashed, Gauge, MessageSquareQuote, PencilLine, Timer, type LucideIcon } from "lucide-react";
import { Tooltip } from "../../ui/tooltip.tsx";
import type { InboxRow } from "./inbox-row.ts";

interface Source {
  icon: LucideIcon;
  words: string;
}

type Estimated = Pick<InboxRow, "estimate_method" | "estimated_minutes" | "minutes">;

/** Where the hours of a line come from. */
export function sourceOf(row: Estimated, hours: (minutes: number) => string): Source {
  if (row.estimated_minutes !== null && row.estimated_minutes !== row.minutes) {
    return { icon: PencilLine, words: `Entered by hand; proposed was ${hours(row.estimated_minutes)}` };
  }
  switch (row.estimate_method) {
    case "explicit":
      return { icon: MessageSquareQuote, words: "Said in the commit message" };
    case "heuristic":
    case "calibrated":
      return { icon: Gauge, words: "Estimated from the change" };
    case "logged":
      return { icon: Timer, words: "Logged on the ticket" };
    case "timer":
      return { icon: Timer, words: "Measured by a timer" };
    case "manual":
      return { icon: PencilLine, words: "Entered by hand" };
    default:
      return { icon: CircleDashed, words: "The project's default: nothing to estimate from" };
  }
}

/** `1.5–3 h`; nothing where the estimate is exact. */
export function rangeOf(row: Pick<InboxRow, "estimate_low" | "estimate_high">): string | null {
  const { estimate_low: low, estimate_high: high } = row;
  if (low === null || high === null || low === high) return null;
  const short = (minutes: number): string => String(Math.round((minutes / 60) * 10) / 10);
  return short(low) === short(high) ? null : `${short(low)}–${short(high)}`;
}

export function HoursSource(props: {
  row: Estimated & Pick<InboxRow, "estimate_low" | "estimate_high">;
  hours: (minutes: number) => string;
}) {
  const { icon: Icon, words } = sourceOf(props.row, props.hours);
  const range =
    rangeOf(props.row) === null
      ? ""
      : `, between ${props.hours(props.row.estimate_low ?? 0)} and ${props.hours(props.row.estimate_high ?? 0)}`;
  return (
    <Tooltip label={`${words}${range}`}>
      <span className="inline-flex text-faint">
        <Icon size={13} aria-hidden />
        <span className="sr-only">{`${words}${range}`}</span>
      </span>
    </Tooltip>
  );
}
