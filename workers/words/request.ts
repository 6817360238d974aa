/** One question to the model: reserved within the budget, asked once, and settled with what it cost. */
import type { BillhookClient } from "@billhook/database/client";
import { reserveWords, settleWords, type WordConnection, type WordRequest } from "@billhook/database/words";
import { askModel, boundUsage, type ModelFailureCode } from "@billhook/describe/anthropic";
import { type Prompt, promptVersion } from "@billhook/describe/summary-prompt";
import { priceOf } from "@billhook/domain/word-models";
import type * as z from "zod";
import { log } from "../log.ts";
import type { ModelAccess } from "./connection.ts";

const timeoutMs = 20_000;

/** Nothing to use. `retrySeconds` is set where asking again later may help; the reason is for people. */
export interface Unworded {
  words: null;
  reason: string;
  retrySeconds: number | null;
}

export const unworded = (reason: string, retrySeconds: number | null = null): Unworded => ({
  words: null,
  reason,
  retrySeconds,
});

export interface Question<T> {
  kind: WordRequest["kind"];
  prompt: Prompt;
  schema: z.ZodType<T>;
  lines: number;
  /** What may be kept of what is sent. */
  sent: WordRequest["sent"];
  /** What of the answer may be used again, by the digest of what it was asked for. */
  keep: (value: T) => Record<string, string>;
}

export async function askWithinBudget<T>(
  db: BillhookClient,
  connection: WordConnection,
  access: ModelAccess,
  question: Question<T>,
): Promise<{ value: T } | Unworded> {
  const { model } = access;
  const { kind, prompt, schema, lines, sent } = question;
  const workspaceId = connection.workspace_id;
  const id = crypto.randomUUID();
  const reserved = await reserveWords(db, workspaceId, {
    id,
    kind,
    model: model.id,
    prompt_version: promptVersion,
    lines,
    sent,
    reserved_micros: priceOf(model, boundUsage(prompt, lines)),
  });
  if (!reserved.ok) {
    log("error", "words_not_reserved", { workspace: workspaceId, cause: reserved.error.cause });
    return unworded("The database did not answer.", 60);
  }
  if (!reserved.value) return unworded("This month's budget for words is used up.");

  const answer = await askModel(
    { apiKey: access.apiKey, baseUrl: access.baseUrl, model: model.id, timeoutMs },
    prompt,
    schema,
    lines,
  );
  const failure = answer.ok ? null : describeFailure(answer.code, answer.retryAfterSeconds);
  const settled = await settleWords(
    db,
    workspaceId,
    {
      id,
      cost_micros: answer.usage === null ? null : priceOf(model, answer.usage),
      input_tokens: answer.usage?.input ?? null,
      output_tokens: answer.usage?.output ?? null,
      error: failure?.reason ?? null,
    },
    answer.ok ? question.keep(answer.value) : {},
    answer.ok ? null : answer.code === "unauthorised" ? (failure?.reason ?? null) : connection.problem,
  );
  if (!settled.ok) log("error", "words_not_settled", { request: id, cause: settled.error.cause });
  if (answer.ok) return { value: answer.value };
  log("warn", "model_not_asked", { request: id, code: answer.code, detail: answer.detail });
  return describeFailure(answer.code, answer.retryAfterSeconds);
}

function describeFailure(code: ModelFailureCode, retryAfterSeconds: number | null): Unworded {
  switch (code) {
    case "unauthorised":
      return unworded("The model's provider refuses the key. Set another in the settings, under Words.");
    case "rate_limited":
      return unworded("The model is asked too often; it is tried again.", retryAfterSeconds ?? 60);
    case "unavailable":
      return unworded("The model did not answer; it is tried again.", 60);
    case "refused":
      return unworded("The model would not word it.");
    case "unexpected":
      return unworded("The model's answer made no sense.");
  }
}

/** SHA-256 in hexadecimal digits: by it an answer is found again. */
export async function digest(parts: unknown[]): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
