import { skipMessages } from "@billhook/database/drafts";
import { useEffect } from "react";
import { useApp } from "../../data/app.tsx";
import type { Formatters } from "../../data/format.ts";
import { notify, notifyError } from "../../ui/toast.tsx";
import { describeAction } from "./inbox-actions.ts";
import type { ActionReport, InboxStore } from "./inbox-store.ts";

/** "2 lines were left as they were. Somebody changed it in the meantime. …" */
function describeSkipped(report: Extract<ActionReport, { type: "done" }>): string | null {
  const { skipped } = report.outcome;
  if (skipped.length === 0) return null;
  const codes = Map.groupBy(skipped, (skip) => skip.code);
  return [...codes]
    .map(([code, skips]) => (codes.size > 1 ? `${skips.length}: ${skipMessages[code]}` : skipMessages[code]))
    .join(" ");
}

/** Tells in a toast what became of each action, with Undo, and why something was left as it was. */
export function useInboxReports(store: InboxStore, format: Formatters): void {
  const { connection } = useApp();
  useEffect(
    () =>
      store.onReport((report) => {
        if (report.type === "failed") {
          if (report.error.code === "unavailable") connection.report(false);
          void notifyError(report.error.message, {
            label: "Try again",
            run: () => store.act(report.action, report.ids),
          });
          return;
        }
        const { changed, skipped } = report.outcome;
        if (changed.length > 0) {
          const words = describeAction(report.action, changed.length, format.day);
          void notify(words, report.undo ? undefined : { label: "Undo", run: () => store.undo() }, undefined, "inbox");
        }
        const why = describeSkipped(report);
        if (why !== null) {
          const lines =
            skipped.length === 1 ? "1 line was left as it was" : `${skipped.length} lines were left as they were`;
          const { action } = report;
          const overtaken = skipped.filter((skip) => skip.code === "changed").map((skip) => skip.id);
          // What was typed is not lost: it can still be put over the other person's change.
          const mine =
            action.type === "edit" && overtaken.length > 0
              ? { label: "Save mine", run: () => store.act(action, overtaken) }
              : undefined;
          void notifyError(lines, mine, why);
        }
      }),
    [store, format, connection],
  );
}
