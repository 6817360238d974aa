/** From lines of work to words for them: redacted, asked once for many, paid for within the budget, checked. */
import type { BillhookClient } from "@billhook/database/client";
import {
  readCachedWords,
  reserveWords,
  settleWords,
  type WordConnection,
  type WordExample,
  type WordRequest,
} from "@billhook/database/words";
import { askModel, boundUsage, type ModelAnswer } from "@billhook/describe/anthropic";
import { priceOf } from "@billhook/domain/word-models";
import { createRedactor } from "@billhook/describe/redact";
import { checkWords } from "@billhook/describe/summary-check";
import { type PreparedWork, prepareWork, type Work } from "@billhook/describe/summary-input";
import { linesSchema, promptLines, promptVersion } from "@billhook/describe/summary-prompt";
import type * as z from "zod";
import { log } from "../log.ts";
import type { ModelAccess } from "./connection.ts";

/** Lines of one request, and UTF-16 units of all that is sent for them. */
const linesPerRequest = 20;
const lengthPerRequest = 60_000;
const requestsAtOnce = 3;
const timeoutMs = 20_000;

export interface AskedLine {
  id: string;
  clientId: string;
  locale: string;
  work: Work;
}

/** `retrySeconds` is set where asking again later may help. Reasons are for people. */
export type LineWords =
  | { words: string; isCached: boolean }
  | { words: null; reason: string; retrySeconds: number | null };

interface PreparedLine extends AskedLine {
  prepared: PreparedWork;
  key: string;
}

const kept = (reason: string, retrySeconds: number | null = null): LineWords => ({ words: null, reason, retrySeconds });

export const noKey = "There is no key for the model. Set one in the settings, under Words.";
const overBudget = "This month's budget for words is used up.";
const notReached = "The database did not answer.";

/** Answers for every line, by its id. Throws on a bug only. */
export async function askForWords(
  db: BillhookClient,
  connection: WordConnection,
  access: ModelAccess,
  lines: readonly AskedLine[],
  options: { kind: "lines" | "preview"; examples: Record<string, WordExample[]> },
): Promise<Map<string, LineWords>> {
  const answers = new Map<string, LineWords>();
  const redactor = createRedactor(connection.code_names);
  const prepared: PreparedLine[] = [];
  for (const line of lines) {
    const work = await prepareWork(line.work, redactor);
    const key = await digest([promptVersion, access.model.id, line.locale, work.input]);
    prepared.push({ ...line, prepared: work, key });
  }
  const cached = await readCachedWords(db, connection.workspace_id, [...new Set(prepared.map(({ key }) => key))]);
  const known = cached.ok ? cached.value : {};
  const open: PreparedLine[] = [];
  for (const line of prepared) {
    const words = known[line.key];
    if (words === undefined) open.push(line);
    else answers.set(line.id, { words: redactor.restore(words), isCached: true });
  }
  const requests = splitRequests(open);
  const examplesOf = async (clientId: string): Promise<WordExample[]> => {
    const redacted: WordExample[] = [];
    for (const { proposed, final } of options.examples[clientId] ?? []) {
      const [before, after] = [await redactor.redact(proposed), await redactor.redact(final)];
      redacted.push({ proposed: before.text, final: after.text });
    }
    return redacted;
  };
  const askNext = async (): Promise<void> => {
    for (let request = requests.shift(); request !== undefined; request = requests.shift()) {
      const [first] = request;
      const examples = first === undefined ? [] : await examplesOf(first.clientId);
      const answered = await askOnce(db, connection, access, request, options.kind, examples);
      for (const [id, words] of answered) {
        answers.set(id, words.words === null ? words : { ...words, words: redactor.restore(words.words) });
      }
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, askNext));
  return answers;
}

/** One client's lines at a time: a language, and what that client's lines were made of before. */
function splitRequests(lines: readonly PreparedLine[]): PreparedLine[][] {
  const requests: PreparedLine[][] = [];
  for (const ofClient of Map.groupBy(lines, ({ clientId }) => clientId).values()) {
    let request: PreparedLine[] = [];
    let length = 0;
    for (const line of ofClient) {
      const own = JSON.stringify(line.prepared.input).length;
      if (request.length > 0 && (request.length >= linesPerRequest || length + own > lengthPerRequest)) {
        requests.push(request);
        [request, length] = [[], 0];
      }
      request.push(line);
      length += own;
    }
    if (request.length > 0) requests.push(request);
  }
  return requests;
}

async function askOnce(
  db: BillhookClient,
  connection: WordConnection,
  access: ModelAccess,
  lines: readonly PreparedLine[],
  kind: WordRequest["kind"],
  examples: readonly WordExample[],
): Promise<Map<string, LineWords>> {
  const everyLine = (words: LineWords) => new Map(lines.map(({ id }) => [id, words]));
  const locale = lines[0]?.locale ?? "en";
  const prompt = promptLines(
    lines.map(({ prepared }) => prepared.input),
    locale,
    examples,
  );
  const id = crypto.randomUUID();
  const reserved = await reserveWords(db, connection.workspace_id, {
    id,
    kind,
    model: access.model.id,
    prompt_version: promptVersion,
    lines: lines.length,
    sent: {
      language: locale,
      ...(examples.length === 0 ? {} : { examples: examples.map((example) => ({ ...example })) }),
      lines: lines.map(({ prepared }) => ({ ...prepared.shown, taken_out: prepared.found })),
    },
    reserved_micros: priceOf(access.model, boundUsage(prompt, lines.length)),
  });
  if (!reserved.ok) {
    log("error", "words_not_reserved", { workspace: connection.workspace_id, cause: reserved.error.cause });
    return everyLine(kept(notReached, 60));
  }
  if (!reserved.value) return everyLine(kept(overBudget));

  const answer = await askModel(
    { apiKey: access.apiKey, baseUrl: access.baseUrl, model: access.model.id, timeoutMs },
    prompt,
    linesSchema,
    lines.length,
  );
  const words = answer.ok ? checkAnswer(answer.value, lines) : everyLine(describeFailure(answer));
  const keyOf = new Map(lines.map((line) => [line.id, line.key]));
  const fresh = [...words].flatMap(([line, { words: text }]) => (text === null ? [] : [[keyOf.get(line) ?? "", text]]));
  const settled = await settleWords(
    db,
    connection.workspace_id,
    {
      id,
      cost_micros: answer.usage === null ? null : priceOf(access.model, answer.usage),
      input_tokens: answer.usage?.input ?? null,
      output_tokens: answer.usage?.output ?? null,
      error: answer.ok ? null : describeFailure(answer).reason,
    },
    Object.fromEntries(fresh) as Record<string, string>,
    answer.ok ? null : answer.code === "unauthorised" ? describeFailure(answer).reason : connection.problem,
  );
  if (!settled.ok) log("error", "words_not_settled", { request: id, cause: settled.error.cause });
  if (!answer.ok) log("warn", "model_not_asked", { request: id, code: answer.code, detail: answer.detail });
  return words;
}

/** A line that was answered twice, or not at all, keeps its words. */
function checkAnswer(answer: z.infer<typeof linesSchema>, lines: readonly PreparedLine[]): Map<string, LineWords> {
  return new Map(
    lines.map(({ id, locale }, index): [string, LineWords] => {
      const [own, ...others] = answer.lines.filter(({ line }) => line === index + 1);
      if (own === undefined || others.length > 0) return [id, kept("The model did not answer for this line.")];
      const checked = checkWords(own.words, locale);
      return [id, checked.ok ? { words: checked.words, isCached: false } : kept(checked.reason)];
    }),
  );
}

function describeFailure(failure: Extract<ModelAnswer<unknown>, { ok: false }>): Extract<LineWords, { words: null }> {
  const say = (reason: string, retrySeconds: number | null = null) => ({ words: null, reason, retrySeconds });
  switch (failure.code) {
    case "unauthorised":
      return say("The model's provider refuses the key. Set another in the settings, under Words.");
    case "rate_limited":
      return say("The model is asked too often; it is tried again.", failure.retryAfterSeconds ?? 60);
    case "unavailable":
      return say("The model did not answer; it is tried again.", 60);
    case "refused":
      return say("The model would not word it.");
    case "unexpected":
      return say("The model's answer made no sense.");
  }
}

async function digest(parts: unknown[]): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
