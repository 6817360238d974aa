import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";

export const rateScopes = ["client_special", "project_person", "project", "person", "client", "workspace"] as const;
/** Where a rate is set, the most specific first. */
export type RateScope = (typeof rateScopes)[number];

export interface NewRate {
  scope: RateScope;
  client_id?: string;
  project_id?: string;
  person_id?: string;
  /** Minor units an hour. */
  hourly_rate_minor: number;
  /** `YYYY-MM-DD`; absent: always. */
  valid_from?: string;
  /** Of a person's or the workspace's rate; that of the others is the client's. */
  currency?: string;
}

export const setRate = (db: BillhookClient, workspaceId: string, rate: NewRate) =>
  settle(db.rpc("set_rate", { p_workspace_id: workspaceId, p_rate: { ...rate } }));

export const removeRate = (db: BillhookClient, rateId: string) =>
  settleVoid(db.rpc("remove_rate", { p_rate_id: rateId }));

export interface ProjectRate {
  /** Null: anybody. */
  person_id: string | null;
  name: string | null;
  /** Null: there is no rate. */
  minor: number | null;
  source: RateScope | null;
}

/** What an hour costs on a day (`YYYY-MM-DD`), of anybody first, then of those who work on the project. */
export async function readProjectRates(
  db: BillhookClient,
  projectId: string,
  day: string,
): Promise<DatabaseResult<ProjectRate[]>> {
  const result = await settle(db.rpc("project_rates", { p_project_id: projectId, p_day: day }));
  return result.ok ? { ok: true, value: result.value as unknown as ProjectRate[] } : result;
}

export interface Repricing {
  /** Lines whose rate a person or a rule wrote: they stay as they are. */
  kept: number;
  amounts: { currency: string; lines: number; before_minor: number; after_minor: number }[];
}

/** What today's rates make of unbilled work since a day; with `apply` they are put on it. */
export async function repriceWork(
  db: BillhookClient,
  workspaceId: string,
  since: string,
  scope: { client_id?: string; project_id?: string; person_id?: string },
  apply: boolean,
): Promise<DatabaseResult<Repricing>> {
  const result = await settle(
    db.rpc("reprice_work", { p_workspace_id: workspaceId, p_since: since, p_scope: { ...scope }, p_apply: apply }),
  );
  return result.ok ? { ok: true, value: result.value as unknown as Repricing } : result;
}
