/** From what a system has answered to one answer for each key asked. */
import type { CallResult, RateBudget } from "@billhook/http/result";
import type { Ticket, TicketAnswer } from "./tracker.ts";

/** A list in parts of at most `size`. */
function inParts<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}

/**
 * One answer for each key, in the order asked, read in parts of at most `size`, one after another. A key that cannot be
 * the system's is gone without being asked for; the first part that fails fails all.
 */
export async function answerInParts(
  keys: readonly string[],
  { size, isReadable }: { size: number; isReadable: (key: string) => boolean },
  read: (part: string[]) => Promise<CallResult<TicketAnswer[]>>,
): Promise<CallResult<TicketAnswer[]>> {
  const answers = new Map<string, TicketAnswer>();
  let budget: RateBudget | null = null;
  for (const part of inParts([...new Set(keys.filter(isReadable))], size)) {
    const result = await read(part);
    if (!result.ok) return result;
    for (const answer of result.value) answers.set(answer.key, answer);
    budget = result.budget;
  }
  return { ok: true, value: keys.map((key) => answers.get(key) ?? toAnswer(key, null)), budget };
}

/** `moved` where the ticket has another key than it was asked by. */
export const toAnswer = (key: string, ticket: Ticket | null): TicketAnswer =>
  ticket === null ? { key, outcome: "gone" } : { key, outcome: ticket.key === key ? "found" : "moved", ticket };
