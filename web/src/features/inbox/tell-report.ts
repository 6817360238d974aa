import { type ExceededBudget, type SkippedDraft, skipMessages } from "@billhook/database/drafts";
import type { Formatters } from "../../data/format.ts";
import { type ToastAction, dismissToast, notify, notifyError } from "../../ui/toast.tsx";
import { describeExcess } from "../../lib/exceeded-budget.ts";
import { describeAction, describeUndo } from "./action-words.ts";
import type { InboxAction } from "./inbox-actions.ts";
import type { InboxRow } from "./inbox-row.ts";
import type { ActionReport, InboxStore } from "./inbox-store.ts";

const acts: Record<string, string> = {
  edit: "edited it",
  approve: "approved it",
  unapprove: "took its approval back",
  ignore: "ignored it",
  restore: "brought it back",
  defer: "deferred it",
  undefer: "brought it back",
  split: "split it",
  merge: "merged it with others",
  join: "joined its parts again",
  unmerge: "took the merged line apart",
  accept: "accepted its flag",
  undo: "took a change to it back",
  invoice: "put it on an invoice",
};

/** "Dev Two edited it at 10:03." where it is known; else what kept the line from being changed. */
function describeSkip(skip: SkippedDraft, format: Formatters): string {
  if (typeof skip.by !== "string" || skip.at === undefined) return skipMessages[skip.code];
  return `${skip.by} ${acts[skip.action ?? ""] ?? "changed it"} (${format.instant(skip.at)}).`;
}

/** Each reason once: "Dev Two edited it (10:03). 2: It has no time yet. Enter hours first." */
function describeSkipped(skipped: readonly SkippedDraft[], format: Formatters): string {
  const reasons = Map.groupBy(skipped, (skip) => describeSkip(skip, format));
  return [...reasons]
    .map(([reason, skips]) => (reasons.size > 1 ? `${skips.length}: ${reason}` : reason))
    .slice(0, 4)
    .join(" ");
}

const left = (count: number): string =>
  count === 1 ? "1 line was left as it was" : `${count} lines were left as they were`;

/** "Web shop is past its cap by 3 h 30 m." */
function describeOver(over: readonly ExceededBudget[], format: Formatters): string {
  return over
    .map((budget) => `${budget.project_name} is past ${describeExcess(budget, format, budget.currency)}.`)
    .join(" ");
}

/** The toast with Undo that is on screen: one at a time, and each under a name of its own. */
export interface UndoToast {
  id: string | null;
}

/** Tells in a toast what became of an action, with Undo, and why something was left as it was. */
export function tellReport(report: ActionReport, store: InboxStore, format: Formatters, shown: UndoToast): void {
  const clear = (): void => {
    if (shown.id !== null) void dismissToast(shown.id);
    shown.id = null;
  };
  switch (report.type) {
    case "failed": {
      const { action } = report;
      const again = action === null ? undefined : { label: "Try again", run: () => void store.act(action, report.ids) };
      void notifyError(report.error.message, again);
      return;
    }
    case "held":
      void notify("Kept in this browser", undefined, "It is sent when the connection is back.", "held");
      return;
    case "undone": {
      const { changed, skipped } = report.outcome;
      // Not in the place of the one with Undo: that would keep its button.
      clear();
      if (changed.length > 0) void notify(describeUndo(report.act, changed.length), undefined, undefined, "undone");
      if (skipped.length > 0) void notifyError(left(skipped.length), undefined, describeSkipped(skipped, format));
      return;
    }
    case "done":
      break;
  }
  const { action, outcome } = report;
  const { changed, skipped } = outcome;
  const count = action.type === "split" || action.type === "merge" ? changed.length - 1 : changed.length;
  if (changed.length > 0) {
    const { actId } = report;
    const undo = actId === null ? undefined : { label: "Undo", run: () => void store.undo(actId) };
    clear();
    shown.id = `act ${actId ?? crypto.randomUUID()}`;
    const over = describeOver(outcome.over ?? [], format);
    void notify(describeAction(action, count, format.day), undo, over === "" ? undefined : over, shown.id);
  }
  if (skipped.length > 0) {
    const mine = action.type === "edit" ? waysToSave(action, skipped, store) : undefined;
    void notifyError(left(skipped.length), mine, describeSkipped(skipped, format), mine && "Leave it");
  }
}

/** What was typed is not lost: it can still be put over the other person's change, or taken along. */
function waysToSave(
  action: Extract<InboxAction, { type: "edit" }>,
  skipped: readonly SkippedDraft[],
  store: InboxStore,
): ToastAction | undefined {
  const ids = skipped.filter((skip) => skip.code === "changed" || skip.code === "not_open").map((skip) => skip.id);
  const rowsNow = () => ids.flatMap((id) => store.snapshot().rows.get(id) ?? []);
  const isClosed = (row: InboxRow): boolean => row.status === "approved" || row.status === "rejected";
  if (ids.length > 0 && rowsNow().every((row) => row.replaced_by === null && row.invoice_id === null)) {
    const run = async (): Promise<void> => {
      const closed = rowsNow().filter(isClosed);
      for (const type of ["unapprove", "restore"] as const) {
        const back = closed.filter((row) => (row.status === "approved") === (type === "unapprove"));
        if (back.length > 0)
          await store.act(
            { type },
            back.map((row) => row.id),
          );
      }
      await store.act(action, ids);
    };
    return { label: rowsNow().some(isClosed) ? "Bring it back with mine" : "Save mine", run: () => void run() };
  }
  const { description } = action.changes;
  return description === undefined
    ? undefined
    : { label: "Copy my words", run: () => void navigator.clipboard.writeText(description) };
}
