import { settle } from "@billhook/database/client";
import type { FileChange } from "@billhook/domain/push";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useApp } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import type { InboxRow } from "./inbox-row.ts";

const commitColumns =
  "id, hash, short_hash, message, author_name, author_email, authored_at, authored_offset_minutes, committed_at, branch, url, files, files_changed, additions, deletions, ignored_rule, ignored_reason, same_work_evidence";

/** The file list as it is stored; anything of another form counts as unknown. */
export function readFiles(value: unknown): FileChange[] | null {
  if (!Array.isArray(value)) return null;
  return value.filter(
    (file: unknown): file is FileChange =>
      typeof file === "object" && file !== null && "path" in file && typeof file.path === "string",
  );
}

/** What a line stands on: its commits, the estimate's reason, and who did what to it. */
export function useEvidence(row: InboxRow | null) {
  const { db } = useApp();
  const { id } = useWorkspace().workspace;
  return useQuery({
    queryKey: [...keys.evidence(id, row?.id ?? ""), row?.version],
    enabled: row !== null,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const draftId = row?.id ?? "";
      const commitIds = (row?.commits ?? []).map((commit) => commit.id);
      const flagged = (row?.flags ?? []).flatMap((flag) => flag.commit_id ?? []);
      const [detail, commits, suspected, history, origin] = await Promise.all([
        unwrap(
          settle(
            db
              .from("draft_line_items")
              .select("id, detailed_description, category, estimate_reason, rate_source, end_date, created_at")
              .eq("id", draftId)
              .maybeSingle(),
          ),
        ),
        unwrap(
          settle(db.from("commits").select(commitColumns).in("id", commitIds.slice(0, 100)).order("committed_at")),
        ),
        flagged.length === 0 ? [] : unwrap(settle(db.from("commits").select(commitColumns).in("id", flagged))),
        unwrap(
          settle(
            db
              .from("audit_events")
              .select("id, action, actor_id, before, after, created_at")
              .eq("workspace_id", id)
              .eq("entity_type", "draft_line_items")
              .eq("entity_id", draftId)
              .order("id", { ascending: false })
              .limit(50),
          ),
        ),
        // The split or merge that made it.
        typeof row?.made_by !== "string"
          ? null
          : unwrap(
              settle(
                db
                  .from("draft_replacements")
                  .select("kind, minutes, draft_ids, created_by")
                  .eq("id", row.made_by)
                  .maybeSingle(),
              ),
            ),
      ]);
      return { draftId, detail, commits, suspected, history, origin };
    },
  });
}

export type Evidence = NonNullable<ReturnType<typeof useEvidence>["data"]>;
