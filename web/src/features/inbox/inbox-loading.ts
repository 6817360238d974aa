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

/**
 * The scope's rows, newest day first, after the row given; approved ones only while they are on no invoice. By the row and
 * not by its number: the thousandth page costs what the first does, and none is missed when others leave meanwhile.
 */
function page(db: BillhookClient, workspaceId: string, scope: Scope, after: InboxRow | undefined, size: number) {
  let query = db
    .from("inbox_drafts")
    .select(inboxColumns)
    .eq("workspace_id", workspaceId)
    .eq("status", scope)
    .is("replaced_by", null);
  if (scope === "approved") query = query.is("invoice_id", null);
  if (after !== undefined) {
    query = query.lte("start_date", after.start_date).or(`start_date.lt.${after.start_date},id.gt.${after.id}`);
  }
  return settle(query.order("start_date", { ascending: false }).order("id").limit(size));
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

/** Loads a scope: a screenful first, then the rest page by page. `onRows` gets each as it arrives. */
export async function loadScope(
  db: BillhookClient,
  workspaceId: string,
  scope: Scope,
  onRows: (rows: InboxRow[], total: number) => void,
): Promise<void> {
  const ask = async (after: InboxRow | undefined, size: number): Promise<InboxRow[]> =>
    (await unwrap(page(db, workspaceId, scope, after, size))) as unknown as InboxRow[];
  let asked = ask(undefined, SCREENFUL);
  const counted = countScope(db, workspaceId, scope);
  for (let size = SCREENFUL; ; size = PAGE) {
    const [rows, total] = await Promise.all([asked, counted]);
    const more = rows.length === size;
    // The next page is on its way while this one is shown.
    if (more) asked = ask(rows.at(-1), PAGE);
    onRows(rows, total ?? rows.length);
    if (!more) return;
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

/** A transaction that began earlier may become visible later than one that began after it: by this many milliseconds. */
const OVERLAP = 10_000;

/** Takes changes page by page in their order. */
async function eachPage<Change extends ChangeMark>(
  ask: (after: Change | undefined) => Promise<DatabaseResult<Change[]>>,
  take: (changes: Change[]) => void,
): Promise<DatabaseResult<null>> {
  for (let after: Change | undefined; ;) {
    const next = await ask(after);
    if (!next.ok) return next;
    take(next.value);
    if (next.value.length < PAGE) return { ok: true, value: null };
    after = next.value.at(-1);
  }
}

const following = ({ id, updated_at }: ChangeMark): string => `updated_at.gt."${updated_at}",id.gt.${id}`;

/**
 * Which drafts have changed since the newest change heard of. `settled`: how many milliseconds after hearing of it they
 * were last asked for. What was to become visible late has done so by then, and is not asked for again.
 */
export async function findChanges(
  db: BillhookClient,
  workspaceId: string,
  since: string,
  settled = 0,
): Promise<DatabaseResult<ChangeMark[]>> {
  const from = new Date(Date.parse(since) - Math.max(0, OVERLAP - settled)).toISOString();
  const found: ChangeMark[] = [];
  const read = await eachPage(
    (after: ChangeMark | undefined) => {
      const query = db
        .from("draft_line_items")
        .select("id, version, updated_at")
        .eq("workspace_id", workspaceId)
        .gt("updated_at", from);
      const rest = after === undefined ? query : query.gte("updated_at", after.updated_at).or(following(after));
      return settle(rest.order("updated_at").order("id").limit(PAGE));
    },
    (changes) => found.push(...changes),
  );
  return read.ok ? { ok: true, value: found } : read;
}

/** Loads the drafts that changed: `marks` in the order they were found. `onRows` gets the drafts as they arrive. */
export async function loadChanges(
  db: BillhookClient,
  workspaceId: string,
  marks: readonly ChangeMark[],
  onRows: (rows: InboxRow[]) => void,
): Promise<DatabaseResult<null>> {
  const [first, last] = [marks[0], marks.at(-1)];
  if (first === undefined || last === undefined) return { ok: true, value: null };
  if (marks.length <= IDS_PER_REQUEST) {
    const ids = marks.map((mark) => mark.id);
    const rows = await settle(db.from("inbox_drafts").select(inboxColumns).in("id", ids));
    if (rows.ok) onRows(rows.value as unknown as InboxRow[]);
    return rows.ok ? { ok: true, value: null } : rows;
  }
  // More ids than an address holds; what changes once more meanwhile is found the next time.
  return eachPage(async (after: InboxRow | undefined) => {
    const query = db
      .from("inbox_drafts")
      .select(inboxColumns)
      .eq("workspace_id", workspaceId)
      .gte("updated_at", (after ?? first).updated_at)
      .lte("updated_at", last.updated_at);
    const rest = after === undefined ? query : query.or(following(after));
    const rows = await settle(rest.order("updated_at").order("id").limit(PAGE));
    return rows.ok ? { ok: true, value: rows.value as unknown as InboxRow[] } : rows;
  }, onRows);
}
