import { type BillhookClient } from "@billhook/database/client";
import {
  type DraftChanges,
  type DraftOutcome,
  type SeenVersions,
  approveDrafts,
  deferDrafts,
  ignoreDrafts,
  restoreDrafts,
  unapproveDrafts,
  updateDrafts,
} from "@billhook/database/drafts";
import type { DatabaseResult } from "@billhook/database/errors";
import type { InboxRow } from "./inbox-row.ts";

export type InboxAction =
  | { type: "approve" }
  | { type: "unapprove" }
  | { type: "ignore"; reason: string | null }
  | { type: "restore" }
  /** `until` is `YYYY-MM-DD`; null brings the drafts back now. */
  | { type: "defer"; until: string | null }
  | { type: "edit"; changes: Pick<DraftChanges, "description" | "minutes" | "hourly_rate_minor"> };

/** What the action makes of a row, shown until the server has answered. */
export function patchFor(action: InboxAction): Partial<InboxRow> {
  switch (action.type) {
    case "approve":
      return { status: "approved", deferred_until: null };
    case "unapprove":
      return { status: "draft" };
    case "ignore":
      return { status: "rejected", deferred_until: null, rejected_reason: action.reason };
    case "restore":
      return { status: "draft", rejected_reason: null };
    case "defer":
      return { deferred_until: action.until };
    case "edit":
      return action.changes;
  }
}

export function send(
  db: BillhookClient,
  action: InboxAction,
  ids: string[],
  versions: SeenVersions,
): Promise<DatabaseResult<DraftOutcome>> {
  switch (action.type) {
    case "approve":
      return approveDrafts(db, ids, versions);
    case "unapprove":
      return unapproveDrafts(db, ids, versions);
    case "ignore":
      return ignoreDrafts(db, ids, action.reason, versions);
    case "restore":
      return restoreDrafts(db, ids, versions);
    case "defer":
      return deferDrafts(db, ids, action.until, versions);
    case "edit":
      return updateDrafts(db, ids, action.changes, versions);
  }
}

interface Step {
  action: InboxAction;
  ids: string[];
}

/** Rows with the same key go into one step. */
function stepsBy(rows: readonly InboxRow[], toAction: (row: InboxRow) => InboxAction): Step[] {
  const steps = new Map<string, Step>();
  for (const row of rows) {
    const action = toAction(row);
    const key = JSON.stringify(action);
    const step = steps.get(key);
    if (step === undefined) steps.set(key, { action, ids: [row.id] });
    else step.ids.push(row.id);
  }
  return [...steps.values()];
}

/** What takes an action back, given the rows as they were. A deferral that the action ended is set again. */
export function inverseOf(action: InboxAction, before: readonly InboxRow[]): Step[] {
  const ids = before.map((row) => row.id);
  const deferAgain = stepsBy(
    before.filter((row) => row.deferred_until !== null),
    (row) => ({ type: "defer", until: row.deferred_until }),
  );
  switch (action.type) {
    case "approve":
      return [{ action: { type: "unapprove" }, ids }, ...deferAgain];
    case "unapprove":
      return [{ action: { type: "approve" }, ids }];
    case "ignore":
      return [{ action: { type: "restore" }, ids }, ...deferAgain];
    case "restore":
      return stepsBy(before, (row) => ({ type: "ignore", reason: row.rejected_reason }));
    case "defer":
      return stepsBy(before, (row) => ({ type: "defer", until: row.deferred_until }));
    case "edit":
      return stepsBy(before, (row) => ({
        type: "edit",
        changes: Object.fromEntries(
          Object.keys(action.changes).map((key) => [key, row[key as keyof typeof action.changes]]),
        ),
      }));
  }
}

/** "Approved 3 lines". */
export function describeAction(action: InboxAction, count: number, day: (day: string) => string): string {
  const lines = count === 1 ? "1 line" : `${count} lines`;
  switch (action.type) {
    case "approve":
      return `Approved ${lines}`;
    case "unapprove":
    case "restore":
      return `Brought ${lines} back`;
    case "ignore":
      return `Ignored ${lines}`;
    case "defer":
      return action.until === null ? `Brought ${lines} back` : `Deferred ${lines} until ${day(action.until)}`;
    case "edit":
      return `Saved ${lines}`;
  }
}
