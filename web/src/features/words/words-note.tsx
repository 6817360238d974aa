import { settle } from "@billhook/database/client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDb } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import type { InboxRow } from "../inbox/inbox-row.ts";

/** Of a line that a model was to word: whether it did, and if not, why. */
export function WordsNote({ row }: { row: InboxRow }) {
  const db = useDb();
  const { id } = useWorkspace().workspace;
  const words = useQuery({
    queryKey: [...keys.evidence(id, row.id), "words", row.updated_at],
    placeholderData: keepPreviousData,
    queryFn: () =>
      unwrap(settle(db.from("draft_words").select("status,reason").eq("draft_line_item_id", row.id).limit(1))),
    // While it waits, it is soon another.
    refetchInterval: ({ state }) => (state.data?.[0]?.status === "waiting" ? 2000 : false),
  });
  const [found] = words.data ?? [];
  if (found === undefined) return null;
  return (
    <p className="mt-2 text-sm text-muted">
      {describe(found.status, found.reason)}{" "}
      <Link to="/settings/words" className="underline hover:text-ink">
        Words
      </Link>
    </p>
  );
}

function describe(status: string, reason: string | null): string {
  if (status === "written") return "Worded by the model.";
  if (status === "waiting") return reason ?? "The model is being asked for words.";
  return `The commit's own words. ${reason ?? ""}`.trim();
}
