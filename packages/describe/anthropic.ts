/** Asking Claude. Nothing here throws: what goes wrong is a failure with a code to act on. */
import Anthropic, { APIConnectionError, APIError } from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import type * as z from "zod";
import type { Prompt } from "./summary-prompt.ts";

export interface ModelConnection {
  apiKey: string;
  /** Null for Anthropic's own. */
  baseUrl: string | null;
  model: string;
  timeoutMs: number;
}

export interface Usage {
  input: number;
  output: number;
}

export type ModelFailureCode = "unauthorised" | "rate_limited" | "unavailable" | "refused" | "unexpected";

/** `usage` is null where nobody knows what it cost: no answer came, or it did not say. */
export type ModelAnswer<T> =
  | { ok: true; value: T; usage: Usage | null }
  | {
      ok: false;
      code: ModelFailureCode;
      usage: Usage | null;
      retryAfterSeconds: number | null;
      /** For the log, without the provider's own words. */
      detail: string;
    };

const nothing: Usage = { input: 0, output: 0 };
/** An answer is a few hundred bytes a line; more than this is not read. */
const MAX_ANSWER_BYTES = 512 * 1024;

const measureAnswer = (lines: number): number => 256 + lines * 120;

/** The most that a request can take: no token is shorter than a byte. */
export function boundUsage(prompt: Prompt, lines: number): Usage {
  const bytes = new TextEncoder().encode(prompt.system + JSON.stringify(prompt.data)).length;
  return { input: bytes + 2000, output: measureAnswer(lines) };
}

/**
 * One question, asked once: whoever asks decides about trying again, as every try costs. `create` and not `parse`: an
 * answer that is no answer was paid for all the same, and `parse` throws it away with what it cost.
 */
export async function askModel<T>(
  connection: ModelConnection,
  prompt: Prompt,
  schema: z.ZodType<T>,
  lines: number,
): Promise<ModelAnswer<T>> {
  const client = new Anthropic({
    apiKey: connection.apiKey,
    // Nothing is taken from the environment.
    authToken: null,
    baseURL: connection.baseUrl ?? "https://api.anthropic.com",
    maxRetries: 0,
    timeout: connection.timeoutMs,
    fetch: fetchBounded,
    logLevel: "off",
  });
  let message: Anthropic.Message;
  try {
    message = await client.messages.create(
      {
        model: connection.model,
        max_tokens: measureAnswer(lines),
        // To word a line takes no deliberation, and every token of it would be paid for.
        thinking: { type: "disabled" },
        system: prompt.system,
        messages: [{ role: "user", content: JSON.stringify(prompt.data) }],
        output_config: { format: zodOutputFormat(schema) },
      },
      { signal: AbortSignal.timeout(connection.timeoutMs) },
    );
  } catch (error) {
    return toFailure(error);
  }
  const usage = readUsage(message);
  const failed = (code: ModelFailureCode, detail: string): ModelAnswer<T> => ({
    ok: false,
    code,
    usage,
    retryAfterSeconds: null,
    detail,
  });
  if (message.stop_reason === "refusal") return failed("refused", "refusal");
  if (message.stop_reason !== "end_turn") return failed("unexpected", `stopped: ${String(message.stop_reason)}`);
  const text = Array.isArray(message.content)
    ? message.content.find((block) => block.type === "text")?.text
    : undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(text ?? ""));
    return parsed.success ? { ok: true, value: parsed.data, usage } : failed("unexpected", "not of the form asked for");
  } catch {
    return failed("unexpected", "not JSON");
  }
}

function readUsage(message: Anthropic.Message): Usage | null {
  // Of what calls itself an answer, nothing is taken on trust.
  const usage = message.usage as Partial<Anthropic.Usage> | undefined;
  const count = (value: unknown): number | null =>
    typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 10_000_000 ? value : null;
  const input = count(usage?.input_tokens);
  const output = count(usage?.output_tokens);
  return input === null || output === null ? null : { input, output };
}

function toFailure(error: unknown): ModelAnswer<never> {
  const fail = (code: ModelFailureCode, usage: Usage | null, detail: string): ModelAnswer<never> => ({
    ok: false,
    code,
    usage,
    retryAfterSeconds: error instanceof APIError ? readRetryAfter(error.headers as Headers | undefined) : null,
    detail,
  });
  if (error instanceof APIConnectionError) return fail("unavailable", null, error.name);
  if (!(error instanceof APIError)) {
    return fail("unexpected", null, error instanceof Error ? error.name : "unknown");
  }
  // Requests that Anthropic answers with an error are not charged for.
  const status: unknown = error.status;
  if (status === 401 || status === 403) return fail("unauthorised", nothing, String(status));
  if (status === 429) return fail("rate_limited", nothing, "429");
  if (typeof status === "number" && status >= 500) return fail("unavailable", nothing, String(status));
  return fail("unexpected", typeof status === "number" ? nothing : null, String(status));
}

function readRetryAfter(headers: Headers | undefined): number | null {
  const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 86_400) : null;
}

/** No redirects, which would take the key to another address, and no endless body. */
async function fetchBounded(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: "manual" });
  let size = 0;
  const bounded = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength;
        if (size > MAX_ANSWER_BYTES) controller.error(new Error("The answer is too long."));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(bounded ?? null, { status: response.status, headers: response.headers });
}
