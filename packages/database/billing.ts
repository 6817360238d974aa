import { type BillhookClient, settle } from "./client.ts";
import type { ExceededBudget } from "./drafts.ts";
import type { DatabaseResult } from "./errors.ts";

export const billTemplates = ["project_week", "entry", "project", "ticket", "epic", "person", "day"] as const;
/** What entries share that share a line; entries of different rates never do. */
export type BillTemplate = (typeof billTemplates)[number];

export interface BillOptions {
  /** `YYYY-MM-DD`, both included; or the entries themselves. */
  from?: string;
  until?: string;
  entry_ids?: string[];
  template?: BillTemplate;
  /** An invoice draft to add to, instead of a new one. */
  invoice_id?: string;
  /** Past a project's cap as well. */
  over_cap?: boolean;
}

export interface PlannedLine {
  description: string;
  detail: string | null;
  project_id: string | null;
  ticket_key: string | null;
  /** `YYYY-MM-DD`. */
  start_date: string;
  end_date: string;
  /** As billed, and as approved before rounding. */
  seconds: number;
  entry_seconds: number;
  hourly_rate_minor: number;
  entries: number;
  entry_ids: string[];
}

export interface LeftOut {
  /** Of an entry, or of a draft that nobody approved. */
  id: string;
  description: string;
  entry_date: string;
  seconds: number;
  reason: string;
}

export interface BillPlan {
  currency: string;
  template: BillTemplate;
  lines: PlannedLine[];
  /** The first 500. */
  left_out: LeftOut[];
  left_out_count: number;
  /** Projects that would be past their budget, by how much. */
  over: Omit<ExceededBudget, "currency">[];
  terms: {
    prices_include_tax: boolean;
    tax_rounding: string;
    tax_category: string | null;
    tax_percent: number | null;
    tax_name: string | null;
  };
}

/** What `billClient` would put on an invoice. */
export async function previewBill(
  db: BillhookClient,
  clientId: string,
  options: BillOptions,
): Promise<DatabaseResult<BillPlan>> {
  const result = await settle(db.rpc("preview_bill", { p_client_id: clientId, p_options: { ...options } }));
  return result.ok ? { ok: true, value: result.value as unknown as BillPlan } : result;
}

/**
 * Puts a client's unbilled entries on an invoice draft. What somebody else billed meanwhile is left out; `invoice_id` is null
 * where nothing is left. Asked twice for the same entries, it answers the same invoice.
 */
export async function billClient(
  db: BillhookClient,
  clientId: string,
  options: BillOptions,
): Promise<DatabaseResult<{ invoice_id: string | null; left_out: LeftOut[] }>> {
  const result = await settle(db.rpc("bill_client", { p_client_id: clientId, p_options: { ...options } }));
  return result.ok
    ? { ok: true, value: result.value as unknown as { invoice_id: string | null; left_out: LeftOut[] } }
    : result;
}
