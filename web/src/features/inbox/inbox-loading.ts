import { type BillhookClient, settle } from "@billhook/database/client";
import type { DatabaseResult } from "@billhook/database/errors";
import { unwrap } from "../../data/query.ts";
import { type InboxRow, inboxColumns } from "./inbox-row.ts";

/** PostgREST answers at most this many rows per request. */
const PAGE = 1000;
/** What is asked for first, so that there is something to work on while the rest comes in. */
const SCREENFUL = 100;
/** Ids in one address: 37 characters each. */
const IDS_PER_REQUEST = 120;

type Scope = "draft" | "approved" | "rejected";

/** The scope's rows, newest day first; approved ones only while they are on no invoice. */
function page(db: BillhookClient, workspaceId: string, scope: Scope, from: number, size: number) {
  const query = db
    .from("inbox_drafts")
    .select(inboxColumns)
    .eq("workspace_id", workspaceId)
    .eq("status", scope)
    .is("replaced_by", null)
    .order("start_date", { ascending: false })
    .order("id")
    .range(from, from + size - 1);
  return settle(scope === "approved" ? query.is("invoice_id", null) : query);
}

/** How many rows a scope has; asked of the table, which needs no joins. Null where it could not be told. */
export async function countScope(db: BillhookClient, workspaceId: string, scope: Scope): Promise<number | null> {
  const query = db
    .from("draft_line_items")
    .select("id", { count: "exact", head: true })
    .eq("workspace_id", workspaceId)
    .eq("status", scope)
    .is("replaced_by", null);
  const { count } = await (scope === "approved" ? query.is("invoice_id", null) : query);
  return count;
}

/**
 * Loads a scope: a screenful first, then the rest in pages at the same time. `onRows` gets each page as it arrives. Rows
 * that slip between pages because others left meanwhile are looked for once more.
 */
export async function loadScope(
  db: BillhookClient,
  workspaceId: string,
  scope: Scope,
  onRows: (rows: InboxRow[], total: number) => void,
): Promise<void> {
  const seen = new Set<string>();
  for (let attempt = 0; attempt < 2; attempt++) {
    const counted = countScope(db, workspaceId, scope);
    const first = await unwrap(page(db, workspaceId, scope, 0, SCREENFUL));
    const total = (await counted) ?? first.length;
    const take = (data: unknown): void => {
      const rows = data as InboxRow[];
      for (const row of rows) seen.add(row.id);
      onRows(rows, total);
    };
    take(first);
    const pages = first.length < SCREENFUL ? 0 : Math.max(0, Math.ceil((total - SCREENFUL) / PAGE));
    const starts = Array.from({ length: pages }, (_, at) => SCREENFUL + at * PAGE);
    await Promise.all(starts.map(async (from) => take(await unwrap(page(db, workspaceId, scope, from, PAGE)))));
    if (seen.size >= total) return;
  }
}

/** Since when to ask for changes: the newest change there is, as an ISO 8601 instant. */
export async function loadWatermark(db: BillhookClient, workspaceId: string): Promise<string> {
  const newest = await unwrap(
    settle(
      db
        .from("draft_line_items")
        .select("updated_at")
        .eq("workspace_id", workspaceId)
        .order("updated_at", { ascending: false })
        .limit(1),
    ),
  );
  return newest[0]?.updated_at ?? "1970-01-01T00:00:00Z";
}

export interface ChangeMark {
  id: string;
  version: number;
  updated_at: string;
}

/**
 * Which drafts have changed since the mark. Ten seconds of overlap: a transaction that began earlier may become visible
 * later than one that began after it.
 */
export async function findChanges(
  db: BillhookClient,
  workspaceId: string,
  since: string,
): Promise<DatabaseResult<ChangeMark[]>> {
  const from = new Date(Date.parse(since) - 10_000).toISOString();
  const found: ChangeMark[] = [];
  for (;;) {
    const next = await settle(
      db
        .from("draft_line_items")
        .select("id, version, updated_at")
        .eq("workspace_id", workspaceId)
        .gt("updated_at", from)
        .order("updated_at")
        .order("id")
        .range(found.length, found.length + PAGE - 1),
    );
    if (!next.ok) return next;
    found.push(...next.value);
    if (next.value.length < PAGE) return { ok: true, value: found };
  }
}

export async function loadRows(db: BillhookClient, ids: readonly string[]): Promise<DatabaseResult<InboxRow[]>> {
  const rows: InboxRow[] = [];
  for (let at = 0; at < ids.length; at += IDS_PER_REQUEST) {
    const part = await settle(
      db
        .from("inbox_drafts")
        .select(inboxColumns)
        .in("id", ids.slice(at, at + IDS_PER_REQUEST)),
    );
    if (!part.ok) return part;
    rows.push(...(part.value as unknown as InboxRow[]));
  }
  return { ok: true, value: rows };
}
