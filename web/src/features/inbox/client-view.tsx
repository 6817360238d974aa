import type { Formatters } from "../../data/format.ts";
import { useClients, useProjects, useWorkspace } from "../../data/workspace.tsx";
import { clientLineOf } from "./client-line.ts";
import { Part } from "./evidence-part.tsx";
import type { InboxRow } from "./inbox-row.ts";

/** The line as it would stand on an invoice of its own: the client's words, day, time and amount. */
export function ClientView({ row, endDate, format }: { row: InboxRow; endDate: string | null; format: Formatters }) {
  const { workspace } = useWorkspace();
  const client = useClients().data?.find(({ id }) => id === row.client_id);
  const project = useProjects().data?.find(({ id }) => id === row.project_id);
  if (!row.billable || row.status === "rejected") return null;
  const locale = format.localeOf(row.client_id);
  const line = clientLineOf({ ...row, end_date: endDate }, project, client, workspace, locale);
  const rounding = line.roundedBy > 0 ? `up to ${line.step} m` : `down to ${line.step} m`;
  return (
    <Part title="What the client will see">
      <div lang={locale} className="rounded-md border border-line px-3 py-2">
        <p className="break-words">
          {line.description}
          {row.ticket_key !== null && <span className="text-faint"> {row.ticket_key}</span>}
        </p>
        <p className="mt-1 flex flex-wrap justify-end gap-x-4 text-muted">
          <span className="mr-auto">{line.days}</span>
          <span>{line.hours}</span>
          {row.hourly_rate_minor !== null && (
            <span>{format.money(row.hourly_rate_minor, row.currency, row.client_id)}</span>
          )}
          <span className="font-semibold text-ink">
            {line.totalMinor === null ? "–" : format.money(line.totalMinor, row.currency, row.client_id)}
          </span>
        </p>
      </div>
      {line.roundedBy !== 0 && (
        <p className="mt-1 text-sm text-muted">
          Rounded {rounding}, from {format.hours(row.minutes)}. Your time stays as it is.
        </p>
      )}
    </Part>
  );
}
