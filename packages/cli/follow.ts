/** What became of what was delivered. */
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { readRows, type Session } from "./stack.ts";

export interface Outcome {
  /** New commits, and how many of them became drafts. */
  recorded: number;
  drafts: number;
  /** New commits that a rule left out, by rule, most frequent first. */
  ignored: [rule: string, count: number][];
  /** Deliveries that failed, with the reason the delivery log gives. */
  failed: string[];
  /** Deliveries not finished in time. */
  waiting: number;
}

/** What PostgREST gives at most per request, by Supabase's default. */
const pageSize = 1000;
/** Ids per request: an address stays below 8 KB. */
const idsPerRequest = 100;

const deliveryRow = z.object({ id: z.string(), status: z.string(), error: z.string().nullable() });
const commitRow = z.object({ status: z.string(), ignored_rule: z.string().nullable() });

/** The moment of the newest commit Billhook has of the repository, by its own clock; to be asked before sending. */
export async function readLastRecorded(session: Session, repositoryId: string): Promise<string | null> {
  const query = `commits?repository_id=eq.${repositoryId}&select=created_at&order=created_at.desc&limit=1`;
  const [row] = await readRows(session, query, z.object({ created_at: z.string() }));
  return row?.created_at ?? null;
}

/**
 * Waits until the deliveries are recorded or have failed, or until none has been finished for `patienceMs`; then counts
 * what is new since `since`.
 */
export async function followDeliveries(
  session: Session,
  repositoryId: string,
  deliveries: readonly string[],
  since: string | null,
  options: { patienceMs?: number; onFinished?: (finished: number) => void } = {},
): Promise<Outcome> {
  const waiting = new Set(deliveries);
  const failed: string[] = [];
  let pause = 100;
  let until = Date.now() + (options.patienceMs ?? 60_000);
  while (waiting.size > 0 && Date.now() < until) {
    const finished = await readFinished(session, waiting);
    for (const row of finished) {
      waiting.delete(row.id);
      if (row.status === "failed") failed.push(row.error ?? "No reason was given.");
    }
    if (finished.length > 0) until = Date.now() + (options.patienceMs ?? 60_000);
    options.onFinished?.(deliveries.length - waiting.size);
    if (waiting.size > 0) await wait(pause);
    pause = Math.min(1000, pause * 1.3);
  }
  return { ...(await countNew(session, repositoryId, since)), failed, waiting: waiting.size };
}

async function readFinished(session: Session, waiting: ReadonlySet<string>): Promise<z.infer<typeof deliveryRow>[]> {
  // The oldest are finished first, so the first hundred say enough.
  const ids = [...waiting].slice(0, idsPerRequest).join(",");
  const query = `webhook_deliveries?id=in.(${ids})&status=neq.accepted&select=id,status,error`;
  return readRows(session, query, deliveryRow);
}

async function countNew(
  session: Session,
  repositoryId: string,
  since: string | null,
): Promise<Pick<Outcome, "recorded" | "drafts" | "ignored">> {
  const newer = since === null ? "" : `&created_at=gt.${encodeURIComponent(since)}`;
  const rules = new Map<string, number>();
  let recorded = 0;
  let drafts = 0;
  for (let offset = 0; ; offset += pageSize) {
    const page = `&order=id&limit=${pageSize}&offset=${offset}`;
    const query = `commits?repository_id=eq.${repositoryId}${newer}&select=status,ignored_rule${page}`;
    const rows = await readRows(session, query, commitRow);
    recorded += rows.length;
    for (const { status, ignored_rule: rule } of rows) {
      if (status === "ignored") rules.set(rule ?? "ignored", (rules.get(rule ?? "ignored") ?? 0) + 1);
      else drafts += 1;
    }
    if (rows.length < pageSize) break;
  }
  return { recorded, drafts, ignored: [...rules].toSorted((one, other) => other[1] - one[1]) };
}
