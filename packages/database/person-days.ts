import { type BillhookClient, settle } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { Json } from "./types.generated.ts";

export interface PersonDaysRequest {
  workspace_id: string;
  people: {
    /** packages/domain/people.ts */
    key: string;
    name: string | null;
    email: string | null;
    kind: "human" | "agent" | "bot";
    /** Working days, `YYYY-MM-DD`. */
    days: string[];
  }[];
}

export interface KnownPerson {
  workspace_id: string;
  key: string;
  person_id: string;
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
  draft_id: string | null;
  /** Open, calibrated, and touched by nobody. */
  movable: boolean;
  minutes: number | null;
}

/** Service role: the people (made where new), their past days and their commits of the days asked about. */
export async function readPersonDays(db: BillhookClient, requests: PersonDaysRequest[]): Promise<DatabaseResult<KnownPerson[]>> {
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
}
