/**
 * `billhook estimate`: reads one developer's history as JSON lines, oldest first, and prints an estimate per commit, by
 * the same code as the pipeline. Nothing is written before the whole history was understood.
 */
import { estimateHistory } from "@billhook/domain/estimate/calibrated";
import { parseHistoryLine, type HistoryLine } from "@billhook/domain/estimate/calibrated-line";

export type EstimateOutcome = { ok: true; commits: number } | { ok: false; line: number; message: string };

/**
 * Lines in: `{"type":"commit","hash","day","authored_at", counts}` and `{"type":"approved","date","minutes"}`; empty
 * lines are skipped. Lines out: `{"hash","minutes","low","high","method"}`, minutes, in the order of the commits.
 * `input` may come in chunks of any size. On failure `line` counts from 1, and nothing was written.
 */
export async function runEstimate(
  input: AsyncIterable<string> | string,
  write: (text: string) => void,
): Promise<EstimateOutcome> {
  const history: HistoryLine[] = [];
  let number = 0;
  for await (const text of splitLines(input)) {
    number += 1;
    if (text.trim() === "") continue;
    const parsed = parseLine(text);
    if (!parsed.ok) return { ok: false, line: number, message: parsed.message };
    history.push(parsed.line);
  }
  const estimates = estimateHistory(history);
  for (const { hash, minutes, low, high, method } of estimates) {
    write(`${JSON.stringify({ hash, minutes, low, high, method })}\n`);
  }
  return { ok: true, commits: estimates.length };
}

function parseLine(text: string): ReturnType<typeof parseHistoryLine> {
  try {
    return parseHistoryLine(JSON.parse(text));
  } catch (error) {
    return {
      ok: false,
      message: `not JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

async function* splitLines(input: AsyncIterable<string> | string): AsyncGenerator<string> {
  let rest = "";
  let first = true;
  for await (const chunk of typeof input === "string" ? [input] : input) {
    // A byte-order mark is no part of the first line's JSON.
    const lines = (rest + (first ? chunk.replace(/^\uFEFF/, "") : chunk)).split("\n");
    first = false;
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
