import { type BillhookClient, settle } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { Json } from "./types.generated.ts";

export type PersonKind = "human" | "agent" | "bot";

export interface PersonDaysRequest {
  workspace_id: string;
  people: {
    /** packages/domain/people.ts */
    key: string;
    name: string | null;
    email: string | null;
    kind: PersonKind;
    /** A co-author: answered where known or a member, and not made otherwise. */
    named_only: boolean;
    /** Working days, `YYYY-MM-DD`. */
    days: string[];
  }[];
}

export interface KnownPerson {
  workspace_id: string;
  key: string;
  person_id: string;
  display_name: string;
  kind: PersonKind;
  /** Null for authors who do not belong to the workspace. */
  member_id: string | null;
  /** Days before the last one asked about, in no order. */
  past: {
    day: string;
    bounded_hours: number;
    last_hour: number | null;
    last_authored_at: string | null;
    /** Null while something of the day is open, or nothing was approved. */
    approved_minutes: number | null;
    unedited: boolean;
  }[];
  /** Recorded commits of the days asked about, without those a rule left out. */
  commits: KnownCommit[];
  /** Minutes that eight in ten of the latest approved commits lie between; null while they are few. */
  usual: { low: number; high: number } | null;
  /** What drafts claim of the days asked about, approved ones included. */
  claims: { day: string; draft_id: string; minutes: number }[];
  /** Timers and manual entries of the days asked about. */
  entries: KnownEntry[];
}

export interface KnownEntry {
  day: string;
  source: "timer" | "manual";
  project_id: string;
  started_at: string | null;
  ended_at: string | null;
  minutes: number;
}

export interface KnownCommit {
  day: string;
  hash: string;
  authored_at: string | null;
  offset_minutes: number | null;
  files: number | null;
  additions: number | null;
  deletions: number | null;
  source_files: number | null;
  source_additions: number | null;
  source_deletions: number | null;
  binary_files: number | null;
  /** The author's first. */
  drafts: KnownDraft[];
}

export interface KnownDraft {
  id: string;
  person_id: string | null;
  /** This person's part of the commit's time, 0 to 1. */
  share: number;
  minutes: number;
  /** Open, calibrated, and touched by nobody. */
  movable: boolean;
  /** Flagged as more than the day holds. */
  over_day: boolean;
}

/** Service role: the people (made where new), their past days and their commits of the days asked about. */
export async function readPersonDays(
  db: BillhookClient,
  requests: PersonDaysRequest[],
): Promise<DatabaseResult<KnownPerson[]>> {
  const result = await settle(db.rpc("person_days", { p_requests: requests as unknown as Json }));
  return result.ok ? { ok: true, value: result.value as unknown as KnownPerson[] } : result;
}

/** How long a person's commits say a day was. */
export interface DayMeasure {
  workspace_id: string;
  person_id: string;
  day: string;
  bounded_hours: number;
  last_hour: number | null;
  last_authored_at: string | null;
}

/** A draft whose day has more commits now. Applied only while nobody has touched the draft. Minutes. */
export interface MovedEstimate {
  draft_id: string;
  minutes: number;
  low: number;
  high: number;
  reason: string;
  /** Whether the day holds it, said anew; null leaves what was said. */
  flags: { code: string; message: string }[] | null;
}
