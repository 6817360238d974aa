/**
 * Tickets asked for in batches, a few at once, and the answers in the order of the keys.
 *
 * A refused token fails everything. A limit, or a system that is away, ends the reading: what was read until then is
 * answered, and the rest fails alone. Anything else is of its own batch.
 */
import type { CallFailure, CallResult, RateBudget } from "@billhook/http/result";
import type * as z from "zod";
import type { Ticket, TicketAnswer } from "./tracker.ts";

/** What came of a key. */
export type TicketOutcome =
  | { outcome: "found" | "moved"; ticket: Ticket }
  | { outcome: "gone" }
  | { outcome: "failed"; code: CallFailure["code"]; detail: string };

export interface BatchLimits {
  /** Keys in one call. */
  size: number;
  /** Calls at once. */
  atOnce: number;
  /** Could this be one of the system's keys? Any other is gone without being asked for. */
  isReadable?: (key: string) => boolean;
}

/**
 * A key that the reader gives no outcome is gone. Where nothing came of any key but failures, the first of them is the
 * failure of all.
 */
export async function readInBatches(
  keys: readonly string[],
  { size, atOnce, isReadable = () => true }: BatchLimits,
  read: (batch: readonly string[]) => Promise<CallResult<ReadonlyMap<string, TicketOutcome>>>,
): Promise<CallResult<TicketAnswer[]>> {
  const batches = inBatches([...new Set(keys)].filter(isReadable), size);
  const outcomes = new Map<string, TicketOutcome>();
  const seen: { budget: RateBudget | null; first: CallFailure | null; end: CallFailure | null } = {
    budget: null,
    first: null,
    end: null,
  };

  async function work(): Promise<void> {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const result = seen.end ?? (await read(batch));
      seen.budget = result.budget ?? seen.budget;
      if (!result.ok) {
        seen.first ??= result;
        if (endings.has(result.code)) seen.end ??= result;
      }
      for (const key of batch) {
        outcomes.set(key, result.ok ? (result.value.get(key) ?? gone) : toFailed(result));
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, batches.length) }, work));

  const failure = seen.end ?? seen.first;
  if (failure !== null) {
    const isOfAll = [...outcomes.values()].every(({ outcome }) => outcome === "failed");
    if (isOfAll || failure.code === "unauthorised") return failure;
  }
  return { ok: true, value: keys.map((key) => ({ key, ...(outcomes.get(key) ?? gone) })), budget: seen.budget };
}

/** What goes on failing until somebody does something about it, or for a while. */
const endings: ReadonlySet<CallFailure["code"]> = new Set(["unauthorised", "rate_limited", "unavailable"]);

const gone: TicketOutcome = { outcome: "gone" };

/** `moved` where the ticket has another key than it was asked by, and not only in other letters. */
export const toOutcome = (key: string, ticket: Ticket): TicketOutcome => ({
  outcome: ticket.key.toLowerCase() === key.toLowerCase() ? "found" : "moved",
  ticket,
});

const toFailed = ({ code, detail }: CallFailure): TicketOutcome => ({ outcome: "failed", code, detail });

function inBatches<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size));
  return batches;
}

/**
 * What a ticket can do without: where it is not there, or not for this token, the fallback stands in for it. A system
 * that is away, or wants to be left alone, is a failure all the same: the ticket is read again, whole.
 */
export function orElse<T>(result: CallResult<T>, fallback: T): CallResult<T> {
  if (result.ok || endings.has(result.code)) return result;
  return { ok: true, value: fallback, budget: result.budget };
}

/** The entries of a list that are of the form; each odd one costs itself alone. */
export function readEntries<T>(schema: z.ZodType<T>, entries: readonly unknown[]): T[] {
  return entries.flatMap((entry) => {
    const parsed = schema.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Runs `read` for each item, at most `atOnce` at a time; the first failure is the failure of all. */
export async function readEach<T, U>(
  items: readonly T[],
  atOnce: number,
  read: (item: T) => Promise<CallResult<U>>,
): Promise<CallResult<U[]>> {
  const values: U[] = [];
  let budget: RateBudget | null = null;
  for (const group of inBatches(items, atOnce)) {
    for (const result of await Promise.all(group.map(read))) {
      if (!result.ok) return result;
      values.push(result.value);
      budget = result.budget ?? budget;
    }
  }
  return { ok: true, value: values, budget };
}
