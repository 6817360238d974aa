import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { useFormat } from "../../data/format.ts";
import { messageOf } from "../../data/query.ts";
import { useMembers } from "../../data/workspace.tsx";
import { Button } from "../../ui/button.tsx";
import { Skeleton } from "../../ui/states.tsx";
import { type InvoiceLine, useLineEvidence } from "./invoice-data.ts";

/** What a line stands on: its time, its commits and its ticket. */
export function LineEvidence({ line }: { line: InvoiceLine }) {
  const format = useFormat();
  const members = useMembers();
  const evidence = useLineEvidence(line, true);
  if (evidence.isPending) return <Skeleton className="my-2 w-1/2" />;
  if (evidence.isError) {
    return (
      <p role="alert" className="flex flex-wrap items-center gap-2 text-danger">
        {messageOf(evidence.error)}
        <Button size="sm" onClick={() => void evidence.refetch()}>
          Try again
        </Button>
      </p>
    );
  }
  const { entries, commits } = evidence.data;
  const draft = entries.length === 1 ? (entries[0]?.draft ?? null) : null;
  return (
    <div className="grid gap-x-8 gap-y-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
      <div className="flex flex-col gap-3">
        <Part title="Time">
          {entries.map((entry) => (
            <p key={entry.id}>
              <span className="font-medium">{format.hours(Math.round(entry.billed_seconds / 60))}</span> on{" "}
              {format.day(entry.entry_date)}
              {" · "}
              {members.data?.find((member) => member.id === entry.member_id)?.display_name ??
                entry.draft?.author_name ??
                "nobody of this workspace"}
              {entries.length > 1 && <span className="block text-sm text-muted">{entry.description}</span>}
              {!entry.live && <span className="text-muted"> · unbilled again</span>}
            </p>
          ))}
          {line.kind !== "time" && <p className="text-muted">Added by hand.</p>}
          {line.seconds !== null && line.entry_seconds !== null && line.seconds !== line.entry_seconds && (
            <p className="text-muted">
              {format.hours(Math.round(line.entry_seconds / 60))} in all, rounded to{" "}
              {format.hours(Math.round(line.seconds / 60))} on the invoice.
            </p>
          )}
          {draft?.estimated_minutes != null && (
            <p className="text-muted">
              Estimated {format.hours(draft.estimated_minutes)}
              {draft.estimate_low !== null &&
                draft.estimate_high !== null &&
                draft.estimate_low !== draft.estimate_high &&
                ` (${format.hours(draft.estimate_low)} to ${format.hours(draft.estimate_high)})`}
              {draft.estimate_reason !== null && `. ${draft.estimate_reason}.`}
            </p>
          )}
        </Part>
        {line.ticket_key !== null && (
          <Part title="Ticket">
            {draft?.ticket_url == null ? (
              <p>{line.ticket_key}</p>
            ) : (
              <a
                href={draft.ticket_url}
                target="_blank"
                rel="noreferrer"
                className="text-accent-strong hover:underline"
              >
                {line.ticket_key}
              </a>
            )}
          </Part>
        )}
      </div>
      <Part title={commits.length === 1 ? "1 commit" : `${commits.length} commits`}>
        <ul className="flex flex-col gap-1.5">
          {commits.map((commit) => (
            <li key={commit.id} className="flex items-baseline gap-2">
              {commit.url === null ? (
                <code className="font-mono text-sm text-muted">{commit.short_hash}</code>
              ) : (
                <a
                  href={commit.url}
                  target="_blank"
                  rel="noreferrer"
                  aria-label={`Commit ${commit.short_hash} at its host`}
                  className="inline-flex shrink-0 items-center gap-1 font-mono text-sm text-accent-strong hover:underline"
                >
                  {commit.short_hash}
                  <ExternalLink size={11} aria-hidden />
                </a>
              )}
              <span className="min-w-0">
                <span className="block break-words">{commit.message.split("\n", 1)[0]}</span>
                <span className="block text-sm text-muted">
                  {[
                    commit.author_name,
                    commit.branch,
                    commit.committed_at === null ? null : format.instant(commit.committed_at),
                    changesOf(commit),
                  ]
                    .filter((part) => part !== null && part !== "")
                    .join(" · ")}
                </span>
              </span>
            </li>
          ))}
          {commits.length === 0 && <li className="text-muted">No commit belongs to this line.</li>}
        </ul>
      </Part>
    </div>
  );
}

function changesOf(commit: {
  files_changed: number | null;
  additions: number | null;
  deletions: number | null;
}): string | null {
  if (commit.files_changed === null) return null;
  const files = `${commit.files_changed} ${commit.files_changed === 1 ? "file" : "files"}`;
  return commit.additions === null ? files : `${files}, +${commit.additions} −${commit.deletions ?? 0}`;
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h4 className="mb-1 text-xs font-medium text-faint">{title}</h4>
      {children}
    </div>
  );
}
