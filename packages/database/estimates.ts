import { type BillhookClient, settle } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";

/** What is claimed of one person's day, in minutes. */
export interface DayBudget {
  /** The draft asked about. */
  minutes: number;
  other_drafts: number;
  approved: number;
  /** Timers and manual entries. */
  entries: number;
  first_at: string | null;
  last_at: string | null;
  /** From when the day counts: its first working hour, or an earlier activity's morning. */
  begins_at: string;
  /** From then to the last activity; null where none has a time. */
  passed: number | null;
}

/** Null where the draft is nobody's. */
export async function readDayBudget(db: BillhookClient, draftId: string): Promise<DatabaseResult<DayBudget | null>> {
  const result = await settle(db.rpc("day_budget", { p_draft_id: draftId }));
  if (result.ok) return { ok: true, value: result.value as unknown as DayBudget };
  return result.error.code === "not_found" ? { ok: true, value: null } : result;
}

/** Minutes, and counts of approved lines; days and weeks as `YYYY-MM-DD`. */
export interface EstimateReport {
  total: {
    lines: number;
    unedited: number;
    estimated: number;
    approved: number;
    median_edit: number | null;
    billed: number;
    median_wait: number | null;
  };
  waits: { label: string; lines: number }[];
  edits: { label: string; lines: number }[];
  weeks: {
    week: string;
    lines: number;
    unedited: number;
    /** Lines that showed a range, and those whose approved time lies within it. */
    ranged: number;
    within: number;
    /** Of those, the ones a person changed. */
    tested: number;
    held: number;
  }[];
  months: {
    month: string;
    person_id: string | null;
    person: string;
    estimated: number;
    approved: number;
    lines: number;
  }[];
}

export interface ReportFilter {
  from?: string;
  until?: string;
  projectId?: string;
  personId?: string;
}

export async function readEstimateReport(
  db: BillhookClient,
  workspaceId: string,
  { from, until, projectId, personId }: ReportFilter,
): Promise<DatabaseResult<EstimateReport>> {
  const result = await settle(
    db.rpc("estimate_report", {
      p_workspace_id: workspaceId,
      ...(from === undefined ? {} : { p_from: from }),
      ...(until === undefined ? {} : { p_until: until }),
      ...(projectId === undefined ? {} : { p_project_id: projectId }),
      ...(personId === undefined ? {} : { p_person_id: personId }),
    }),
  );
  return result.ok ? { ok: true, value: result.value as unknown as EstimateReport } : result;
}
