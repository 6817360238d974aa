import { type MergedFields } from "@billhook/database/drafts";
import { readDraftPaths } from "@billhook/database/words";
import { groupWork } from "@billhook/domain/group-work";
import { rollUp } from "@billhook/domain/roll-up";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Combine } from "lucide-react";
import { useMemo, useState } from "react";
import { useCommands } from "../../app/commands.tsx";
import { useDb } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Button } from "../../ui/button.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import type { InboxRow } from "../inbox/inbox-row.ts";
import { keepApart, nameProposal, readApart } from "./apart.ts";
import { mayBeProposed, toWorkLine } from "./work-lines.ts";

/** The newest of the lines without a ticket whose files are asked for. */
const linesWithFiles = 300;

/** Lines that look like one piece of work, with why: one key makes them one line, undo takes it apart. */
export function MergeProposal(props: {
  rows: readonly InboxRow[];
  onMerge: (rows: readonly InboxRow[], fields: MergedFields) => void;
  onShow: (ids: string[]) => void;
}) {
  const db = useDb();
  const { workspace } = useWorkspace();
  const [apart, setApart] = useState(readApart);
  const open = useMemo(() => props.rows.filter(mayBeProposed), [props.rows]);
  const asked = useMemo(
    () =>
      open
        .filter((row) => row.ticket_key === null && row.commits.length > 0)
        .toSorted((a, b) => (a.start_date < b.start_date ? 1 : -1))
        .slice(0, linesWithFiles)
        .map((row) => row.id),
    [open],
  );
  const paths = useQuery({
    queryKey: [...keys.inbox(workspace.id), "paths", asked.toSorted().join()] as const,
    queryFn: () => unwrap(readDraftPaths(db, asked)),
    enabled: asked.length > 1,
    staleTime: 300_000,
    placeholderData: keepPreviousData,
  });
  const proposals = useMemo(() => {
    const files = paths.data ?? {};
    const groups = groupWork(open.map((row) => toWorkLine(row, files[row.id] ?? [])));
    return groups.filter(({ ids }) => !apart.has(nameProposal(ids)));
  }, [open, paths.data, apart]);
  const [first] = proposals;

  const merge = (): void => {
    if (first === undefined) return;
    const rowOf = new Map(open.map((row) => [row.id, row]));
    const rows = first.ids.flatMap((id) => rowOf.get(id) ?? []);
    const { description, detail } = rollUp(rows.map((row) => row.description));
    props.onMerge(rows, { description, ...(detail === null ? {} : { detailed_description: detail }) });
  };
  useCommands([
    {
      id: "merge proposal",
      label: "Merge what looks like one piece of work",
      group: "Lines",
      keys: ["shift+m"],
      enabled: first !== undefined,
      run: merge,
    },
  ]);
  if (first === undefined) return null;
  const more = proposals.length - 1;
  return (
    <aside
      aria-label="Proposal"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-canvas px-4 py-1.5 text-sm max-md:px-3"
    >
      <Combine size={14} aria-hidden className="shrink-0 text-faint max-md:hidden" />
      <p className="min-w-0 flex-1 truncate max-md:basis-full max-md:whitespace-normal">
        <span className="text-muted">One piece of work? </span>
        {first.reason}
        {more > 0 && <span className="text-faint"> · {more} more</span>}
      </p>
      <Button size="sm" variant="ghost" onClick={() => props.onShow(first.ids)}>
        Select
      </Button>
      <Button size="sm" variant="ghost" onClick={() => setApart(keepApart(nameProposal(first.ids)))}>
        Keep apart
      </Button>
      <Button size="sm" onClick={merge}>
        Merge
        <span className="max-md:hidden">
          <Kbd keys="shift+m" />
        </span>
      </Button>
    </aside>
  );
}
