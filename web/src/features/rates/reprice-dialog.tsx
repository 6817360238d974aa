import { repriceWork } from "@billhook/database/rates";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys, messageOf, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { Skeleton } from "../../ui/states.tsx";
import { notify, notifyError } from "../../ui/toast.tsx";
import { ratesKey } from "./rate-data.ts";

const linesOf = (count: number): string => (count === 1 ? "1 line" : `${count} lines`);

/** Puts the rates of now on work that is on no invoice yet, after showing what that changes. */
export function RepriceDialog(props: {
  scope: { client_id?: string; project_id?: string };
  clientId: string | null;
  onClose: () => void;
}) {
  const { scope, onClose } = props;
  const db = useDb();
  const queryClient = useQueryClient();
  const format = useFormat();
  const { workspace } = useWorkspace();
  const [since, setSince] = useState(() => `${format.today().slice(0, 8)}01`);
  const [busy, setBusy] = useState(false);
  const preview = useQuery({
    queryKey: [...ratesKey(workspace.id), "preview", scope, since] as const,
    enabled: since !== "",
    staleTime: 0,
    queryFn: () => unwrap(repriceWork(db, workspace.id, since, scope, false)),
  });
  const amounts = preview.data?.amounts ?? [];
  const count = amounts.reduce((sum, { lines }) => sum + lines, 0);

  const apply = async (): Promise<void> => {
    setBusy(true);
    const done = await repriceWork(db, workspace.id, since, scope, true);
    setBusy(false);
    await queryClient.invalidateQueries({ queryKey: keys.workspace(workspace.id) });
    if (!done.ok) {
      void notifyError(done.error.message);
      return;
    }
    void notify(`${linesOf(count)} ${count === 1 ? "has" : "have"} today's rates`);
    onClose();
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Apply rates to unbilled work"
      description="Recorded work keeps its rate unless you say so here. What is on an invoice never changes."
    >
      <Field label="Work since" className="w-44">
        <TextInput type="date" value={since} onChange={({ target }) => setSince(target.value)} />
      </Field>
      <div role="status" className="mt-3">
        {preview.isPending ? (
          <Skeleton className="w-1/2" />
        ) : preview.isError ? (
          <p className="text-danger">{messageOf(preview.error)}</p>
        ) : count === 0 ? (
          <p className="text-muted">Nothing would change: all of this work has today's rates.</p>
        ) : (
          amounts.map((amount) => (
            <p key={amount.currency}>
              {linesOf(amount.lines)}: {format.money(amount.before_minor, amount.currency, props.clientId)} becomes{" "}
              <span className="font-medium">{format.money(amount.after_minor, amount.currency, props.clientId)}</span>
            </p>
          ))
        )}
        {(preview.data?.kept ?? 0) > 0 && (
          <p className="mt-1 text-muted">
            {linesOf(preview.data?.kept ?? 0)} with a rate that somebody wrote, or that a split or merge keeps, stay as
            they are.
          </p>
        )}
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="primary" busy={busy} disabled={count === 0} onClick={() => void apply()}>
          {count === 0 ? "Apply" : `Apply to ${linesOf(count)}`}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
