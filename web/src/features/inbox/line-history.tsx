import type { Formatters } from "../../data/format.ts";
import { useMembers, useProjects } from "../../data/workspace.tsx";
import { describeAudit } from "./audit-words.ts";
import type { RowHandlers } from "./draft-row.tsx";
import type { Evidence } from "./evidence-data.ts";
import { Part } from "./evidence-part.tsx";
import type { InboxRow } from "./inbox-row.ts";

/** Who did what to the line, newest first, down to how it came about. */
export function LineHistory({
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
  const projects = useProjects().data ?? [];
  const projectOf = (id: string): string | null => projects.find((project) => project.id === id)?.name ?? null;
  const nameOf = (actor: string | null): string =>
    actor === null ? "Billhook" : (members.find((member) => member.user_id === actor)?.display_name ?? "Somebody");
  return (
    <Part title="History">
      <ol className="flex flex-col gap-1.5">
        {data.history.map((event) => (
          <li key={event.id} className="flex gap-2">
            <span className="min-w-0 flex-1 break-words">
              <span className="font-medium">{nameOf(event.actor_id)}</span>{" "}
              {describeAudit(event, row.currency, format, projectOf)}
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
