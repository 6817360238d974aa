import type { MergedFields } from "@billhook/database/drafts";
import { useMemo, useState } from "react";
import { useCommands } from "../../app/commands.tsx";
import type { Formatters } from "../../data/format.ts";
import { lazyPart } from "../../lib/lazy-part.tsx";
import type { DraftGroup } from "../inbox/group-drafts.ts";
import type { InboxRow } from "../inbox/inbox-row.ts";
import type { Focus, FocusAction } from "../inbox/selection.ts";
import { listRollable } from "./roll-up-choice.ts";
import { MergeProposal } from "./merge-proposal.tsx";

const RollUpDialog = lazyPart(async () => (await import("./roll-up-dialog.tsx")).RollUpDialog);

/** What makes several lines one: the proposal above the list, and the dialog that rolls a ticket or a sprint up. */
export function WorkTogether(props: {
  groups: readonly DraftGroup[];
  /** All that is loaded: a ticket's lines are rolled up wherever they are. */
  rows: ReadonlyMap<string, InboxRow>;
  focus: Focus;
  /** The person is at something else: nothing is proposed. */
  quiet: boolean;
  format: Formatters;
  onMerge: (rows: readonly InboxRow[], fields: MergedFields) => void;
  onFocus: (action: FocusAction) => void;
}) {
  const { groups, focus, quiet, onMerge, onFocus } = props;
  const [rolling, setRolling] = useState(false);
  const rows = useMemo(() => groups.flatMap((group) => group.rows), [groups]);
  useCommands([
    {
      id: "roll up",
      label: "Roll up into one line…",
      group: "Lines",
      keys: ["o"],
      enabled: props.rows.size > 1,
      run: () => setRolling(true),
    },
  ]);
  return (
    <>
      {!quiet && (
        <MergeProposal rows={rows} onMerge={onMerge} onShow={(ids) => onFocus({ type: "set", ids, selected: true })} />
      )}
      {rolling && (
        <RollUpDialog
          rows={listRollable(props.rows.values())}
          selected={focus.selected}
          active={focus.active ?? rows[0]?.id ?? null}
          format={props.format}
          onMerge={(chosen, fields) => {
            setRolling(false);
            onMerge(chosen, fields);
          }}
          onClose={() => setRolling(false)}
        />
      )}
    </>
  );
}
