import type { Formatters } from "../../data/format.ts";
import { Part } from "./evidence-part.tsx";
import { sourceOf } from "./hours-source.tsx";
import type { InboxRow } from "./inbox-row.ts";

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

/** How the proposal came about, its range, and whose rate it has. */
export function EstimateEvidence(props: {
  row: InboxRow;
  format: Formatters;
  detail: { estimate_reason: string | null; rate_source: string | null } | null;
}) {
  const { row, format, detail } = props;
  const reason = detail?.estimate_reason ?? null;
  const rate = rateSources[detail?.rate_source ?? ""];
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
      {rate !== undefined && <p className="mt-2 text-muted">{rate}</p>}
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
