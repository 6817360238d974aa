import { settle } from "@billhook/database/client";
import type { GitConfig } from "@billhook/domain/git-config";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys, messageOf, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { Badge } from "../../ui/badge.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { type Preview, type PreviewCommit, previewCommits, sumPreview } from "./commit-preview.ts";

const COMMITS = 100;

/** What the rules in the form would make of the project's latest commits, beside what the saved ones make of them. */
export function GitPreview({ projectId, config, saved }: { projectId: string; config: GitConfig; saved: GitConfig }) {
  const db = useDb();
  const format = useFormat();
  const { id } = useWorkspace().workspace;
  const commits = useQuery({
    queryKey: [...keys.projects(id), projectId, "commits"] as const,
    queryFn: (): Promise<PreviewCommit[]> =>
      unwrap(
        settle(
          db
            .from("commits")
            .select(
              "id,hash,short_hash,message,author_name,author_email,author_username,authored_at,committed_at,branch,parents,files,files_changed,additions,deletions",
            )
            .eq("workspace_id", id)
            .eq("project_id", projectId)
            .order("committed_at", { ascending: false, nullsFirst: false })
            .order("id")
            .limit(COMMITS),
        ),
      ),
  });
  // Typing stays quick: the preview follows when there is time.
  const shownConfig = useDeferredValue(config);
  const now = useMemo(() => new Date(), []);
  const rows = useMemo(() => previewCommits(commits.data ?? [], shownConfig, now), [commits.data, shownConfig, now]);
  const before = useMemo(() => previewCommits(commits.data ?? [], saved, now), [commits.data, saved, now]);

  if (commits.isPending) return <ListSkeleton rows={6} rowHeight={44} />;
  if (commits.isError && commits.data === undefined)
    return <ErrorState message={messageOf(commits.error)} onRetry={() => void commits.refetch()} />;
  if (rows.length === 0) {
    return (
      <p className="px-4 py-6 text-muted">
        No commit of this project has arrived yet. Once some have, this shows what these rules would make of them.
      </p>
    );
  }
  const sums = sumPreview(rows);
  const sumsBefore = sumPreview(before);
  const differs = sums.drafts !== sumsBefore.drafts || sums.minutes !== sumsBefore.minutes;
  return (
    <>
      <div aria-live="polite" className="border-b border-line px-4 py-2.5">
        <p className="font-medium">
          {sums.drafts} of {rows.length} commits become drafts, {format.hours(sums.minutes)} together
        </p>
        <p className={classNames("text-sm", differs ? "text-accent-strong" : "text-muted")}>
          {differs
            ? `With the saved rules: ${sumsBefore.drafts}, ${format.hours(sumsBefore.minutes)}`
            : "As with the saved rules"}
        </p>
      </div>
      <ol className="min-h-0 flex-1 overflow-y-auto" tabIndex={0} aria-label="Latest commits under these rules">
        {rows.map((row, at) => (
          <PreviewRow key={row.commit.id} row={row} before={before[at]} />
        ))}
      </ol>
    </>
  );
}

function PreviewRow({ row, before }: { row: Preview; before: Preview | undefined }) {
  const format = useFormat();
  const { commit, filtered, estimate } = row;
  const outcomeOf = (preview: Preview): string =>
    preview.filtered === null ? format.hours(preview.estimate.minutes) : "left out";
  const changed = before !== undefined && outcomeOf(before) !== outcomeOf(row);
  return (
    <li className={classNames("border-b border-line px-4 py-1.5", changed && "bg-accent-soft")}>
      <div className="flex items-baseline gap-2">
        <code className="shrink-0 font-mono text-sm text-muted">{commit.short_hash}</code>
        <span className={classNames("min-w-0 flex-1 truncate", filtered !== null && "text-muted line-through")}>
          {commit.message.split("\n", 1)[0]}
        </span>
        {changed && <span className="shrink-0 text-sm text-muted line-through">{outcomeOf(before)}</span>}
        {filtered === null ? (
          <span className="shrink-0 font-medium">{format.hours(estimate.minutes)}</span>
        ) : (
          <Badge>Left out</Badge>
        )}
      </div>
      <p className="truncate text-sm text-muted" title={filtered?.reason ?? estimate.reason}>
        {filtered?.reason ?? estimate.reason}
      </p>
    </li>
  );
}
